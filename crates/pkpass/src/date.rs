//! Dates as unix time.

use crate::json::decimal;
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

/// Parses a date as Wallet does: `2026-12-31T20:30:00+01:00`, with or without seconds and their fraction, and with `Z` or an
/// offset with a colon. Returns its unix time in seconds.
///
/// It is the form "complete date plus hours and minutes" of the [W3C note](https://www.w3.org/TR/NOTE-datetime). Wallet refuses
/// `+0100`, a missing offset and every other form of ISO 8601; it takes the fractions that JavaScript writes.
#[must_use]
pub fn parse_w3c(text: &str) -> Option<i64> {
    let mut rest = text.as_bytes();
    let (year, month, day) =
        (number(&mut rest, None, 4)?, number(&mut rest, Some(b'-'), 2)?, number(&mut rest, Some(b'-'), 2)?);
    let (hour, minute) = (number(&mut rest, Some(b'T'), 2)?, number(&mut rest, Some(b':'), 2)?);
    let mut second = 0;
    if rest.first() == Some(&b':') {
        second = number(&mut rest, Some(b':'), 2)?;
        if let [b'.', digit, fraction @ ..] = rest
            && digit.is_ascii_digit()
        {
            rest = fraction;
            while let [b'0'..=b'9', behind @ ..] = rest {
                rest = behind;
            }
        }
    }
    let (sign, zone_hour, zone_minute) = match rest {
        [b'Z', behind @ ..] => {
            rest = behind;
            (0, 0, 0)
        }
        [sign @ (b'+' | b'-'), ..] => {
            let is_east = *sign == b'+';
            (if is_east { -60 } else { 60 }, number(&mut rest, Some(*sign), 2)?, number(&mut rest, Some(b':'), 2)?)
        }
        _ => return None,
    };
    let is_real = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour.max(zone_hour) < 24
        && minute.max(second).max(zone_minute) < 60
        && rest.is_empty();
    let minutes = |hour: i64, minute: i64| hour.wrapping_mul(60).wrapping_add(minute);
    let days = is_real.then(|| count_days(year, month, day))??;
    let local = days.wrapping_mul(86_400).wrapping_add(minutes(hour, minute).wrapping_mul(60)).wrapping_add(second);
    Some(local.wrapping_add(minutes(zone_hour, zone_minute).wrapping_mul(sign)))
}

/// Whether a text looks like a date, be it of a day or time that does not exist: it is one if each digit is a 1.
pub(crate) fn has_form(text: &str) -> bool {
    let mut ones = text.as_bytes().to_vec();
    for byte in ones.iter_mut().filter(|byte| byte.is_ascii_digit()) {
        *byte = b'1';
    }
    std::str::from_utf8(&ones).is_ok_and(|text| parse_w3c(text).is_some())
}

/// Takes a sign, if there has to be one, and then a number of so many digits.
fn number(rest: &mut &[u8], sign: Option<u8>, digits: usize) -> Option<i64> {
    if let Some(sign) = sign {
        *rest = rest.split_first().filter(|(first, _)| **first == sign)?.1;
    }
    let (number, behind) = rest.split_at_checked(digits)?;
    *rest = behind;
    decimal(number).map(i64::from)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The days from 1970-01-01 to a date in the years 1970 to 9999; Howard Hinnant's `days_from_civil`. A day up to 31 is taken in
/// every month.
#[must_use]
pub fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    count_days(year, month, day)
}

fn count_days(year: i64, month: i64, day: i64) -> Option<i64> {
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let month_from_march = month.checked_add(9)? % 12;
    let day_of_year = month_from_march.checked_mul(153)?.checked_add(2)?.checked_div(5)?.checked_add(day)?.checked_sub(1)?;
    let leap_days = (year / 4).checked_sub(year / 100)?.checked_add(year / 400)?;
    year.checked_mul(365)?.checked_add(leap_days)?.checked_add(day_of_year)?.checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_counted_from_1970() {
        for (text, seconds) in [
            ("1970-01-01T00:00Z", 0),
            ("1970-01-01T00:00:01.999Z", 1),
            ("1994-11-06T09:49:37+01:00", 784_111_777),
            ("1969-12-31T18:30:00-05:30", 0),
            ("1900-03-01T00:00Z", -2_203_891_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(parse_w3c(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        for day in ["2024-02-29", "2000-02-29", "2026-04-30", "2026-12-31", "0001-01-01"] {
            assert!(parse_w3c(&format!("{day}T12:00Z")).is_some(), "{day}");
        }
        for day in ["2026-02-29", "1900-02-29", "2026-04-31", "2026-12-32", "2026-00-01", "2026-13-01", "2026-01-00"] {
            assert_eq!(parse_w3c(&format!("{day}T12:00Z")), None, "{day}");
        }
    }
}
