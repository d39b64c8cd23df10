//! What an issuer's path names, and the windows of its listings.

use crate::http::{Refusal, path, query};

/// `…/passes/{passTypeIdentifier}/{serialNumber}`, each one path segment: a slash in a serial number is `%2F`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// `passTypeIdentifier`
    pub pass_type: String,
    /// `serialNumber`
    pub serial: String,
}

impl Address {
    /// Decodes the segments of a path.
    ///
    /// # Errors
    /// [`Refusal::BadRequest`] when one of them cannot be an identifier.
    pub fn decode(pass_type: &str, serial: &str) -> Result<Self, Refusal> {
        let identifier = |segment| {
            path::identifier(segment).ok_or(Refusal::BadRequest(
                "Pass type and serial number in the path are 1 to 255 bytes of percent-encoded UTF-8 without control characters.",
            ))
        };
        Ok(Self { pass_type: identifier(pass_type)?, serial: identifier(serial)? })
    }
}

/// The parameter `name` of a query as a number from 1 to `most`, or `default` when it is missing.
pub(super) fn bounded(query: &str, name: &str, default: i64, most: i64) -> Result<i64, Refusal> {
    match query::value(query, name).map(|value| value.parse()) {
        None => Ok(default),
        Some(Ok(number)) if (1..=most).contains(&number) => Ok(number),
        Some(_) => Err(Refusal::BadRequest("`limit` and `days` are numbers from 1 to 1000 (`days`: to 30).")),
    }
}
