//! HTTP dates (RFC 9110, section 5.6.7) as unix seconds.

use std::time::{Duration, SystemTime};

/// The last second an HTTP date can name: its year has four digits.
const LAST: u64 = 253_402_300_799;

/// `Sun, 06 Nov 1994 08:49:37 GMT`. A moment outside the years 1970 to 9999 becomes the nearest one inside.
#[must_use]
pub fn format(unix_seconds: i64) -> String {
    let seconds = u64::try_from(unix_seconds).unwrap_or(0).min(LAST);
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_secs(seconds))
        .map_or_else(String::new, httpdate::fmt_http_date)
}

/// Reads any of the three forms. `None` when it is none of them, or a moment before 1970.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let moment = httpdate::parse_http_date(text).ok()?;
    let since = moment.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}
