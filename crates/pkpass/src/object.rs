//! JSON objects in which no key occurs twice.
//!
//! RFC 8259 leaves open which of two equal keys counts, so a phone and this service could read different
//! passes out of the same bytes.

use std::collections::{BTreeMap, btree_map::Entry};

use super::defect::shown;
use crate::json::{MAX_VALUES, Value, read_at_most};

/// A JSON object; what is in its members' arrays and objects is left out, as no check looks at it.
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
pub(super) fn read(bytes: &[u8]) -> Result<Object, String> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err("begins with a byte order mark; save it as UTF-8 without one".to_owned());
    }
    // serde_json does not look at the encoding of what it skips.
    if let Err(error) = std::str::from_utf8(bytes) {
        return Err(format!("is not UTF-8 text (byte {}); save it as UTF-8", error.valid_up_to()));
    }
    match read_at_most(bytes, 1, MAX_VALUES) {
        Ok(Value::Object(members)) => Ok(Object::of(members)),
        Ok(other) => Err(format!("is {}; it must be a JSON object", other.kind())),
        // The one fault that is none of its form.
        Err(error) if error.is_data() => Err(format!("has more than {MAX_VALUES} values")),
        Err(error) => Err(format!("is not a JSON object: {}", shown(&error.to_string()))),
    }
}

impl Object {
    fn of(members: Vec<(String, Value)>) -> Self {
        let mut object = Self::default();
        for (key, value) in members {
            match object.members.entry(key) {
                Entry::Occupied(first) => object.repeated.push(first.key().clone()),
                Entry::Vacant(place) => {
                    place.insert(value);
                }
            }
        }
        object
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_equal_keys_is_kept_and_the_second_reported() {
        let object = read(br#"{"a":"x","\u0061":"y","b":1}"#).unwrap();
        assert_eq!(object.repeated, ["a"]);
        assert_eq!(object.members["a"], Value::Text("x".to_owned()));
    }

    #[test]
    fn an_object_of_very_many_members_is_not_read() {
        let members: Vec<_> = (0..10_000).map(|at| format!("\"{at}\":0")).collect();
        assert!(read(format!("{{{}}}", members[1..].join(",")).as_bytes()).is_ok());
        let error = read(format!("{{{}}}", members.join(",")).as_bytes()).unwrap_err();
        assert_eq!(error, "has more than 10000 values");
    }

    #[test]
    fn what_is_no_object_says_why() {
        for (json, reason) in [
            (&b"\xEF\xBB\xBF{}"[..], "byte order mark"),
            (b"\xFF\xFE{\0}\0", "not UTF-8 text (byte 0)"),
            (b"{\"a\":[\"\xFF\"]}", "not UTF-8 text (byte 7)"),
            (b"[]", "is an array; it must be a JSON object"),
            (b"{} {}", "trailing characters"),
            (b"{\"a\":1,}", "trailing comma at line 1 column 8"),
            (b"", "EOF while parsing"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
