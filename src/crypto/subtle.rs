//! The cryptography port on the platform's `SubtleCrypto` (W3C Web Cryptography API).

use super::{Crypto, CryptoError, NONCE_LENGTH, SealingKey};
use crate::thrown;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use pkpass::{
    Rsa, hex,
    signature::{GeneratedKey, Hash, SignedMessage},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::CryptoKey;

/// `crypto.subtle`
#[derive(Debug, Clone, Copy)]
pub struct SubtleCrypto;

const RSA: &str = "RSASSA-PKCS1-v1_5";
const AES: &str = "AES-GCM";

impl Rsa for SubtleCrypto {
    type SigningKey = CryptoKey;
    type Error = CryptoError;

    async fn import(&self, pkcs8: &[u8]) -> Result<CryptoKey, CryptoError> {
        Ok(import_key("pkcs8", pkcs8, &rsa(Hash::Sha256)?, "sign").await?)
    }

    async fn sign(&self, key: &CryptoKey, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(read(crypto().subtle().sign_with_str_and_js_u8_array(RSA, key, &Uint8Array::from(message))).await?)
    }

    async fn generate(&self) -> Result<GeneratedKey, CryptoError> {
        let pair = generate_pair().await?;
        let export = async |half: &str, format| -> Result<Vec<u8>, JsValue> {
            let key: CryptoKey = Reflect::get(&pair, &JsValue::from_str(half))?.unchecked_into();
            read(crypto().subtle().export_key(format, &key)).await
        };
        Ok(GeneratedKey { pkcs8: export("privateKey", "pkcs8").await?, public_key: export("publicKey", "spki").await? })
    }

    async fn verify(&self, proof: &SignedMessage) -> bool {
        verify(proof).await.is_ok_and(|answer| answer.is_truthy())
    }
}

impl Crypto for SubtleCrypto {
    async fn sha256_hex(&self, bytes: &[u8]) -> Result<String, CryptoError> {
        // The platform reads WebAssembly's memory before it returns the promise, and makes no copy of it.
        let digest = read(crypto().subtle().digest_with_str_and_u8_array("SHA-256", bytes)).await?;
        Ok(hex(&digest))
    }

    async fn seal(&self, key: &SealingKey, associated: &[u8], plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let mut nonce = [0; NONCE_LENGTH];
        crypto().get_random_values_with_u8_array(&mut nonce)?;
        let algorithm = aes(&nonce, associated)?;
        let key = import_key("raw", key.bytes(), &named(AES)?, "encrypt").await?;
        let plain = Uint8Array::from(plain);
        let ciphertext = read(crypto().subtle().encrypt_with_object_and_js_u8_array(&algorithm, &key, &plain)).await?;
        Ok([nonce.as_slice(), &ciphertext].concat())
    }

    async fn open(&self, key: &SealingKey, associated: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>, CryptoError> {
        let Some((nonce, ciphertext)) = sealed.split_at_checked(NONCE_LENGTH) else { return Ok(None) };
        match open(key, associated, nonce, ciphertext).await {
            Ok(plain) => Ok(Some(plain)),
            // The tag is wrong or missing (Web Cryptography API, AES-GCM, "Decrypt").
            Err(error) if thrown::name(&error) == "OperationError" => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

async fn verify(proof: &SignedMessage) -> Result<JsValue, JsValue> {
    let key = import_key("spki", &proof.public_key, &rsa(proof.hash)?, "verify").await?;
    let (signature, message) = (Uint8Array::from(proof.signature.as_slice()), Uint8Array::from(proof.message.as_slice()));
    let promise = crypto().subtle().verify_with_str_and_js_u8_array_and_js_u8_array(RSA, &key, &signature, &message);
    JsFuture::from(promise?).await
}

async fn open(key: &SealingKey, associated: &[u8], nonce: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, JsValue> {
    let algorithm = aes(nonce, associated)?;
    let key = import_key("raw", key.bytes(), &named(AES)?, "decrypt").await?;
    let ciphertext = Uint8Array::from(ciphertext);
    read(crypto().subtle().decrypt_with_object_and_js_u8_array(&algorithm, &key, &ciphertext)).await
}

/// A key that cannot be exported again.
async fn import_key(format: &str, key: &[u8], algorithm: &Object, usage: &'static str) -> Result<CryptoKey, JsValue> {
    let usages = Array::of1(&JsValue::from_str(usage));
    let key = Uint8Array::from(key);
    let promise = crypto().subtle().import_key_with_object(format, &key, algorithm, false, &usages)?;
    JsFuture::from(promise).await.map(JsCast::unchecked_into)
}

/// A `CryptoKeyPair` that can be exported. Apple takes keys of 2048 bits.
async fn generate_pair() -> Result<JsValue, JsValue> {
    let algorithm = with(rsa(Hash::Sha256)?, "modulusLength", &JsValue::from_f64(2048.0))?;
    // 65537
    let algorithm = with(algorithm, "publicExponent", &Uint8Array::from([1, 0, 1].as_slice()))?;
    let usages = Array::of2(&JsValue::from_str("sign"), &JsValue::from_str("verify"));
    JsFuture::from(crypto().subtle().generate_key_with_object(&algorithm, true, &usages)?).await
}

async fn read(promise: Result<Promise, JsValue>) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(promise?).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

fn rsa(hash: Hash) -> Result<Object, JsValue> {
    let name = match hash {
        Hash::Sha1 => "SHA-1",
        Hash::Sha256 => "SHA-256",
        Hash::Sha384 => "SHA-384",
        Hash::Sha512 => "SHA-512",
    };
    with(named(RSA)?, "hash", &JsValue::from_str(name))
}

fn aes(nonce: &[u8], associated: &[u8]) -> Result<Object, JsValue> {
    let algorithm = with(named(AES)?, "iv", &Uint8Array::from(nonce))?;
    with(algorithm, "additionalData", &Uint8Array::from(associated))
}

fn named(algorithm: &str) -> Result<Object, JsValue> {
    with(Object::new(), "name", &JsValue::from_str(algorithm))
}

fn with(object: Object, name: &str, value: &JsValue) -> Result<Object, JsValue> {
    Reflect::set(&object, &JsValue::from_str(name), value)?;
    Ok(object)
}

/// `crypto` of the global scope, which the platform always has.
pub(crate) fn crypto() -> web_sys::Crypto {
    Reflect::get(&js_sys::global(), &JsValue::from_str("crypto")).unwrap_or_default().unchecked_into()
}

impl From<JsValue> for CryptoError {
    fn from(error: JsValue) -> Self {
        Self(thrown::message(error))
    }
}
