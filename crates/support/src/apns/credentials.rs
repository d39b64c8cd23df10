//! The key of a team in Apple's form, and provider tokens.

use crate::random;
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey},
};

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// A PKCS #8 key of P-256 up to its private number. Unlike many programs, Apple names the curve in the inner
/// structure again:
///
/// ```text
/// PrivateKeyInfo ::= SEQUENCE {
///     version INTEGER (0), algorithm SEQUENCE { id-ecPublicKey, prime256v1 },
///     privateKey OCTET STRING { SEQUENCE {
///         version INTEGER (1), privateKey OCTET STRING, parameters [0] { prime256v1 },
///         publicKey [1] { BIT STRING } } } }
/// ```
const TO_PRIVATE: &[u8] = b"\x30\x81\x93\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\
    \xce\x3d\x03\x01\x07\x04\x79\x30\x77\x02\x01\x01\x04\x20";
/// The bytes between the private number and the public point.
const TO_PUBLIC: &[u8] = b"\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\xa1\x44\x03\x42\x00";

/// Where the private number begins in the keys that `ring` makes, which is 32 bytes long.
const PRIVATE_AT: usize = 36;

/// A key that a team signs its provider tokens with.
pub struct Credentials {
    pem: String,
    key: EcdsaKeyPair,
    pub(super) key_id: Option<String>,
    pub(super) team_id: Option<String>,
}

impl Credentials {
    /// A new key of a team of its own.
    pub fn random() -> Self {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let made = made.expect("the operating system gives random numbers");
        let key = key_pair(made.as_ref()).expect("the key was just made");
        let private = &made.as_ref()[PRIVATE_AT..PRIVATE_AT + 32];
        let apples = [TO_PRIVATE, private, TO_PUBLIC, key.public_key().as_ref()].concat();
        let id = || Some(random::hex(5).to_uppercase());
        Self { pem: to_pem(&apples), key, key_id: id(), team_id: id() }
    }

    /// Reads a `.p8` file. Without the identifiers, any are accepted.
    pub fn from_pem(pem: &str, key_id: Option<&str>, team_id: Option<&str>) -> Result<Self, String> {
        let inner = pem.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END));
        let (text, _) = inner.ok_or("there is no private key in PEM (-----BEGIN PRIVATE KEY-----)")?;
        let text: String = text.split_ascii_whitespace().collect();
        let pkcs8 = Base64::decode_vec(&text).map_err(|_| "the key is no Base64")?;
        let key = key_pair(&pkcs8)?;
        let [key_id, team_id] = [key_id, team_id].map(|id| id.map(ToOwned::to_owned));
        Ok(Self { pem: pem.to_owned(), key, key_id, team_id })
    }

    /// The key as a `.p8` file: PKCS #8 in PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A provider token (a JWT, RFC 7519) of this header and these claims, whatever they are.
    pub fn provider_token(&self, header: &str, claims: &str) -> String {
        let [header, claims] = [header, claims].map(|part| Base64UrlUnpadded::encode_string(part.as_bytes()));
        let signed = format!("{header}.{claims}");
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.expect("the operating system gives random numbers");
        format!("{signed}.{}", Base64UrlUnpadded::encode_string(signature.as_ref()))
    }

    /// Whether a signature in the form of JWS (RFC 7518, section 3.4) is of this key.
    pub(super) fn verify(&self, signed: &str, signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.key.public_key());
        key.verify(signed.as_bytes(), signature).is_ok()
    }
}

fn key_pair(pkcs8: &[u8]) -> Result<EcdsaKeyPair, String> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &SystemRandom::new())
        .map_err(|error| format!("the key is none of P-256 in PKCS #8: {error}"))
}

fn to_pem(der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let mut pem = BEGIN.to_owned();
    for (place, character) in text.chars().enumerate() {
        if place % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    format!("{pem}\n{END}\n")
}
