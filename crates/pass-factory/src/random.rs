//! Random names, so that tests sharing one server never meet.

use std::fmt::Write;

/// As many random bytes as asked for, in lowercase hexadecimal: two digits a byte.
pub fn hex(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer).expect("the operating system gives random numbers");
    to_hex(&buffer)
}

/// Lowercase hexadecimal, as in `manifest.json`.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
