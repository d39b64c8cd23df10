//! The content of a pass: template, patches and values put together.

use super::{
    keys::{SERIAL_NUMBER, value_of},
    message,
    placeholder::{self, has_placeholder},
    values::{Values, escaped},
};
use crate::{
    defect::{Defect, DefectCode},
    fields,
    files::MAX_JSON_BYTES,
    json::{Patches, change_texts},
    layout::pass_json_defect,
    report::Notes,
};
use serde_json::{Map, Value};
use std::{cell::Cell, collections::BTreeSet};

/// The content of a pass: the template's, with the pass's own patches, and then its own values.
///
/// Only the template has placeholders. Braces in patches and values are text.
///
/// # Errors
/// As [`fill`].
pub fn resolve(
    template: &Map<String, Value>,
    patches: &Patches,
    values: &Values,
    serial: &str,
) -> Result<Map<String, Value>, Vec<Defect>> {
    let mut content = template.clone();
    let mut patches = patches.clone();
    patches.change_texts(&|text| *text = placeholder::escape(text));
    patches.apply(&mut content);
    fill(&mut content, values, serial)?;
    Ok(content)
}

/// Sets values in a content, and fills its placeholders. Each placeholder gets the own value of its key, or else the value of
/// the field with its key. After an error the content is of no use.
///
/// # Errors
/// A placeholder has no value, or the content would be larger than any pass may be.
pub fn fill(content: &mut Map<String, Value>, values: &Values, serial: &str) -> Result<(), Vec<Defect>> {
    message::write_field(content, values);
    values.write(content);
    let known = values_of_placeholders(content, values, serial)?;
    for field in fields::all_mut(content) {
        let key = field.get("value").and_then(Value::as_str).and_then(placeholder::whole);
        if let Some(value) = key.and_then(|key| known.get(key)) {
            field.insert("value".to_owned(), escaped(value));
        }
    }
    // How many bytes more the texts may have; `None` once there are too many.
    let room = Cell::new(Some(MAX_JSON_BYTES));
    change_texts(content, &|text| {
        if let Some(most) = room.get() {
            *text = placeholder::fill(text, most, |key| known.get(key));
            room.set(most.checked_sub(text.len()));
        }
    });
    if room.get().is_none() {
        let message = format!("The texts of pass.json would have more than {MAX_JSON_BYTES} bytes. Make the values shorter.");
        return Err(vec![pass_json_defect(DefectCode::EntryTooLarge, message)]);
    }
    Ok(())
}

fn values_of_placeholders(
    content: &Map<String, Value>,
    values: &Values,
    serial: &str,
) -> Result<Map<String, Value>, Vec<Defect>> {
    let mut keys = BTreeSet::new();
    placeholder::collect(content, &mut keys);
    let (mut known, mut notes) = (Map::new(), Notes::default());
    for key in keys {
        let value = match key.as_str() {
            SERIAL_NUMBER => Some(serial.into()),
            key => values.get(key).cloned().or_else(|| value_of_field(content, key)),
        };
        match value {
            Some(value) => drop(known.insert(key, value)),
            None => notes.push(missing(&key)),
        }
    }
    let defects = notes.into_report().defects;
    if defects.is_empty() { Ok(known) } else { Err(defects) }
}

/// The value of the field with this key, unless it waits for a value itself.
fn value_of_field(content: &Map<String, Value>, key: &str) -> Option<Value> {
    match value_of(content, key)? {
        Value::String(text) if has_placeholder(text) => None,
        Value::String(text) => Some(Value::String(placeholder::fill(text, usize::MAX, |_| None))),
        value => Some(value.clone()).filter(Value::is_number),
    }
}

fn missing(key: &str) -> Defect {
    let message = format!(
        "The template has the placeholder {{{{{key}}}}}, and this pass has no value for it. Give it one, as in \
         {{\"values\": {{\"{key}\": \"…\"}}}}."
    );
    pass_json_defect(DefectCode::ValueMissing, message)
}
