//! JSON documents keep all they hold.

use pkpass::json::read;
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
    fn a_repeated_key_is_found_at_any_depth(levels in vec(any::<bool>(), 0..30), first in any::<String>()) {
        let mut json = format!(r#"{{"k":{},"l":0,"\u006B":1}}"#, Value::String(first));
        for in_object in levels {
            json = if in_object { format!(r#"{{"k":{json}}}"#) } else { format!("[0,{json}]") };
        }
        let fault = read(json.as_bytes()).unwrap_err();
        prop_assert_eq!(fault.to_string(), "has the key \"k\" twice in one object");
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
