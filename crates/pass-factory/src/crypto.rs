//! RSA in Rust, instead of the platform's.

use getrandom::SysRng;
use pkpass::{
    Rsa,
    signature::{GeneratedKey, Hash, SignedMessage},
};
use rsa::{
    PrivateKey, PublicKey,
    pkcs1v15::{Signature, SigningKey, VerifyingKey},
    pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey},
    signature::{SignatureEncoding, Signer, Verifier},
};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

/// Verifies an RSASSA-PKCS1-v1_5 signature. False if the key is not RSA's.
pub fn verify(signed: &SignedMessage) -> bool {
    let Ok(key) = PublicKey::from_public_key_der(&signed.public_key) else { return false };
    let Ok(signature) = Signature::try_from(signed.signature.as_slice()) else { return false };
    let verified = match signed.hash {
        Hash::Sha1 => VerifyingKey::<Sha1>::new(key).verify(&signed.message, &signature),
        Hash::Sha256 => VerifyingKey::<Sha256>::new(key).verify(&signed.message, &signature),
        Hash::Sha384 => VerifyingKey::<Sha384>::new(key).verify(&signed.message, &signature),
        Hash::Sha512 => VerifyingKey::<Sha512>::new(key).verify(&signed.message, &signature),
    };
    verified.is_ok()
}

/// Signs with RSASSA-PKCS1-v1_5 and SHA-256. `None` if `pkcs8` is not an RSA key in DER.
pub fn sign(pkcs8: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let key = SigningKey::<Sha256>::new(PrivateKey::from_pkcs8_der(pkcs8).ok()?);
    Some(key.sign(message).to_vec())
}

/// A new key of 2048 bits.
pub fn generate() -> GeneratedKey {
    let key = PrivateKey::new(&mut SysRng, 2048).expect("2048 bits are enough for a key");
    let pkcs8 = key.to_pkcs8_der().expect("an RSA key is encodable").as_bytes().to_vec();
    let public_key = key.to_public_key().to_public_key_der().expect("an RSA key is encodable").into_vec();
    GeneratedKey { pkcs8, public_key }
}

/// RSA in Rust.
#[derive(Debug, Clone, Copy)]
pub struct RustRsa;

impl Rsa for RustRsa {
    /// PKCS #8 in DER.
    type SigningKey = Vec<u8>;
    type Error = &'static str;

    async fn import(&self, pkcs8: &[u8]) -> Result<Vec<u8>, &'static str> {
        sign(pkcs8, &[]).map(|_| pkcs8.to_vec()).ok_or(NO_KEY)
    }

    async fn sign(&self, key: &Vec<u8>, message: &[u8]) -> Result<Vec<u8>, &'static str> {
        sign(key, message).ok_or(NO_KEY)
    }

    async fn generate(&self) -> Result<GeneratedKey, &'static str> {
        Ok(generate())
    }

    async fn verify(&self, signed: &SignedMessage) -> bool {
        verify(signed)
    }
}

const NO_KEY: &str = "not an RSA key in PKCS #8";
