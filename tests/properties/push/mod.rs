//! What is sent to push services, what their answers mean, and when to try again.

mod apns;
mod key;
mod provider_token;
mod providers;
mod schedule;

use base64ct::{Base64, Encoding};
use edgepass::push::Answer;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};

/// A moment in 2026, in unix milliseconds.
const NOW: i64 = 1_795_000_000_000;

/// A key that another program made, in PKCS #8.
fn pkcs8() -> Vec<u8> {
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    key.unwrap().as_ref().to_vec()
}

/// DER in PEM, as Apple's .p8 files have it: lines of 64 characters, none at the end.
fn pem(label: &str, der: &[u8]) -> String {
    let base64 = Base64::encode_string(der);
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", lines.join("\n"))
}

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, retry_after: None, body: body.to_owned() }
}
