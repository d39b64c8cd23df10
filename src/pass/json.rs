//! JSON objects in which no key occurs twice.
//!
//! RFC 8259 leaves open which of two equal keys counts, so a phone and this service could read different
//! passes out of the same bytes. Values are read only as far as the checks look at them: what they do not know
//! is skipped over, which keeps memory near the size of the text however deep it nests.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt,
};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::defect::shown;

/// A JSON value as far as the checks care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// The number 1, also written `1.0`.
    One,
    Number,
    Object,
    Array,
    Boolean,
    Null,
}

impl Value {
    /// What the value is, for a message.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::One | Self::Number => "a number",
            Self::Object => "an object",
            Self::Array => "an array",
            Self::Boolean => "a boolean",
            Self::Null => "null",
        }
    }
}

/// A JSON object.
#[derive(Debug, Default)]
pub(super) struct Object {
    /// Key → value; the first one where a key occurs twice.
    pub(super) members: BTreeMap<String, Value>,
    /// Each further occurrence of a key.
    pub(super) repeated: Vec<String>,
}

/// Reads a file that has to be one JSON object in UTF-8.
///
/// # Errors
///
/// What is wrong, as the end of a sentence that begins with the file's name.
pub(super) fn object(bytes: &[u8]) -> Result<Object, String> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err("begins with a byte order mark; save it as UTF-8 without one".to_owned());
    }
    // serde_json does not look at the encoding of what it skips.
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("is not UTF-8 text (byte {}); save it as UTF-8", error.valid_up_to()))?;
    serde_json::from_str(text).map_err(|error| format!("is not a JSON object: {}", shown(&error.to_string())))
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object::default();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            match object.members.entry(key) {
                Entry::Occupied(first) => object.repeated.push(first.key().clone()),
                Entry::Vacant(place) => {
                    place.insert(value);
                }
            }
        }
        Ok(object)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(if number == 1 { Value::One } else { Value::Number })
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        // serde_json hands only negative numbers in here.
        Ok(Value::Number)
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(if number.to_bits() == 1.0_f64.to_bits() { Value::One } else { Value::Number })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Boolean)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_apart() {
        let json =
            br#"{"a":"\u00e4","b":1,"c":1.0,"d":[1,[2]],"e":{"x":{}},"f":null,"g":true,"h":-1,"i":10}"#;
        let values: Vec<_> = object(json).unwrap().members.into_values().collect();
        let expected = [
            Value::Text("ä".to_owned()),
            Value::One,
            Value::One,
            Value::Array,
            Value::Object,
            Value::Null,
            Value::Boolean,
            Value::Number,
            Value::Number,
        ];
        assert_eq!(values, expected);
    }

    #[test]
    fn the_first_of_two_equal_keys_is_kept_and_the_second_reported() {
        let object = object(br#"{"a":"x","\u0061":"y","b":1}"#).unwrap();
        assert_eq!(object.repeated, ["a"]);
        assert_eq!(object.members["a"], Value::Text("x".to_owned()));
    }

    #[test]
    fn what_is_no_object_says_why() {
        for (json, reason) in [
            (&b"\xEF\xBB\xBF{}"[..], "byte order mark"),
            (b"\xFF\xFE{\0}\0", "not UTF-8 text (byte 0)"),
            (b"{\"a\":[\"\xFF\"]}", "not UTF-8 text (byte 7)"),
            (b"[]", "expected an object"),
            (b"{} {}", "trailing characters"),
            (b"{\"a\":1,}", "trailing comma at line 1 column 8"),
            (b"", "EOF while parsing"),
        ] {
            let error = object(json).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn deep_nesting_needs_no_stack() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(400_000), "]".repeat(400_000));
        assert_eq!(object(deep.as_bytes()).unwrap().members["a"], Value::Array);
    }
}
