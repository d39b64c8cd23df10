//! JSON that keeps every member and digit, and patches of it.

mod by_key;
mod lenient;
mod merge;
mod patches;
mod reader;
mod value;

pub use lenient::Slips;
pub use merge::merge;
pub use patches::Patches;
pub(crate) use reader::read_object;
pub use reader::{Fault, read, read_lenient};
pub use value::{MAX_LEVELS, MAX_VALUES, parse};

use serde_json::{Map, Value};
use std::fmt::Write as _;

/// How many characters of a key or value a message echoes.
const MAX_ECHO: usize = 80;

/// A key or value from a file, short and without control characters, for a message.
#[must_use]
pub fn echo(text: &str) -> String {
    let mut echo = String::new();
    let mut rest = text.chars();
    for character in rest.by_ref().take(MAX_ECHO) {
        if character.is_control() {
            // Writing to a `String` cannot fail.
            let _ = write!(echo, "{}", character.escape_default());
        } else {
            echo.push(character);
        }
    }
    if rest.next().is_some() {
        echo.push('…');
    }
    echo
}

/// The member of this name. `null` is its absence: many serializers write it.
pub(crate) fn present<'a>(members: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    members.get(key).filter(|value| !value.is_null())
}

/// A number of one to nine decimal digits. Each integer type that `str::parse` knows is 300 bytes of the Worker.
pub(crate) fn decimal(digits: &[u8]) -> Option<u32> {
    let is_number = (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    // Nine digits fit.
    let number = digits.iter().fold(0_u32, |number, digit| number.wrapping_mul(10).wrapping_add(u32::from(digit & 0xF)));
    is_number.then_some(number)
}

/// The kind of a value, for a message.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Changes each text in an object. Keys stay.
pub(crate) fn change_texts(members: &mut Map<String, Value>, change: &dyn Fn(&mut String)) {
    members.values_mut().for_each(|value| change_texts_of(value, change));
}

fn change_texts_of(value: &mut Value, change: &dyn Fn(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Object(members) => change_texts(members, change),
        Value::Array(items) => items.iter_mut().for_each(|item| change_texts_of(item, change)),
        _ => {}
    }
}

/// How many values are in an object, itself included.
pub(crate) fn count_values(members: &Map<String, Value>) -> usize {
    members.values().map(count).fold(1, usize::saturating_add)
}

fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => count_values(members),
        Value::Array(items) => items.iter().map(count).fold(1, usize::saturating_add),
        _ => 1,
    }
}
