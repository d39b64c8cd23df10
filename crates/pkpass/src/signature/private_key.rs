//! The private key that an issuer uploads: RSA, in PEM, as PKCS #8 (RFC 5208) or PKCS #1 (RFC 8017, appendix A.1.2). No message
//! holds any of it.

use super::{
    algorithm::{self, Algorithm},
    key::RsaKey,
    value::ZERO,
    write::{element, sequence},
};
use crate::defect::{Defect, DefectCode, echo};
use crate::{
    der::{Reader, tag},
    pem::{self, Block},
};

/// The name of the key in the upload.
pub(super) const FILE: &str = "privateKey";

/// The command that makes a key readable.
const CONVERT: &str = "openssl rsa -in key.pem -out plain.pem";

/// A key that can sign.
pub(super) struct PrivateKey {
    /// The key as PKCS #8, the form that platforms import.
    pub(super) pkcs8: Vec<u8>,
    /// Its public half.
    pub(super) public: RsaKey,
}

impl PrivateKey {
    /// Reads the first key in a text.
    pub(super) fn parse(text: &str) -> Result<Self, Defect> {
        let block = pem::blocks(text).find(|block| block.label.ends_with("PRIVATE KEY"));
        let block = block.ok_or_else(|| {
            let message = format!(
                "There is no private key in PEM (-----BEGIN PRIVATE KEY-----). Take it out of the .p12 file with `openssl \
                 pkcs12 -in pass.p12 -nocerts -nodes -out key.pem`, then `{CONVERT}`."
            );
            Defect::in_file(DefectCode::PrivateKeyUnreadable, FILE, message)
        })?;
        if block.is_encrypted() {
            let message = format!("The private key is encrypted. Decrypt it with `{CONVERT}`.");
            return Err(Defect::in_file(DefectCode::PrivateKeyEncrypted, FILE, message));
        }
        Self::from_block(&block)
    }

    fn from_block(block: &Block<'_>) -> Result<Self, Defect> {
        let bytes = block.bytes().ok_or_else(unreadable)?;
        match block.label {
            "RSA PRIVATE KEY" => Self::from_pkcs1(&bytes),
            "PRIVATE KEY" => {
                let (algorithm, key) = unwrap_pkcs8(&bytes).ok_or_else(unreadable)?;
                if algorithm.is_rsa_key() { Self::from_pkcs1(key) } else { Err(other_algorithm("It")) }
            }
            other => Err(other_algorithm(&format!("\"{}\"", echo(other)))),
        }
    }

    fn from_pkcs1(bytes: &[u8]) -> Result<Self, Defect> {
        let public = read_public_half(bytes).ok_or_else(unreadable)?;
        Ok(Self { pkcs8: wrap_pkcs1(bytes), public })
    }
}

/// Reads the algorithm of a PKCS #8 key, and the key itself:
///
/// ```text
/// PrivateKeyInfo ::= SEQUENCE {
///     version INTEGER, privateKeyAlgorithm AlgorithmIdentifier, privateKey OCTET STRING,
///     attributes [0] IMPLICIT SET OF Attribute OPTIONAL }
/// ```
fn unwrap_pkcs8(pkcs8: &[u8]) -> Option<(Algorithm<'_>, &[u8])> {
    let mut file = Reader::new(pkcs8);
    let mut info = file.content(tag::SEQUENCE)?;
    file.finish()?;
    info.integer().filter(|version| version.der == ZERO)?;
    let algorithm = Algorithm::read(&mut info)?;
    let key = info.value(tag::OCTET_STRING)?;
    // The attributes are dropped.
    let _ = info.optional(tag::constructed(0));
    info.finish()?;
    Some((algorithm, key))
}

/// The PKCS #8 form of a PKCS #1 key, without attributes.
fn wrap_pkcs1(pkcs1: &[u8]) -> Vec<u8> {
    sequence(&[ZERO, &algorithm::rsa(), &element(tag::OCTET_STRING, &[pkcs1])])
}

/// Reads the public numbers of a complete PKCS #1 key:
///
/// ```text
/// RSAPrivateKey ::= SEQUENCE {
///     version INTEGER, modulus INTEGER, publicExponent INTEGER, privateExponent INTEGER, prime1 INTEGER,
///     prime2 INTEGER, exponent1 INTEGER, exponent2 INTEGER, coefficient INTEGER }
/// ```
fn read_public_half(pkcs1: &[u8]) -> Option<RsaKey> {
    let mut file = Reader::new(pkcs1);
    let mut key = file.content(tag::SEQUENCE)?;
    file.finish()?;
    key.integer().filter(|version| version.der == ZERO)?;
    let (modulus, exponent) = (key.unsigned()?, key.unsigned()?);
    let private = key.all(Reader::unsigned)?;
    (private.len() == 6).then(|| RsaKey { modulus: modulus.to_vec(), exponent: exponent.to_vec() })
}

fn unreadable() -> Defect {
    let message = format!("The private key cannot be read. Write it anew with `{CONVERT}`.");
    Defect::in_file(DefectCode::PrivateKeyUnreadable, FILE, message)
}

fn other_algorithm(what: &str) -> Defect {
    let message = format!(
        "{what} is no RSA key. Apple issues pass certificates for RSA keys only; use the key that the certificate was \
         requested with."
    );
    Defect::in_file(DefectCode::PrivateKeyAlgorithm, FILE, message)
}
