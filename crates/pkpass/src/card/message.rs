//! Messages: a back field whose value is the text. Phones show a change of it on the lock screen.

use super::{keys::MESSAGE_KEY, values::Values};
use crate::fields::{self, STYLES};
use serde_json::{Map, Value, json};

/// The change message that shows the text itself.
const TEXT_ITSELF: &str = "%@";

/// Makes the field of the message, if there is a message. A template may have the field, with a label and a place of its own.
pub(super) fn write_field(content: &mut Map<String, Value>, values: &Values) {
    if values.get(MESSAGE_KEY).is_none() {
        return;
    }
    let is_message = |field: &Map<String, Value>| field.get("key").is_some_and(|key| key == MESSAGE_KEY);
    let mut is_there = false;
    for field in fields::all_mut(content).filter(|field| is_message(field)) {
        is_there = true;
        let shows_text = field.get("changeMessage").and_then(Value::as_str).is_some_and(|text| text.contains(TEXT_ITSELF));
        if !shows_text {
            field.insert("changeMessage".to_owned(), TEXT_ITSELF.into());
        }
    }
    if is_there {
        return;
    }
    for style in STYLES {
        let Some(Value::Object(lists)) = content.get_mut(style) else { continue };
        let back = lists.entry("backFields").or_insert_with(|| json!([]));
        if let Value::Array(fields) = back {
            fields.push(json!({ "key": MESSAGE_KEY, "label": "", "changeMessage": TEXT_ITSELF }));
        }
    }
}

/// The patch that writes a message into a content without placeholders.
#[must_use]
pub fn message_patch(content: &Map<String, Value>, text: &str) -> Map<String, Value> {
    let mut changed = content.clone();
    let values = Values::from_members(&Map::from_iter([(MESSAGE_KEY.to_owned(), text.into())])).unwrap_or_default();
    write_field(&mut changed, &values);
    let mut patch = Map::new();
    for field in fields::all(&changed).filter(|field| field.text("key") == Some(MESSAGE_KEY)) {
        let mut members = field.members.clone();
        members.insert("value".to_owned(), text.into());
        let lists = patch.entry(field.style).or_insert_with(|| json!({}));
        if let Value::Object(lists) = lists {
            lists.insert(field.list.to_owned(), json!([members]));
        }
    }
    patch
}
