//! The browser outbox on a virtual clock: scenarios, and a simulation that drops, repeats, reorders, crashes and jumps.
//!
//! `LEADKIT_SEEDS` says how many seeds the simulation runs, `LEADKIT_SEED` with which it begins: a failure names its seed.
#![expect(
    clippy::unwrap_used,
    clippy::std_instead_of_alloc,
    clippy::disallowed_methods,
    reason = "a test may fail; the number of seeds comes from the environment"
)]

#[path = "outbox/scenario.rs"]
mod scenario;
#[path = "seeds.rs"]
mod seeds;
#[path = "outbox/server.rs"]
mod server;
#[path = "outbox/store.rs"]
mod store;
#[path = "outbox/world.rs"]
mod world;

use leadkit::random::Random;
use world::{Counts, World};

#[test]
fn over_many_seeds_nothing_is_lost_whatever_is_dropped_repeated_or_crashed() {
    let run = |seed| {
        let mut world = World::new(seed);
        let mut random = Random::new(seed ^ 0x6c65_6164);
        let steps = 20 + random.below(280);
        for _ in 0..steps {
            world.step();
        }
        world.heal();
        world.counts
    };
    let (seeds, total) = seeds::total("outbox", 300, run, Counts::add);
    println!("{total}");
    println!("{seeds} seeds, {} crashes, {} sends", total.crashes, total.sends);
    assert!(seeds < 100 || total.crashes > 0 && total.refused > 0 && total.silenced > 0);
}
