//! The bodies of the requests that make or change a pass.

use crate::{
    http::ClientError,
    issuer::{body, template},
};
use serde_json::{Map, Value};

/// The largest body, in bytes.
pub const BODY_LIMIT: usize = 256 * 1024;

/// `{"template": "…", "pass": {…}}`: the body of `PUT /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakePassRequest {
    /// The template's name.
    pub template: String,
    /// The fields of this pass: a merge patch over the template's `pass.json`.
    pub fields: Map<String, Value>,
}

impl MakePassRequest {
    /// Reads a body.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] or [`ClientError::Problem`] when it is not of this form.
    pub fn parse(body: &[u8]) -> Result<Self, ClientError> {
        const FORM: ClientError = ClientError::BadRequest(
            "The body must be {\"template\": \"name of a template\", \"pass\": {…}}, and nothing besides.",
        );
        let mut members = body::object(body)?;
        let Some(Value::String(template)) = members.remove("template") else { return Err(FORM) };
        let template = template::parse_name(&template)?;
        let fields = match members.remove("pass") {
            None => Map::new(),
            Some(Value::Object(fields)) => fields,
            Some(_) => return Err(FORM),
        };
        if members.is_empty() { Ok(Self { template, fields }) } else { Err(FORM) }
    }
}

/// Reads a merge patch (RFC 7396): the body of `PATCH` of the same address.
///
/// # Errors
/// [`ClientError::Problem`] when it is not a JSON object.
pub fn parse_patch(body: &[u8]) -> Result<Map<String, Value>, ClientError> {
    body::object(body)
}
