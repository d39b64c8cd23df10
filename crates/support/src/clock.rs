//! The one place that asks the machine what time it is.

use std::time::{Duration, Instant, SystemTime};

/// The time since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "native test code; the ban protects the Worker, where it panics")]
pub fn unix_now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock set after 1970")
}

/// This moment, to be compared with others.
#[expect(clippy::disallowed_methods, reason = "native test code; the ban protects the Worker, where it panics")]
pub fn instant() -> Instant {
    Instant::now()
}

/// Measures how long something takes.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts to measure.
    pub fn start() -> Self {
        Self(instant())
    }

    /// What has passed since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
