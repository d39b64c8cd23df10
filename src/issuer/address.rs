//! The identifiers in an issuer's path.

use crate::http::{ClientError, path};

/// `…/passes/{passTypeIdentifier}/{serialNumber}`, each one path segment: a slash in a serial number is `%2F`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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
        Ok(Self { pass_type: decode_identifier(pass_type)?, serial: decode_identifier(serial)? })
    }
}

pub(crate) fn decode_identifier(segment: &str) -> Result<String, ClientError> {
    path::identifier(segment).ok_or(ClientError::BadRequest(
        "Pass type and serial number in the path are 1 to 255 bytes of percent-encoded UTF-8 without control characters.",
    ))
}
