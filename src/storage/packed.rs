//! Device identifiers and push tokens as parameters. The database stores hex as its bytes.

use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// A parameter of the type `packed`. Rust checks whether it is hex, since SQL that does is compiled each time, which costs
/// more. Identifiers and push tokens have no control characters. SQL would end the text at a NUL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packed<'a>(pub &'a str);

impl<'a> Packed<'a> {
    /// Lowercase hex of even length stays as it is. Any other text gets a colon in front.
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
