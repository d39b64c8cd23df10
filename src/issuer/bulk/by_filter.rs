//! A change of all passes that a filter finds: `{"filter": {…}, "pass": {…}}`
//!
//! The change is a line without a pass. The walk over the filter makes a line of it for each pass.

use super::line::{Line, store_with_external_id};
use crate::{
    http::{ClientError, Problem, path::LONGEST_IDENTIFIER},
    issuer::{Filter, body},
    storage::sql::issuer::list::PageRow,
};
use pkpass::json;
use serde_json::{Map, Value};

/// The largest body, in bytes.
pub(crate) const BODY_LIMIT: usize = 256 * 1024;

/// A change, and the passes that it is for.
#[derive(Debug, Clone)]
pub struct ChangeByFilter {
    /// The members of the filter.
    filter: Map<String, Value>,
    /// The members that all lines share.
    line: Map<String, Value>,
}

impl ChangeByFilter {
    /// Reads a body. `tracked`: lists to devices are noted.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] or [`ClientError::Problem`] when it is not of this form.
    pub fn parse(body: &[u8], tracked: bool) -> Result<Self, ClientError> {
        let mut members = body::object(body)?;
        let Some(Value::Object(mut filter)) = members.remove("filter") else { return Err(FORM) };
        if filter.is_empty() {
            return Err(EMPTY);
        }
        if members.contains_key("externalId") {
            return Err(ONE_FOR_ALL);
        }
        // A withdrawn pass cannot be changed, and each would be an error.
        filter.entry("withdrawn").or_insert(Value::Bool(false));
        Filter::from_members(&filter, tracked)?;
        let change = Self { line: to_line(members)?, filter };
        // With the longest identifiers, each byte of which may be written as two.
        let longest = "\"".repeat(LONGEST_IDENTIFIER);
        let line = change.line(&longest, &longest);
        if line.len() > BODY_LIMIT {
            return Err(TOO_LARGE);
        }
        Line::parse(line.as_bytes()).map_err(|detail| bad_request(&detail))?;
        Ok(change)
    }

    /// The conditions.
    pub(super) fn filter(&self) -> Option<Filter> {
        Filter::from_members(&self.filter, true).ok()
    }

    /// The template that the passes have to be of, if the filter names one.
    #[must_use]
    pub fn template(&self) -> Option<&str> {
        self.filter.get("template")?.as_str()
    }

    /// Whether it makes the passes again, for which they need their template.
    #[must_use]
    pub fn needs_template(&self) -> bool {
        !matches!(self.line.get("op").and_then(Value::as_str), Some("withdraw" | "link"))
    }

    /// The values that it sets, and the numbers that it adds, by key.
    pub fn values(&self) -> impl Iterator<Item = &Map<String, Value>> {
        ["values", "increment"].into_iter().filter_map(|member| self.line.get(member)?.as_object())
    }

    /// The merge patch that it applies.
    #[must_use]
    pub fn patch(&self) -> Option<&Map<String, Value>> {
        self.line.get("pass")?.as_object()
    }

    /// The line for a pass, as it is stored.
    pub(super) fn stored_line(&self, pass: &PageRow) -> String {
        let line = self.line(&pass.pass_type, &pass.serial);
        match &pass.external_id {
            Some(external_id) => store_with_external_id(&line, external_id),
            None => line,
        }
    }

    /// The line for a pass.
    fn line(&self, pass_type: &str, serial: &str) -> String {
        let mut line = self.line.clone();
        line.insert("passTypeIdentifier".to_owned(), pass_type.into());
        line.insert("serialNumber".to_owned(), serial.into());
        Value::Object(line).to_string()
    }

    /// The text that is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&(&self.filter, &self.line)).unwrap_or_default()
    }

    /// Reads the text that is stored. `None` if it is something else.
    pub(super) fn from_json(text: &str) -> Option<Self> {
        let Value::Array(mut items) = json::parse(text)? else { return None };
        let (Value::Object(line), Value::Object(filter)) = (items.pop()?, items.pop()?) else { return None };
        Some(Self { filter, line })
    }
}

/// The members that all lines share, of a body without its filter.
fn to_line(mut members: Map<String, Value>) -> Result<Map<String, Value>, ClientError> {
    let operations: Vec<&str> = OPERATIONS
        .into_iter()
        .filter(|(_, names)| names.iter().any(|name| members.contains_key(*name)))
        .map(|(operation, _)| operation)
        .collect();
    let &[operation] = operations.as_slice() else { return Err(FORM) };
    match operation {
        "void" | "withdraw" if members.remove(operation) != Some(Value::Bool(true)) => return Err(FORM),
        "message" => {
            let text = members.remove("message").unwrap_or_default();
            members.insert("text".to_owned(), text);
        }
        "link" => match members.remove("link") {
            Some(Value::Bool(true)) => {}
            Some(Value::Object(mut link)) => members.append(&mut link),
            _ => return Err(FORM),
        },
        _ => {}
    }
    members.insert("op".to_owned(), operation.into());
    Ok(members)
}

/// Each operation, and the members that ask for it.
const OPERATIONS: [(&str, &[&str]); 5] = [
    ("patch", &["values", "increment", "pass", "externalId"]),
    ("message", &["message"]),
    ("void", &["void"]),
    ("withdraw", &["withdraw"]),
    ("link", &["link"]),
];

fn bad_request(detail: &str) -> ClientError {
    ClientError::Problem(Problem::from_detail(400, "Bad Request", detail))
}

const FORM: ClientError = ClientError::BadRequest(
    "The body must be {\"filter\": {…}} with one change: `values`, `increment` and `pass`, or `message`, or `\"void\": true`, \
     or `\"withdraw\": true`, or `link`.",
);
const EMPTY: ClientError = ClientError::BadRequest(
    "The filter is empty, which means all passes. Name a `template` or a `passTypeIdentifier` at least.",
);
const TOO_LARGE: ClientError =
    ClientError::BadRequest("The change is too large: with an address it must have at most 256 KiB. Make it smaller.");
const ONE_FOR_ALL: ClientError =
    ClientError::BadRequest("A change by filter cannot set `externalId`: all passes would get the same. Send lines instead.");
