//! The secret `MASTER_KEY`, and what is derived from it: one key per purpose, so that none tells anything of another.
//!
//! While the master key is rotated there is the previous one too. It opens what it sealed and knows the links made with it;
//! nothing new is made with it.

use super::{Crypto, CryptoError};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use pkpass::hex;
use sha2::Sha256;
use std::fmt;

/// The fewest characters: 32 random bytes as base64 or hex have more, a password one can remember has fewer.
const FEWEST_CHARACTERS: usize = 32;

/// Digits of a name: enough to tell one from another.
const NAME_DIGITS: usize = 16;

/// The operator's secret, and the one before it.
#[derive(Clone)]
pub struct MasterKey {
    secret: String,
    previous: Option<String>,
}

/// A private key that was opened.
pub struct Opened {
    /// PKCS #8
    pub pkcs8: Vec<u8>,
    /// Whether the previous master key sealed it.
    pub by_previous: bool,
}

/// A key for AES-256-GCM.
pub struct SealingKey([u8; 32]);

impl MasterKey {
    /// Takes the secret. `None` when it is too short to be random.
    #[must_use]
    pub fn from_secret(secret: &str) -> Option<Self> {
        Some(Self { secret: usable(secret)?, previous: None })
    }

    /// The same with the secret that it replaces.
    ///
    /// # Errors
    /// What is wrong with that one, for the operator.
    pub fn with_previous(&self, secret: &str) -> Result<Self, &'static str> {
        let previous = usable(secret).ok_or(
            "The secret MASTER_KEY_PREVIOUS is shorter than 32 characters and opens nothing. Set it to the key that MASTER_KEY replaced, \
             or delete it: npx wrangler secret delete MASTER_KEY_PREVIOUS",
        )?;
        if previous == self.secret {
            return Err(
                "The secret MASTER_KEY_PREVIOUS is the same as MASTER_KEY. To rotate the key, set MASTER_KEY to a new one now; \
                otherwise: npx wrangler secret delete MASTER_KEY_PREVIOUS",
            );
        }
        Ok(Self { previous: Some(previous), ..self.clone() })
    }

    /// Seals the private key (PKCS #8) of a pass type's signing identity. Base64.
    ///
    /// # Errors
    /// [`CryptoError`] when the platform refuses.
    pub async fn seal<C: Crypto>(&self, crypto: &C, pass_type: &str, pkcs8: &[u8]) -> Result<String, CryptoError> {
        let sealed = crypto.seal(&sealing_key(&self.secret), pass_type.as_bytes(), pkcs8).await?;
        Ok(Base64::encode_string(&sealed))
    }

    /// Opens what [`seal`](Self::seal) made under this key or the previous one. `None`: neither sealed it for this pass type.
    ///
    /// # Errors
    /// [`CryptoError`] when the platform did not try.
    pub async fn open<C: Crypto>(&self, crypto: &C, pass_type: &str, sealed: &str) -> Result<Option<Opened>, CryptoError> {
        let Ok(sealed) = Base64::decode_vec(sealed) else { return Ok(None) };
        for (secret, by_previous) in self.secrets() {
            if let Some(pkcs8) = crypto.open(&sealing_key(secret), pass_type.as_bytes(), &sealed).await? {
                return Ok(Some(Opened { pkcs8, by_previous }));
            }
        }
        Ok(None)
    }

    /// Whether there is a previous key.
    #[must_use]
    pub fn is_rotating(&self) -> bool {
        self.previous.is_some()
    }

    /// A name of this key and the previous one, if there is one. It tells neither.
    #[must_use]
    pub fn name(&self) -> String {
        let previous = self.previous.as_deref().map(|previous| derive(previous, "name"));
        let name = hmac(&self.derived("name"), previous.as_ref().map_or(&[], |previous| previous));
        hex(&name).chars().take(NAME_DIGITS).collect()
    }

    fn secrets(&self) -> impl Iterator<Item = (&str, bool)> {
        let previous = self.previous.as_deref().map(|secret| (secret, true));
        [(self.secret.as_str(), false)].into_iter().chain(previous)
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

    /// Whether `mark` is that of the link, by this key or the previous one, in a time that does not tell where they differ.
    #[must_use]
    pub fn is_link_mark(&self, link: &[u8], mark: &[u8]) -> bool {
        self.secrets().any(|(secret, _)| {
            keyed(&derive(secret, "link")).is_some_and(|mut mac| {
                mac.update(link);
                mac.verify_slice(mark).is_ok()
            })
        })
    }

    fn derived(&self, purpose: &str) -> [u8; 32] {
        derive(&self.secret, purpose)
    }
}

impl SealingKey {
    /// The key of cursors that name a device: they stand in URLs, which others log. The issuer API has always a key to derive
    /// it from, and may have no master key.
    #[must_use]
    pub fn for_cursors(issuer_key: &str) -> Self {
        Self(derive(issuer_key, "cursor"))
    }

    /// Its bytes, for the platform.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The secret without what surrounds it. `None` when it is too short to be random.
fn usable(secret: &str) -> Option<String> {
    let secret = secret.trim();
    (secret.len() >= FEWEST_CHARACTERS).then(|| secret.to_owned())
}

/// The key that private keys are sealed with.
fn sealing_key(secret: &str) -> SealingKey {
    SealingKey(derive(secret, "signing-identity"))
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
        MasterKey::from_secret(&"k".repeat(FEWEST_CHARACTERS)).unwrap()
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(pkpass::hex(&hmac(b"Jefe", b"what do ya want for nothing?")), expected);
    }

    #[test]
    fn a_token_has_256_bits_and_is_of_one_pass() {
        let token = key().authentication_token("pass.com.example.coffee", "S-1");
        assert_eq!(token.len(), 43);
        assert_eq!(token, key().authentication_token("pass.com.example.coffee", "S-1"));
        assert_ne!(token, key().authentication_token("pass.com.example.coffee", "S-2"));
        let other = MasterKey::from_secret(&"l".repeat(FEWEST_CHARACTERS)).unwrap();
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
    fn links_of_the_previous_key_are_known_while_it_is_there() {
        let (old, new) = (key(), MasterKey::from_secret(&"n".repeat(FEWEST_CHARACTERS)).unwrap());
        let mark = old.link_mark(b"link");
        assert!(!new.is_link_mark(b"link", &mark));
        let rotated = new.with_previous(&"k".repeat(FEWEST_CHARACTERS)).unwrap();
        assert!(rotated.is_link_mark(b"link", &mark));
        assert_eq!(rotated.link_mark(b"link"), new.link_mark(b"link"));
        assert_eq!(rotated.authentication_token("p", "s"), new.authentication_token("p", "s"));
    }

    #[test]
    fn a_previous_key_that_is_short_or_the_same_is_refused() {
        for (previous, word) in [("k".repeat(31), "shorter"), (format!("{}\n", "k".repeat(FEWEST_CHARACTERS)), "same")] {
            assert!(key().with_previous(&previous).unwrap_err().contains(word));
        }
    }

    #[test]
    fn a_secret_that_is_short_is_none() {
        assert!(MasterKey::from_secret("").is_none());
        assert!(MasterKey::from_secret(&" ".repeat(99)).is_none());
        assert!(MasterKey::from_secret(&"k".repeat(31)).is_none());
        assert!(!format!("{:?}", key()).contains("kk"));
    }
}
