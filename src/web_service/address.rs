//! The identifiers in a device's path.

use crate::http::{
    ClientError,
    path::{self, Serial},
};

/// `…/passes/{passTypeIdentifier}/{serialNumber}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassAddress {
    /// `passTypeIdentifier`, case-sensitive.
    pub pass_type: String,
    /// `serialNumber`, case-sensitive.
    pub serial: Serial,
}

impl PassAddress {
    /// Decodes the segments of a path.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when one of them cannot be an identifier.
    pub fn decode(pass_type: &str, serial: &str) -> Result<Self, ClientError> {
        Ok(Self { pass_type: decode(pass_type)?, serial: Serial::from_path(serial).ok_or(NO_IDENTIFIER)? })
    }

    /// The address with the other reading of an ambiguous serial number.
    pub(super) fn otherwise(&self) -> Option<Self> {
        Some(Self { serial: self.serial.otherwise()?, pass_type: self.pass_type.clone() })
    }
}

/// `…/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationAddress {
    /// `deviceLibraryIdentifier`, opaque.
    pub device: String,
    /// The pass.
    pub pass: PassAddress,
}

impl RegistrationAddress {
    /// Decodes the segments of a path.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when one of them cannot be an identifier.
    pub fn decode(device: &str, pass_type: &str, serial: &str) -> Result<Self, ClientError> {
        Ok(Self { device: decode(device)?, pass: PassAddress::decode(pass_type, serial)? })
    }

    /// The address with the other reading of an ambiguous serial number.
    pub(super) fn otherwise(&self) -> Option<Self> {
        Some(Self { pass: self.pass.otherwise()?, device: self.device.clone() })
    }
}

/// Decodes one identifier.
pub(super) fn decode(segment: &str) -> Result<String, ClientError> {
    path::identifier(segment).ok_or(NO_IDENTIFIER)
}

const NO_IDENTIFIER: ClientError = ClientError::BadRequest(
    "Each identifier in the path is 1 to 255 bytes of percent-encoded UTF-8 without control characters.",
);
