//! What an issuer's path names.

use crate::http::{ClientError, path};

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
    /// [`ClientError::BadRequest`] when one of them cannot be an identifier.
    pub fn decode(pass_type: &str, serial: &str) -> Result<Self, ClientError> {
        Ok(Self { pass_type: identifier(pass_type)?, serial: identifier(serial)? })
    }
}

/// Decodes the segment of a path that is a `passTypeIdentifier`.
///
/// # Errors
/// [`ClientError::BadRequest`] when it cannot be an identifier.
pub fn pass_type(segment: &str) -> Result<String, ClientError> {
    identifier(segment)
}

fn identifier(segment: &str) -> Result<String, ClientError> {
    path::identifier(segment).ok_or(ClientError::BadRequest(
        "Pass type and serial number in the path are 1 to 255 bytes of percent-encoded UTF-8 without control characters.",
    ))
}
