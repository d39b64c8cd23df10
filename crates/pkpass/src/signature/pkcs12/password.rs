//! The forms of a password.

/// A password as key derivations take it.
pub(super) struct Password<'a> {
    /// UTF-8, for PBKDF2 (RFC 8018, section 3; RFC 9579, section 6).
    pub(super) utf8: &'a [u8],
    /// UTF-16 with a zero at the end, for the derivation of PKCS #12 (RFC 7292, appendix B.1).
    pub(super) utf16: Vec<u8>,
}

impl<'a> Password<'a> {
    /// The readings of a text. An empty one has two: some tools write nothing for it, and some a zero.
    pub(super) fn readings(text: &'a str) -> Vec<Self> {
        let utf8 = text.as_bytes();
        let utf16 = text.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
        let mut readings = vec![Self { utf8, utf16 }];
        if text.is_empty() {
            readings.push(Self { utf8, utf16: Vec::new() });
        }
        readings
    }
}
