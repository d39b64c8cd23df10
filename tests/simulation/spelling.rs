//! Identifiers and push tokens in different spellings, which the service must tell apart.

use edgepass_support::random::to_hex;

/// The name in hex as Apple writes it, in hex with capitals, or as plain text. The number decides.
pub(crate) fn spelled(number: usize, name: &str) -> String {
    let hex = to_hex(name.as_bytes());
    match number % 3 {
        0 => hex,
        1 => hex.to_ascii_uppercase(),
        _ => name.to_owned(),
    }
}

/// A phone's device library identifier for a pass type.
pub(crate) fn device(phone: usize, pass_type: &str) -> String {
    spelled(phone, &format!("device-{}-{pass_type}", phone / 3))
}

/// A push token as Apple may write it: in hex, in hex with capitals, or with one more digit. The service stores only the
/// first one as bytes.
pub(crate) fn push_token(number: usize, name: &str) -> String {
    match number % 3 {
        2 => format!("{}0", to_hex(name.as_bytes())),
        _ => spelled(number, name),
    }
}
