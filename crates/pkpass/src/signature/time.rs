//! Times (RFC 5280, section 4.1.2.5): `YYMMDDHHMMSSZ` as `UTCTime` for the years 1950 to 2049, `YYYYMMDDHHMMSSZ` as
//! `GeneralizedTime` for others.

use super::write::element;
use crate::date::days_from_civil;
use crate::der::{Element, tag};

/// The seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// A time of either form in unix seconds, if it is one of the years 1970 to 9999.
pub(super) fn read(time: Element<'_>) -> Option<i64> {
    let text = std::str::from_utf8(time.value).ok()?;
    let text = match time.tag {
        tag::GENERALIZED_TIME => text.to_owned(),
        tag::UTC_TIME => [if text < "5" { "20" } else { "19" }, text].concat(),
        _ => return None,
    };
    let number = |from, to| text.get(from..to)?.parse::<i64>().ok();
    let days = days_from_civil(number(0, 4)?, number(4, 6)?, number(6, 8)?)?;
    let minutes = number(8, 10)?.checked_mul(60)?.checked_add(number(10, 12)?)?;
    let seconds = minutes.checked_mul(60)?.checked_add(number(12, 14)?)?;
    let time = days.checked_mul(DAY)?.checked_add(seconds)?;
    // Refuses dates such as 30 February, and signs in front of numbers.
    (format(time)? == text).then_some(time)
}

/// The element for unix seconds in the years 1970 to 9999.
pub(super) fn write(unix_seconds: i64) -> Option<Vec<u8>> {
    let text = format(unix_seconds)?;
    let short = text.strip_prefix("19").or_else(|| text.strip_prefix("20").filter(|short| *short < "5"));
    Some(match short {
        Some(short) => element(tag::UTC_TIME, &[short.as_bytes()]),
        None => element(tag::GENERALIZED_TIME, &[text.as_bytes()]),
    })
}

/// `YYYYMMDDHHMMSSZ`.
fn format(unix_seconds: i64) -> Option<String> {
    let (days, second) = (unix_seconds.div_euclid(DAY), unix_seconds.rem_euclid(DAY));
    // The last year and month that begin no later than this day. A year has 365.2425 days on average, so the estimate is at
    // most a year off.
    let begun = |year, month| days_from_civil(year, month, 1).filter(|first| *first <= days);
    let about = days.checked_mul(400)?.div_euclid(146_097).checked_add(1970)?;
    let years = about.saturating_sub(1).max(1970)..=about.saturating_add(1).min(9999);
    let year = years.take_while(|year| begun(*year, 1).is_some()).last()?;
    let month = (1..=12).take_while(|month| begun(year, *month).is_some()).last()?;
    let day = days.checked_sub(begun(year, month)?)?.checked_add(1).filter(|day| *day <= 31)?;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    Some(format!("{year}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::Reader;

    fn seconds(der: &[u8]) -> Option<i64> {
        read(Reader::new(der).any()?)
    }

    #[test]
    fn the_year_decides_on_the_form() {
        for (time, expected) in [
            (0, &b"\x17\x0d700101000000Z"[..]),
            (946_684_799, b"\x17\x0d991231235959Z"),
            (951_868_799, b"\x17\x0d000229235959Z"),
            (951_868_800, b"\x17\x0d000301000000Z"),
            (2_524_607_999, b"\x17\x0d491231235959Z"),
            (2_524_608_000, b"\x18\x0f20500101000000Z"),
            (4_107_542_399, b"\x18\x0f21000228235959Z"),
            (4_107_542_400, b"\x18\x0f21000301000000Z"),
            (253_402_300_799, b"\x18\x0f99991231235959Z"),
        ] {
            assert_eq!(write(time).as_deref(), Some(expected));
            assert_eq!(seconds(expected), Some(time));
        }
        for outside in [-1, i64::MIN, 253_402_300_800, i64::MAX] {
            assert_eq!(write(outside), None);
        }
        assert_eq!(seconds(b"\x18\x0f19991231235959Z"), Some(946_684_799));
    }

    #[test]
    fn any_day_can_be_written_and_read() {
        for time in (0..253_402_300_800).step_by(499 * 86_399) {
            assert_eq!(seconds(&write(time).unwrap()), Some(time));
        }
    }

    #[test]
    fn other_times_are_none() {
        for text in [
            "491231235959",
            "4912312359Z",
            "491231235959z",
            "491231235959+0000",
            "491231235960Z",
            "491231236059Z",
            "491231240000Z",
            "490230000000Z",
            "490229000000Z",
            "490431000000Z",
            "491301000000Z",
            "490001000000Z",
            "490100000000Z",
            "4901+1000000Z",
            "49-101000000Z",
            "+90101000000Z",
            "691231235959Z",
            "500101000000Z",
            "",
            "Z",
            "4912312359590Z",
            "491231235959.0Z",
            "4912\u{661}235959Z",
            "20491231235959Z",
        ] {
            let der = element(tag::UTC_TIME, &[text.as_bytes()]);
            assert_eq!(seconds(&der), None, "{text}");
        }
        for text in ["19691231235959Z", "00000101000000Z", "20490230000000Z", "20490101000000.5Z", "490101000000Z"] {
            let der = element(tag::GENERALIZED_TIME, &[text.as_bytes()]);
            assert_eq!(seconds(&der), None, "{text}");
        }
        assert_eq!(seconds(b"\x16\x0d491231235959Z"), None);
        assert_eq!(seconds(b"\x17\x0d4912312359\xff9Z"), None);
    }
}
