//! Values in fields and placeholders.

use super::{object, pass, template};
use pkpass::{
    DefectCode,
    card::{Values, keys, value_of, values_set_by},
};
use serde_json::{Value, json};

#[test]
fn a_value_is_set_wherever_its_field_stands_and_in_placeholders() {
    let pass = pass(&template(), &json!([{}]), json!({ "points": 64, "name": "Ada", "code": "C-1" })).unwrap();
    assert_eq!(pass["description"], "Card S-1");
    assert_eq!(pass["barcodes"][0]["message"], "C-1/64");
    assert_eq!(pass["storeCard"]["headerFields"][0]["value"], 64);
    assert_eq!(pass["storeCard"]["headerFields"][0]["label"], "POINTS");
    assert_eq!(pass["storeCard"]["primaryFields"][0]["value"], "Ada");
    assert_eq!(pass["storeCard"]["backFields"][0]["value"], 64);
}

#[test]
fn a_placeholder_without_value_takes_that_of_the_field_or_is_a_defect() {
    let pass = |values| pass(&template(), &json!([{}]), values);
    assert_eq!(pass(json!({ "name": "Ada", "code": 1.50 })).unwrap()["barcodes"][0]["message"], "1.5/0");
    let defects = pass(json!({ "points": 1 })).unwrap_err();
    assert_eq!(defects.iter().map(|defect| defect.code).collect::<Vec<_>>(), [DefectCode::ValueMissing; 2]);
    assert!(defects[0].message.contains("{{code}}") && defects[1].message.contains("{{name}}"), "{defects:?}");
}

#[test]
fn a_value_that_is_one_placeholder_takes_its_type() {
    let mut template = template();
    template["storeCard"]["backFields"] = json!([{ "key": "n", "value": "{{count}}", "label": "{{count}}" }]);
    template["userInfo"] = json!({ "count": "{{count}}" });
    let pass = pass(&template, &json!([{}]), json!({ "name": "", "code": "", "count": 7 })).unwrap();
    assert_eq!(pass["storeCard"]["backFields"][0], json!({ "key": "n", "value": 7, "label": "7" }));
    assert_eq!(pass["userInfo"]["count"], "7");
}

#[test]
fn braces_in_values_and_patches_are_text() {
    let braces = "{{name}} {{{{ {{{x}}}";
    let patch = json!([{ "logoText": braces, "storeCard": { "backFields": [{ "key": "terms", "value": braces }] } }]);
    let mut template = template();
    template["storeCard"]["headerFields"] = json!([{ "key": "number", "value": "{{code}}" }, { "key": "points", "value": 0 }]);
    let pass = pass(&template, &patch, json!({ "name": braces, "code": braces })).unwrap();
    assert_eq!(pass["storeCard"]["headerFields"][0]["value"], braces);
    assert_eq!(pass["logoText"], braces);
    assert_eq!(pass["storeCard"]["primaryFields"][0]["value"], braces);
    assert_eq!(pass["storeCard"]["backFields"][1]["value"], braces);
    assert_eq!(pass["barcodes"][0]["message"], format!("{braces}/0"));
}

#[test]
fn patches_change_fields_by_key_and_values_come_last() {
    let patch = json!([{ "storeCard": {
        "headerFields": [{ "key": "points", "value": 5, "label": "Points" }],
        "backFields": [{ "key": "terms", "value": null }, { "key": "more", "value": "x" }],
    } }]);
    let own = pass(&template(), &patch, json!({ "name": "Ada", "code": "" })).unwrap();
    let header = json!({ "key": "points", "label": "Points", "value": 5, "changeMessage": "Now %@ points" });
    assert_eq!(own["storeCard"]["headerFields"], json!([header]));
    let points = json!({ "key": "points", "label": "Points", "value": 0 });
    assert_eq!(own["storeCard"]["backFields"], json!([points, { "key": "more", "value": "x" }]));
    assert_eq!(own["barcodes"][0]["message"], "/5");

    let valued = pass(&template(), &patch, json!({ "points": 6, "name": "Ada", "code": "" })).unwrap();
    assert_eq!(valued["storeCard"]["headerFields"][0]["value"], 6);
}

#[test]
fn a_patch_that_overwrites_a_placeholder_needs_no_value_for_it() {
    let patch = json!([{ "barcodes": [], "storeCard": { "primaryFields": [{ "key": "name", "value": "Ada" }] } }]);
    let pass = pass(&template(), &patch, json!({})).unwrap();
    assert_eq!(pass["storeCard"]["primaryFields"][0]["value"], "Ada");
}

#[test]
fn values_of_keys_that_the_template_has_no_more_are_ignored() {
    let pass = pass(&template(), &json!([{}]), json!({ "name": "", "code": "", "stamps": 3 })).unwrap();
    assert!(!pass.to_string().contains("stamps"));
}

#[test]
fn a_template_has_the_keys_of_its_fields_and_placeholders() {
    let known = keys(&template());
    assert_eq!(known.into_iter().collect::<Vec<_>>(), ["code", "edgepass-message", "name", "points", "terms"]);
    assert_eq!(value_of(&template(), "points"), Some(&json!(0)));
    assert_eq!(value_of(&template(), "code"), None);

    let defects = Values::check(&object(json!({ "stamps": 1, "points": [] })), &template(), &template()).unwrap_err();
    assert_eq!(defects[0].code, DefectCode::ValueType);
    assert_eq!(defects[1].code, DefectCode::ValueUnknown);
    assert!(defects[1].message.ends_with("\"stamps\". It has: code, name, points, terms."), "{}", defects[1].message);
    assert_eq!(Values::check(&object(json!({ "points": null, "code": "x", "name": 1 })), &template(), &template()), Ok(()));
}

#[test]
fn a_patch_sets_the_values_of_fields_that_it_names() {
    let patch = json!({ "storeCard": {
        "headerFields": [{ "key": "points", "value": 5 }, { "key": "name", "label": "x" }],
        "backFields": [{ "key": "terms", "value": null }, { "value": 1 }],
    }, "userInfo": { "headerFields": [{ "key": "x", "value": 1 }] } });
    assert_eq!(values_set_by(&object(patch)).into_iter().collect::<Vec<_>>(), ["points", "terms"]);
}

#[test]
fn values_are_stored_and_added_to() {
    let mut values = Values::from_members(&object(json!({ "a": 1, "b": "x", "c": null }))).unwrap();
    assert_eq!(values.to_json(), r#"{"a":1,"b":"x"}"#);
    values.set(&object(json!({ "b": null, "d": 4.5 })));
    let delta = "0.1".parse().unwrap();
    values.add("d", &delta, Some(&json!(100))).unwrap();
    values.add("e", &delta, Some(&json!(10))).unwrap();
    assert_eq!(values.to_json(), r#"{"a":1,"d":4.6,"e":10.1}"#);
    assert_eq!(Values::parse(&values.to_json()), Some(values.clone()));
    for base in [None, Some(&json!("10"))] {
        assert_eq!(values.add("f", &delta, base).unwrap_err().code, DefectCode::ValueType);
    }
    assert_eq!(values.add("a", &"1e3".parse().unwrap(), None).unwrap_err().code, DefectCode::ValueRange);
    assert_eq!(Values::parse("[]"), None);
    assert_eq!(Values::parse(r#"{"a":[]}"#), None);
    assert_eq!(Values::from_members(&object(json!({ "a": true }))).unwrap_err()[0].code, DefectCode::ValueType);
}

#[test]
fn texts_never_grow_past_what_a_pass_may_have() {
    let mut template = template();
    template["userInfo"] = json!({ "many": "{{name}}".repeat(10_000) });
    let made = |length: usize| pass(&template, &json!([{}]), json!({ "name": "x".repeat(length), "code": "" }));
    assert!(made(100).is_ok());
    for length in [110, 200_000] {
        assert_eq!(made(length).unwrap_err()[0].code, DefectCode::EntryTooLarge);
    }
}

#[test]
fn a_message_makes_a_field() {
    let values = json!({ "name": "", "code": "", "edgepass-message": "Free coffee {{today}}" });
    let field = |pass: &Value| pass["storeCard"]["backFields"].as_array().unwrap().last().unwrap().clone();
    let made = pass(&template(), &json!([{}]), values.clone()).unwrap();
    let expected = json!({ "key": "edgepass-message", "label": "", "value": "Free coffee {{today}}", "changeMessage": "%@" });
    assert_eq!(field(&made), expected);

    let mut template = template();
    template["storeCard"]["backFields"] = json!([]);
    template["storeCard"]["secondaryFields"] = json!([{ "key": "edgepass-message", "label": "News", "value": "-" }]);
    let made = pass(&template, &json!([{}]), values).unwrap();
    assert_eq!(made["storeCard"]["backFields"], json!([]));
    let expected =
        json!({ "key": "edgepass-message", "label": "News", "value": "Free coffee {{today}}", "changeMessage": "%@" });
    assert_eq!(made["storeCard"]["secondaryFields"], json!([expected]));
}
