//! The whole service in one process: its endpoints on SQLite, simulated phones, and an issuer. A seed determines the
//! random schedule and the faults. After each step, and at the end, the simulation checks the invariants.
//!
//! `SEED=… make simulate` runs one schedule again, with its last events; `make simulate SEEDS=10000` runs many.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so and ends"
)]

mod events;
mod faults;
mod files;
mod issued;
mod ledger;
mod phone;
mod publisher;
mod push;
mod spelling;
mod world;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, Ordering},
    thread,
};
use world::World;

const STEPS: usize = 1000;

/// The number of schedules, unless `SEEDS` is set.
const SEEDS: u64 = 500;
const PUSH_SEEDS: u64 = 100;

#[test]
fn whatever_happens_phones_end_up_with_the_newest_passes() {
    run(SEEDS, STEPS, simulate);
}

#[test]
fn whatever_happens_every_registered_device_is_pushed_after_the_last_change() {
    run(PUSH_SEEDS, push::STEPS, push::simulate);
}

/// Runs the schedule of `SEED`, or many schedules in parallel.
fn run(seeds: u64, steps: usize, simulate: fn(u64)) {
    if let Some(seed) = number("SEED") {
        simulate(seed);
        return;
    }
    let seeds = number("SEEDS").unwrap_or(seeds);
    let next = AtomicU64::new(1);
    let failed: Vec<u64> = thread::scope(|scope| {
        let workers = thread::available_parallelism().map_or(2, usize::from);
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(|| failing(&next, seeds, simulate))).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(failed.is_empty(), "failing seeds: {failed:?}; again with: SEED={} make simulate", failed[0]);
    println!("{seeds} schedules of {steps} steps hold");
}

/// Takes seeds until none is left or one fails. Returns the failing seed.
fn failing(next: &AtomicU64, seeds: u64, simulate: fn(u64)) -> Option<u64> {
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed > seeds {
            return None;
        }
        if catch_unwind(AssertUnwindSafe(|| simulate(seed))).is_err() {
            next.store(seeds + 1, Ordering::Relaxed);
            return Some(seed);
        }
    }
}

fn simulate(seed: u64) {
    let mut world = World::new(seed);
    for _ in 0..STEPS {
        world.step();
    }
    world.settle();
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
