//! The signatures that the platform verifies. This crate does no RSA.

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

/// A signature for the platform to verify: RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2).
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
