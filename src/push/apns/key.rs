//! The team's key that signs provider tokens: the file `AuthKey_….p8` from Apple's developer site. It is PKCS #8 (RFC 5208) in
//! PEM, with a key on the curve P-256 (RFC 5915). No message shows any of it.

use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use pkpass::pem;

/// `id-ecPublicKey` (RFC 5480, section 2.1.1).
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// The curve P-256, `secp256r1` (RFC 5480, section 2.1.1.1).
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

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
        let block = pem::blocks(secret).find(|block| block.label.ends_with("PRIVATE KEY")).ok_or(NO_PEM)?;
        if block.is_encrypted() {
            return Err(ENCRYPTED);
        }
        if block.label != "PRIVATE KEY" {
            return Err(OTHER);
        }
        let bytes = block.bytes().ok_or(DAMAGED)?;
        let info = PrivateKeyInfoRef::try_from(bytes.as_slice()).map_err(|_| DAMAGED)?;
        info.algorithm.assert_oids(EC_PUBLIC_KEY, P256).map_err(|_| OTHER)?;
        let scalar = scalar(info.private_key.as_bytes()).ok_or(DAMAGED)?;
        SigningKey::from_slice(scalar).map(Self).map_err(|_| DAMAGED)
    }

    /// Signs with ES256 (RFC 7518, section 3.4). The nonce is that of RFC 6979, so a message always has the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.to_bytes().to_vec()
    }
}

/// The secret number of an `ECPrivateKey` (RFC 5915, section 3): version 1, then an `OCTET STRING` as long as the order of the
/// curve. What follows are the curve and the public key, which the number implies.
fn scalar(key: &[u8]) -> Option<&[u8]> {
    match key {
        [0x30, length, 0x02, 0x01, 0x01, 0x04, 0x20, rest @ ..] if usize::from(*length) == rest.len().checked_add(5)? => {
            rest.get(..32)
        }
        _ => None,
    }
}
