//! JSON bodies of requests.

use crate::http::{ClientError, Problem};
use pkpass::json;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Reads a body that has to be an [object] of the form of `T`. `form` tells the client that form.
///
/// # Errors
/// [`ClientError::BadRequest`] or [`ClientError::Problem`] when it is none.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8], form: ClientError) -> Result<T, ClientError> {
    object(body)?;
    serde_json::from_slice(body).map_err(|_| form)
}

/// Reads a body that has to be a JSON object in which no key occurs twice.
///
/// # Errors
/// [`ClientError::BadRequest`] or [`ClientError::Problem`] when it is none. The error may name a key, but never a value, which
/// may be a secret.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, ClientError> {
    match json::read(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(ClientError::BadRequest("The body must be a JSON object.")),
        Err(fault) => Err(ClientError::Problem(Problem::from_detail(400, "Bad Request", &format!("The body {fault}.")))),
    }
}
