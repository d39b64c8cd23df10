//! The CMS structure around a signature (RFC 5652, section 5), reduced to the form that passes have: detached, one signer, the
//! certificates inside, nothing else.
//!
//! The form is strict: every byte of an accepted file has a meaning. Tools write some things in two ways, and both are
//! accepted: an algorithm's parameters NULL or absent; the signature's algorithm plain RSA or with its digest; the signer named
//! by issuer and serial number or by key; the certificates in any order, with others that are signed by themselves or each
//! other. None of that decides which key has to have signed.

use std::borrow::Cow;

use super::{
    Certificate, indefinite,
    message::{Message, SignerId, SignerInfo},
    oid,
    value::{ONE, THREE},
};
use crate::der::{Element, tag};
use crate::{
    defect::{Defect, DefectCode},
    layout::SIGNATURE,
    signature::Hash,
};

/// Largest signature, in bytes. One with three certificates has about five thousand.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// Most certificates in a signature: each may have to be verified.
const MAX_CERTIFICATES: usize = 8;

/// A signature whose form is right.
pub(super) struct Envelope<'a> {
    /// The signer's part, with the signature.
    pub(super) signer: SignerInfo<'a>,
    /// The digest in use.
    pub(super) hash: Hash,
    /// The certificates inside, in their order, each once.
    pub(super) certificates: Vec<Certificate>,
}

impl<'a> Envelope<'a> {
    /// Reads a file that has [definite](to_definite) lengths.
    pub(super) fn parse(file: &'a [u8]) -> Result<Self, Defect> {
        let message = Message::parse(file).ok_or_else(|| unreadable(file))?;
        check_content(&message)?;
        let certificates = read_certificates(&message.certificates, file)?;
        let signer = only_signer(message.signers)?;
        check_versions(message.version, &signer)?;
        let declared = match message.digest_algorithms.as_slice() {
            [one] => one.hash(),
            _ => None,
        };
        let hash = agree_on_digest(declared, &signer)?;
        Ok(Self { signer, hash, certificates })
    }
}

/// Gives the file definite lengths if it has indefinite ones.
pub(super) fn to_definite(file: &[u8]) -> Result<Cow<'_, [u8]>, Defect> {
    if file.len() > MAX_BYTES {
        let message = format!("The signature has {} bytes; at most {MAX_BYTES} are accepted.", file.len());
        return Err(defect(DefectCode::SignatureFormat, message));
    }
    if indefinite::is_indefinite(file) {
        return indefinite::make_definite(file).map(Cow::Owned).ok_or_else(|| unreadable(file));
    }
    Ok(Cow::Borrowed(file))
}

/// A defect of the signature.
pub(super) fn defect(code: DefectCode, message: impl Into<String>) -> Defect {
    Defect::in_file(code, SIGNATURE, message)
}

fn unreadable(file: &[u8]) -> Defect {
    let is_text = file.starts_with(b"-----BEGIN") || file.starts_with(b"MIME-Version");
    let reason = if is_text {
        "The signature is text (PEM or S/MIME), but has to be in DER"
    } else {
        "The signature cannot be read as a PKCS #7 (CMS) signature in DER"
    };
    let message = format!(
        "{reason}. Sign with `openssl smime -sign -binary -signer certificate.pem -inkey key.pem -certfile wwdr.pem -in \
         manifest.json -outform DER -out signature`."
    );
    defect(DefectCode::SignatureFormat, message)
}

/// The content is plain bytes and not included, and there are no revocation lists.
fn check_content(message: &Message<'_>) -> Result<(), Defect> {
    if message.is_attached {
        let message = "The signature contains what it signs. Make it detached: leave out openssl's options -nodetach and \
                       -stream.";
        return Err(defect(DefectCode::SignatureAttached, message));
    }
    if message.content_type != oid::DATA {
        let message = "What is signed has to be declared as data (1.2.840.113549.1.7.1).";
        return Err(defect(DefectCode::SignatureFormat, message));
    }
    if message.has_revocations {
        let message = "The signature contains revocation lists. Sign without them.";
        return Err(defect(DefectCode::SignatureFormat, message));
    }
    Ok(())
}

fn read_certificates(included: &[Element<'_>], file: &[u8]) -> Result<Vec<Certificate>, Defect> {
    if included.len() > MAX_CERTIFICATES {
        let message = format!(
            "The signature contains {} certificates. Include the pass certificate and its intermediate.",
            included.len()
        );
        return Err(defect(DefectCode::SignatureCertificateExtra, message));
    }
    let mut certificates = Vec::new();
    for choice in included {
        // X.509 certificates are the only choice with this tag (RFC 5652, section 10.2.2).
        if choice.tag != tag::SEQUENCE {
            let message = "The signature contains a certificate that is none of X.509. Leave it out.";
            return Err(defect(DefectCode::SignatureFormat, message));
        }
        let certificate = Certificate::from_der(choice.der).ok_or_else(|| unreadable(file))?;
        if !certificates.contains(&certificate) {
            certificates.push(certificate);
        }
    }
    Ok(certificates)
}

fn only_signer(signers: Vec<SignerInfo<'_>>) -> Result<SignerInfo<'_>, Defect> {
    let [signer] = <[SignerInfo<'_>; 1]>::try_from(signers).map_err(|signers| {
        let count = signers.len();
        let message = format!("The signature has {count} signers. Sign once, with the pass certificate.");
        defect(DefectCode::SignatureFormat, message)
    })?;
    if signer.has_unsigned {
        let message = "The signature has attributes that are not signed, such as a timestamp. Sign without them.";
        return Err(defect(DefectCode::SignatureUnsigned, message));
    }
    Ok(signer)
}

/// The versions depend on how the signer is named (RFC 5652, sections 5.1 and 5.3).
fn check_versions(version: &[u8], signer: &SignerInfo<'_>) -> Result<(), Defect> {
    let expected = match signer.id {
        SignerId::IssuerAndSerialNumber(_) => ONE,
        SignerId::SubjectKeyIdentifier(_) => THREE,
    };
    if version == expected && signer.version == expected {
        return Ok(());
    }
    let message = "The versions in the signature are not those of RFC 5652. Sign with another tool, such as openssl.";
    Err(defect(DefectCode::SignatureFormat, message))
}

/// The digest, if message, signer and the signature's algorithm agree on it. That algorithm may name none.
fn agree_on_digest(declared: Option<Hash>, signer: &SignerInfo<'_>) -> Result<Hash, Defect> {
    let algorithm = signer.signature_algorithm;
    let found = signer.digest_algorithm.hash().filter(|hash| {
        let agrees = algorithm.is_rsa() || algorithm.hash_of_signature() == Some(*hash);
        declared == Some(*hash) && agrees
    });
    found.ok_or_else(|| {
        let message = "The signature has to be RSA (PKCS #1 v1.5) with SHA-256, which openssl makes with -md sha256; SHA-1, \
                       SHA-384 and SHA-512 are accepted too.";
        defect(DefectCode::SignatureAlgorithm, message)
    })
}
