//! What a phone shows of the change from one version to the next.
//!
//! A phone compares the version that it has with the one that it fetches. It shows the `changeMessage` of a field whose value
//! differs, with the new value for `%@` (Apple, `PassFieldContent`). What phones do beyond that is known from reports only: a
//! change message without `%@`, and several of them at once, are believed to make the text "Store card changed" and its like.

use super::display::display;
use crate::fields::{self, Field, LISTS};
use serde::Serialize;
use serde_json::{Map, Value};

/// What a phone shows of the change from one `pass.json` to the next.
#[derive(Serialize, Debug, Clone, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The fields that are new, gone or changed.
    pub fields: Vec<FieldChange>,
    /// The other keys that are new, gone or changed. A style is one of them if something besides its fields changed.
    pub keys: Vec<String>,
    /// The texts that a phone shows on its lock screen, one for each field that has one.
    pub lock_screen: Vec<String>,
}

/// A field that is new, gone or changed.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The list that has it, such as `storeCard.primaryFields`.
    pub group: String,
    /// Its key.
    pub key: String,
    /// Its label now, or the one it had.
    pub label: Option<String>,
    /// The value it had.
    pub from: Option<Value>,
    /// Its value now.
    pub to: Option<Value>,
}

/// Compares two versions. Without an earlier one everything is new, and the lock screen shows nothing.
#[must_use]
pub fn difference(before: Option<&Map<String, Value>>, after: &Map<String, Value>) -> Difference {
    let nothing = Map::new();
    let old = before.unwrap_or(&nothing);
    let mut found = Difference::default();
    for field in fields::all(after) {
        let earlier = same_field(old, &field);
        if earlier.is_some_and(|earlier| earlier.members == field.members) {
            continue;
        }
        let from = earlier.and_then(|earlier| earlier.value());
        if before.is_some() && from != field.value() {
            found.lock_screen.extend(lock_screen_text(&field).filter(|text| !found.lock_screen.contains(text)));
        }
        found.fields.push(change(&field, from, field.value()));
    }
    for gone in fields::all(old).filter(|field| same_field(after, field).is_none()) {
        found.fields.push(change(&gone, gone.value(), None));
    }
    let keys = || after.keys().chain(old.keys().filter(|key| !after.contains_key(*key)));
    found.keys.extend(keys().filter(|key| differs_beside_fields(old.get(*key), after.get(*key))).cloned());
    found.keys.sort_unstable();
    found
}

/// The field with the same key in the same list; without a key, one that is equal.
fn same_field<'a>(content: &'a Map<String, Value>, field: &Field<'_>) -> Option<Field<'a>> {
    let mut others = fields::all(content).filter(|other| (other.style, other.list) == (field.style, field.list));
    match field.text("key") {
        Some(key) => others.find(|other| other.text("key") == Some(key)),
        None => others.find(|other| other.members == field.members),
    }
}

fn change(field: &Field<'_>, from: Option<&Value>, to: Option<&Value>) -> FieldChange {
    FieldChange {
        group: format!("{}.{}", field.style, field.list),
        key: field.text("key").unwrap_or_default().to_owned(),
        label: field.text("label").map(str::to_owned),
        from: from.cloned(),
        to: to.cloned(),
    }
}

/// The text that a phone shows when the value of the field has changed.
fn lock_screen_text(field: &Field<'_>) -> Option<String> {
    let message = field.text("changeMessage").filter(|message| !message.is_empty())?;
    if !message.contains("%@") {
        let noun = match field.style {
            "boardingPass" => "Boarding pass",
            "coupon" => "Coupon",
            "eventTicket" => "Event ticket",
            "storeCard" => "Store card",
            _ => "Pass",
        };
        return Some(format!("{noun} changed"));
    }
    Some(message.replace("%@", &display(field)))
}

/// Whether two members differ in more than lists of fields.
fn differs_beside_fields(before: Option<&Value>, after: Option<&Value>) -> bool {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let others = |members: &Map<String, Value>| {
                let mut others = members.clone();
                others.retain(|key, _| !LISTS.contains(&key.as_str()));
                others
            };
            before != after && others(before) != others(after)
        }
        (before, after) => before != after,
    }
}
