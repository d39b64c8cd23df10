//! JSON documents keep all they hold.

use pkpass::json::{Slips, read, read_lenient};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
};
use serde_json::Value;

/// Any document, with any text and numbers of any length.
fn any_document() -> impl Strategy<Value = Value> {
    let number = "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?(e[+-]?[0-9]{1,4})?";
    let plain = prop_oneof!["null", "true", "false", number].prop_map(|text| text.parse().unwrap());
    let leaf = prop_oneof![plain, any::<String>().prop_map(Value::String)];
    leaf.prop_recursive(4, 30, 4, |inner| {
        let key = prop_oneof![any::<String>(), "[a-c\"\\\\\n]{0,2}"];
        let object = btree_map(key, inner.clone(), 0..4).prop_map(|members| members.into_iter().collect());
        prop_oneof![vec(inner, 0..4).prop_map(Value::Array), object]
    })
}

/// A document as text, with white space at random, and with a comma before some of the `}` and `]`. The flag says whether any
/// is.
fn with_commas(document: &Value, choices: &mut impl Iterator<Item = u8>) -> (String, bool) {
    let space = |choices: &mut dyn Iterator<Item = u8>| match choices.next().unwrap_or_default() % 4 {
        0 => " ",
        1 => "\n\t",
        _ => "",
    };
    let mut parts = Vec::new();
    let mut has_comma = false;
    let (open, close) = match document {
        Value::Array(items) => {
            for item in items {
                let (text, has) = with_commas(item, choices);
                has_comma |= has;
                parts.push(text);
            }
            ("[", "]")
        }
        Value::Object(members) => {
            for (key, member) in members {
                let (text, has) = with_commas(member, choices);
                has_comma |= has;
                parts.push(format!("{}{}:{text}", Value::from(key.as_str()), space(choices)));
            }
            ("{", "}")
        }
        plain => return (plain.to_string(), false),
    };
    let comma = !parts.is_empty() && choices.next().is_some_and(|choice| choice % 3 == 0);
    let end = if comma { format!("{},{}", space(choices), space(choices)) } else { space(choices).to_owned() };
    let between = format!("{},{}", space(choices), space(choices));
    (format!("{open}{}{end}{close}", parts.join(&between)), has_comma | comma)
}

/// Texts that are nearly JSON, or JSON.
fn nearly_json() -> impl Strategy<Value = String> {
    let part = r#"{ } [ ] , : "a": "\u0061": "b": "x" "\ud83d \ude00" 0 1 - . null true fals " \ ä"#.split(' ');
    let parts: Vec<_> = part.chain([" ", "\n", "\u{1}", "\u{feff}"]).collect();
    vec(proptest::sample::select(parts), 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn documents_survive_storage(document in any_document()) {
        prop_assert_eq!(read(document.to_string().as_bytes()), Ok(document));
    }

    #[test]
    fn what_phones_overlook_changes_nothing(
        document in any_document(), choices in vec(any::<u8>(), 0..60), mark in any::<bool>(),
    ) {
        let (text, trailing_comma) = with_commas(&document, &mut choices.into_iter());
        let text = if mark { format!("\u{feff}{text}") } else { text };
        let slips = Slips { byte_order_mark: mark, trailing_comma };
        prop_assert_eq!(read_lenient(text.as_bytes()), Ok((document, slips)));
        prop_assert_eq!(read(text.as_bytes()).is_ok(), slips == Slips::default());
    }

    #[test]
    fn a_repeated_key_is_found_at_any_depth(levels in vec(any::<bool>(), 0..30), first in any::<String>()) {
        let mut json = format!(r#"{{"k":{},"l":0,"\u006B":1}}"#, Value::String(first));
        for in_object in levels {
            json = if in_object { format!(r#"{{"k":{json}}}"#) } else { format!("[0,{json}]") };
        }
        let fault = read(json.as_bytes()).unwrap_err();
        prop_assert!(fault.to_string().starts_with("has the key \"k\" twice in "), "{}", fault);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// What is JSON to `serde_json` is JSON here, and the same, but for keys that occur twice.
    #[test]
    fn json_is_read_as_serde_json_reads_it(json in nearly_json()) {
        let ours = read(json.as_bytes());
        if !ours.as_ref().is_err_and(|fault| fault.to_string().contains("twice")) {
            prop_assert_eq!(ours.ok(), json.parse().ok());
        }
    }

    /// Strict JSON is read the same by both, and what only the lenient reader takes has a slip.
    #[test]
    fn the_lenient_reader_takes_more_and_says_so(json in nearly_json()) {
        match (read(json.as_bytes()), read_lenient(json.as_bytes())) {
            (Ok(value), lenient) => prop_assert_eq!(lenient, Ok((value, Slips::default()))),
            (Err(_), Ok((_, slips))) => prop_assert_ne!(slips, Slips::default()),
            (Err(_), Err(_)) => {}
        }
    }

    /// A message stays a line of text, whatever the bytes were.
    #[test]
    fn faults_are_short_and_printable(bytes in vec(any::<u8>(), 0..30), json in nearly_json()) {
        for given in [&bytes[..], json.as_bytes()] {
            if let Err(fault) = read(given) {
                let message = fault.to_string();
                prop_assert!(message.len() < 200 && !message.contains(char::is_control), "{}", message);
            }
        }
    }
}
