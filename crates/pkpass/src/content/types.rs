//! Changes of the JSON type of a key that Wallet knows.

use super::{
    Map, Value, json,
    keys::{self, Kind, Many, Row},
    pass_json_defect, present,
    value::{Place, Step},
};
use crate::{
    defect::{Defect, DefectCode},
    report::Notes,
};

/// Where a merge patch would make something of another JSON type of a key that Wallet knows, such as an object of a list of
/// fields. A key whose type is wrong already may change.
#[must_use]
pub fn type_changes(content: &Map<String, Value>, patch: &Map<String, Value>) -> Vec<Defect> {
    let mut notes = Notes::default();
    compare(content, patch, Kind::Pass, None, &mut notes);
    notes.into_report().defects
}

fn compare(content: &Map<String, Value>, patch: &Map<String, Value>, kind: Kind, above: Option<&Place<'_>>, notes: &mut Notes) {
    let Some(object) = keys::object(kind) else { return };
    for (key, change) in patch.iter().filter(|(_, change)| !change.is_null()) {
        let is_row = |(_, _, keys): &&Row| keys.split(' ').any(|known| known == key);
        let (Some(&(kind, many, _)), Some(value)) = (object.rows.iter().find(is_row), present(content, key)) else { continue };
        let place = Place { above, step: Step::Key(key) };
        match (value, change) {
            (Value::Object(value), Value::Object(change)) => compare(value, change, kind, Some(&place), notes),
            (Value::Array(items), Value::Array(changes)) => compare_fields(items, changes, kind, &place, notes),
            (value, change) if is_of(value, kind, many) && !is_of(change, kind, many) => {
                let message = format!(
                    "{place} is {}, and would become {}. Send {} for it, or null to take it away.",
                    json::kind(value),
                    json::kind(change),
                    json::kind(value)
                );
                notes.push(pass_json_defect(DefectCode::TypeChanged, message));
            }
            _ => {}
        }
    }
}

/// Compares fields of the same key.
fn compare_fields(items: &[Value], changes: &[Value], kind: Kind, above: &Place<'_>, notes: &mut Notes) {
    if !matches!(kind, Kind::Field | Kind::FaceField) {
        return;
    }
    for (index, change) in changes.iter().enumerate() {
        let key = change.get("key").filter(|key| key.is_string());
        let same = items.iter().find(|item| key.is_some() && item.get("key") == key);
        if let (Some(Value::Object(field)), Value::Object(change)) = (same, change) {
            compare(field, change, kind, Some(&Place { above: Some(above), step: Step::Item(index) }), notes);
        }
    }
}

/// Whether a value has the JSON type of a kind.
pub(super) fn is_of(value: &Value, kind: Kind, many: Many) -> bool {
    if many != Many::One {
        return value.is_array();
    }
    match kind {
        Kind::Number | Kind::Latitude | Kind::Longitude | Kind::Short => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::TextOrNumber => value.is_string() || value.is_number(),
        kind if keys::object(kind).is_some() || kind == Kind::UserInfo => value.is_object(),
        _ => value.is_string(),
    }
}
