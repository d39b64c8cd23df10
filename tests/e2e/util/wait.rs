//! Waits for the service's background work.

use edgepass_support::clock::{self, Stopwatch};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_mins(1);

/// Calls `ask` until it returns something. Panics after a minute.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let stopwatch = Stopwatch::start();
    while stopwatch.elapsed() < DEADLINE {
        if let Some(found) = ask() {
            return found;
        }
    }
    panic!("{what}: not within {DEADLINE:?}")
}

/// Waits for the next second. Registrations are dated in seconds.
pub(crate) fn next_second() {
    let second = clock::unix_now().as_secs();
    until("the next second", || (clock::unix_now().as_secs() > second).then_some(()));
}
