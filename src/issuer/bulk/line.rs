//! A line: a request for one pass, as a JSON object.
//!
//! A line may name its pass by `externalId`. The service looks the pass up once, when it takes the job: a job that goes on
//! after a crash must not add points to another pass. It stores such a line as `["K-1", {…}]`, with the address in it, or as
//! `["K-1", 0]` or `["K-1", 2]`, if it found no pass, or several. So are lines of a change by filter whose pass has one.

use crate::{
    http::{ClientError, path},
    issuer::{
        Address, link,
        make::{ChangeRequest, MakePassRequest},
        message::MessageRequest,
    },
};
use pkpass::json::{self, echo};
use serde_json::{Map, Value, json};

/// A line that can be carried out.
pub(super) struct Line {
    target: Target,
    /// The issuer's own identifier of the pass, for the outcome.
    pub(super) external_id: Option<String>,
    pub(super) operation: Operation,
}

/// Which pass a line is for.
enum Target {
    /// This one.
    Pass(Address),
    /// A new one of this pass type, whose serial number the service chooses.
    New(String),
    /// The one that has the external identifier, among the passes of this template if there is one.
    Named(Option<String>),
}

/// What a line asks for.
pub(super) enum Operation {
    /// Make a pass, and a link that lasts so many seconds.
    Create(Box<MakePassRequest>, Option<i64>),
    /// Change a pass.
    Change(Box<ChangeRequest>),
    /// Send a message to the holder of a pass.
    Message(MessageRequest),
    /// Take a pass out of service.
    Withdraw,
    /// Make a link that lasts so many seconds.
    Link(i64),
}

/// A stored line.
pub(super) enum Stored {
    /// A line, and the pass that it is for.
    Line(Address, Line),
    /// A line with an external identifier that no pass had, or several.
    Refused(String, ClientError),
}

/// The members of a line besides `op` and the address, by operation.
const MEMBERS: [(&str, &[&str]); 6] = [
    ("create", &["template", "values", "pass", "externalId", "uniqueExternalId", "link"]),
    ("patch", &["values", "increment", "pass", "externalId"]),
    ("message", &["text"]),
    ("void", &[]),
    ("withdraw", &[]),
    ("link", &["expiresIn"]),
];

impl Line {
    /// Reads a line. The error says what to change.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        match json::read(text) {
            Ok(Value::Object(members)) => Self::from_members(members),
            Ok(_) => Err("A line must be a JSON object.".to_owned()),
            Err(fault) => Err(format!("The line {fault}.")),
        }
    }

    fn from_members(mut members: Map<String, Value>) -> Result<Self, String> {
        let operation = members.remove("op");
        let operation = operation.as_ref().and_then(Value::as_str).unwrap_or_default();
        let known = MEMBERS.iter().find(|(name, _)| *name == operation).ok_or(OPERATIONS)?;
        let (target, named) = Target::take(&mut members, operation)?;
        if let Some(other) = members.keys().find(|member| !known.1.contains(&member.as_str())) {
            return Err(format!("`{}` is not a member of a line that is to {operation}.", echo(other)));
        }
        let external_id = named.or_else(|| members.get("externalId").and_then(Value::as_str).map(str::to_owned));
        Ok(Self { target, external_id, operation: Operation::parse(operation, members)? })
    }

    /// The external identifier by which the line names its pass, and the template that the pass has to be of.
    pub(super) fn name(&self) -> Option<(&str, Option<&str>)> {
        let Target::Named(template) = &self.target else { return None };
        Some((self.external_id.as_deref()?, template.as_deref()))
    }

    /// A line without a serial number gets one from its place in the job, so it is the same each time.
    fn with_address(self, job: &str, place: i64) -> Option<Stored> {
        let address = match &self.target {
            Target::Pass(address) => address.clone(),
            Target::New(pass_type) => {
                let digest = pkpass::sha256_hex(format!("{job}\n{place}").as_bytes());
                Address { pass_type: pass_type.clone(), serial: digest.chars().take(SERIAL_DIGITS).collect() }
            }
            Target::Named(_) => return None,
        };
        Some(Stored::Line(address, self))
    }
}

impl Stored {
    /// Reads a stored line by its place in the job. `None` if it is something else.
    pub(super) fn read(text: &[u8], job: &str, place: i64) -> Option<Self> {
        // Not `json::read`: around the largest line, the array is one level too many.
        let (external_id, line) = match json::parse(std::str::from_utf8(text).ok()?)? {
            Value::Object(members) => return Line::from_members(members).ok()?.with_address(job, place),
            Value::Array(items) => <[Value; 2]>::try_from(items).ok()?.into(),
            _ => return None,
        };
        let Value::String(external_id) = external_id else { return None };
        match line {
            Value::Object(members) => {
                let mut line = Line::from_members(members).ok()?;
                line.external_id = Some(external_id);
                line.with_address(job, place)
            }
            found => Some(Self::Refused(external_id, if found.as_u64()? == 0 { NONE_NAMED } else { SEVERAL_NAMED })),
        }
    }
}

/// Stores a line that names its pass, of which these were found.
pub(super) fn store_found(text: &[u8], external_id: &str, found: &[(String, String)]) -> String {
    let line = match (found, json::read(text)) {
        ([(pass_type, serial)], Ok(Value::Object(mut members))) => {
            members.remove("externalId");
            members.remove("template");
            members.insert("passTypeIdentifier".to_owned(), pass_type.as_str().into());
            members.insert("serialNumber".to_owned(), serial.as_str().into());
            Value::Object(members)
        }
        _ => found.len().into(),
    };
    store_with_external_id(&line.to_string(), external_id)
}

/// Stores a line whose pass has an external identifier.
pub(super) fn store_with_external_id(line: &str, external_id: &str) -> String {
    format!("[{},{line}]", Value::from(external_id))
}

impl Target {
    /// Takes the members that say which pass a line is for. The second one is the external identifier that names it.
    fn take(members: &mut Map<String, Value>, operation: &str) -> Result<(Self, Option<String>), String> {
        let pass_type = take_identifier(members, "passTypeIdentifier")?;
        let serial = take_identifier(members, "serialNumber")?;
        let (is_new, is_named) = (operation == "create", members.contains_key("externalId"));
        match (pass_type, serial) {
            (Some(pass_type), Some(serial)) => Ok((Self::Pass(Address { pass_type, serial }), None)),
            (Some(pass_type), None) if is_new => Ok((Self::New(pass_type), None)),
            (None, None) if is_named && !is_new => {
                let external_id = take_identifier(members, "externalId")?;
                Ok((Self::Named(take_identifier(members, "template")?), external_id))
            }
            (None, _) => Err(NO_TYPE.to_owned()),
            (Some(_), None) => Err(NO_SERIAL.to_owned()),
        }
    }
}

/// The hex digits of a serial number that the service chooses.
const SERIAL_DIGITS: usize = 32;

impl Operation {
    fn parse(name: &str, mut members: Map<String, Value>) -> Result<Self, String> {
        let reason = |error: ClientError| error.reason().to_owned();
        Ok(match name {
            "create" => {
                let link = match members.remove("link") {
                    None | Some(Value::Bool(false)) => None,
                    Some(Value::Bool(true)) => Some(link::DEFAULT_SECONDS),
                    Some(Value::Object(link)) if link.keys().eq(["expiresIn"]) => Some(parse_seconds(link.get("expiresIn"))?),
                    Some(_) => return Err("`link` must be true or {\"expiresIn\": seconds}.".to_owned()),
                };
                let body = Value::Object(members).to_string();
                Self::Create(Box::new(MakePassRequest::parse(body.as_bytes()).map_err(reason)?), link)
            }
            "patch" => Self::change(&Value::Object(members))?,
            "void" => Self::change(&json!({ "pass": { "voided": true } }))?,
            "message" => match members.remove("text") {
                Some(Value::String(text)) => Self::Message(MessageRequest::new(&text).map_err(reason)?),
                _ => return Err("`text` must be the text of the message.".to_owned()),
            },
            "withdraw" => Self::Withdraw,
            _ => Self::Link(parse_seconds(members.get("expiresIn"))?),
        })
    }
}

impl Operation {
    /// Reads a change. Its increment gets its identifier when it is carried out.
    fn change(change: &Value) -> Result<Self, String> {
        let change = ChangeRequest::parse(change.to_string().as_bytes(), String::new());
        Ok(Self::Change(Box::new(change.map_err(|error| error.reason().to_owned())?)))
    }
}

fn parse_seconds(seconds: Option<&Value>) -> Result<i64, String> {
    let Some(seconds) = seconds else { return Ok(link::DEFAULT_SECONDS) };
    let seconds = seconds.as_i64().unwrap_or_default();
    link::check_seconds(seconds).map_err(|error| error.reason().to_owned())?;
    Ok(seconds)
}

fn take_identifier(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match members.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) if path::is_identifier(&text) => Ok(Some(text)),
        Some(_) => Err(format!("`{name}` must be a text of 1 to 255 bytes without control characters.")),
    }
}

const OPERATIONS: &str = "`op` must be create, patch, message, void, withdraw or link.";
const NO_TYPE: &str = "`passTypeIdentifier` is missing. A line has it and `serialNumber`. A line that is not to create a pass \
    may have `externalId` in their place.";
const NO_SERIAL: &str = "`serialNumber` is missing. Only a line that is to create a pass may leave it out. A line with \
    `externalId` leaves out `passTypeIdentifier` as well.";
const NONE_NAMED: ClientError =
    ClientError::NotFound("When the job was sent, no pass had this externalId, or none of the template that the line names.");
const SEVERAL_NAMED: ClientError = ClientError::Conflict(
    "When the job was sent, several passes had this externalId. Add `template` to the line or change it, or use pass type and \
     serial number.",
);
