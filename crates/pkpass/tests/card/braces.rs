//! Braces: whatever a patch or a value has of them is text, and whatever a template has stays but for placeholders.

use super::{object, pass};
use proptest::prelude::*;
use serde_json::json;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn patches_and_values_are_taken_letter_for_letter(text in "[{}a-]{0,14}", other in "[{}a]{0,14}") {
        let template = object(json!({
            "logoText": "{{a}}",
            "generic": { "backFields": [{ "key": "a", "value": "-" }, { "key": "b", "value": "<{{b}}>" }] },
        }));
        let patches = json!([{ "description": text, "userInfo": { "list": [text] } }]);
        let made = pass(&template, &patches, json!({ "a": text, "b": other })).unwrap();
        let expected = json!({
            "logoText": text,
            "description": text,
            "userInfo": { "list": [text] },
            "generic": { "backFields": [{ "key": "a", "value": text }, { "key": "b", "value": other }] },
        });
        prop_assert_eq!(made, expected);
    }

    /// Escaping each pair of braces makes any text of a template plain.
    #[test]
    fn a_template_can_have_any_text(text in "[{}a]{0,14}") {
        let template = object(json!({ "logoText": text.replace("{{", "{{{{"), "generic": {} }));
        let made = pass(&template, &json!([{}]), json!({})).unwrap();
        prop_assert_eq!(&made["logoText"], &json!(text));
    }
}
