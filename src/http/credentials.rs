//! The `Authorization` header: `ApplePass {authenticationToken}` from devices, or the scheme of another wallet;
//! `Bearer {ISSUER_KEY}` from issuers.

use crate::wallet::{Wallet, Wallets};
use sha2::{Digest, Sha256};

/// The scheme, and what stands behind it exactly as it was sent. `None` when there is nothing behind it.
fn split(authorization: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = authorization.split_once(' ')?;
    let credentials = rest.trim_start_matches(' ');
    (!credentials.is_empty()).then_some((scheme, credentials))
}

/// The SHA-256 of a pass's authentication token, in lowercase hex: all that is ever stored or compared of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(pub String);

impl TokenHash {
    /// Hashes a token.
    #[must_use]
    pub fn from_token(token: &str) -> Self {
        Self(pkpass::sha256_hex(token.as_bytes()))
    }

    /// The token a device presents, and the wallet that its scheme tells. `None` when it presents none, or with the
    /// scheme of a wallet that is not among `clients`.
    #[must_use]
    pub fn presented(authorization: Option<&str>, clients: &Wallets) -> Option<(Wallet, Self)> {
        let (scheme, token) = split(authorization?)?;
        Some((clients.by_scheme(scheme)?, Self::from_token(token)))
    }
}

/// Whether the header carries the issuer's key. The comparison is of digests and reads all of them, so that its time
/// tells nothing about the key.
#[must_use]
pub fn is_issuer(authorization: Option<&str>, key: &str) -> bool {
    let Some((scheme, presented)) = authorization.and_then(split) else { return false };
    // RFC 9110, section 11.1: without regard to case.
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return false;
    }
    let (presented, expected) = (Sha256::digest(presented), Sha256::digest(key));
    presented.iter().zip(expected.iter()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}
