//! The private key that an issuer uploads: RSA, as PKCS #8 (RFC 5208) or PKCS #1 (RFC 8017, appendix A.1.2). No message
//! holds any of it.

use der::{Decode as _, Tag};
use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};
use pkcs8::PrivateKeyInfoRef;

use super::{
    asn1::element,
    oid,
    recognize::{Found, Kind, recognize},
};
use crate::{
    defect::{Defect, DefectCode, echo},
    pem::{self, Block},
};

/// The name of the key in the upload.
pub(super) const FILE: &str = "privateKey";

/// The end of the label of every private key in PEM.
pub(super) const LABEL: &str = "PRIVATE KEY";

/// The command that makes a key readable.
const CONVERT: &str = "openssl rsa -in key.pem -out plain.pem";

/// A key that can sign.
pub(super) struct PrivateKey {
    /// The key as PKCS #8 without attributes, the form that platforms import.
    pub(super) pkcs8: Vec<u8>,
    /// The key as PKCS #1.
    pkcs1: Vec<u8>,
}

impl PrivateKey {
    /// Reads the first key in a text.
    pub(super) fn parse(text: &str) -> Result<Self, Defect> {
        let block = pem::blocks(text).find(|block| block.label.ends_with(LABEL)).ok_or_else(|| missing(text))?;
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
            "PRIVATE KEY" => Self::from_pkcs8(&bytes),
            "EC PRIVATE KEY" => Err(on_a_curve()),
            other => Err(other_algorithm(&format!("It is a \"{}\".", echo(other)))),
        }
    }

    /// Reads a key with its algorithm.
    pub(super) fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, Defect> {
        let info = PrivateKeyInfoRef::from_der(pkcs8).map_err(|_| unreadable())?;
        match info.algorithm.oid {
            oid::RSA => Self::from_pkcs1(info.private_key.as_bytes()),
            oid::EC => Err(on_a_curve()),
            oid::RSA_PSS => Err(other_algorithm("It is a key for RSA-PSS only.")),
            _ => Err(other_algorithm("It is no RSA key.")),
        }
    }

    fn from_pkcs1(pkcs1: &[u8]) -> Result<Self, Defect> {
        let wrap = || {
            RsaPrivateKeyRef::from_der(pkcs1)?;
            // Version, algorithm and key (RFC 5208, section 5).
            let key = element(Tag::OctetString, &[pkcs1])?;
            element(Tag::Sequence, &[b"\x02\x01\0", &oid::rsa_algorithm()?, &key])
        };
        wrap().map(|pkcs8| Self { pkcs8, pkcs1: pkcs1.to_vec() }).map_err(|_| unreadable())
    }

    /// Whether this is its public half.
    pub(super) fn fits(&self, public: &RsaPublicKeyRef<'_>) -> bool {
        RsaPrivateKeyRef::from_der(&self.pkcs1).is_ok_and(|key| key.public_key() == *public)
    }
}

/// Says what is in the key's place.
fn missing(text: &str) -> Defect {
    let fault = |message: &str| Defect::in_file(DefectCode::PrivateKeyUnreadable, FILE, message);
    if let Some(line) = pem::missing_line(text) {
        return fault(line);
    }
    let found = match recognize(text.as_bytes()) {
        Found::Certificates(_) => "This is a certificate, and no private key".to_owned(),
        Found::Other(Kind::Unknown | Kind::Empty) => "There is no private key in PEM (-----BEGIN PRIVATE KEY-----)".to_owned(),
        Found::Other(kind) => format!("This is {}, and no private key", kind.name()),
    };
    fault(&format!("{found}. If you have a .p12 file, send it as pkcs12, with its password, instead of certificate and key."))
}

fn unreadable() -> Defect {
    let message = format!("The private key cannot be read. Write it anew with `{CONVERT}`.");
    Defect::in_file(DefectCode::PrivateKeyUnreadable, FILE, message)
}

fn on_a_curve() -> Defect {
    other_algorithm("It is a key on an elliptic curve, such as the .p8 files for push notifications (APNs).")
}

fn other_algorithm(what: &str) -> Defect {
    let message = format!("{what} Passes are signed with RSA here. Use the RSA key that the certificate was requested with.");
    Defect::in_file(DefectCode::PrivateKeyAlgorithm, FILE, message)
}
