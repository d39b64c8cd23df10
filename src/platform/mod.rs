//! The Workers platform: bindings, settings, requests and responses, the queue, push requests, the log.

pub(crate) mod bindings;
mod body_stream;
mod events;
mod keep_alive;
mod later;
mod log;
mod memory;
mod once;
mod queue;
mod rate_limit;
mod request;
mod response;
mod settings;
mod signing;
mod transport;

pub(crate) use events::{consume, run_cron};
pub(crate) use rate_limit::RateLimit;
pub(crate) use request::RequestContext;
pub(crate) use response::respond_to;
pub(crate) use settings::Settings;
pub(crate) use signing::SigningContext;
pub(crate) use transport::Fetch;

use crate::crypto::subtle;

/// Unix milliseconds.
pub(crate) fn now_ms() -> i64 {
    i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX)
}

/// A name that nothing else has.
pub(crate) fn random_uuid() -> String {
    subtle::crypto().random_uuid()
}
