//! Builds values from what `serde_json` reads, within limits.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, map::Entry};
use std::{
    cell::{Cell, RefCell},
    fmt,
};

/// How deep arrays and objects may nest. Every function that walks a document recurses at most this deep.
pub const MAX_LEVELS: u8 = 32;

/// The most values of a document: objects, arrays, and all that they hold. A pass has some hundred. Each takes up to 400 bytes
/// of memory, however short its text.
pub const MAX_VALUES: usize = 10_000;

/// `serde_json` passes a number that is no integer of 64 bits to a visitor as an object with this key and the digits.
const DIGITS: &str = "$serde_json::private::Number";

/// Parses JSON that is not an issuer's. It refuses only nesting deeper than [`MAX_LEVELS`] and one, for the array around stored
/// patches. Of a repeated key the first value counts. With `serde_json`'s own reader of [`Value`], the compressed Worker was
/// about 15 KB larger.
#[must_use]
pub fn parse(json: &str) -> Option<Value> {
    parse_within(MAX_LEVELS.saturating_add(1), usize::MAX, json).0.ok()
}

pub(super) fn parse_within(levels: u8, values: usize, json: &str) -> (serde_json::Result<Value>, Repeated) {
    let context = Context { values_left: Cell::new(values), repeated: RefCell::default() };
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = ValueReader { context: &context, within: None, levels_left: levels }.deserialize(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value));
    (value, context.repeated.into_inner())
}

struct Context {
    values_left: Cell<usize>,
    repeated: RefCell<Repeated>,
}

/// Each key that occurs twice in one object, and the key of the member that holds this object: null for a key of the outermost
/// object, and the first such member for others. A type of map that the Worker has anyway.
pub(super) type Repeated = Map<String, Value>;

/// Reads one value.
#[derive(Clone, Copy)]
struct ValueReader<'a> {
    context: &'a Context,
    /// The key of the innermost member around the value.
    within: Option<&'a str>,
    levels_left: u8,
}

impl ValueReader<'_> {
    /// The reader for the values of an array or object.
    fn descend<E: Error>(self) -> Result<Self, E> {
        let too_deep = || E::custom(format_args!("nests deeper than {MAX_LEVELS} levels"));
        Ok(Self { levels_left: self.levels_left.checked_sub(1).ok_or_else(too_deep)?, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for ValueReader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let values_left = self.context.values_left.get().checked_sub(1).ok_or_else(|| {
            D::Error::custom(format_args!("has more than {MAX_VALUES} values, counting each object, array and what is in them"))
        })?;
        self.context.values_left.set(values_left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueReader<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, boolean: bool) -> Result<Value, E> {
        Ok(boolean.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Value, A::Error> {
        let reader = self.descend()?;
        let mut items = Vec::new();
        while let Some(item) = array.next_element_seed(reader)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut next = object.next_key::<String>()?;
        if next.as_deref() == Some(DIGITS) {
            let number = object.next_value::<String>().ok().and_then(|digits| digits.parse().ok());
            return number
                .map(Value::Number)
                .ok_or_else(|| A::Error::custom(format_args!("has the reserved key \"{DIGITS}\"")));
        }
        let reader = self.descend()?;
        let mut members = Map::new();
        while let Some(key) = next {
            let value = object.next_value_seed(ValueReader { within: Some(&key), ..reader })?;
            match members.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(first) => {
                    let mut repeated = self.context.repeated.borrow_mut();
                    if self.within.is_none() || !repeated.contains_key(first.key()) {
                        repeated.insert(first.key().clone(), self.within.map_or(Value::Null, Value::from));
                    }
                }
            }
            next = object.next_key()?;
        }
        Ok(Value::Object(members))
    }
}
