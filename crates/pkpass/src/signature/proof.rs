//! The port to the platform's RSA. This crate does none itself.

use std::{fmt, future::Future};

/// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2) of the platform.
pub trait Rsa {
    /// A private key that can sign.
    type SigningKey;
    /// The reason why the platform does not sign.
    type Error;

    /// Imports a private key (PKCS #8 in DER) for signatures with SHA-256.
    ///
    /// # Errors
    ///
    /// It is not such a key.
    fn import(&self, pkcs8: &[u8]) -> impl Future<Output = Result<Self::SigningKey, Self::Error>>;

    /// Signs with SHA-256.
    ///
    /// # Errors
    ///
    /// The key cannot sign.
    fn sign(&self, key: &Self::SigningKey, message: &[u8]) -> impl Future<Output = Result<Vec<u8>, Self::Error>>;

    /// Makes a new key of 2048 bits, which is what Apple takes for pass certificates.
    ///
    /// # Errors
    ///
    /// The platform makes none.
    fn generate(&self) -> impl Future<Output = Result<GeneratedKey, Self::Error>>;

    /// Whether the public key made the signature. A key that the platform refuses verifies nothing.
    fn verify(&self, signed: &SignedMessage) -> impl Future<Output = bool>;
}

/// A new key.
#[derive(Clone)]
pub struct GeneratedKey {
    /// PKCS #8 in DER. A secret.
    pub pkcs8: Vec<u8>,
    /// `SubjectPublicKeyInfo` in DER.
    pub public_key: Vec<u8>,
}

/// Leaves the key out, so that no log can hold it.
impl fmt::Debug for GeneratedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("GeneratedKey").finish_non_exhaustive()
    }
}

/// The hash functions of RSA signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1; old tools still sign passes with it.
    Sha1,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

/// A signature for the platform to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedMessage {
    /// `SubjectPublicKeyInfo` of an RSA key, in DER.
    pub public_key: Vec<u8>,
    /// The hash that was signed.
    pub hash: Hash,
    /// The bytes that were signed.
    pub message: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}
