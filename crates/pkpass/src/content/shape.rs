//! Walks a document along a table of its keys.

use super::{Map, Notes, Value, WarningCode, json, pass_json_defect, present, warn};
use crate::{date, defect::DefectCode};
use std::fmt;

/// What a value has to look like.
pub(super) enum Shape {
    Text,
    Number,
    Boolean,
    TextOrNumber,
    /// A date for which Wallet refuses the whole pass when it cannot parse it.
    Date,
    /// A date of which that is not known.
    SoftDate,
    Color,
    Uuid,
    /// An integer part up to this; below zero as well if the flag says so.
    Range(u32, bool),
    /// One of these words behind a common beginning.
    OneOf(&'static str, &'static [&'static str]),
    /// An array, of which Wallet takes at most so many items.
    List(&'static Shape, usize),
    Object(&'static Object),
}

/// What an object has to look like.
pub(super) struct Object {
    /// Keys that Apple's reference calls required, and that no defect stands for.
    pub(super) required: &'static [&'static str],
    pub(super) keys: &'static [(Shape, &'static [&'static str])],
    /// What depends on more than one key.
    pub(super) rule: fn(&Map<String, Value>, &Place<'_>, &mut Notes),
}

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

/// Checks the members that the table knows.
pub(super) fn check_members(
    members: &Map<String, Value>,
    table: &'static Object,
    above: Option<&Place<'_>>,
    notes: &mut Notes,
) {
    for (key, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        if let Some((shape, _)) = table.keys.iter().find(|(_, names)| names.contains(&key.as_str())) {
            check(value, shape, &Place { above, step: Step::Key(key) }, notes);
        }
    }
    if let Some(place) = above {
        for key in table.required.iter().filter(|key| present(members, key).is_none()) {
            warn(notes, WarningCode::KeyMissing, format!("{place}.{key} is missing; Wallet needs it."));
        }
        (table.rule)(members, place, notes);
    }
}

fn check(value: &Value, shape: &'static Shape, place: &Place<'_>, notes: &mut Notes) {
    match (shape, value) {
        (Shape::Object(object), Value::Object(members)) => check_members(members, object, Some(place), notes),
        (Shape::List(item, most), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                check(value, item, &Place { above: Some(place), step: Step::Item(index) }, notes);
            }
            if items.len() > *most {
                let message = format!("{place} has {} items; Wallet takes {most}.", items.len());
                warn(notes, WarningCode::TooManyItems, message);
            }
        }
        (Shape::Date, value) => check_date(value, true, place, notes),
        (Shape::SoftDate, value) => check_date(value, false, place, notes),
        (Shape::Text | Shape::TextOrNumber, Value::String(_))
        | (Shape::Number | Shape::TextOrNumber, Value::Number(_))
        | (Shape::Boolean, Value::Bool(_)) => {}
        (Shape::Color, Value::String(text)) if is_color(text) => {}
        (Shape::Uuid, Value::String(text)) if is_uuid(text) => {}
        (Shape::OneOf(start, words), Value::String(text)) => {
            if !text.strip_prefix(start).is_some_and(|rest| words.contains(&rest)) {
                let message =
                    format!("{place} is \"{}\"; Wallet knows {start} and then {}.", json::echo(text), words.join(", "));
                warn(notes, WarningCode::UnknownValue, message);
            }
        }
        (Shape::Range(most, signed), Value::Number(number)) => {
            if !is_within(number.as_str(), *most, *signed) {
                let least = if *signed { format!("-{most}") } else { "0".to_owned() };
                let message = format!("{place} is {}; it must be from {least} to {most}.", json::echo(number.as_str()));
                warn(notes, WarningCode::OutOfRange, message);
            }
        }
        (shape, value) => mismatch(shape, value, place, notes),
    }
}

fn mismatch(shape: &Shape, value: &Value, place: &Place<'_>, notes: &mut Notes) {
    let expected = match shape {
        Shape::Number | Shape::Range(..) => "a number",
        Shape::Boolean => "true or false",
        Shape::TextOrNumber => "a string or a number",
        Shape::Color => "a color such as rgb(255, 128, 0) or #FF8000",
        Shape::Uuid => "a UUID such as 01234567-89AB-CDEF-0123-456789ABCDEF",
        Shape::List(..) => "an array",
        Shape::Object(_) => "an object",
        Shape::Text | Shape::OneOf(..) | Shape::Date | Shape::SoftDate => "a string",
    };
    let (code, found) = match (shape, value) {
        (Shape::Color, Value::String(text)) => (WarningCode::Color, format!("\"{}\"", json::echo(text))),
        (Shape::Uuid, Value::String(text)) => (WarningCode::UnknownValue, format!("\"{}\"", json::echo(text))),
        (_, value) => (WarningCode::KeyType, json::kind(value).to_owned()),
    };
    warn(notes, code, format!("{place} is {found}; it must be {expected}. Wallet may ignore it, or refuse the pass."));
}

/// Notes a value that is no date. Wallet says "Unable to parse expirationDate … as a date", and refuses the pass.
pub(super) fn check_date(value: &Value, is_refused: bool, place: &Place<'_>, notes: &mut Notes) {
    if value.as_str().is_some_and(|text| date::parse_w3c(text).is_some()) {
        return;
    }
    let found = value.as_str().map_or_else(|| json::kind(value).to_owned(), |text| format!("\"{}\"", json::echo(text)));
    let message = format!(
        "{place} is {found}; it must be a date with hours, minutes and a time zone, as in 2026-12-31T20:30:00+01:00 or \
         2026-12-31T19:30Z."
    );
    if is_refused {
        notes.push(pass_json_defect(DefectCode::DateFormat, message));
    } else {
        warn(notes, WarningCode::DateFormat, message);
    }
}

/// `rgb(255, 128, 0)`, `#FF8000` or `#F80`, as apple/pass-builder reads them.
fn is_color(text: &str) -> bool {
    let text = text.trim();
    if let Some(hex) = text.strip_prefix('#') {
        return matches!(hex.len(), 3 | 6) && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let parts = text.split_at_checked(4).filter(|(name, _)| name.eq_ignore_ascii_case("rgb("));
    let parts = parts.and_then(|(_, rest)| rest.strip_suffix(')'));
    parts.is_some_and(|parts| parts.split(',').count() == 3 && parts.split(',').all(|part| part.trim().parse::<u8>().is_ok()))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether a number is within limits, by its digits: to parse floats takes 10 KB of the Worker. One with an exponent passes.
fn is_within(digits: &str, most: u32, signed: bool) -> bool {
    if digits.contains(['e', 'E']) {
        return true;
    }
    let digits = match digits.strip_prefix('-') {
        Some(positive) if signed => positive,
        Some(_) => return false,
        None => digits,
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    whole.parse().is_ok_and(|whole: u32| whole < most || (whole == most && fraction.bytes().all(|digit| digit == b'0')))
}
