//! Identifiers of devices and push tokens on their way to the database, which keeps those that are hex as their bytes.

use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// A text for a parameter of the type `packed`. Whether it is hex is looked at here, as it costs there: SQL is compiled each
/// time. Control characters are in no identifier and no push token; SQL would end the text at a NUL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packed<'a>(pub &'a str);

impl<'a> Packed<'a> {
    /// The text as it is if bytes can stand for it, which is hex in small letters of even length; any other behind a colon.
    #[must_use]
    pub fn bound(self) -> Cow<'a, str> {
        let is_hex = self.0.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex && self.0.len().is_multiple_of(2) { Cow::Borrowed(self.0) } else { Cow::Owned(format!(":{}", self.0)) }
    }
}

impl Serialize for Packed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.bound())
    }
}
