//! An issuer's own identifier of a pass, such as the number of a customer.

use crate::http::{ClientError, path::is_identifier};
use serde_json::Value;

/// What a request does with the identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ExternalId {
    /// The pass keeps what it has.
    #[default]
    Keep,
    /// The pass has none from now on.
    Remove,
    /// The pass has this one from now on.
    Set {
        /// The identifier.
        id: String,
        /// Whether no other pass of the template may have it.
        unique: bool,
    },
}

impl ExternalId {
    /// Reads the member `externalId` of a body.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when it cannot be an identifier.
    pub(super) fn parse(member: Option<Value>, unique: bool) -> Result<Self, ClientError> {
        match member {
            None if unique => Err(ClientError::BadRequest("uniqueExternalId needs an externalId.")),
            None => Ok(Self::Keep),
            Some(Value::Null) if !unique => Ok(Self::Remove),
            Some(Value::String(id)) if is_identifier(&id) => Ok(Self::Set { id, unique }),
            Some(_) => Err(ClientError::BadRequest("externalId is a string of 1 to 255 bytes without control characters.")),
        }
    }

    /// The parameter of the statements: `None` keeps, the empty text removes.
    pub(super) fn column(&self) -> Option<&str> {
        match self {
            Self::Keep => None,
            Self::Remove => Some(""),
            Self::Set { id, .. } => Some(id),
        }
    }

    /// The identifier that no other pass of the template may have.
    pub(super) fn unique(&self) -> Option<&str> {
        match self {
            Self::Set { id, unique: true } => Some(id),
            _ => None,
        }
    }

    /// Whether it changes nothing at a pass that has this identifier.
    pub(super) fn is_kept(&self, current: Option<&str>) -> bool {
        match self {
            Self::Keep => true,
            Self::Remove => current.is_none(),
            Self::Set { id, .. } => current == Some(id),
        }
    }
}
