//! The outcome of a line: what the same request by itself would have been answered.

use crate::{
    http::{Body, Reply},
    issuer::Address,
};
use serde::Serialize;
use serde_json::Value;

/// The outcome of a line.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) line: i64,
    pub(super) status: u16,
    pub(super) address: Address,
    external_id: Option<String>,
    /// The address of a link that was made.
    pub(super) link: Option<String>,
    /// The body of the answer, in JSON, without `values`: they may be larger than a row with many outcomes.
    answer: Option<String>,
}

/// The members in front of `answer`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    line: i64,
    status: u16,
    #[serde(skip_serializing_if = "str::is_empty")]
    pass_type_identifier: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    serial_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
}

impl Outcome {
    pub(super) fn from_reply(line: i64, address: Address, reply: Reply) -> Self {
        let answer = if let Body::Text(json) = reply.body { Some(without_values(json)) } else { None };
        Self { line, status: reply.status, address, external_id: None, link: None, answer }
    }

    /// The outcome of a line whose pass is not known.
    pub(super) fn without_pass(line: i64, reply: Reply) -> Self {
        Self::from_reply(line, Address { pass_type: String::new(), serial: String::new() }, reply)
    }

    pub(super) fn with_external_id(self, external_id: Option<String>) -> Self {
        Self { external_id, ..self }
    }

    /// `{"line":1,"status":201,"passTypeIdentifier":…,"serialNumber":…,"answer":{…}}`
    pub(super) fn to_json(&self) -> String {
        let Self { line, status, address, external_id, link, answer } = self;
        let head = Head {
            line: *line,
            status: *status,
            pass_type_identifier: &address.pass_type,
            serial_number: &address.serial,
            external_id: external_id.as_deref(),
            link: link.as_deref(),
        };
        let head = serde_json::to_string(&head).unwrap_or_default();
        // The answer is JSON already.
        format!("{},\"answer\":{}}}", head.strip_suffix('}').unwrap_or(&head), answer.as_deref().unwrap_or("null"))
    }
}

fn without_values(answer: String) -> String {
    let Some(Value::Object(mut members)) = pkpass::json::parse(&answer) else { return answer };
    if members.remove("values").is_some() { Value::Object(members).to_string() } else { answer }
}
