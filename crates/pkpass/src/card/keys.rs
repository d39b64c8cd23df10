//! Which keys a template has: those of its fields, and those of its placeholders.

use super::placeholder;
use crate::fields;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The key of the value that is the last message to the holder of a pass.
pub const MESSAGE_KEY: &str = "edgepass-message";

/// The placeholder that is always there.
pub(super) const SERIAL_NUMBER: &str = "serialNumber";

/// Keys that a value of a pass may have: those of the template's fields and placeholders, and [`MESSAGE_KEY`].
#[must_use]
pub fn keys(template: &Map<String, Value>) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    placeholder::collect(template, &mut keys);
    keys.remove(SERIAL_NUMBER);
    keys.extend(keys_of_fields(template));
    keys.insert(MESSAGE_KEY.to_owned());
    keys
}

/// The keys of all fields.
pub(super) fn keys_of_fields(content: &Map<String, Value>) -> impl Iterator<Item = String> {
    fields::all(content).filter_map(|field| field.text("key")).map(str::to_owned)
}

/// The value of the first field with this key.
#[must_use]
pub fn value_of<'a>(content: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    fields::all(content).filter(|field| field.text("key") == Some(key)).find_map(|field| field.value())
}

/// Keys of the fields whose `value` a patch sets, or which it takes away.
#[must_use]
pub fn values_set_by(patch: &Map<String, Value>) -> BTreeSet<String> {
    let set = fields::all(patch).filter(|field| field.members.contains_key("value"));
    set.filter_map(|field| field.text("key")).map(str::to_owned).collect()
}
