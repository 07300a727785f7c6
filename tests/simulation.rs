//! The edge on a virtual clock, with its real SQL: capture, transfer and replay while a seeded scheduler drops, repeats and
//! reorders effects, crashes processes between any two of them, runs two on one store, and jumps in time.
//!
//! `LEADKIT_SEEDS` says how many seeds, `LEADKIT_SEED` with which they begin: a failure names its seed.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::disallowed_methods,
    reason = "a test may fail; the number of seeds comes from the environment"
)]

#[path = "simulation/counts.rs"]
mod counts;
#[path = "simulation/effects.rs"]
mod effects;
#[path = "simulation/receiver.rs"]
mod receiver;
#[path = "seeds.rs"]
mod seeds;
#[path = "simulation/store.rs"]
mod store;
#[path = "simulation/task.rs"]
mod task;
#[path = "simulation/world.rs"]
mod world;

use counts::Counts;
use world::World;

#[test]
fn over_many_seeds_every_lead_is_stored_once_and_reaches_every_destination() {
    let run = |seed| {
        let mut world = World::new(seed);
        world.trouble();
        world.heal();
        world.into_counts()
    };
    let (seeds, sum) = seeds::total("simulation", 100, run, Counts::add);
    println!("{sum}");
    println!(
        "{seeds} seeds, {} crashes, {} failures of the storage, {} replays",
        sum.crashes, sum.failures, sum.replays
    );
    assert!(seeds < 100 || sum.crashes > 0 && sum.failures > 0 && sum.replays > 0);
}
