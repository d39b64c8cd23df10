//! Cryptography: the port behind which the platform's stands, and the keys derived from the master key.
//!
//! RSA and AES are the platform's (Web Cryptography API), which is native code; what is hashed and authenticated here is
//! small and done at once.

mod master_key;
pub mod subtle;

pub use master_key::{MasterKey, Opened, SealingKey};

use pkpass::signature::SignedMessage;
use std::future::Future;

/// The platform did not do as asked; its own words, for the operator's log only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CryptoError(pub String);

/// The platform's cryptography.
pub trait Crypto {
    /// A private key that is ready to sign and cannot be read.
    type SigningKey: Clone;

    /// Makes an RSA key in PKCS #8 ready to sign with RSASSA-PKCS1-v1_5 and SHA-256.
    ///
    /// # Errors
    /// [`CryptoError`] when it is no such key.
    fn import(&self, pkcs8: &[u8]) -> impl Future<Output = Result<Self::SigningKey, CryptoError>>;

    /// Signs.
    ///
    /// # Errors
    /// [`CryptoError`] when the key cannot sign.
    fn sign(&self, key: &Self::SigningKey, message: &[u8]) -> impl Future<Output = Result<Vec<u8>, CryptoError>>;

    /// Whether the signature is the public key's. A key that the platform does not take verifies nothing.
    fn verify(&self, proof: &SignedMessage) -> impl Future<Output = bool>;

    /// SHA-256 of a file, in lowercase hex. What is small is hashed here at once ([`pkpass::sha256_hex`]).
    ///
    /// # Errors
    /// [`CryptoError`] when the platform refuses.
    fn sha256_hex(&self, bytes: &[u8]) -> impl Future<Output = Result<String, CryptoError>>;

    /// Encrypts with AES-256-GCM under a random nonce, which precedes the ciphertext. `associated` has to be the same
    /// when it is opened.
    ///
    /// # Errors
    /// [`CryptoError`] when the platform refuses.
    fn seal(&self, key: &SealingKey, associated: &[u8], plain: &[u8]) -> impl Future<Output = Result<Vec<u8>, CryptoError>>;

    /// Opens what [`Crypto::seal`] made. `None` when the key or `associated` is another, or a byte was changed.
    ///
    /// # Errors
    /// [`CryptoError`] when the platform did not try.
    fn open(
        &self,
        key: &SealingKey,
        associated: &[u8],
        sealed: &[u8],
    ) -> impl Future<Output = Result<Option<Vec<u8>>, CryptoError>>;
}

/// Length of the nonce in front of a ciphertext, in bytes (NIST SP 800-38D, section 8.2.2: 96 random bits).
pub const NONCE_LENGTH: usize = 12;
