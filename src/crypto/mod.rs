//! Cryptography: the port to the platform's, and the keys derived from the master key.
//!
//! RSA and AES are the platform's native code (Web Cryptography API). Small texts are hashed and authenticated in Rust, without
//! a promise.

mod master_key;
pub mod subtle;

pub use master_key::{MasterKey, Opened, SealingKey};

use pkpass::Rsa;
use std::future::Future;

/// An operation of the platform failed. The message is the platform's, for the log only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CryptoError(pub String);

/// The platform's cryptography. Its signing keys cannot be read.
pub trait Crypto: Rsa<Error = CryptoError> {
    /// SHA-256 of a file, in lowercase hex. For small texts there is [`pkpass::sha256_hex`].
    ///
    /// # Errors
    /// [`CryptoError`] when the platform refuses.
    fn sha256_hex(&self, bytes: &[u8]) -> impl Future<Output = Result<String, CryptoError>>;

    /// Encrypts with AES-256-GCM under a random nonce, which precedes the ciphertext. [`Crypto::open`] needs the same
    /// `associated`.
    ///
    /// # Errors
    /// [`CryptoError`] when the platform refuses.
    fn seal(&self, key: &SealingKey, associated: &[u8], plain: &[u8]) -> impl Future<Output = Result<Vec<u8>, CryptoError>>;

    /// Opens the result of [`Crypto::seal`]. `None` when the key or `associated` is another, or a byte was changed.
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
