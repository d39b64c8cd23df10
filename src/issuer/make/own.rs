//! What a pass has of its own: patches and values.

use super::prepare::Pending;
use crate::{
    endpoint::Error,
    http::ClientError,
    issuer::publish::{Origin, list_defects},
    storage::Unreadable,
};
use pkpass::{
    Defect, Report,
    card::{Values, type_changes, value_of, values_set_by},
    filled,
    json::{MAX_VALUES, Patches},
};
use serde_json::{Map, Value};

/// What a pass has of its own, on top of its template.
pub(super) struct Own {
    pub(super) fields: Patches,
    pub(super) values: Values,
    /// The ids of the increments that the values include or replace.
    settled: Vec<String>,
}

impl Own {
    pub(super) fn new(fields: Patches, values: Values) -> Self {
        Self { fields, values, settled: Vec::new() }
    }

    /// Reads what is stored.
    pub(super) fn from_origin(origin: &Origin) -> Result<Self, Unreadable> {
        let fields = Patches::parse(&origin.fields).ok_or(Unreadable)?;
        let values = origin.values.as_deref().map_or_else(|| Some(Values::default()), Values::parse);
        Ok(Self::new(fields, values.ok_or(Unreadable)?))
    }

    /// What is stored.
    pub(super) fn to_origin(&self, template: &str) -> Origin {
        let values = (!self.values.is_empty()).then(|| self.values.to_json());
        Origin { template: template.to_owned(), fields: self.fields.to_json(), values }
    }

    /// Adds a patch, which goes on when the template changes. A value that it sets is no own value any more.
    ///
    /// # Errors
    /// [`ClientError::Conflict`] when the pass has too much of its own then.
    pub(super) fn push(&mut self, patch: &Map<String, Value>) -> Result<(), ClientError> {
        let mut own = patch.clone();
        filled::clear(&mut own);
        for key in values_set_by(&own) {
            self.values.remove(&key);
        }
        self.fields.push(Patches::new(own));
        self.check_size()
    }

    /// # Errors
    /// [`ClientError::Conflict`] when the pass has too much of its own.
    pub(super) fn check_size(&self) -> Result<(), ClientError> {
        let bytes = self.fields.to_json().len().saturating_add(self.values.to_json().len());
        let is_fine = bytes <= MOST_BYTES && self.fields.count_values() <= MAX_VALUES;
        is_fine.then_some(()).ok_or(ClientError::Conflict(TOO_MUCH))
    }

    /// Adds increments. A key without an own value begins with the value of the template and the pass's patches. Returns those
    /// that cannot be added, as the pass has a text there by now or the sum has too many digits. They stay pending.
    pub(super) fn fold<'p>(&mut self, pending: &'p [Pending], template: &Map<String, Value>) -> Vec<(&'p str, Defect)> {
        let mut refused = Vec::new();
        if pending.is_empty() {
            return refused;
        }
        let mut content = template.clone();
        self.fields.apply(&mut content);
        for Pending { id, deltas } in pending {
            match self.add(deltas, &content) {
                Ok(()) => self.settled.push(id.clone()),
                Err(defect) => refused.push((id.as_str(), defect)),
            }
        }
        refused
    }

    /// The values replace those of the pass, and so its increments.
    pub(super) fn replace(&mut self, pending: &[Pending]) {
        self.settled.extend(pending.iter().map(|pending| pending.id.clone()));
    }

    /// The ids of the increments that the values include or replace, as a JSON array.
    pub(super) fn settled(&self) -> String {
        serde_json::to_string(&self.settled).unwrap_or_default()
    }

    /// Adds numbers to values: all of them, or none. A key without an own value begins with the value in `content`.
    ///
    /// # Errors
    /// There is no number to add to, or a number has too many digits.
    pub(super) fn add(&mut self, deltas: &Map<String, Value>, content: &Map<String, Value>) -> Result<(), Defect> {
        let mut values = self.values.clone();
        for (key, delta) in deltas {
            if let Value::Number(delta) = delta {
                values.add(key, delta, value_of(content, key))?;
            }
        }
        self.values = values;
        Ok(())
    }
}

/// Refuses values of keys that neither the template nor `content`, its patched form, has, and those that are neither texts nor
/// numbers.
pub(super) fn check_values(
    template: &Map<String, Value>,
    content: &Map<String, Value>,
    values: &Map<String, Value>,
) -> Result<(), Error> {
    Values::check(values, template, content).map_err(|defects| list_defects(&Report::from(defects)).into())
}

/// Refuses a patch that would give a known key another JSON type.
pub(super) fn check_types(content: &Map<String, Value>, patch: &Map<String, Value>) -> Result<(), Error> {
    let defects = type_changes(content, patch);
    if defects.is_empty() { Ok(()) } else { Err(list_defects(&Report::from(defects)).into()) }
}

/// The most bytes that a pass has of its own. A row of the database has room for 2 MB.
const MOST_BYTES: usize = 512 * 1024;

const TOO_MUCH: &str = "The changes to this pass since it was made take up more than 512 KiB, or have more than \
    10,000 values. Make it anew: PUT it with its template and all that it has of its own.";
