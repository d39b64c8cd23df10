//! Percent-encoding (RFC 3986).

use std::fmt::Write;

/// Encodes text as one path segment: slashes in it do not separate.
pub fn segment(text: &str) -> String {
    encode(text, b"-._~")
}

/// Encodes text as a value in a query the way phones do, who leave `+`, `&` and `=` as they are.
pub fn query_value(text: &str) -> String {
    encode(text, b"-._~!$&'()*+,;=:@/?")
}

fn encode(text: &str, kept: &[u8]) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            encoded.push(byte.into());
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
