//! Own values of a pass.

use super::{
    decimal,
    keys::{MESSAGE_KEY, keys, keys_of_fields},
    placeholder::escape,
};
use crate::{
    defect::{Defect, DefectCode},
    fields,
    json::{self, echo},
    layout::pass_json_defect,
    report::Notes,
};
use serde_json::{Map, Number, Value};
use std::collections::BTreeSet;

/// Own values of a pass: key → text or number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(Map<String, Value>);

impl Values {
    /// Parses what [`to_json`](Self::to_json) wrote. `None` if it is something else.
    #[must_use]
    pub fn parse(json: &str) -> Option<Self> {
        let Value::Object(values) = json::parse(json)? else { return None };
        values.values().all(|value| value.is_string() || value.is_number()).then_some(Self(values))
    }

    /// The values of a request. A null is the absence of a value.
    ///
    /// # Errors
    /// A value is neither a text, a number nor null.
    pub fn from_members(members: &Map<String, Value>) -> Result<Self, Vec<Defect>> {
        let mut notes = Notes::default();
        members.iter().filter_map(|(key, value)| fault_of_type(key, value)).for_each(|defect| notes.push(defect));
        let mut values = Self::default();
        values.set(members);
        into_result(notes).map(|()| values)
    }

    /// Checks values that a request sets in a pass of this template. `patched` is the template with the pass's patches, which
    /// may bring fields, but no placeholders.
    ///
    /// # Errors
    /// A value is neither a text, a number nor null, or the pass does not have its key.
    pub fn check(
        changes: &Map<String, Value>,
        template: &Map<String, Value>,
        patched: &Map<String, Value>,
    ) -> Result<(), Vec<Defect>> {
        let mut notes = Notes::default();
        let mut known = keys(template);
        known.extend(keys_of_fields(patched));
        for (key, value) in changes {
            if !known.contains(key) {
                notes.push(unknown(key, &known));
            } else if let Some(defect) = fault_of_type(key, value) {
                notes.push(defect);
            }
        }
        into_result(notes)
    }

    /// The values as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// The values by key.
    #[must_use]
    pub fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// Sets values. A null takes one away.
    pub fn set(&mut self, changes: &Map<String, Value>) {
        json::merge(&mut self.0, changes);
    }

    /// Takes a value away.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Adds a number to the value of a key. Without an own value it adds to `base`, the value that the content has now.
    ///
    /// # Errors
    /// There is no number to add to, or a number has too many digits.
    pub fn add(&mut self, key: &str, delta: &Number, base: Option<&Value>) -> Result<(), Defect> {
        let present = self.0.get(key).or(base);
        let Some(Value::Number(number)) = present else {
            let found = present.map_or("not there", json::kind);
            let message = format!("The value \"{}\" is {found}; it must be a number to be added to.", echo(key));
            return Err(pass_json_defect(DefectCode::ValueType, message));
        };
        let sum = decimal::add(number, delta).ok_or_else(|| {
            let message = format!(
                "The value \"{}\" cannot be added to: {} and {} and their sum must be decimal numbers of at most 15 digits.",
                echo(key),
                echo(number.as_str()),
                echo(delta.as_str())
            );
            pass_json_defect(DefectCode::ValueRange, message)
        })?;
        self.0.insert(key.to_owned(), Value::Number(sum));
        Ok(())
    }

    /// Sets them as values of the fields, as texts without placeholders.
    pub(super) fn write(&self, content: &mut Map<String, Value>) {
        for field in fields::all_mut(content) {
            let value = field.get("key").and_then(Value::as_str).and_then(|key| self.0.get(key));
            if let Some(value) = value {
                field.insert("value".to_owned(), escaped(value));
            }
        }
    }
}

/// The value as a text in which nothing is a placeholder, or as the number that it is.
pub(super) fn escaped(value: &Value) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| Value::String(escape(text)))
}

fn into_result(notes: Notes) -> Result<(), Vec<Defect>> {
    let defects = notes.into_report().defects;
    if defects.is_empty() { Ok(()) } else { Err(defects) }
}

fn fault_of_type(key: &str, value: &Value) -> Option<Defect> {
    let is_fine = value.is_string() || value.is_number() || value.is_null();
    (!is_fine).then(|| {
        let (key, kind) = (echo(key), json::kind(value));
        let message = format!("The value \"{key}\" is {kind}; it must be a text or a number, or null to take it away.");
        pass_json_defect(DefectCode::ValueType, message)
    })
}

/// The most keys that a message lists.
const MAX_LISTED: usize = 40;

fn unknown(key: &str, known: &BTreeSet<String>) -> Defect {
    let known = known.iter().filter(|key| *key != MESSAGE_KEY);
    let mut listed = String::new();
    for key in known.clone().take(MAX_LISTED) {
        if !listed.is_empty() {
            listed.push_str(", ");
        }
        listed.push_str(&echo(key));
    }
    let more = if known.count() > MAX_LISTED { ", and others" } else { "" };
    let message = if listed.is_empty() {
        format!("The template has no field and no placeholder \"{}\". It has none at all.", echo(key))
    } else {
        format!("The template has no field and no placeholder \"{}\". It has: {listed}{more}.", echo(key))
    };
    pass_json_defect(DefectCode::ValueUnknown, message)
}
