//! Computes waits, in milliseconds. Random numbers come from the caller.

use super::Cause;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long a device waits after `failures` failures in a row: 30 seconds, doubling up to an hour, a quarter more or less by
/// `random`. A longer wait that the service asks for counts, up to a day.
///
/// `retry_after` is in seconds.
#[must_use]
pub fn wait_of_device(failures: u32, random: u32, retry_after: Option<i64>) -> i64 {
    wait(&Growth { first: 30 * SECOND, longest: HOUR, longest_asked: DAY }, failures, random, retry_after)
}

/// How long the `failures`-th hold in a row lasts, a quarter more or less by `random`. In an outage, 30 seconds, doubling up to
/// 5 minutes: its end is noticed soon. With a wrong configuration, a minute, doubling up to 10: a person has to act. A longer
/// wait that the service asks for counts, up to an hour.
#[must_use]
pub fn wait_of_service(cause: Cause, failures: u32, random: u32, retry_after: Option<i64>) -> i64 {
    let (first, longest) = match cause {
        Cause::Outage => (30 * SECOND, 5 * MINUTE),
        Cause::Configuration => (MINUTE, 10 * MINUTE),
    };
    wait(&Growth { first, longest, longest_asked: HOUR }, failures, random, retry_after)
}

/// Whether a device that has failed since `failing_since_ms` is given up: after a day. Wallet also asks for changes by itself.
#[must_use]
pub fn gives_up(failing_since_ms: i64, now_ms: i64) -> bool {
    now_ms.saturating_sub(failing_since_ms) >= DAY
}

/// How waits grow.
struct Growth {
    first: i64,
    longest: i64,
    longest_asked: i64,
}

fn wait(growth: &Growth, failures: u32, random: u32, retry_after: Option<i64>) -> i64 {
    let doublings = failures.saturating_sub(1);
    let factor = 1_i64.checked_shl(doublings.min(40)).unwrap_or(i64::MAX);
    let wait = growth.first.saturating_mul(factor).min(growth.longest);
    let asked = retry_after.unwrap_or_default().saturating_mul(SECOND).min(growth.longest_asked);
    // Devices that failed together must not return together.
    let half = wait / 2;
    let part = half.saturating_mul(i64::from(random)) >> 32;
    wait.saturating_sub(half / 2).saturating_add(part).max(asked)
}
