//! The cryptography port for tests that make thousands of passes and look at everything but their signatures.

use edgepass::crypto::{Crypto, CryptoError, SealingKey};
use pass_factory::crypto;
use pkpass::{
    Rsa,
    signature::{GeneratedKey, SignedMessage},
};
use std::{cell::Cell, sync::LazyLock};

/// The keys that are made, one after the other. It takes long to make one.
static KEYS: LazyLock<[GeneratedKey; 4]> = LazyLock::new(|| [(); 4].map(|()| crypto::generate()));

thread_local! {
    static NEXT: Cell<usize> = const { Cell::new(0) };
}

/// Signs with one byte, accepts every signature, makes the same few keys, and seals by prepending the key and the associated
/// data.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stamp;

impl Rsa for Stamp {
    type SigningKey = ();
    type Error = CryptoError;

    async fn import(&self, _: &[u8]) -> Result<(), CryptoError> {
        Ok(())
    }

    async fn sign(&self, (): &(), _: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(vec![0x5A])
    }

    async fn generate(&self) -> Result<GeneratedKey, CryptoError> {
        let next = NEXT.replace(NEXT.get().wrapping_add(1)) % KEYS.len();
        Ok(KEYS[next].clone())
    }

    async fn verify(&self, _: &SignedMessage) -> bool {
        true
    }
}

impl Crypto for Stamp {
    async fn sha256_hex(&self, bytes: &[u8]) -> Result<String, CryptoError> {
        Ok(pkpass::sha256_hex(bytes))
    }

    async fn seal(&self, key: &SealingKey, associated: &[u8], plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok([key.bytes(), associated, plain].concat())
    }

    async fn open(&self, key: &SealingKey, associated: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>, CryptoError> {
        let plain = sealed.strip_prefix(key.bytes()).and_then(|rest| rest.strip_prefix(associated));
        Ok(plain.map(<[u8]>::to_vec))
    }
}
