//! How much is pushed, and how often.
//!
//! A phone that is pushed too often answers by waiting: 120 seconds, then 600, then 3,600; at last it tells its owner, and
//! switches updates of the pass off, which deletes the registration (seen with Wallet). So a pass whose content changes
//! often is pushed at most once an interval, and so is a phone, whichever of its passes change.

use crate::wallet::Wallet;

/// The interval when `PUSH_MIN_INTERVAL` does not say another, in seconds.
const INTERVAL: i64 = 60;

/// The longest interval: a day.
const LONGEST_INTERVAL: i64 = 86_400;

/// The most devices of a page: what `push_jobs.devices` counts up to, and what one invocation's requests to other services
/// are enough for on the paid plan (10,000).
pub const LARGEST_PAGE: i64 = 1000;

/// What the operator decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Milliseconds between two pushes of the same pass, and to the same device.
    pub interval_ms: i64,
    /// Devices that one worker is handed at once.
    pub page: i64,
    /// Wallets whose push service is configured. The devices of others wait.
    pub usable: Vec<Wallet>,
    /// Wallets that the operator let in: those of them that are not usable are worth a word.
    pub expected: Vec<Wallet>,
}

impl Policy {
    /// Reads the variables `PUSH_MIN_INTERVAL`, in seconds, and `PUSH_PAGE`.
    ///
    /// # Errors
    /// What to tell the operator.
    pub fn from_settings(
        interval: Option<&str>,
        page: Option<&str>,
        usable: Vec<Wallet>,
        expected: Vec<Wallet>,
    ) -> Result<Self, &'static str> {
        let interval = number(interval, INTERVAL, 0..=LONGEST_INTERVAL)
            .ok_or("The variable PUSH_MIN_INTERVAL must be a number of seconds from 0 to 86400.")?;
        let page = number(page, LARGEST_PAGE, 2..=LARGEST_PAGE)
            .ok_or("The variable PUSH_PAGE must be a number of devices from 2 to 1000.")?;
        Ok(Self { interval_ms: interval.saturating_mul(1000), page, usable, expected })
    }
}

impl Policy {
    /// Wallets that the operator let in and whose push service is not configured.
    #[must_use]
    pub fn missing(&self) -> Vec<Wallet> {
        self.expected.iter().copied().filter(|client| !self.usable.contains(client)).collect()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            interval_ms: INTERVAL.saturating_mul(1000),
            page: LARGEST_PAGE,
            usable: Vec::new(),
            expected: vec![Wallet::Apple],
        }
    }
}

fn number(text: Option<&str>, default: i64, allowed: std::ops::RangeInclusive<i64>) -> Option<i64> {
    let Some(text) = text else { return Some(default) };
    text.trim().parse().ok().filter(|number| allowed.contains(number))
}
