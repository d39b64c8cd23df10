//! The bodies of the requests that make or change a pass.

use crate::{
    http::{ClientError, Headers},
    issuer::{ExternalId, body, template},
};
use pkpass::{card::values_set_by, sha256_hex};
use serde_json::{Map, Value};

/// The largest body, in bytes.
pub(crate) const BODY_LIMIT: usize = 256 * 1024;

/// `{"template": "…", "values": {…}, "pass": {…}, "externalId": "…", "uniqueExternalId": true}`: the body of `PUT
/// /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakePassRequest {
    /// The template's name.
    pub template: String,
    /// The values of this pass, by the keys of fields and placeholders.
    pub values: Map<String, Value>,
    /// The fields of this pass: a merge patch over the template's `pass.json`.
    pub fields: Map<String, Value>,
    /// The issuer's own identifier.
    pub external_id: ExternalId,
}

impl MakePassRequest {
    /// Reads a body.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] or [`ClientError::Problem`] when it is not of this form.
    pub fn parse(body: &[u8]) -> Result<Self, ClientError> {
        Self::from_members(body::object(body)?)
    }

    /// Reads the members of a body.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when they are others.
    pub(crate) fn from_members(mut members: Map<String, Value>) -> Result<Self, ClientError> {
        const FORM: ClientError = ClientError::BadRequest(
            "The body must be {\"template\": \"name of a template\", \"values\": {…}, \"pass\": {…}, \"externalId\": \"…\", \
             \"uniqueExternalId\": true}, and nothing besides. All but the template may be missing.",
        );
        let Some(Value::String(template)) = members.remove("template") else { return Err(FORM) };
        let template = template::parse_name(&template)?;
        let values = take_object(&mut members, "values", FORM)?;
        let fields = take_object(&mut members, "pass", FORM)?;
        let unique = match members.remove("uniqueExternalId") {
            None => false,
            Some(Value::Bool(unique)) => unique,
            Some(_) => return Err(FORM),
        };
        let external_id = ExternalId::parse(members.remove("externalId"), unique)?;
        if members.is_empty() { Ok(Self { template, values, fields, external_id }) } else { Err(FORM) }
    }
}

/// `{"values": {…}, "increment": {…}, "pass": {…}, "externalId": "…"}`: the body of `PATCH` of the same address. A null takes a
/// value away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRequest {
    /// Values to set.
    pub values: Map<String, Value>,
    /// Numbers to add to values.
    pub increment: Map<String, Value>,
    /// A merge patch of `pass.json`.
    pub patch: Map<String, Value>,
    /// What becomes of the issuer's own identifier.
    pub external_id: ExternalId,
    /// The identifier of the increment. A repetition with the same one adds nothing.
    pub id: String,
}

impl ChangeRequest {
    /// Reads a body. `id` is the identifier of the increment.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] or [`ClientError::Problem`] when it is not of this form.
    pub fn parse(body: &[u8], id: String) -> Result<Self, ClientError> {
        const FORM: ClientError = ClientError::BadRequest(
            "The body must be {\"values\": {…}, \"increment\": {…}, \"pass\": {…}, \"externalId\": \"…\"} with at least one of \
             them, and nothing besides. Increments are numbers.",
        );
        let mut members = body::object(body)?;
        let is_empty = members.is_empty();
        let values = take_object(&mut members, "values", FORM)?;
        let increment = take_object(&mut members, "increment", FORM)?;
        let patch = take_object(&mut members, "pass", FORM)?;
        let external_id = ExternalId::parse(members.remove("externalId"), false)?;
        if is_empty || !members.is_empty() || !increment.values().all(Value::is_number) {
            return Err(FORM);
        }
        let set = values_set_by(&patch);
        if increment.keys().any(|key| values.contains_key(key) || set.contains(key)) {
            return Err(ClientError::BadRequest("One request cannot both set and increment the value of the same key."));
        }
        Ok(Self { values, increment, patch, external_id, id })
    }

    /// Whether it changes anything but increments.
    pub(super) fn does_more(&self) -> bool {
        !self.values.is_empty() || !self.patch.is_empty() || self.external_id != ExternalId::Keep
    }

    /// The increments as JSON.
    pub(super) fn deltas(&self) -> String {
        serde_json::to_string(&self.increment).unwrap_or_default()
    }

    /// Tells this request from others that have the same id.
    pub(super) fn fingerprint(&self) -> String {
        let request = (&self.values, &self.increment, &self.patch, self.external_id.column());
        sha256_hex(serde_json::to_string(&request).unwrap_or_default().as_bytes())
    }
}

/// Takes a member that has to be an object, or missing.
fn take_object(members: &mut Map<String, Value>, key: &str, form: ClientError) -> Result<Map<String, Value>, ClientError> {
    match members.remove(key) {
        None => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(form),
    }
}

/// The identifier of the increment of a request: its `Idempotency-Key`, or `unique`.
///
/// # Errors
/// [`ClientError::BadRequest`] when the key cannot be one.
pub(crate) fn increment_id(headers: &impl Headers, unique: &str) -> Result<String, ClientError> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(unique.to_owned()) };
    let is_key = (1..=255).contains(&key.len()) && key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let wrong = ClientError::BadRequest("Idempotency-Key has 1 to 255 printable ASCII characters.");
    is_key.then(|| format!("key {key}")).ok_or(wrong)
}

/// Reads a merge patch (RFC 7396): the body of `PATCH` of the same address.
///
/// # Errors
/// [`ClientError::Problem`] when it is not a JSON object.
pub fn parse_patch(body: &[u8]) -> Result<Map<String, Value>, ClientError> {
    body::object(body)
}
