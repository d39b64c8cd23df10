//! Walks a document along the table of its keys.

use super::{
    Map, Notes, Value, WarningCode,
    keys::{self, ENCODINGS, Kind, Many, Row, STYLE_SCHEMES},
    pass_json_defect, present, rules,
    types::is_of,
    value::{Place, Step, check_date, found, is_uuid, is_within, mismatch},
    warn,
};
use crate::{color, defect::DefectCode};

/// Checks the members that the table knows.
pub(super) fn check_members(members: &Map<String, Value>, kind: Kind, above: Option<&Place<'_>>, notes: &mut Notes) {
    let Some(object) = keys::object(kind) else { return };
    for (key, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        let find = |&(kind, many, keys): &Row| Some((find_word(keys, key)?, kind, many));
        let Some((known, kind, many)) = object.rows.iter().find_map(find) else { continue };
        let place = Place { above, step: Step::Key(key) };
        if known == key {
            check(value, kind, many, &place, notes);
        } else {
            warn(notes, WarningCode::UnknownValue, format!("{place} is no key that Wallet knows; did you mean {known}?"));
        }
    }
    if let Some(place) = above {
        let lacks = |keys: &&str| keys.split('|').all(|key| present(members, key).is_none());
        for key in object.required.split_terminator(' ').filter(lacks) {
            let message = format!("{place}.{} is missing; Wallet needs it.", key.replace('|', " or "));
            if kind == Kind::Location {
                notes.push(pass_json_defect(DefectCode::Location, message));
            } else {
                warn(notes, WarningCode::KeyMissing, message);
            }
        }
        match kind {
            Kind::FaceField | Kind::Field => rules::field(members, kind == Kind::FaceField, place, notes),
            Kind::Barcode => rules::barcode(members, place, notes),
            Kind::Nfc => rules::nfc(members, place, notes),
            _ => {}
        }
    }
}

/// The one of these words that is this one but for upper and lower case. Byte by byte, as most rows are decided at the first
/// letters; the splits of `std` are slow and large at this level.
fn find_word<'a>(words: &'a str, word: &str) -> Option<&'a str> {
    if word.as_bytes().contains(&b' ') {
        return None;
    }
    let mut is_start = true;
    for (at, byte) in words.bytes().enumerate() {
        if is_start {
            // Words behind this one are still further from having enough bytes.
            let (known, behind) = words.get(at..)?.split_at_checked(word.len())?;
            if known.eq_ignore_ascii_case(word) && matches!(behind.as_bytes(), [] | [b' ', ..]) {
                return Some(known);
            }
        }
        is_start = byte == b' ';
    }
    None
}

fn check(value: &Value, kind: Kind, many: Many, place: &Place<'_>, notes: &mut Notes) {
    match (many, value) {
        (Many::One, value) => check_one(value, kind, place, notes),
        (_, Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                check_one(value, kind, &Place { above: Some(place), step: Step::Item(index) }, notes);
            }
            if many == Many::Ten && items.len() > 10 {
                let message = format!("{place} has {} items; Wallet takes 10.", items.len());
                warn(notes, WarningCode::TooManyItems, message);
            }
        }
        (_, value) => mismatch(value, "an array", WarningCode::KeyType, place, notes),
    }
}

const COLOR: &str = "a color such as rgb(255, 128, 0) or #FF8000";

/// Checks a value, and if it is an object, all in it.
fn check_one(value: &Value, kind: Kind, place: &Place<'_>, notes: &mut Notes) {
    // A placeholder makes text, so it cannot stand for a number or an object.
    if notes.is_open(value) && is_of(value, kind, Many::One) {
        return;
    }
    let (fits, expected, code) = match (kind, value) {
        (Kind::Text, _) => (value.is_string(), "a string", WarningCode::KeyType),
        (Kind::Number, _) => (value.is_number(), "a number", WarningCode::KeyType),
        (Kind::Boolean, _) => (value.is_boolean(), "true or false", WarningCode::KeyType),
        (Kind::TextOrNumber, _) => (value.is_string() || value.is_number(), "a string or a number", WarningCode::KeyType),
        (Kind::Date, _) => return check_date(value, true, place, notes),
        (Kind::SoftDate, _) => return check_date(value, false, place, notes),
        // Wallet's log of a pass that it refuses: "Unable to parse color string 'Black'". The colors of seats are not parsed.
        (Kind::Color, Value::String(text))
            if place.above.is_none() && !text.bytes().any(|byte| matches!(byte, b'#' | b'(')) =>
        {
            let message = format!("{place} is {}; it must be {COLOR}.", found(value));
            return notes.push(pass_json_defect(DefectCode::Color, message));
        }
        (Kind::Color, Value::String(text)) => (color::parse(text).is_some(), COLOR, WarningCode::Color),
        (Kind::Uuid, Value::String(text)) => {
            (is_uuid(text), "a UUID such as 01234567-89AB-CDEF-0123-456789ABCDEF", WarningCode::UnknownValue)
        }
        (Kind::Currency, Value::String(text)) => {
            let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
            (is_code, "a code of three letters such as EUR", WarningCode::UnknownValue)
        }
        (Kind::Encoding, Value::String(text)) => {
            let name = text.trim_end_matches(|digit: char| digit.is_ascii_digit());
            (find_word(ENCODINGS, name).is_some(), "an encoding such as utf-8 or iso-8859-1", WarningCode::UnknownValue)
        }
        (Kind::StyleScheme, Value::String(text)) => (
            find_word(STYLE_SCHEMES, text) == Some(text),
            "a style such as posterEventTicket or semanticBoardingPass",
            WarningCode::UnknownValue,
        ),
        (Kind::Color | Kind::Uuid | Kind::Currency | Kind::Encoding | Kind::StyleScheme, _) => {
            (false, "a string", WarningCode::KeyType)
        }
        (Kind::Latitude, Value::Number(number)) => {
            (is_within(number.as_str(), 90, true), "from -90 to 90", WarningCode::OutOfRange)
        }
        (Kind::Longitude, Value::Number(number)) => {
            (is_within(number.as_str(), 180, true), "from -180 to 180", WarningCode::OutOfRange)
        }
        (Kind::Short, Value::Number(number)) => {
            (is_within(number.as_str(), 0xFFFF, false), "from 0 to 65535", WarningCode::OutOfRange)
        }
        (Kind::Latitude | Kind::Longitude | Kind::Short, _) => (false, "a number", WarningCode::KeyType),
        (kind, value) => return check_words(value, kind, place, notes),
    };
    if !fits {
        mismatch(value, expected, code, place, notes);
    }
}

fn check_words(value: &Value, kind: Kind, place: &Place<'_>, notes: &mut Notes) {
    match (keys::words(kind), value) {
        (Some((start, ends)), Value::String(text)) => {
            if text.strip_prefix(start).is_none_or(|end| find_word(ends, end) != Some(end)) {
                let expected = format!("{start} and then one of {ends}");
                mismatch(value, &expected, WarningCode::UnknownValue, place, notes);
            }
        }
        (Some(_), value) => mismatch(value, "a string", WarningCode::KeyType, place, notes),
        (None, Value::Object(members)) => check_members(members, kind, Some(place), notes),
        // The module `style` refuses it.
        (None, _) if kind == Kind::Fields => {}
        (None, value) => mismatch(value, "an object", WarningCode::KeyType, place, notes),
    }
}
