//! Patches that would change the type of a key.

use super::object;
use pkpass::card::type_changes;
use serde_json::{Value, json};

fn content() -> Value {
    json!({
        "logoText": "x", "voided": false, "maxDistance": 1, "barcodes": [], "userInfo": { "a": 1 }, "mine": 1, "semantics": {},
        "locations": "none",
        "storeCard": { "primaryFields": [{ "key": "a", "label": "A", "value": 1, "row": 1 }] },
    })
}

#[test]
fn a_key_that_wallet_knows_keeps_its_type() {
    for (patch, place) in [
        (json!({ "logoText": 1 }), "logoText is a string, and would become a number"),
        (json!({ "voided": "no" }), "voided"),
        (json!({ "maxDistance": "1" }), "maxDistance"),
        (json!({ "barcodes": {} }), "barcodes"),
        (json!({ "userInfo": [] }), "userInfo"),
        (json!({ "semantics": "x" }), "semantics"),
        (json!({ "storeCard": [] }), "storeCard"),
        (json!({ "storeCard": { "primaryFields": { "a": 1 } } }), "storeCard.primaryFields is an array"),
        (json!({ "storeCard": { "primaryFields": [{ "key": "a", "label": 1 }] } }), "storeCard.primaryFields[0].label"),
        (json!({ "storeCard": { "primaryFields": [{ "key": "a", "value": [] }] } }), "storeCard.primaryFields[0].value"),
    ] {
        let defects = type_changes(&object(content()), &object(patch.clone()));
        assert_eq!(defects.len(), 1, "{patch}: {defects:?}");
        assert!(defects[0].message.starts_with(place), "{defects:?}");
    }
}

#[test]
fn other_changes_are_fine() {
    for patch in [
        json!({ "logoText": "y", "voided": null, "barcodes": [1] }),
        json!({ "mine": "x", "userInfo": { "a": "x" } }),
        // Wrong before.
        json!({ "locations": [] }),
        json!({ "locations": {} }),
        // Not there before. The checks of the content say what is wrong.
        json!({ "beacons": {} }),
        json!({ "storeCard": { "primaryFields": [{ "key": "a", "value": "x", "row": null }, { "key": "b", "label": 1 }] } }),
        json!({ "storeCard": { "primaryFields": null, "backFields": {} } }),
    ] {
        assert_eq!(type_changes(&object(content()), &object(patch.clone())), [], "{patch}");
    }
}
