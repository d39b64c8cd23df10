//! Reads JSON: [`read`] strictly, [`read_lenient`] as phones read the files of a pass.
//!
//! RFC 8259 leaves open which of two equal keys counts. A phone and this service could read different passes from the same
//! bytes, so both refuse a key that occurs twice in one object.

use super::{
    Slips, echo, kind,
    lenient::without_trailing_commas,
    value::{MAX_LEVELS, MAX_VALUES, Repeated, parse_within},
};
use serde_json::{Map, Value};
use std::fmt;

/// The reason to refuse a file. As text it ends a sentence that begins with the file's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This key occurs twice in one object.
    RepeatedKey {
        /// The key.
        key: String,
        /// The key of the member that holds the object; `None` for the outermost object.
        within: Option<String>,
    },
    /// It is not JSON in UTF-8, nests too deep, or has too many values.
    Unreadable(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RepeatedKey { key, within } => {
                write!(formatter, "has the key \"{}\" twice in ", echo(key))?;
                match within {
                    Some(within) => write!(formatter, "one object at \"{}\"; keep one", echo(within)),
                    None => formatter.write_str("the outermost object; keep one"),
                }
            }
            Self::Unreadable(reason) => formatter.write_str(reason),
        }
    }
}

/// A JSON object whose repeated keys the caller reports. The first value of such a key is kept.
pub(crate) struct Object {
    pub(crate) members: Map<String, Value>,
    /// Each key of this object that occurs twice.
    pub(crate) repeated: Vec<String>,
    /// A key that occurs twice in an object within this one.
    pub(crate) repeated_within: Option<Fault>,
    pub(crate) slips: Slips,
}

/// Reads JSON in UTF-8.
///
/// # Errors
///
/// The bytes are not JSON in UTF-8, nest deeper than [`MAX_LEVELS`], have more than [`MAX_VALUES`] values, or hold a key twice
/// in one object.
pub fn read(bytes: &[u8]) -> Result<Value, Fault> {
    if bytes.starts_with(BYTE_ORDER_MARK) {
        return Err(Fault::Unreadable("begins with a byte order mark; save it as UTF-8 without one".to_owned()));
    }
    refuse_repeated(read_text(as_text(bytes)?)?)
}

/// Reads a file of a pass as Apple's parser does (`JSONSerialization`): a byte order mark, and commas before `}` and `]`, are
/// overlooked.
///
/// # Errors
///
/// As [`read`], but for what is overlooked.
pub fn read_lenient(bytes: &[u8]) -> Result<(Value, Slips), Fault> {
    let (all, slips) = read_all(bytes)?;
    Ok((refuse_repeated(all)?, slips))
}

/// Reads a JSON object in UTF-8, as [`read_lenient`].
///
/// # Errors
///
/// As [`read_lenient`], but for repeated keys.
pub(crate) fn read_object(bytes: &[u8]) -> Result<Object, Fault> {
    let ((value, repeated), slips) = read_all(bytes)?;
    let Value::Object(members) = value else {
        return Err(Fault::Unreadable(format!("is {}; it must be a JSON object", kind(&value))));
    };
    let mut object = Object { members, repeated: Vec::new(), repeated_within: None, slips };
    for (key, within) in repeated {
        match within {
            Value::String(within) => object.repeated_within = Some(Fault::RepeatedKey { key, within: Some(within) }),
            _ => object.repeated.push(key),
        }
    }
    Ok(object)
}

fn refuse_repeated((value, repeated): (Value, Repeated)) -> Result<Value, Fault> {
    match repeated.into_iter().next() {
        Some((key, within)) => Err(Fault::RepeatedKey { key, within: within.as_str().map(str::to_owned) }),
        None => Ok(value),
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

fn as_text(bytes: &[u8]) -> Result<&str, Fault> {
    let reason = match std::str::from_utf8(bytes) {
        // JSON has no zero bytes, and begins with an ASCII character: every second or fourth byte of UTF-16 and UTF-32 is one.
        Ok(text) if !bytes.iter().take(4).any(|byte| *byte == 0) => return Ok(text),
        Err(error) if !bytes.starts_with(b"\xFF\xFE") && !bytes.starts_with(b"\xFE\xFF") => {
            format!("is not UTF-8 text (byte {}); save it as UTF-8", error.valid_up_to())
        }
        _ => "is UTF-16 or UTF-32 text; save it as UTF-8".to_owned(),
    };
    Err(Fault::Unreadable(reason))
}

fn read_all(bytes: &[u8]) -> Result<((Value, Repeated), Slips), Fault> {
    let (text, byte_order_mark) = match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => (as_text(text)?, true),
        None => (as_text(bytes)?, false),
    };
    let strict = read_text(text);
    if let (Err(_), Some(text)) = (&strict, without_trailing_commas(text)) {
        return Ok((read_text(&text)?, Slips { byte_order_mark, trailing_comma: true }));
    }
    Ok((strict?, Slips { byte_order_mark, trailing_comma: false }))
}

fn read_text(text: &str) -> Result<(Value, Repeated), Fault> {
    let reason = match parse_within(MAX_LEVELS, MAX_VALUES, text) {
        (Ok(value), repeated) => return Ok((value, repeated)),
        // Nothing but the reader's own limits is an error of data.
        (Err(error), _) if error.is_data() => error.to_string(),
        _ if text.as_bytes().trim_ascii().is_empty() => "is empty".to_owned(),
        // Other errors echo nothing of the text.
        (Err(error), _) => format!("is not JSON: {error}{}", hint(text, &error)),
    };
    Err(Fault::Unreadable(reason))
}

/// What to do about the text at the place of an error, where many make the same mistake.
fn hint(text: &str, error: &serde_json::Error) -> &'static str {
    if error.is_eof() {
        return "";
    }
    let line = text.as_bytes().split(|byte| *byte == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    match error.column().checked_sub(1).map(|at| line.get(at..).unwrap_or_default()) {
        Some([b'/', ..] | [b'#', b' ', ..]) => "; JSON has no comments",
        Some([b'\'', ..] | [0xE2, 0x80, 0x98..=0x9F, ..]) => "; use straight double quotes",
        // The error is at the end of the line before.
        None | Some([b'\r', ..]) => "; write a line break in a string as \\n",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parse, *};

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
            (b"", "is empty"),
            (b" \r\n", "is empty"),
            (b"\xEF\xBB\xBF", "begins with a byte order mark"),
            (b"{", "is not JSON: EOF while parsing an object at line 1 column 1"),
            (b"{\n", "is not JSON: EOF while parsing an object at line 2 column 0"),
            (b"[1.]", "is not JSON: invalid number"),
            (b"[1,]", "is not JSON: trailing comma at line 1 column 4"),
            (b"\xFF\xFE{\0}\0", "is UTF-16 or UTF-32 text"),
            (b"\0{\0}", "is UTF-16 or UTF-32 text"),
            (b"[\"\\ud83d\"]", "is not JSON: unexpected end of hex escape at line 1 column 9"),
        ] {
            let fault = fault(json);
            assert!(fault.starts_with(reason), "{fault}");
        }
    }

    #[test]
    fn common_mistakes_are_named() {
        let unquoted = "key must be a string at line";
        for (json, reason) in [
            ("// x\n{}", "expected value at line 1 column 1; JSON has no comments"),
            ("{\n  # x\n}", &format!("{unquoted} 2 column 3; JSON has no comments")),
            ("{\"a\":1 /* x */}", "expected `,` or `}` at line 1 column 8; JSON has no comments"),
            ("{\"a\":#fff}", "expected value at line 1 column 6"),
            ("{'a':1}", &format!("{unquoted} 1 column 2; use straight double quotes")),
            ("{\n“a”:1}", &format!("{unquoted} 2 column 1; use straight double quotes")),
            ("[‘a’]", "expected value at line 1 column 2; use straight double quotes"),
            ("[é]", "expected value at line 1 column 2"),
            (
                "{\"a\":\"x\ny\"}",
                "control character (\\u0000-\\u001F) found while parsing a string at line 2 column 0; write a line break in a \
                 string as \\n",
            ),
            (
                "[\"x\r\n\"]",
                "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 4; write a line break in a \
                 string as \\n",
            ),
            ("[\"x\t\"]", "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 4"),
        ] {
            assert_eq!(fault(json), format!("is not JSON: {reason}"), "{json}");
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
        for (json, place) in [
            (r#"{"a":1,"b":2,"\u0061":1}"#, "the outermost object"),
            (r#"[1,{"b":[{"a":{},"a":{}}]}]"#, "one object at \"b\""),
            (r#"{"b":{"a":null, "a" :2}}"#, "one object at \"b\""),
            (r#"{"c":{"b":{"a":1,"a":1}}}"#, "one object at \"b\""),
            (r#"{"b":{"a":1,"a":1},"a":2,"a":2,"c":{"a":1,"a":1}}"#, "the outermost object"),
            (r#"{"a":1,"a":1.5}"#, "the outermost object"),
        ] {
            assert_eq!(fault(json), format!("has the key \"a\" twice in {place}; keep one"));
        }
        assert!(read(br#"{"a":{"a":1},"A":[{"a":1},{"a":1}]}"#).is_ok());
        let object = read_object(br#"{"a":"x","b":[{"c":1,"c":1}],"a":"y","a":"z"}"#).unwrap();
        let within = Fault::RepeatedKey { key: "c".to_owned(), within: Some("b".to_owned()) };
        assert_eq!((object.repeated, object.repeated_within), (vec!["a".to_owned()], Some(within)));
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
        assert!(parse(&zeros(20_000)).is_some());
    }
}
