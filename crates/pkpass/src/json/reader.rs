//! Reads JSON strictly.
//!
//! RFC 8259 leaves open which of two equal keys counts. A phone and this service could read different passes from the same
//! bytes, so [`read`] refuses a key that occurs twice in one object.

use super::{echo, kind};
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

/// The reason to refuse a file. As text it ends a sentence that begins with the file's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This key occurs twice in one object.
    RepeatedKey(String),
    /// It is not JSON in UTF-8, nests too deep, or has too many values.
    Unreadable(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RepeatedKey(key) => write!(formatter, "has the key \"{}\" twice in one object", echo(key)),
            Self::Unreadable(reason) => formatter.write_str(reason),
        }
    }
}

/// A JSON object whose repeated keys the caller reports. The first value of such a key is kept.
pub(crate) struct Object {
    pub(crate) members: Map<String, Value>,
    /// Each further occurrence of a key of this object.
    pub(crate) repeated: Vec<String>,
    /// The first key that occurs twice in an object within this one.
    pub(crate) repeated_within: Option<String>,
}

/// Reads JSON in UTF-8.
///
/// # Errors
///
/// The bytes are not JSON in UTF-8, nest deeper than [`MAX_LEVELS`], have more than [`MAX_VALUES`] values, or hold a key twice
/// in one object.
pub fn read(bytes: &[u8]) -> Result<Value, Fault> {
    let (value, repeated) = read_all(bytes)?;
    match repeated.into_iter().next() {
        Some(Repeated { key, .. }) => Err(Fault::RepeatedKey(key)),
        None => Ok(value),
    }
}

/// Reads a JSON object in UTF-8.
///
/// # Errors
///
/// As [`read`], but for repeated keys.
pub(crate) fn read_object(bytes: &[u8]) -> Result<Object, Fault> {
    let (value, repeated) = read_all(bytes)?;
    let Value::Object(members) = value else {
        return Err(Fault::Unreadable(format!("is {}; it must be a JSON object", kind(&value))));
    };
    let (outer, inner): (Vec<_>, Vec<_>) = repeated.into_iter().partition(|repeated| repeated.is_outermost);
    Ok(Object {
        members,
        repeated: outer.into_iter().map(|repeated| repeated.key).collect(),
        repeated_within: inner.into_iter().next().map(|repeated| repeated.key),
    })
}

/// Parses JSON that is not an issuer's: nothing in it is refused but too deep nesting, and of a repeated key the first value counts.
/// With `serde_json`'s own reader of [`Value`] instead, the compressed Worker was 15 KB larger.
#[must_use]
pub fn parse(json: &str) -> Option<Value> {
    parse_at_most(usize::MAX, json).0.ok()
}

fn parse_at_most(values: usize, json: &str) -> (serde_json::Result<Value>, Vec<Repeated>) {
    let context = Context { values_left: Cell::new(values), repeated: RefCell::default() };
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = ValueReader { context: &context, levels_left: MAX_LEVELS }.deserialize(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value));
    (value, context.repeated.into_inner())
}

fn read_all(bytes: &[u8]) -> Result<(Value, Vec<Repeated>), Fault> {
    let unreadable = |reason: String| Err(Fault::Unreadable(reason));
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return unreadable("begins with a byte order mark; save it as UTF-8 without one".to_owned());
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return unreadable(format!("is not UTF-8 text (byte {}); save it as UTF-8", error.valid_up_to())),
    };
    match parse_at_most(MAX_VALUES, text) {
        (Ok(value), repeated) => Ok((value, repeated)),
        // Nothing but the reader's own limits is an error of data.
        (Err(error), _) if error.is_data() => unreadable(error.to_string()),
        (Err(error), _) => unreadable(format!("is not JSON: {}", echo(&error.to_string()))),
    }
}

struct Context {
    values_left: Cell<usize>,
    repeated: RefCell<Vec<Repeated>>,
}

struct Repeated {
    key: String,
    is_outermost: bool,
}

/// Reads one value.
#[derive(Clone, Copy)]
struct ValueReader<'a> {
    context: &'a Context,
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
            return object.next_value::<String>()?.parse().map(Value::Number).map_err(A::Error::custom);
        }
        let reader = self.descend()?;
        let mut members = Map::new();
        while let Some(key) = next {
            let value = object.next_value_seed(reader)?;
            match members.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(first) => {
                    let is_outermost = self.levels_left == MAX_LEVELS;
                    self.context.repeated.borrow_mut().push(Repeated { key: first.key().clone(), is_outermost });
                }
            }
            next = object.next_key()?;
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: impl AsRef<[u8]>) -> String {
        read(json.as_ref()).unwrap_err().to_string()
    }

    fn rewrite(json: &str) -> String {
        read(json.as_bytes()).unwrap().to_string()
    }

    fn nest(open: &str, levels: usize, close: &str) -> String {
        format!("{}1{}", open.repeat(levels), close.repeat(levels))
    }

    #[test]
    fn a_file_that_is_not_json_says_why() {
        for (json, reason) in [
            (&b"\xEF\xBB\xBF{}"[..], "begins with a byte order mark"),
            (b"{\"a\":[\"\xFF\"]}", "is not UTF-8 text (byte 7)"),
            (b"{} {}", "is not JSON: trailing characters at line 1 column 4"),
            (b"", "is not JSON: EOF while parsing"),
            (b"[1.]", "is not JSON: invalid number"),
            (b"[\"\\ud83d\"]", "is not JSON: unexpected end of hex escape at line 1 column 9"),
        ] {
            let fault = fault(json);
            assert!(fault.starts_with(reason), "{fault}");
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        for number in ["12345678901234567890", "-1", "1.50", "-0", "1e+400", "0.1000000000000000000000001"] {
            assert_eq!(rewrite(number), number);
        }
        assert_eq!(rewrite("1E400"), "1e+400");
        assert_ne!(read(b"1.0"), read(b"1"));
    }

    #[test]
    fn equal_documents_make_equal_bytes() {
        let json = " {\"b\" : [ 1 , 2.0 ] ,\r\n\t\"\\u0061\":\"\\/\\u00e9\\ud83d\\ude00\\u0001\"} ";
        assert_eq!(rewrite(json), r#"{"a":"/é😀\u0001","b":[1,2.0]}"#);
    }

    #[test]
    fn a_repeated_key_is_named() {
        for json in [
            r#"{"a":1,"b":2,"\u0061":1}"#,
            r#"[1,{"b":[{"a":{},"a":{}}]}]"#,
            r#"{"b":{"a":null, "a" :2}}"#,
            r#"{"a":1,"a":1.5}"#,
        ] {
            assert_eq!(fault(json), "has the key \"a\" twice in one object");
        }
        assert!(read(br#"{"a":{"a":1},"A":[{"a":1},{"a":1}]}"#).is_ok());
        let object = read_object(br#"{"a":"x","b":[{"c":1,"c":1}],"a":"y","a":"z"}"#).unwrap();
        assert_eq!((object.repeated, object.repeated_within), (vec!["a".to_owned(), "a".to_owned()], Some("c".to_owned())));
        assert_eq!(object.members["a"], "x");
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
            let most = 32 / close.len();
            assert!(read(nest(open, most, close).as_bytes()).is_ok());
            for levels in [most + 1, 200, 1_000_000] {
                assert!(fault(nest(open, levels, close)).starts_with("nests deeper than 32 levels at line 1 column"));
            }
        }
    }

    #[test]
    fn values_end_at_the_limit() {
        let zeros = |count: usize| format!("[{}]", vec!["0.5"; count].join(","));
        assert!(read(zeros(9_999).as_bytes()).is_ok());
        assert!(fault(zeros(10_000)).starts_with("has more than 10000 values"));
    }
}
