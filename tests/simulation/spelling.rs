//! Identifiers and push tokens as the service must tell them apart.

use edgepass_support::random::to_hex;

/// The name in hex as Apple writes it, the same in capitals, or as it is: by the number. All three are different texts.
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

/// A push token of this name as Apple may write it: in hex, the same in capitals, or with one digit more. Only the first is
/// stored as bytes.
pub(crate) fn push_token(number: usize, name: &str) -> String {
    match number % 3 {
        2 => format!("{}0", to_hex(name.as_bytes())),
        _ => spelled(number, name),
    }
}
