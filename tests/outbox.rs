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
#[path = "outbox/server.rs"]
mod server;
#[path = "outbox/store.rs"]
mod store;
#[path = "outbox/world.rs"]
mod world;

use leadkit::random::Random;
use world::World;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn nothing_is_lost_whatever_is_dropped_repeated_reordered_or_crashed() {
    let first = number("LEADKIT_SEED", 1);
    let seeds = number("LEADKIT_SEEDS", 10_000);
    let mut total = world::Counts::default();
    for seed in first..first + seeds {
        let mut world = World::new(seed);
        let mut random = Random::new(seed ^ 0x6c65_6164);
        let steps = 20 + random.below(280);
        for _ in 0..steps {
            world.step();
        }
        world.heal();
        total.add(&world.counts);
    }
    println!("{seeds} seeds: {total:?}");
    assert!(seeds < 100 || total.crashes > 0 && total.refused > 0 && total.silenced > 0);
}
