//! HTTP dates (RFC 9110, section 5.6.7) as unix seconds.

pub use pkpass::date::format;
use std::time::SystemTime;

/// Reads a date in any of the three forms. `None` when it has another form, or is before 1970.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let moment = httpdate::parse_http_date(text).ok()?;
    let since = moment.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}
