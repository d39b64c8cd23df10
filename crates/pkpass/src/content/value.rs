//! One value, and where it is.

use super::{Notes, Value, WarningCode, json, pass_json_defect, warn};
use crate::{date, defect::DefectCode};
use std::fmt;

/// Where a value is; it prints as `locations[0].latitude`.
pub(super) struct Place<'a> {
    pub(super) above: Option<&'a Self>,
    pub(super) step: Step<'a>,
}

/// One step on the way to a value.
pub(super) enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            above.fmt(formatter)?;
        }
        match self.step {
            Step::Item(index) => write!(formatter, "[{index}]"),
            Step::Key(key) if self.above.is_some() => write!(formatter, ".{key}"),
            Step::Key(key) => formatter.write_str(key),
        }
    }
}

pub(super) fn mismatch(value: &Value, expected: &str, code: WarningCode, place: &Place<'_>, notes: &mut Notes) {
    let message = format!("{place} is {}; it must be {expected}. Wallet may ignore it, or refuse the pass.", found(value));
    warn(notes, code, message);
}

/// A value as a message shows it.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::String(text) => format!("\"{}\"", json::echo(text)),
        Value::Number(number) => json::echo(number.as_str()),
        other => json::kind(other).to_owned(),
    }
}

/// Notes a value that is no date. Wallet says "Unable to parse expirationDate … as a date", and refuses the pass.
pub(super) fn check_date(value: &Value, is_refused: bool, place: &Place<'_>, notes: &mut Notes) {
    let text = value.as_str().unwrap_or_default();
    if date::parse_w3c(text).is_some() {
        return;
    }
    let reason = if date::has_form(text) {
        "there is no such date or time"
    } else {
        "it must be a date with hours, minutes and a time zone (Z, or with a colon), as in 2026-12-31T20:30:00+01:00 or \
         2026-12-31T19:30Z"
    };
    let message = format!("{place} is {}; {reason}.", found(value));
    if is_refused {
        notes.push(pass_json_defect(DefectCode::DateFormat, message));
    } else {
        warn(notes, WarningCode::DateFormat, message);
    }
}

pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether a number is within limits, by its digits: to parse floats takes 10 KB of the Worker. One with an exponent passes.
pub(super) fn is_within(digits: &str, most: u32, signed: bool) -> bool {
    if digits.contains(['e', 'E']) {
        return true;
    }
    let digits = match digits.strip_prefix('-') {
        Some(positive) if signed => positive,
        Some(_) => return false,
        None => digits,
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    json::decimal(whole.as_bytes())
        .is_some_and(|whole| whole < most || (whole == most && fraction.bytes().all(|digit| digit == b'0')))
}
