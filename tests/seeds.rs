//! Runs a simulation over many seeds on all processors. A failure names its seed and how to run it again.
//!
//! `LEADKIT_SEEDS` says how many seeds, `LEADKIT_SEED` with which they begin.

use core::{
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicU64, Ordering},
};
use std::{
    panic::{catch_unwind, resume_unwind},
    thread,
};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The number of seeds, and what they gave together. `run` gets a seed, `add` takes its result into a sum.
pub fn total<C: Default + Send>(
    test: &str,
    default: u64,
    run: impl Fn(u64) -> C + Sync,
    add: impl Fn(&mut C, &C) + Sync,
) -> (u64, C) {
    let (first, seeds) = (number("LEADKIT_SEED", 1), number("LEADKIT_SEEDS", default));
    let next = AtomicU64::new(first);
    let work = || {
        let mut sum = C::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + seeds {
                return sum;
            }
            match catch_unwind(AssertUnwindSafe(|| run(seed))) {
                Ok(result) => add(&mut sum, &result),
                Err(reason) => {
                    next.store(first + seeds, Ordering::Relaxed);
                    println!("seed {seed} fails. Again, alone, with:");
                    println!(
                        "  LEADKIT_SEED={seed} LEADKIT_SEEDS=1 cargo test --all-features --test {test}"
                    );
                    resume_unwind(reason);
                }
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut sum = C::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            match worker.join() {
                Ok(part) => add(&mut sum, &part),
                Err(reason) => resume_unwind(reason),
            }
        }
    });
    (seeds, sum)
}
