//! What a phone shows of a change.

use super::object;
use pkpass::card::{FieldChange, difference};
use serde_json::{Value, json};

/// A store card with one field, with these members besides its key and label.
fn card(members: &Value) -> Value {
    let mut field = json!({ "key": "points", "label": "Points" });
    for (name, value) in members.as_object().unwrap() {
        field[name] = value.clone();
    }
    json!({ "storeCard": { "primaryFields": [field] } })
}

/// The lock screen after a change of the value.
fn lock_screen(from: &Value, members: &Value) -> Vec<String> {
    let mut before = members.clone();
    before["value"] = from.clone();
    difference(Some(&object(card(&before))), &object(card(members))).lock_screen
}

#[test]
fn a_changed_value_shows_its_change_message() {
    for (members, text) in [
        (json!({ "value": 74, "changeMessage": "Now %@ points" }), "Now 74 points"),
        (json!({ "value": "x %@", "changeMessage": "%@, %@" }), "x %@, x %@"),
        (json!({ "value": 1234.5, "changeMessage": "%@", "currencyCode": "EUR" }), "1,234.5 EUR"),
        (json!({ "value": -1_234_567, "changeMessage": "%@", "numberStyle": "PKNumberStyleDecimal" }), "-1,234,567"),
        (json!({ "value": 123_456, "changeMessage": "%@" }), "123456"),
        (json!({ "value": 0.255, "changeMessage": "%@", "numberStyle": "PKNumberStylePercent" }), "25.5%"),
        (json!({ "value": -0.05, "changeMessage": "%@", "numberStyle": "PKNumberStylePercent" }), "-5%"),
        (json!({ "value": 2, "changeMessage": "%@", "numberStyle": "PKNumberStylePercent" }), "200%"),
        (json!({ "value": "2026-12-31T20:30:00+01:00", "changeMessage": "%@", "dateStyle": "PKDateStyleFull" }), "2026-12-31"),
        (
            json!({ "value": "2026-12-31T20:30Z", "changeMessage": "%@", "timeStyle": "PKDateStyleShort",
                "dateStyle": "PKDateStyleNone" }),
            "20:30",
        ),
        (
            json!({ "value": "2026-12-31T20:30Z", "changeMessage": "%@", "timeStyle": "PKDateStyleShort",
                "dateStyle": "PKDateStyleShort" }),
            "2026-12-31 20:30",
        ),
        (json!({ "value": "2026-12-31T20:30Z", "changeMessage": "%@" }), "2026-12-31T20:30Z"),
        (json!({ "value": 1, "changeMessage": "Changed!" }), "Store card changed"),
    ] {
        assert_eq!(lock_screen(&json!("before"), &members), [text], "{members}");
    }
}

#[test]
fn nothing_else_shows_on_the_lock_screen() {
    for members in [json!({ "value": 1 }), json!({ "value": 1, "changeMessage": "" })] {
        assert_eq!(lock_screen(&json!(0), &members), [""; 0], "{members}");
    }
    assert_eq!(lock_screen(&json!(1), &json!({ "value": 1, "changeMessage": "%@" })), [""; 0]);

    let with = |label: &str| object(card(&json!({ "label": label, "value": 1, "changeMessage": "%@" })));
    let found = difference(Some(&with("a")), &with("b"));
    assert_eq!((found.lock_screen, found.fields.len()), (vec![], 1));
    // A phone that has no version yet shows no change.
    assert_eq!(difference(None, &with("a")).lock_screen, [""; 0]);
}

#[test]
fn fields_that_are_new_or_gone_are_changes() {
    let before = object(json!({ "generic": { "backFields": [{ "key": "a", "value": 1 }, { "key": "c", "value": 1 }] } }));
    let after = json!({ "generic": { "backFields": [
        { "key": "b", "label": "B", "value": 2, "changeMessage": "b: %@" },
        { "key": "c", "value": 1 },
    ] } });
    let found = difference(Some(&before), &object(after));
    let change = |key: &str, label: Option<&str>, from: Option<Value>, to: Option<Value>| FieldChange {
        group: "generic.backFields".to_owned(),
        key: key.to_owned(),
        label: label.map(str::to_owned),
        from,
        to,
    };
    assert_eq!(found.fields, [change("b", Some("B"), None, Some(json!(2))), change("a", None, Some(json!(1)), None)]);
    assert_eq!(found.lock_screen, ["b: 2"]);
    assert!(found.keys.is_empty());
}

#[test]
fn other_keys_are_listed_by_name() {
    let before = json!({ "logoText": "a", "generic": { "backFields": [] }, "coupon": { "x": 1 }, "description": "d" });
    let after = json!({ "generic": { "backFields": [{ "value": 1 }] }, "coupon": { "x": 2 }, "description": "d", "nfc": {} });
    let found = difference(Some(&object(before)), &object(after));
    assert_eq!(found.keys, ["coupon", "logoText", "nfc"]);
    let json = serde_json::to_value(&found).unwrap();
    let field = json!({ "group": "generic.backFields", "key": "", "label": null, "from": null, "to": 1 });
    assert_eq!(json, json!({ "fields": [field], "keys": ["coupon", "logoText", "nfc"], "lockScreen": [] }));
}

#[test]
fn one_text_shows_once() {
    let card = |value: u32| {
        let field = json!({ "key": "a", "value": value, "changeMessage": "Now %@" });
        let classic = json!({ "headerFields": [field], "backFields": [field] });
        object(json!({ "generic": classic, "posterGeneric": { "headerFields": [field] } }))
    };
    assert_eq!(difference(Some(&card(1)), &card(2)).lock_screen, ["Now 2"]);
    let mut other = card(1);
    other["posterGeneric"] = json!({ "headerFields": [] });
    let groups: Vec<_> = difference(Some(&other), &card(1)).fields.into_iter().map(|field| field.group).collect();
    assert_eq!(groups, ["posterGeneric.headerFields"]);
}
