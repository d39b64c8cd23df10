//! A line: a request for one pass, as a JSON object.

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
    pass_type: String,
    /// `None`: the service chooses one.
    serial: Option<String>,
    /// The issuer's own identifier of the pass, for the outcome.
    pub(super) external_id: Option<String>,
    pub(super) operation: Operation,
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
        let mut members = match json::read(text) {
            Ok(Value::Object(members)) => members,
            Ok(_) => return Err("A line must be a JSON object.".to_owned()),
            Err(fault) => return Err(format!("The line {fault}.")),
        };
        let operation = members.remove("op");
        let operation = operation.as_ref().and_then(Value::as_str).unwrap_or_default();
        let known = MEMBERS.iter().find(|(name, _)| *name == operation).ok_or(OPERATIONS)?;
        let pass_type = take_identifier(&mut members, "passTypeIdentifier")?.ok_or(NO_TYPE)?;
        let serial = take_identifier(&mut members, "serialNumber")?;
        if let Some(other) = members.keys().find(|member| !known.1.contains(&member.as_str())) {
            return Err(format!("`{}` is not a member of a line that is to {operation}.", echo(other)));
        }
        if serial.is_none() && operation != "create" {
            return Err(NO_SERIAL.to_owned());
        }
        let external_id = members.get("externalId").and_then(Value::as_str).map(str::to_owned);
        let operation = Operation::parse(operation, members)?;
        Ok(Self { pass_type, serial, external_id, operation })
    }

    /// The pass. A line without a serial number gets one from its place in the job, so it is the same each time.
    pub(super) fn address(&self, job: &str, line: i64) -> Address {
        let derived = || pkpass::sha256_hex(format!("{job}\n{line}").as_bytes()).chars().take(SERIAL_DIGITS).collect();
        Address { pass_type: self.pass_type.clone(), serial: self.serial.clone().unwrap_or_else(derived) }
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
const NO_TYPE: &str = "`passTypeIdentifier` is missing.";
const NO_SERIAL: &str = "`serialNumber` is missing. Only a line that is to create a pass may leave it out.";
