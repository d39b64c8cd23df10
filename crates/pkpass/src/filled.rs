//! The keys of `pass.json` that the service fills in when it makes a pass. A template's values for them are placeholders.

use super::{
    defect::{Defect, DefectCode},
    layout::pass_json_defect,
};
use serde_json::{Map, Value};

/// Their values for one pass.
#[derive(Clone, Copy)]
pub struct Filled<'a> {
    /// `passTypeIdentifier`
    pub pass_type: &'a str,
    /// `serialNumber`
    pub serial: &'a str,
    /// `teamIdentifier`, from the signing certificate.
    pub team: &'a str,
    /// `webServiceURL` and `authenticationToken`; `None` for a pass that is never updated.
    pub web_service: Option<(&'a str, &'a str)>,
}

/// The keys, and the code of the defect when the issuer gives another value.
const KEYS: [(&str, DefectCode); 6] = [
    ("authenticationToken", DefectCode::AuthenticationTokenConflict),
    ("formatVersion", DefectCode::FormatVersion),
    ("passTypeIdentifier", DefectCode::PassTypeConflict),
    ("serialNumber", DefectCode::SerialConflict),
    ("teamIdentifier", DefectCode::TeamConflict),
    ("webServiceURL", DefectCode::WebServiceUrlConflict),
];

impl Filled<'_> {
    fn value(&self, key: &str) -> Option<Value> {
        match key {
            "authenticationToken" => self.web_service.map(|(_, token)| token.into()),
            "formatVersion" => Some(1.into()),
            "passTypeIdentifier" => Some(self.pass_type.into()),
            "serialNumber" => Some(self.serial.into()),
            "teamIdentifier" => Some(self.team.into()),
            "webServiceURL" => self.web_service.map(|(url, _)| url.into()),
            _ => None,
        }
    }

    /// Writes them into a `pass.json`.
    pub fn write(&self, content: &mut Map<String, Value>) {
        for (key, _) in KEYS {
            match self.value(key) {
                Some(value) => content.insert(key.to_owned(), value),
                None => content.remove(key),
            };
        }
    }

    /// The defects of an issuer's patch of these keys. A value is fine if the service would fill in the same one. In a patch a
    /// null is no absence, but asks to remove the key.
    #[must_use]
    pub fn conflicts(&self, given: &Map<String, Value>) -> Vec<Defect> {
        KEYS.into_iter()
            .filter(|(key, _)| given.get(*key).is_some_and(|value| Some(value) != self.value(key).as_ref()))
            // The token is a secret, so the message echoes no value.
            .map(|(key, code)| {
                pass_json_defect(code, format!("{key} is filled in by the service, with another value. Leave it out."))
            })
            .collect()
    }
}

/// Removes them.
pub fn clear(content: &mut Map<String, Value>) {
    for (key, _) in KEYS {
        content.remove(key);
    }
}
