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
