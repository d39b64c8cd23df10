//! The only place that reads the machine's clock.

use std::time::{Duration, Instant, SystemTime};

#[expect(clippy::disallowed_methods, reason = "native test code; the ban protects the Worker, where it panics")]
pub fn unix_now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock set after 1970")
}

#[expect(clippy::disallowed_methods, reason = "native test code; the ban protects the Worker, where it panics")]
pub fn instant() -> Instant {
    Instant::now()
}

#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    pub fn start() -> Self {
        Self(instant())
    }

    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
