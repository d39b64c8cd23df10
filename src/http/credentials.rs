//! `Authorization`. Wallets send `ApplePass {authenticationToken}`, or their own scheme. Issuers send `Bearer {ISSUER_KEY}`.

use crate::wallet::{Wallet, Wallets};
use sha2::{Digest, Sha256};

/// The scheme, and the credentials exactly as they were sent. `None` when there are no credentials.
fn split(authorization: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = authorization.split_once(' ')?;
    let credentials = rest.trim_start_matches(' ');
    (!credentials.is_empty()).then_some((scheme, credentials))
}

/// The SHA-256 of a pass's authentication token, in lowercase hex. The token itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(pub String);

impl TokenHash {
    /// Hashes a token.
    #[must_use]
    pub fn from_token(token: &str) -> Self {
        Self(pkpass::sha256_hex(token.as_bytes()))
    }

    /// The token that a device sends, and the wallet that has this scheme. `None` when there is no token, or when the scheme
    /// belongs to none of `wallets`.
    #[must_use]
    pub fn from_authorization(authorization: Option<&str>, wallets: &Wallets) -> Option<(Wallet, Self)> {
        let (scheme, token) = split(authorization?)?;
        Some((wallets.by_scheme(scheme)?, Self::from_token(token)))
    }
}

/// Whether the header field has the issuer's key. It compares all bytes of both digests, so the time tells nothing.
#[must_use]
pub fn is_issuer(authorization: Option<&str>, key: &str) -> bool {
    let Some((scheme, given)) = authorization.and_then(split) else { return false };
    // RFC 9110, section 11.1: without regard to case.
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return false;
    }
    let (given, expected) = (Sha256::digest(given), Sha256::digest(key));
    given.iter().zip(expected.iter()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}
