//! JSON on its way in: from phones, from issuers' files, and from the database.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::{cell::Cell, fmt, marker::PhantomData};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// null
    Null,
    /// true or false
    Boolean(bool),
    /// A number without fraction and exponent.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Value>),
    /// An object with its members in their order; a key may occur twice.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// What the value is, for a message.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// The strings among the items of an array.
    #[must_use]
    pub fn into_texts(self) -> Vec<String> {
        let Self::Array(items) = self else { return Vec::new() };
        items.into_iter().filter_map(Self::into_text).collect()
    }

    /// The string.
    #[must_use]
    pub fn into_text(self) -> Option<String> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Takes the last member with this key out of an object.
    pub fn take(&mut self, key: &str) -> Option<Value> {
        let Self::Object(members) = self else { return None };
        let at = members.iter().rposition(|(given, _)| given == key)?;
        Some(members.swap_remove(at).1)
    }
}

/// Reads one value as [`read`] does, if no more than `most` are to be read of it.
///
/// # Errors
/// The text is not one JSON value, or has more.
pub fn read_at_most(json: &[u8], levels: u8, most: usize) -> Result<Value, serde_json::Error> {
    let left = Cell::new(most);
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = Reader { levels, left: &left }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads one value. Arrays and objects within it are read down to `levels` levels; deeper ones are skipped over and
/// appear empty, so that memory stays near the size of the text however deep it nests.
///
/// # Errors
/// The text is not one JSON value.
pub fn read(json: &[u8], levels: u8) -> Result<Value, serde_json::Error> {
    read_at_most(json, levels, usize::MAX)
}

/// Every form of a value is accepted, so that no code is needed for the errors of those that are not.
#[derive(Clone, Copy)]
struct Reader<'a> {
    levels: u8,
    /// How many values may still be read.
    left: &'a Cell<usize>,
}

impl Reader<'_> {
    fn one_level_down(self) -> Option<Self> {
        self.levels.checked_sub(1).map(|levels| Self { levels, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| D::Error::custom("too many values"))?;
        self.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, boolean: bool) -> Result<Value, E> {
        Ok(Value::Boolean(boolean))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    #[expect(clippy::cast_precision_loss, reason = "as JSON numbers of this size are read everywhere")]
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::Float(number as f64), Value::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        if let Some(reader) = self.one_level_down() {
            while let Some(item) = array.next_element_seed(reader)? {
                items.push(item);
            }
        } else {
            while array.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Vec::new();
        if let Some(reader) = self.one_level_down() {
            while let Some(member) = object.next_entry_seed(PhantomData, reader)? {
                members.push(member);
            }
        } else {
            while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_apart() {
        let json = br#"{"a":"\u00e4","b":1,"c":1.0,"d":[1,[2]],"e":{"x":{}},"f":null,"g":true,"h":-1}"#;
        let expected = [
            ("a", Value::Text("ä".to_owned())),
            ("b", Value::Integer(1)),
            ("c", Value::Float(1.0)),
            ("d", Value::Array(vec![Value::Integer(1), Value::Array(Vec::new())])),
            ("e", Value::Object(vec![("x".to_owned(), Value::Object(Vec::new()))])),
            ("f", Value::Null),
            ("g", Value::Boolean(true)),
            ("h", Value::Integer(-1)),
        ];
        let expected = expected.map(|(key, value)| (key.to_owned(), value)).to_vec();
        assert_eq!(read(json, 2).unwrap(), Value::Object(expected));
    }

    #[test]
    fn values_that_are_read_are_bounded() {
        assert!(read_at_most(br#"{"a":[1,2,3],"b":2}"#, 1, 3).is_ok());
        assert!(read_at_most(br#"{"a":[1,2,3],"b":2}"#, 1, 2).is_err());
    }

    #[test]
    fn deep_nesting_needs_no_stack() {
        let deep = format!("[{}{}]", "[".repeat(400_000), "]".repeat(400_000));
        assert_eq!(read(deep.as_bytes(), 1).unwrap(), Value::Array(vec![Value::Array(Vec::new())]));
    }
}
