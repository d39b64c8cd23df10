//! The secret `MASTER_KEY`, and what is derived from it: one key per purpose, so that none tells anything of another.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// The fewest characters: 32 random bytes as base64 or hex have more, a password one can remember has fewer.
const FEWEST_CHARACTERS: usize = 32;

/// The operator's secret.
#[derive(Clone)]
pub struct MasterKey(String);

/// A key for AES-256-GCM.
pub struct SealingKey([u8; 32]);

impl MasterKey {
    /// Takes the secret. `None` when it is too short to be random.
    #[must_use]
    pub fn of_secret(secret: &str) -> Option<Self> {
        let secret = secret.trim();
        (secret.len() >= FEWEST_CHARACTERS).then(|| Self(secret.to_owned()))
    }

    /// The key that private keys are sealed with.
    #[must_use]
    pub fn sealing_key(&self) -> SealingKey {
        SealingKey(self.derived("signing-identity"))
    }

    /// The authentication token of a pass that is made here: 256 bits in base64url, always the same for this pass.
    #[must_use]
    pub fn authentication_token(&self, pass_type: &str, serial: &str) -> String {
        // No pass type has a line break.
        let pass = format!("{pass_type}\n{serial}");
        Base64UrlUnpadded::encode_string(&hmac(&self.derived("authentication-token"), pass.as_bytes()))
    }

    /// The mark by which a link is known to be made here.
    #[must_use]
    pub fn link_mark(&self, link: &[u8]) -> [u8; 32] {
        hmac(&self.derived("link"), link)
    }

    /// Whether `mark` is that of the link, in a time that does not tell where they differ.
    #[must_use]
    pub fn is_link_mark(&self, link: &[u8], mark: &[u8]) -> bool {
        keyed(&self.derived("link")).is_some_and(|mut mac| {
            mac.update(link);
            mac.verify_slice(mark).is_ok()
        })
    }

    fn derived(&self, purpose: &str) -> [u8; 32] {
        derive(&self.0, purpose)
    }
}

impl SealingKey {
    /// The key of cursors that name a device: they stand in URLs, which others log. The issuer API has always a key to derive
    /// it from, and may have no master key.
    #[must_use]
    pub fn of_cursors(issuer_key: &str) -> Self {
        Self(derive(issuer_key, "cursor"))
    }

    /// Its bytes, for the platform.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The key for one purpose.
fn derive(secret: &str, purpose: &str) -> [u8; 32] {
    hmac(secret.as_bytes(), format!("edgepass/1/{purpose}").as_bytes())
}

/// HMAC-SHA-256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    keyed(key).map_or([0; 32], |mut mac| {
        mac.update(message);
        mac.finalize().into_bytes().into()
    })
}

/// HMAC takes keys of any length.
fn keyed(key: &[u8]) -> Option<Hmac<Sha256>> {
    Hmac::new_from_slice(key).ok()
}

/// Leaves the secret out.
impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MasterKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> MasterKey {
        MasterKey::of_secret(&"k".repeat(FEWEST_CHARACTERS)).unwrap()
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(crate::pass::hex(&hmac(b"Jefe", b"what do ya want for nothing?")), expected);
    }

    #[test]
    fn a_token_has_256_bits_and_is_of_one_pass() {
        let token = key().authentication_token("pass.com.example.coffee", "S-1");
        assert_eq!(token.len(), 43);
        assert_eq!(token, key().authentication_token("pass.com.example.coffee", "S-1"));
        assert_ne!(token, key().authentication_token("pass.com.example.coffee", "S-2"));
        let other = MasterKey::of_secret(&"l".repeat(FEWEST_CHARACTERS)).unwrap();
        assert_ne!(token, other.authentication_token("pass.com.example.coffee", "S-1"));
    }

    #[test]
    fn a_mark_is_of_one_link_and_whole() {
        let mark = key().link_mark(b"link");
        assert!(key().is_link_mark(b"link", &mark));
        assert!(!key().is_link_mark(b"Link", &mark));
        assert!(!key().is_link_mark(b"link", &mark[..31]));
        assert!(!key().is_link_mark(b"link", b""));
    }

    #[test]
    fn a_secret_that_is_short_is_none() {
        assert!(MasterKey::of_secret("").is_none());
        assert!(MasterKey::of_secret(&" ".repeat(99)).is_none());
        assert!(MasterKey::of_secret(&"k".repeat(31)).is_none());
        assert!(!format!("{:?}", key()).contains("kk"));
    }
}
