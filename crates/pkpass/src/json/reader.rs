//! Reads a document, strictly.
//!
//! RFC 8259 leaves open which of two equal keys counts, so a phone and this service could read different
//! passes out of the same bytes: a key that occurs twice in one object is a fault.

use std::collections::btree_map::Entry;

use serde::de::IgnoredAny;

use super::{Document, Fault, Members, Value, fault::shown, value};

/// How deep arrays and objects may nest; every function that walks a document recurses this deep at most.
pub const MAX_LEVELS: u8 = 32;

/// The most values of a document: objects, arrays, and what is in them. A pass has some hundred; each takes up to 400 bytes of
/// memory, however short its text.
pub const MAX_VALUES: usize = 10_000;

/// Reads a file that has to be JSON in UTF-8, to nest no deeper than `levels` levels, and to have at most `values` values.
///
/// # Errors
///
/// What is wrong with the file.
pub(super) fn read(bytes: &[u8], levels: u8, values: usize) -> Result<Document, Fault> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(Fault::new("begins with a byte order mark; save it as UTF-8 without one"));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Fault::new(format!("is not UTF-8 text (byte {}); save it as UTF-8", error.valid_up_to())))?;
    // serde_json skips over a value without recursion: nesting of any depth needs no stack here.
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| not_json(&error))?;
    Cursor { text, rest: text, values }.value(levels)
}

fn not_json(error: &serde_json::Error) -> Fault {
    Fault::new(format!("is not JSON: {}", shown(&error.to_string())))
}

/// A place in a text that is known to be JSON.
struct Cursor<'a> {
    text: &'a str,
    rest: &'a str,
    /// How many values it may still have.
    values: usize,
}

impl<'a> Cursor<'a> {
    fn value(&mut self, levels: u8) -> Result<Document, Fault> {
        self.values = self.values.checked_sub(1).ok_or_else(too_many_values)?;
        match self.peek() {
            Some('{') => self.object(one_level_down(levels)?),
            Some('[') => self.array(one_level_down(levels)?),
            Some('"') => self.text().map(Document::Text),
            _ => Ok(Document::Plain(self.scalar()?.into())),
        }
    }

    fn object(&mut self, levels: u8) -> Result<Document, Fault> {
        let mut members = Members::new();
        self.skip(1);
        while self.peek() != Some('}') {
            match members.entry(self.text()?) {
                Entry::Vacant(place) => place.insert(self.value(levels)?),
                Entry::Occupied(first) => return Err(Fault::of_key(first.key())),
            };
        }
        self.skip(1);
        Ok(Document::Object(members))
    }

    fn array(&mut self, levels: u8) -> Result<Document, Fault> {
        let mut items = Vec::new();
        self.skip(1);
        while self.peek() != Some(']') {
            items.push(self.value(levels)?);
        }
        self.skip(1);
        Ok(Document::Array(items))
    }

    fn text(&mut self) -> Result<String, Fault> {
        let at = self.text.len().saturating_sub(self.rest.len());
        let json = self.scalar()?;
        // The scan of the whole file has seen to all but this: that escapes make pairs. The string may be a secret.
        value::read(json.as_bytes(), 0)
            .ok()
            .and_then(Value::into_text)
            .ok_or_else(|| Fault::new(format!("has half of a surrogate pair in the string at byte {at}")))
    }

    /// Takes a string, a number or a word as it is written.
    fn scalar(&mut self) -> Result<&'a str, Fault> {
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<IgnoredAny>();
        if let Some(Err(error)) = values.next() {
            return Err(not_json(&error));
        }
        let json = self.rest.get(..values.byte_offset()).unwrap_or_default();
        self.skip(json.len());
        Ok(json)
    }

    /// The next character that begins or ends a value. Commas and colons are where they have to be.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', ',', ':']);
        self.rest.chars().next()
    }

    fn skip(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }
}

fn too_many_values() -> Fault {
    Fault::new(format!("has more than {MAX_VALUES} values, counting each object, array and what is in them"))
}

fn one_level_down(levels: u8) -> Result<u8, Fault> {
    levels.checked_sub(1).ok_or_else(|| Fault::new(format!("nests deeper than {MAX_LEVELS} levels")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: impl AsRef<[u8]>) -> String {
        Document::read(json.as_ref()).unwrap_err().to_string()
    }

    fn nested(open: &str, levels: usize, close: &str) -> String {
        format!("{}1{}", open.repeat(levels), close.repeat(levels))
    }

    #[test]
    fn what_is_no_json_says_why() {
        for (json, reason) in [
            (&b"\xEF\xBB\xBF{}"[..], "begins with a byte order mark"),
            (b"\xFF\xFE{\0}\0", "is not UTF-8 text (byte 0)"),
            (b"{\"a\":[\"\xFF\"]}", "is not UTF-8 text (byte 7)"),
            (b"{} {}", "is not JSON: trailing characters at line 1 column 4"),
            (b"{\"a\":1,}", "is not JSON: key must be a string at line 1 column 8"),
            (b"{\n\"a\":[1,]}", "is not JSON: expected value at line 2 column 8"),
            (b"[{\"a\" 1}]", "is not JSON: expected `:` at line 1 column 7"),
            (b"[{1:1}]", "is not JSON: key must be a string at line 1 column 3"),
            (b"", "is not JSON: EOF while parsing"),
            (b"[01]", "is not JSON: invalid number at line 1 column 3"),
            (b"[+1]", "is not JSON: expected value"),
            (b"[1.]", "is not JSON: invalid number"),
            (b"[NaN]", "is not JSON: expected value"),
            (b"['a']", "is not JSON: expected value"),
            (b"[\"\x01\"]", "is not JSON: control character"),
            (b"[\"\\x\"]", "is not JSON: invalid escape"),
            (b"[1 /* one */]", "is not JSON: expected `,` or `]`"),
            (b"[\xC2\xA01]", "is not JSON: expected value"),
        ] {
            let fault = fault(json);
            assert!(fault.starts_with(reason), "{fault}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_a_fault_in_keys_and_in_values() {
        for (json, at) in
            [(r#"[["\ud83d"]]"#, 2), (r#"{"a":{"\ude00":1}}"#, 6), (r#"["\ud83d\u0061"]"#, 1), (r#"["\ud83dx"]"#, 1)]
        {
            assert_eq!(fault(json), format!("has half of a surrogate pair in the string at byte {at}"));
        }
    }

    #[test]
    fn a_key_that_occurs_twice_is_named() {
        for json in
            [r#"{"a":1,"a":1}"#, r#"{"a":1,"b":2,"\u0061":1}"#, r#"[1,{"b":[{"a":{},"a":{}}]}]"#, r#"{"b":{"a":null, "a" :2}}"#]
        {
            assert_eq!(fault(json), "has the key \"a\" twice in one object");
        }
        assert!(Document::read(br#"{"a":{"a":1},"A":[{"a":1},{"a":1}]}"#).is_ok());
    }

    #[test]
    fn a_named_key_is_short_and_printable() {
        let key = format!("\\n{}", "k".repeat(500));
        let shown = format!("\\n{}…", "k".repeat(79));
        let json = format!(r#"{{"{key}":1,"{key}":1}}"#);
        assert_eq!(fault(json), format!("has the key \"{shown}\" twice in one object"));
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
            let most = 32 / close.len();
            assert!(Document::read(nested(open, most, close).as_bytes()).is_ok());
            for levels in [most + 1, 50, 200, 5000] {
                assert_eq!(fault(nested(open, levels, close)), "nests deeper than 32 levels");
            }
        }
    }

    #[test]
    fn values_end_at_the_limit() {
        let of = |values: usize| format!("[{}0]", r#"{"":0},"#.repeat(values / 2 - 1));
        assert!(Document::read(of(10_000).as_bytes()).is_ok());
        assert!(fault(of(10_002)).starts_with("has more than 10000 values"));
    }

    #[test]
    fn deep_nesting_needs_no_stack() {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
            assert_eq!(fault(nested(open, 1_000_000, close)), "nests deeper than 32 levels");
            assert!(fault(open.repeat(1_000_000)).starts_with("is not JSON: EOF while parsing"));
        }
        assert!(fault("]".repeat(1_000_000)).starts_with("is not JSON: expected value"));
    }
}
