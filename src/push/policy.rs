//! How many devices are pushed to, and how often.
//!
//! Wallet delays its requests when a phone is pushed too often: by 120 seconds, then 600, then 3,600. At last it tells the
//! owner and switches updates of the pass off, which deletes the registration (seen with Wallet). So each pass and each phone
//! is pushed at most once an interval.

use crate::wallet::Wallet;
use std::ops::RangeInclusive;

/// The interval when `PUSH_MIN_INTERVAL` is not set, in seconds.
const INTERVAL: i64 = 60;

/// The longest interval: a day.
const LONGEST_INTERVAL: i64 = 86_400;

/// The most devices of a page. `push_jobs.devices` counts up to this number. The paid plan allows an invocation 10,000 requests
/// to other services.
pub const LARGEST_PAGE: i64 = 1000;

/// The operator's choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Milliseconds between two pushes of one pass, and between two pushes to one device.
    pub interval_ms: i64,
    /// The most devices of one page.
    pub page: i64,
    /// Wallets whose push service is configured. The devices of others wait.
    pub usable: Vec<Wallet>,
    /// Wallets that the operator let in. The operator is told if one of them is not usable.
    pub expected: Vec<Wallet>,
}

impl Policy {
    /// Parses the variables `PUSH_MIN_INTERVAL`, in seconds, and `PUSH_PAGE`.
    ///
    /// # Errors
    /// The message for the operator.
    pub fn from_settings(
        interval: Option<&str>,
        page: Option<&str>,
        usable: Vec<Wallet>,
        expected: Vec<Wallet>,
    ) -> Result<Self, &'static str> {
        let interval = parse_number(interval, INTERVAL, 0..=LONGEST_INTERVAL)
            .ok_or("The variable PUSH_MIN_INTERVAL must be a number of seconds from 0 to 86400.")?;
        let page = parse_number(page, LARGEST_PAGE, 2..=LARGEST_PAGE)
            .ok_or("The variable PUSH_PAGE must be a number of devices from 2 to 1000.")?;
        Ok(Self { interval_ms: interval.saturating_mul(1000), page, usable, expected })
    }

    /// Wallets that the operator let in and whose push service is not configured.
    #[must_use]
    pub fn missing(&self) -> Vec<Wallet> {
        self.expected.iter().copied().filter(|wallet| !self.usable.contains(wallet)).collect()
    }
}

impl Default for Policy {
    fn default() -> Self {
        let (interval_ms, expected) = (INTERVAL.saturating_mul(1000), vec![Wallet::Apple]);
        Self { interval_ms, page: LARGEST_PAGE, usable: Vec::new(), expected }
    }
}

fn parse_number(text: Option<&str>, default: i64, allowed: RangeInclusive<i64>) -> Option<i64> {
    let Some(text) = text else { return Some(default) };
    text.trim().parse().ok().filter(|number| allowed.contains(number))
}
