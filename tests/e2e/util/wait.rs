//! Waiting for what the service does by itself.

use edgepass_support::clock::{self, Stopwatch};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_mins(1);

/// Asks again and again until there is what was awaited; ends the test when there is nothing for a minute.
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

/// Waits until what is registered from now on is of a later second than what was before: registrations have no finer time.
pub(crate) fn next_second() {
    let second = clock::unix_now().as_secs();
    until("the next second", || (clock::unix_now().as_secs() > second).then_some(()));
}
