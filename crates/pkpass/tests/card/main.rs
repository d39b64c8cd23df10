//! A pass as its issuer speaks of it: values, patches by key, and what a phone shows of a change.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on says so and ends")]

mod braces;
mod difference;
mod types;
mod values;

use pkpass::{
    Defect,
    card::{Values, resolve},
    json::Patches,
};
use serde_json::{Map, Value, json};

pub(crate) fn object(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else { panic!("{value} is no object") };
    members
}

/// A loyalty card with placeholders.
pub(crate) fn template() -> Map<String, Value> {
    object(json!({
        "description": "Card {{serialNumber}}",
        "userInfo": {},
        "barcodes": [{ "format": "PKBarcodeFormatQR", "message": "{{code}}/{{points}}", "messageEncoding": "utf-8" }],
        "storeCard": {
            "headerFields": [{ "key": "points", "label": "POINTS", "value": 0, "changeMessage": "Now %@ points" }],
            "primaryFields": [{ "key": "name", "label": "NAME", "value": "{{name}}" }],
            "backFields": [{ "key": "points", "label": "Points", "value": 0 }, { "key": "terms", "value": "No {braces}" }],
        },
    }))
}

/// The content of pass S-1 of a template.
pub(crate) fn pass(template: &Map<String, Value>, patches: &Value, values: Value) -> Result<Value, Vec<Defect>> {
    let patches = Patches::parse(&patches.to_string()).unwrap();
    let values = Values::from_members(&object(values))?;
    resolve(template, &patches, &values, "S-1").map(Value::Object)
}
