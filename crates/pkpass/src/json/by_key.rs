//! Arrays of fields, merged by the `key` of each field.
//!
//! Such a patch is an array of objects, each with its own text `key`. It changes the array that is there field by field: a
//! member that is null goes, any other member replaces the one that is there, also if it is an object. `"value": null` takes
//! the field away. A field that is not there is added at the end. Each other array replaces the one that is there.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The key of a field.
pub(super) fn key_of(field: &Value) -> Option<&str> {
    field.get("key")?.as_str()
}

/// Whether an array is a patch by key.
pub(super) fn is_keyed(items: &[Value]) -> bool {
    let mut seen = BTreeSet::new();
    !items.is_empty() && items.iter().all(|item| key_of(item).is_some_and(|key| seen.insert(key)))
}

/// Whether a change takes its field away.
pub(super) fn is_removal(change: &Value) -> bool {
    change.get("value").is_some_and(Value::is_null)
}

/// Applies a patch by key to the fields that are there. Their members that are null are dropped, so that the result does not
/// depend on how many patches were put together.
pub(super) fn merge_fields(fields: &mut Vec<Value>, patch: &[Value]) {
    fields.iter_mut().for_each(drop_nulls);
    for change in patch {
        let key = key_of(change);
        if is_removal(change) {
            fields.retain(|field| key_of(field) != key);
            continue;
        }
        let mut is_there = false;
        for field in fields.iter_mut().filter(|field| key_of(field) == key) {
            is_there = true;
            set_members(field, change, false);
        }
        if !is_there {
            let mut field = change.clone();
            drop_nulls(&mut field);
            fields.push(field);
        }
    }
}

/// Adds one more patch by key to those so far: `clear` has the fields that go first, in the order of their keys. `patch` has
/// the fields that go in the same order, and then the changes.
pub(super) fn compose_fields(clear: &mut Vec<Value>, patch: &mut Vec<Value>, next: Vec<Value>) {
    for change in next {
        let Some(key) = key_of(&change).map(str::to_owned) else { continue };
        let was_cleared = take(clear, &key).is_some();
        if is_removal(&change) {
            take(patch, &key);
            insert_removal(patch, &key);
            continue;
        }
        if take_removal(patch, &key) {
            insert_removal(clear, &key);
            let mut field = change;
            drop_nulls(&mut field);
            patch.push(field);
        } else if let Some(earlier) = patch.iter_mut().find(|earlier| key_of(earlier) == Some(&key)) {
            set_members(earlier, &change, !was_cleared);
            if was_cleared {
                insert_removal(clear, &key);
            }
        } else {
            patch.push(change);
        }
    }
}

/// Whether there was a change that takes the field away. It is no more.
fn take_removal(patch: &mut Vec<Value>, key: &str) -> bool {
    let is_one = patch.iter().any(|earlier| key_of(earlier) == Some(key) && is_removal(earlier));
    is_one && take(patch, key).is_some()
}

fn take(fields: &mut Vec<Value>, key: &str) -> Option<Value> {
    let at = fields.iter().position(|field| key_of(field) == Some(key))?;
    Some(fields.remove(at))
}

/// Inserts a change that takes a field away, behind the others of lower keys.
fn insert_removal(fields: &mut Vec<Value>, key: &str) {
    let before = |field: &&Value| is_removal(field) && key_of(field) < Some(key);
    let at = fields.iter().take_while(before).count();
    let removal = Map::from_iter([("key".to_owned(), key.into()), ("value".to_owned(), Value::Null)]);
    fields.insert(at, removal.into());
}

fn set_members(field: &mut Value, change: &Value, keep_nulls: bool) {
    let (Value::Object(field), Value::Object(change)) = (field, change) else { return };
    for (name, value) in change {
        if value.is_null() && !keep_nulls {
            field.remove(name);
        } else {
            field.insert(name.clone(), value.clone());
        }
    }
}

fn drop_nulls(field: &mut Value) {
    if let Value::Object(members) = field {
        members.retain(|_, value| !value.is_null());
    }
}
