//! The key that a team signs provider tokens with: the file `AuthKey_….p8` of Apple's developer site, PKCS #8 (RFC 5208)
//! in PEM around a key on the curve P-256 (RFC 5915). Nothing here puts any of it into a message.

use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use pkpass::{
    der::{Reader, tag},
    pem,
};

/// `id-ecPublicKey` (RFC 5480, section 2.1.1).
const EC_PUBLIC_KEY: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
/// The curve P-256, `secp256r1` (RFC 5480, section 2.1.1.1).
const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";

/// A key that signs provider tokens.
pub struct Key(SigningKey);

const NO_PEM: &str = "The secret APNS_KEY holds no private key in PEM. Set it to all of the .p8 file, with its BEGIN and \
                      END lines: npx wrangler secret put APNS_KEY < AuthKey_XXXXXXXXXX.p8";
const ENCRYPTED: &str = "The secret APNS_KEY holds an encrypted private key. Set it to the .p8 file as Apple gave it.";
const DAMAGED: &str = "The private key in the secret APNS_KEY is damaged: a part of it is missing or was changed. Set it \
                       anew: npx wrangler secret put APNS_KEY < AuthKey_XXXXXXXXXX.p8";
const OTHER: &str = "The private key in the secret APNS_KEY is none for push. Set it to the .p8 file of a key that has the \
                     Apple Push Notifications service (APNs) enabled; the key of a certificate is another one.";

impl Key {
    /// Reads the secret `APNS_KEY`. Line breaks in it may be missing, or be the two characters `\n`, as they are where
    /// somebody put the file into one line.
    ///
    /// # Errors
    /// What to do, for the operator.
    pub fn read(secret: &str) -> Result<Self, &'static str> {
        // Base64 has no backslash.
        let text = secret.replace("\\r", "\n").replace("\\n", "\n");
        let block = pem::blocks(&text).find(|block| block.label.ends_with("PRIVATE KEY")).ok_or(NO_PEM)?;
        if block.is_encrypted() {
            return Err(ENCRYPTED);
        }
        if block.label != "PRIVATE KEY" {
            return Err(OTHER);
        }
        let bytes = block.bytes().ok_or(DAMAGED)?;
        let (algorithm, key) = unwrapped(&bytes).ok_or(DAMAGED)?;
        is_p256(algorithm).ok_or(OTHER)?;
        let key = SigningKey::from_slice(scalar(key).ok_or(DAMAGED)?);
        key.map(Self).map_err(|_| DAMAGED)
    }

    /// Signs with ES256 (RFC 7518, section 3.4): the same for the same message, as the nonce is that of RFC 6979.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.to_bytes().to_vec()
    }
}

/// The algorithm of a PKCS #8 key, and the key itself:
///
/// ```text
/// PrivateKeyInfo ::= SEQUENCE {
///     version INTEGER, privateKeyAlgorithm SEQUENCE { … }, privateKey OCTET STRING,
///     attributes [0] IMPLICIT SET OF Attribute OPTIONAL }
/// ```
fn unwrapped(pkcs8: &[u8]) -> Option<(Reader<'_>, &[u8])> {
    let mut file = Reader::new(pkcs8);
    let mut info = file.content(tag::SEQUENCE)?;
    file.finish()?;
    info.value(tag::INTEGER).filter(|version| *version == [0])?;
    let algorithm = info.content(tag::SEQUENCE)?;
    let key = info.value(tag::OCTET_STRING)?;
    let _ = info.optional(tag::constructed(0));
    info.finish()?;
    Some((algorithm, key))
}

/// The algorithm is `id-ecPublicKey` with a named curve (RFC 5480, section 2.1.1).
fn is_p256(mut algorithm: Reader<'_>) -> Option<()> {
    algorithm.value(tag::OBJECT_IDENTIFIER).filter(|oid| *oid == EC_PUBLIC_KEY)?;
    algorithm.value(tag::OBJECT_IDENTIFIER).filter(|curve| *curve == P256)?;
    algorithm.finish()
}

/// The secret number:
///
/// ```text
/// ECPrivateKey ::= SEQUENCE {
///     version INTEGER, privateKey OCTET STRING, parameters [0] EXPLICIT OPTIONAL, publicKey [1] EXPLICIT OPTIONAL }
/// ```
fn scalar(key: &[u8]) -> Option<&[u8]> {
    let mut file = Reader::new(key);
    let mut key = file.content(tag::SEQUENCE)?;
    file.finish()?;
    key.value(tag::INTEGER).filter(|version| *version == [1])?;
    let scalar = key.value(tag::OCTET_STRING)?;
    let _ = key.optional(tag::constructed(0));
    let _ = key.optional(tag::constructed(1));
    key.finish()?;
    // RFC 5915, section 3: as long as the curve's order, whatever its first bytes are.
    (scalar.len() == 32).then_some(scalar)
}
