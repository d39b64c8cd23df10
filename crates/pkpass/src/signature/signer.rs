//! Makes the file `signature`: detached CMS `SignedData` (RFC 5652) over `manifest.json`, in the form that Wallet requires
//! (Apple, "Building a Pass").
//!
//! The platform holds the key. [`Signer::attributes`] returns the bytes that it has to sign with RSASSA-PKCS1-v1_5 and SHA-256.
//! [`Signer::signature_file`] makes the file from them and the platform's signature.

use std::fmt;

use super::{
    Certificate, algorithm,
    message::SignedAttributes,
    oid, time,
    value::ONE,
    write::{element, identifier, sequence},
};
use crate::der::{Reader, tag};
use crate::signature::Hash;

/// Makes the signatures of one certificate. Everything that does not change from pass to pass is prepared.
#[derive(Clone)]
pub struct Signer {
    /// The fields of the message in front of its signer (RFC 5652, section 5.1).
    message: Vec<u8>,
    /// The fields of the signer in front of the signed attributes (section 5.3).
    signer: Vec<u8>,
}

/// A signer holds no secret, only many bytes.
impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Signer").finish_non_exhaustive()
    }
}

impl Signer {
    /// Prepares the signatures of a pass certificate. They will include it and the certificate of its issuer.
    ///
    /// `None` only if the two certificates are the same.
    #[must_use]
    pub fn new(certificate: &Certificate, intermediate: &Certificate) -> Option<Self> {
        // A SET OF is sorted (X.690, section 11.6).
        let (one, other) = (certificate.der(), intermediate.der());
        let (first, second) = (one.min(other), one.max(other));
        if first == second {
            return None;
        }
        let digest_algorithm = sequence(&[&identifier(oid::SHA256)]);
        let message = [
            ONE.to_vec(),
            element(tag::SET, &[&digest_algorithm]),
            sequence(&[&identifier(oid::DATA)]),
            element(tag::constructed(0), &[first, second]),
        ];
        let signer = [ONE.to_vec(), certificate.issuer_and_serial_number(), digest_algorithm];
        Some(Self { message: message.concat(), signer: signer.concat() })
    }

    /// The bytes to sign for a manifest: the DER of the signed attributes, a `SET OF` (RFC 5652, section 5.4). `now` is the
    /// time of the signature, in unix seconds.
    ///
    /// `None` only for a time outside the years 1970 to 9999.
    #[must_use]
    pub fn attributes(&self, manifest: &[u8], now: i64) -> Option<Vec<u8>> {
        let digest = element(tag::OCTET_STRING, &[&algorithm::digest(Hash::Sha256, manifest)]);
        // These are sorted too: shorter ones come first.
        let attributes = [
            attribute(oid::CONTENT_TYPE, &identifier(oid::DATA)),
            attribute(oid::SIGNING_TIME, &time::write(now)?),
            attribute(oid::MESSAGE_DIGEST, &digest),
        ];
        Some(element(tag::SET, &[&attributes.concat()]))
    }

    /// The file, from the result of [`attributes`](Self::attributes) and the signature over it.
    ///
    /// `None` when the attributes are something else.
    #[must_use]
    pub fn signature_file(&self, attributes: &[u8], rsa_signature: &[u8]) -> Option<Vec<u8>> {
        let mut reader = Reader::new(attributes);
        let attributes = SignedAttributes::parse(reader.value(tag::SET)?)?;
        reader.finish()?;
        let signer = sequence(&[
            &self.signer,
            &element(tag::constructed(0), &[attributes.value]),
            &algorithm::rsa(),
            &element(tag::OCTET_STRING, &[rsa_signature]),
        ]);
        let message = sequence(&[&self.message, &element(tag::SET, &[&signer])]);
        let content = element(tag::constructed(0), &[&message]);
        Some(sequence(&[&identifier(oid::SIGNED_DATA), &content]))
    }
}

fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    sequence(&[&identifier(kind), &element(tag::SET, &[value])])
}
