//! A JSON value kept whole.

use std::collections::BTreeMap;

use super::{Fault, reader, writer};

/// The members of an object.
pub type Members = BTreeMap<String, Document>;

/// A JSON value of which nothing is lost: no member, no item, no digit.
///
/// Two documents that differ only in white space, in the order of keys or in escapes are equal. Numbers are
/// equal when they are written alike: `1` and `1.0` are different, as are `1e2` and `1E2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// An object.
    Object(Members),
    /// An array.
    Array(Vec<Document>),
    /// A string.
    Text(String),
    /// null, true, false or a number as it was written: a number in binary would lose digits of
    /// `12345678901234567890` and of `1.50`. Nothing else may be in here.
    Plain(Box<str>),
}

impl Document {
    /// Reads a file that has to be JSON in UTF-8.
    ///
    /// # Errors
    ///
    /// The bytes are not JSON in UTF-8, nest deeper than [`MAX_LEVELS`](super::MAX_LEVELS), have more values than
    /// [`MAX_VALUES`](super::MAX_VALUES), or hold a key twice in one object.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        reader::read(bytes, reader::MAX_LEVELS, reader::MAX_VALUES)
    }

    /// The document as JSON without white space, its keys sorted: equal documents make equal bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        writer::value(self, &mut json);
        json
    }

    /// About how many bytes it takes in memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        let own = size_of::<Self>();
        let inner = match self {
            Self::Object(members) => weight(members),
            Self::Array(items) => items.iter().fold(0, |sum, item| item.weight().saturating_add(sum)),
            Self::Text(text) => text.capacity(),
            Self::Plain(text) => text.len(),
        };
        own.saturating_add(inner)
    }

    /// null.
    #[must_use]
    pub fn null() -> Self {
        Self::Plain("null".into())
    }

    /// Whether this is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Plain(word) if &**word == "null")
    }

    /// The member of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        if let Self::Object(members) = self { members.get(key) } else { None }
    }

    /// The string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The string itself.
    #[must_use]
    pub fn into_text(self) -> Option<String> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// A node of a `BTreeMap` has room for eleven members, and at least five of them in use if there is more than one node.
fn weight(members: &Members) -> usize {
    const NODE: usize = 11 * size_of::<(String, Document)>() + 64;
    let nodes = members.len().div_ceil(5).saturating_mul(NODE);
    let inner = |(key, member): (&String, &Document)| key.capacity().saturating_add(member.weight());
    members.iter().map(inner).fold(nodes, usize::saturating_add)
}

impl From<&str> for Document {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Document {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Document {
        Document::read(json.as_bytes()).unwrap()
    }

    #[test]
    fn values_are_told_apart() {
        let document = read(r#"{"a":"\u00e4","b":[1,null],"c":{"d":true}}"#);
        assert_eq!(document.get("a").and_then(Document::as_text), Some("ä"));
        assert_eq!(document.get("b"), Some(&Document::Array(vec![read("1"), Document::null()])));
        assert_eq!(document.get("c").and_then(|inner| inner.get("d")), Some(&read("true")));
        assert_eq!(document.get("d"), None);
        assert_eq!(read("[]").get("a"), None);
        assert_eq!(read("1").as_text(), None);
        assert!(Document::null().is_null());
        assert!(!Document::from("null").is_null());
        assert!(!read("false").is_null());
        assert_eq!(Document::from("x"), Document::from("x".to_owned()));
    }

    #[test]
    fn numbers_keep_their_digits() {
        for number in ["12345678901234567890", "1.50", "-0", "1E400", "0.1000000000000000000000001"] {
            assert_eq!(read(number).to_json(), number);
        }
        assert_ne!(read("1.0"), read("1"));
    }

    #[test]
    fn equal_documents_make_equal_bytes() {
        let document = read(" {\"b\" : [ 1 , 2.0 ] ,\r\n\t\"\\u0061\":\"\\/\\u00e9\\ud83d\\ude00\\u0001\"} ");
        assert_eq!(document, read(r#"{"a":"/é😀\u0001","b":[1,2.0]}"#));
        assert_eq!(document.to_json(), r#"{"a":"/é😀\u0001","b":[1,2.0]}"#);
    }

    #[test]
    fn many_small_objects_weigh_more_than_their_text() {
        let text = format!("[{}0]", r#"{"":0},"#.repeat(1000));
        assert!(read(&text).weight() > 20 * text.len());
        assert!(read(&format!(r#"["{}"]"#, "x".repeat(10_000))).weight() < 11_000);
    }

    #[test]
    fn empty_documents_stay_empty() {
        for json in ["{}", "[]", r#""""#, r#"{"":[{}]}"#] {
            assert_eq!(read(json).to_json(), json);
        }
    }
}
