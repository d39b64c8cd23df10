//! JSON bodies of requests.

use crate::{
    http::{Problem, Refusal},
};
use pkpass::json::{Document, Members};
use serde::de::DeserializeOwned;

/// Reads a body that has to be an [object](object) of the form of `T`; `form` tells the client that form.
///
/// # Errors
/// [`Refusal::BadRequest`] or [`Refusal::Problem`] when it is none.
pub(super) fn read<T: DeserializeOwned>(body: &[u8], form: Refusal) -> Result<T, Refusal> {
    object(body)?;
    serde_json::from_slice(body).map_err(|_| form)
}

/// Reads a body that has to be a JSON object, in which no key occurs twice: it would mean one thing to us and another to whoever
/// wrote it.
///
/// # Errors
/// [`Refusal::BadRequest`] or [`Refusal::Problem`] when it is none. What it holds is not echoed, but for a key: it may be a
/// secret.
pub(super) fn object(body: &[u8]) -> Result<Members, Refusal> {
    match Document::read(body) {
        Ok(Document::Object(members)) => Ok(members),
        Ok(_) => Err(Refusal::BadRequest("The body must be a JSON object.")),
        Err(fault) => {
            Err(Refusal::Problem(Problem::of_detail(400, "Bad Request", &format!("The body {fault}."))))
        }
    }
}
