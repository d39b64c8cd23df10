//! JSON documents kept whole.

use std::{fmt::Write as _, iter};

use pkpass::json::Document;
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
};

/// Any document, with any text and numbers of any length.
fn any_document() -> impl Strategy<Value = Document> {
    let number = "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,4})?";
    let plain = prop_oneof!["null", "true", "false", number].prop_map(|text| Document::Plain(text.into()));
    let leaf = prop_oneof![plain, any::<String>().prop_map(Document::Text)];
    leaf.prop_recursive(4, 30, 4, |inner| {
        let key = prop_oneof![any::<String>(), "[a-c\"\\\\\n]{0,2}"];
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Document::Array), btree_map(key, inner, 0..4).prop_map(Document::Object),]
    })
}

/// Texts that are nearly JSON, or JSON. There is no exponent: `serde_json` takes none that is too large for a
/// float.
fn nearly_json() -> impl Strategy<Value = String> {
    let parts = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\":",
        "\"\\u0061\":",
        "\"b\":",
        "\"x\"",
        "\"\\ud83d",
        "\\ude00\"",
        "0",
        "1",
        "-",
        ".",
        "null",
        "true",
        "fals",
        " ",
        "\n",
        "\"",
        "\\",
        "\u{1}",
        "\u{feff}",
        "ä",
    ];
    vec(proptest::sample::select(parts.to_vec()), 0..12).prop_map(|parts| parts.concat())
}

/// Writes a document with as much white space and as many escapes as `choices` say, its keys from last to
/// first.
fn respell(document: &Document, choices: &mut dyn Iterator<Item = u8>, json: &mut String) {
    space(choices, json);
    match document {
        Document::Object(members) => {
            json.push('{');
            space(choices, json);
            for (at, (key, member)) in members.iter().rev().enumerate() {
                json.push_str(if at > 0 { "," } else { "" });
                respell(&Document::from(key.as_str()), choices, json);
                json.push(':');
                respell(member, choices, json);
            }
            json.push('}');
        }
        Document::Array(items) => {
            json.push('[');
            space(choices, json);
            for (at, item) in items.iter().enumerate() {
                json.push_str(if at > 0 { "," } else { "" });
                respell(item, choices, json);
            }
            json.push(']');
        }
        Document::Text(text) => respell_text(text, choices, json),
        Document::Plain(plain) => json.push_str(plain),
    }
    space(choices, json);
}

fn space(choices: &mut dyn Iterator<Item = u8>, json: &mut String) {
    let spaces = ["", "", " ", "\t", "\r\n", "\n  "];
    json.push_str(spaces[usize::from(choices.next().unwrap()) % spaces.len()]);
}

fn respell_text(text: &str, choices: &mut dyn Iterator<Item = u8>, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        let must = character < ' ' || character == '"' || character == '\\';
        if must || choices.next().unwrap().is_multiple_of(2) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(json, "\\u{unit:04X}").unwrap();
            }
        } else {
            json.push(character);
        }
    }
    json.push('"');
}

fn has_equal_keys(json: &str) -> bool {
    Document::read(json.as_bytes()).is_err_and(|fault| fault.to_string().contains("twice"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Nothing is lost on the way out and in.
    #[test]
    fn documents_survive_storage(document in any_document()) {
        let json = document.to_json();
        prop_assert_eq!(Document::read(json.as_bytes()), Ok(document));
    }

    /// Spelling makes no difference.
    #[test]
    fn equal_documents_make_equal_bytes(document in any_document(), choices in vec(any::<u8>(), 1..50)) {
        let mut json = String::new();
        let mut forever = iter::repeat(choices).flatten();
        respell(&document, &mut forever, &mut json);
        let read = Document::read(json.as_bytes()).unwrap();
        prop_assert_eq!(read.to_json(), document.to_json());
        prop_assert_eq!(read, document);
    }

    /// A key that occurs twice is found wherever it is.
    #[test]
    fn a_key_twice_is_found_at_any_depth(levels in vec(any::<bool>(), 0..30), first in any_document()) {
        let mut json = format!(r#"{{"k":{},"l":0,"\u006B":1}}"#, Document::Text(first.to_json()).to_json());
        for in_object in levels {
            json = if in_object { format!(r#"{{"k":{json}}}"#) } else { format!("[0,{json}]") };
        }
        let fault = Document::read(json.as_bytes()).unwrap_err();
        prop_assert_eq!(fault.to_string(), "has the key \"k\" twice in one object");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// What is JSON to serde_json is JSON here, and the same, but for keys that occur twice.
    #[test]
    fn what_is_json_is_read(json in nearly_json()) {
        let theirs = serde_json::from_str::<serde_json::Value>(&json).ok();
        let ours = Document::read(json.as_bytes()).ok();
        if !has_equal_keys(&json) {
            let ours = ours.map(|document| serde_json::from_str(&document.to_json()).unwrap());
            prop_assert_eq!(ours, theirs);
        }
    }

    /// A message stays a line of text, whatever the bytes were.
    #[test]
    fn faults_are_short_and_printable(bytes in vec(any::<u8>(), 0..30), json in nearly_json()) {
        for given in [&bytes[..], json.as_bytes()] {
            if let Err(fault) = Document::read(given) {
                let message = fault.to_string();
                prop_assert!(message.len() < 200 && !message.contains(char::is_control), "{}", message);
            }
        }
    }
}
