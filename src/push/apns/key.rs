//! The team's key that signs provider tokens: the file `AuthKey_….p8` from Apple's developer site. It is PKCS #8 (RFC 5208) in
//! PEM, with a key on the curve P-256 (RFC 5915). No message shows any of it.

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
    /// Parses the secret `APNS_KEY`. Its line breaks may be missing, or may be the two characters `\n`.
    ///
    /// # Errors
    /// The message for the operator.
    pub fn parse(secret: &str) -> Result<Self, &'static str> {
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
        let (algorithm, key) = parse_pkcs8(&bytes).ok_or(DAMAGED)?;
        check_is_p256(algorithm).ok_or(OTHER)?;
        let key = SigningKey::from_slice(parse_scalar(key).ok_or(DAMAGED)?);
        key.map(Self).map_err(|_| DAMAGED)
    }

    /// Signs with ES256 (RFC 7518, section 3.4). The nonce is that of RFC 6979, so a message always has the same signature.
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
fn parse_pkcs8(pkcs8: &[u8]) -> Option<(Reader<'_>, &[u8])> {
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

/// `id-ecPublicKey` with a named curve (RFC 5480, section 2.1.1).
fn check_is_p256(mut algorithm: Reader<'_>) -> Option<()> {
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
fn parse_scalar(key: &[u8]) -> Option<&[u8]> {
    let mut file = Reader::new(key);
    let mut key = file.content(tag::SEQUENCE)?;
    file.finish()?;
    key.value(tag::INTEGER).filter(|version| *version == [1])?;
    let scalar = key.value(tag::OCTET_STRING)?;
    let _ = key.optional(tag::constructed(0));
    let _ = key.optional(tag::constructed(1));
    key.finish()?;
    // As long as the order of the curve (RFC 5915, section 3).
    (scalar.len() == 32).then_some(scalar)
}
