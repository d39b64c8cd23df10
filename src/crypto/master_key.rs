//! The secret `MASTER_KEY` and its derived keys: one per purpose, so that none reveals another.
//!
//! While the master key is rotated, there is also the previous one. It opens what it sealed and verifies its links. It makes
//! nothing new.

use super::{Crypto, CryptoError};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use pkpass::hex;
use sha2::Sha256;
use std::fmt;

/// The fewest characters: 32 random bytes as base64 or hex have more, a password that a person remembers has fewer.
const FEWEST_CHARACTERS: usize = 32;

/// The hex digits of a name: enough to tell two keys apart.
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
        Some(Self { secret: trim_secret(secret)?, previous: None })
    }

    /// Adds the secret that it replaces.
    ///
    /// # Errors
    /// The message for the operator.
    pub fn with_previous(&self, secret: &str) -> Result<Self, &'static str> {
        let previous = trim_secret(secret).ok_or(
            "The secret MASTER_KEY_PREVIOUS is shorter than 32 characters and opens nothing. Set it to the key that \
             MASTER_KEY replaced, or delete it: npx wrangler secret delete MASTER_KEY_PREVIOUS",
        )?;
        if previous == self.secret {
            return Err(
                "The secret MASTER_KEY_PREVIOUS is the same as MASTER_KEY. To rotate the key, set MASTER_KEY to a new one now; \
                otherwise: npx wrangler secret delete MASTER_KEY_PREVIOUS",
            );
        }
        Ok(Self { previous: Some(previous), ..self.clone() })
    }

    /// Seals a private key (PKCS #8) of a pass type: that of its signing identity, or of a certificate request. Base64.
    ///
    /// # Errors
    /// [`CryptoError`] when the platform refuses.
    pub async fn seal<C: Crypto>(&self, crypto: &C, pass_type: &str, pkcs8: &[u8]) -> Result<String, CryptoError> {
        let sealed = crypto.seal(&SealingKey::for_identities(&self.secret), pass_type.as_bytes(), pkcs8).await?;
        Ok(Base64::encode_string(&sealed))
    }

    /// Opens the result of [`seal`](Self::seal) with this key or the previous one. `None`: neither sealed it for this pass
    /// type.
    ///
    /// # Errors
    /// [`CryptoError`] when the platform did not try.
    pub async fn open<C: Crypto>(&self, crypto: &C, pass_type: &str, sealed: &str) -> Result<Option<Opened>, CryptoError> {
        let Ok(sealed) = Base64::decode_vec(sealed) else { return Ok(None) };
        for (secret, by_previous) in self.secrets() {
            if let Some(pkcs8) = crypto.open(&SealingKey::for_identities(secret), pass_type.as_bytes(), &sealed).await? {
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

    /// A name of this key and the previous one. It reveals neither.
    #[must_use]
    pub fn name(&self) -> String {
        let previous = self.previous.as_deref().map(|previous| derive(previous, "name"));
        let name = hmac(&derive(&self.secret, "name"), previous.as_ref().map_or(&[], |previous| previous));
        hex(&name).chars().take(NAME_DIGITS).collect()
    }

    fn secrets(&self) -> impl Iterator<Item = (&str, bool)> {
        let previous = self.previous.as_deref().map(|secret| (secret, true));
        [(self.secret.as_str(), false)].into_iter().chain(previous)
    }

    /// The authentication token of a pass that this service makes: 256 bits in base64url, always the same for this pass.
    #[must_use]
    pub fn authentication_token(&self, pass_type: &str, serial: &str) -> String {
        // No pass type has a line break.
        let pass = format!("{pass_type}\n{serial}");
        Base64UrlUnpadded::encode_string(&hmac(&derive(&self.secret, "authentication-token"), pass.as_bytes()))
    }

    /// The mark that proves that this service made the link.
    #[must_use]
    pub fn link_mark(&self, link: &[u8]) -> [u8; 32] {
        hmac(&derive(&self.secret, "link"), link)
    }

    /// Whether `mark` is the link's, by this key or the previous one. The comparison takes constant time.
    #[must_use]
    pub fn is_link_mark(&self, link: &[u8], mark: &[u8]) -> bool {
        self.secrets().any(|(secret, _)| is_mac(&derive(secret, "link"), link, mark))
    }

    /// The key with which the issuer signs tokens of new passes. The key is this text itself, 256 bits in base64url.
    #[must_use]
    pub fn new_pass_key(&self) -> String {
        new_pass_key(&self.secret)
    }

    /// Whether `mark` is that of a new pass's token, by this key or the previous one. The comparison takes constant time.
    #[must_use]
    pub fn is_new_pass_mark(&self, token: &[u8], mark: &[u8]) -> bool {
        self.secrets().any(|(secret, _)| is_mac(new_pass_key(secret).as_bytes(), token, mark))
    }
}

impl SealingKey {
    /// The key of cursors that name a device. Cursors are in URLs, which others may log. The issuer API has always an issuer
    /// key, but may have no master key.
    #[must_use]
    pub fn for_cursors(issuer_key: &str) -> Self {
        Self(derive(issuer_key, "cursor"))
    }

    /// The key of answers that are kept for repetitions of a request. Links are secrets.
    #[must_use]
    pub fn for_answers(issuer_key: &str) -> Self {
        Self(derive(issuer_key, "answer"))
    }

    fn for_identities(secret: &str) -> Self {
        Self(derive(secret, "signing-identity"))
    }

    /// Its bytes, for the platform.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// `None` when the secret is too short to be random.
fn trim_secret(secret: &str) -> Option<String> {
    let secret = secret.trim();
    (secret.len() >= FEWEST_CHARACTERS).then(|| secret.to_owned())
}

/// The key for one purpose.
fn derive(secret: &str, purpose: &str) -> [u8; 32] {
    hmac(secret.as_bytes(), format!("edgepass/1/{purpose}").as_bytes())
}

fn new_pass_key(secret: &str) -> String {
    Base64UrlUnpadded::encode_string(&derive(secret, "new-pass"))
}

/// HMAC-SHA-256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    new_mac(key).map_or([0; 32], |mut mac| {
        mac.update(message);
        mac.finalize().into_bytes().into()
    })
}

/// Whether `mac` is the HMAC of the message. The comparison takes constant time.
fn is_mac(key: &[u8], message: &[u8], mac: &[u8]) -> bool {
    new_mac(key).is_some_and(|mut computed| {
        computed.update(message);
        computed.verify_slice(mac).is_ok()
    })
}

/// HMAC takes keys of any length.
fn new_mac(key: &[u8]) -> Option<Hmac<Sha256>> {
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

    fn key(letter: &str) -> MasterKey {
        MasterKey::from_secret(&letter.repeat(FEWEST_CHARACTERS)).unwrap()
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(&hmac(b"Jefe", b"what do ya want for nothing?")), expected);
    }

    #[test]
    fn a_token_has_256_bits_and_is_of_one_pass() {
        let token = key("k").authentication_token("pass.com.example.coffee", "S-1");
        assert_eq!(token.len(), 43);
        assert_eq!(token, key("k").authentication_token("pass.com.example.coffee", "S-1"));
        assert_ne!(token, key("k").authentication_token("pass.com.example.coffee", "S-2"));
        assert_ne!(token, key("l").authentication_token("pass.com.example.coffee", "S-1"));
    }

    #[test]
    fn a_mark_is_of_one_link_and_whole() {
        let mark = key("k").link_mark(b"link");
        assert!(key("k").is_link_mark(b"link", &mark));
        for (link, mark) in [(b"Link", mark.as_slice()), (b"link", &mark[..31]), (b"link", b"")] {
            assert!(!key("k").is_link_mark(link, mark));
        }
    }

    #[test]
    fn links_of_the_previous_key_are_known_while_it_is_there() {
        let (old, new) = (key("k"), key("n"));
        let mark = old.link_mark(b"link");
        assert!(!new.is_link_mark(b"link", &mark));
        let rotated = new.with_previous(&old.secret).unwrap();
        assert!(rotated.is_link_mark(b"link", &mark));
        assert_eq!(rotated.link_mark(b"link"), new.link_mark(b"link"));
        assert_eq!(rotated.authentication_token("p", "s"), new.authentication_token("p", "s"));
    }

    #[test]
    fn tokens_of_new_passes_are_signed_with_the_text_of_their_key_also_the_previous_one() {
        let (old, new) = (key("k"), key("n"));
        assert_eq!(old.new_pass_key().len(), 43);
        let mark = hmac(old.new_pass_key().as_bytes(), b"token");
        assert!(old.is_new_pass_mark(b"token", &mark) && !old.is_new_pass_mark(b"Token", &mark));
        assert!(!old.is_new_pass_mark(b"token", &old.link_mark(b"token")));
        assert!(!new.is_new_pass_mark(b"token", &mark));
        let rotated = new.with_previous(&old.secret).unwrap();
        assert!(rotated.is_new_pass_mark(b"token", &mark));
        assert_eq!(rotated.new_pass_key(), new.new_pass_key());
    }

    #[test]
    fn a_secret_that_is_short_or_the_same_is_refused() {
        for secret in [String::new(), " ".repeat(99), "k".repeat(31)] {
            assert!(MasterKey::from_secret(&secret).is_none());
            assert!(key("k").with_previous(&secret).unwrap_err().contains("shorter"));
        }
        assert!(key("k").with_previous(&format!("{}\n", "k".repeat(FEWEST_CHARACTERS))).unwrap_err().contains("same"));
        assert!(!format!("{:?}", key("k")).contains("kk"));
    }
}
