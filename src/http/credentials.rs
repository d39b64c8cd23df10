//! The `Authorization` header: `ApplePass {authenticationToken}` from devices, `Bearer {ISSUER_KEY}` from issuers.

use sha2::{Digest, Sha256};

/// The credentials of one scheme. The scheme's name is matched without regard to case (RFC 9110, section 11.1), the rest
/// exactly. `None` for another scheme or nothing behind it.
fn of_scheme<'a>(authorization: &'a str, scheme: &str) -> Option<&'a str> {
    let (given, rest) = authorization.split_once(' ')?;
    let credentials = rest.trim_start_matches(' ');
    (given.eq_ignore_ascii_case(scheme) && !credentials.is_empty()).then_some(credentials)
}

/// The SHA-256 of a pass's authentication token, in lowercase hex: all that is ever stored or compared of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(pub String);

impl TokenHash {
    /// Hashes a token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(crate::pass::sha256_hex(token.as_bytes()))
    }

    /// The token a device presents. `None` when it presents none.
    #[must_use]
    pub fn presented(authorization: Option<&str>) -> Option<Self> {
        of_scheme(authorization?, "ApplePass").map(Self::of)
    }
}

/// Whether the header carries the issuer's key. The comparison is of digests and reads all of them, so that its time
/// tells nothing about the key.
#[must_use]
pub fn is_issuer(authorization: Option<&str>, key: &str) -> bool {
    let Some(presented) = authorization.and_then(|value| of_scheme(value, "Bearer")) else { return false };
    let (presented, expected) = (Sha256::digest(presented), Sha256::digest(key));
    presented.iter().zip(expected.iter()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}
