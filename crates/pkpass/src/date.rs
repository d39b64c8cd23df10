//! Dates as unix time.

use std::time::{Duration, SystemTime};

/// The last second of the year 9999.
const LAST: u64 = 253_402_300_799;

/// A moment as messages write it: `Sun, 06 Nov 1994 08:49:37 GMT`. It is the form of HTTP (RFC 9110, section 5.6.7). A moment
/// outside the years 1970 to 9999 becomes the nearest one inside.
#[must_use]
pub fn format(unix_seconds: i64) -> String {
    let seconds = u64::try_from(unix_seconds).unwrap_or(0).min(LAST);
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).map_or_else(String::new, httpdate::fmt_http_date)
}

/// The days from 1970-01-01 to a date in the years 1970 to 9999; Howard Hinnant's `days_from_civil`. A day up to 31 is taken in
/// every month.
#[must_use]
pub fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let month_from_march = month.checked_add(9)? % 12;
    let day_of_year = month_from_march.checked_mul(153)?.checked_add(2)?.checked_div(5)?.checked_add(day)?.checked_sub(1)?;
    let leap_days = (year / 4).checked_sub(year / 100)?.checked_add(year / 400)?;
    year.checked_mul(365)?.checked_add(leap_days)?.checked_add(day_of_year)?.checked_sub(719_468)
}
