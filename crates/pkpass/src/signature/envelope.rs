//! The CMS structure around a signature (RFC 5652, section 5), reduced to the form that passes have: detached, one signer, the
//! certificates inside, nothing else.
//!
//! The form is strict: every byte of an accepted file has a meaning. Tools write some things in two ways, and both are
//! accepted: an algorithm's parameters NULL or absent; the signature's algorithm plain RSA or with its digest; the signer named
//! by issuer and serial number or by key; the certificates in any order, with others that are signed by themselves or each
//! other; the manifest attached. None of that decides which key has to have signed.
//!
//! What is wrong is noted, and read all the same if it can be, so that the issuer learns what else is wrong.

use std::borrow::Cow;

use base64ct::{Base64, Encoding as _};
use der::{AnyRef, Decode as _, Encode as _, Tag, Tagged as _, asn1::OctetStringRef};

use super::{
    Certificate, Hash,
    asn1::{ContentInfo, EncapsulatedContent, Oid, Set, SignedData, SignerInfo, element},
    certificate::KEY_IDENTIFIER,
    indefinite,
    oid::{self, Algorithm},
};
use crate::{
    defect::{Defect, DefectCode},
    layout::SIGNATURE,
    pem,
    report::Notes,
    warning::{Warning, WarningCode},
};

/// Largest signature, in bytes. One with three certificates has about five thousand.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// Most certificates in a signature: each may have to be verified.
pub(super) const MAX_CERTIFICATES: usize = 8;

/// The parts of a signature that the checks go on with.
pub(super) struct Envelope<'a> {
    /// The signer's part, with the signature.
    pub(super) signer: SignerInfo<'a>,
    /// The type of what is signed, as the message says.
    pub(super) content_type: Oid<'a>,
    /// The digest of what is signed, if it is known.
    pub(super) hash: Option<Hash>,
    /// Whether the signature's algorithm is RSA with that digest.
    pub(super) is_rsa: bool,
    /// The certificates inside, in their order, each once.
    pub(super) certificates: Vec<Certificate>,
}

/// A defect of the signature.
pub(super) fn defect(code: DefectCode, message: impl Into<String>) -> Defect {
    Defect::in_file(code, SIGNATURE, message)
}

const SIGN: &str = "Sign with `openssl smime -sign -binary -signer certificate.pem -inkey key.pem -certfile wwdr.pem -in \
                    manifest.json -outform DER -out signature`.";

/// The signature in DER, with definite lengths. `None` after noting why there is none.
pub(super) fn to_der<'a>(file: &'a [u8], notes: &mut Notes) -> Option<Cow<'a, [u8]>> {
    if file.len() > MAX_BYTES {
        let message = format!("The signature has {} bytes; at most {MAX_BYTES} are accepted.", file.len());
        notes.push(defect(DefectCode::SignatureFormat, message));
        return None;
    }
    let mut file = Cow::Borrowed(file);
    if let Some(decoded) = decode_text(&file) {
        let message = format!("The signature is text (PEM, S/MIME or base64), but has to be in DER. {SIGN}");
        notes.push(defect(DefectCode::SignatureFormat, message));
        file = Cow::Owned(decoded);
    }
    if !indefinite::is_indefinite(&file) {
        return Some(file);
    }
    let definite = indefinite::make_definite(&file);
    if definite.is_none() {
        notes.push(unreadable());
    }
    definite.map(Cow::Owned)
}

/// The bytes that a text encodes: PEM, or the base64 at the end of a message or of nothing. All signatures begin with the same
/// two characters.
fn decode_text(file: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(file).ok()?;
    if let Some(block) = pem::blocks(text).next() {
        return block.bytes();
    }
    let is_first = |line: &&str| line.starts_with("MI") && !line.starts_with("MIME-");
    let lines = text.lines().map(str::trim).skip_while(|line| !is_first(line));
    let base64: String = lines.take_while(|line| !line.is_empty() && !line.starts_with('-')).collect();
    Base64::decode_vec(&base64).ok().filter(|bytes| !bytes.is_empty())
}

fn unreadable() -> Defect {
    let message = format!("The signature cannot be read as a PKCS #7 (CMS) signature in DER. {SIGN}");
    defect(DefectCode::SignatureFormat, message)
}

impl<'a> Envelope<'a> {
    /// Reads a file from [`to_der`]. `None` after noting why it cannot be read.
    pub(super) fn read(file: &'a [u8], manifest: &[u8], notes: &mut Notes) -> Option<Self> {
        let read = ContentInfo::from_der(file).ok().filter(|info| info.kind.0 == oid::SIGNED_DATA.as_bytes());
        let parts = read.and_then(|info| Some((info.content.signers.members::<SignerInfo<'_>>().ok()?, info.content)));
        let Some((signers, message)) = parts else {
            notes.push(unreadable());
            return None;
        };
        check_content(&message.content, manifest, notes);
        if message.revocations.is_some() {
            let text = "The signature contains revocation lists. Sign without them.";
            notes.push(defect(DefectCode::SignatureFormat, text));
        }
        let certificates = message.certificates.map(|set| read_certificates(set, notes)).unwrap_or_default();
        let signer = only_signer(signers, notes)?;
        check_versions(&message, &signer, notes);
        let (hash, is_rsa) = check_algorithms(&message, &signer, notes);
        Some(Self { signer, content_type: message.content.kind, hash, is_rsa, certificates })
    }

    /// The bytes that are signed: the attributes as a SET (RFC 5652, section 5.4), in the order of the file, as tools that do
    /// not sort them, as DER requires, sign them unsorted; the manifest itself without any.
    pub(super) fn signed_bytes(&self, manifest: &[u8]) -> Option<Vec<u8>> {
        match self.signer.attributes {
            Some(Set(attributes)) => element(Tag::Set, &[attributes]).ok(),
            None => Some(manifest.to_vec()),
        }
    }
}

/// The content is plain bytes, and not included unless it is the manifest.
fn check_content(content: &EncapsulatedContent<'_>, manifest: &[u8], notes: &mut Notes) {
    if content.kind.0 != oid::DATA.as_bytes() {
        let message = "What is signed has to be declared as data (1.2.840.113549.1.7.1).";
        notes.push(defect(DefectCode::SignatureFormat, message));
    }
    let advice = "Make it detached: leave out openssl's options -nodetach and -stream.";
    match content.content.map(AnyRef::decode_as::<&OctetStringRef>) {
        None => {}
        Some(Ok(attached)) if attached.as_bytes() == manifest => {
            let message = format!("The signature contains manifest.json once more, which Apple's tools leave out. {advice}");
            notes.warn(Warning::in_file(WarningCode::SignatureAttached, SIGNATURE, message));
        }
        Some(_) => {
            let message = format!("The signature contains what it signs, and that is not manifest.json. {advice}");
            notes.push(defect(DefectCode::SignatureAttached, message));
        }
    }
}

fn read_certificates(included: Set<'_>, notes: &mut Notes) -> Vec<Certificate> {
    let mut certificates = Vec::new();
    let Ok(included) = included.members::<AnyRef<'_>>() else {
        notes.push(unreadable());
        return certificates;
    };
    if included.len() > MAX_CERTIFICATES {
        let count = included.len();
        let message =
            format!("The signature contains {count} certificates. Include the pass certificate and its intermediate.");
        notes.push(defect(DefectCode::SignatureCertificateExtra, message));
    }
    for choice in included {
        // X.509 certificates are the only choice with this tag (RFC 5652, section 10.2.2).
        let certificate = (choice.tag() == Tag::Sequence).then(|| Certificate::from_der(&choice.to_der().ok()?)).flatten();
        match certificate {
            Some(certificate) if certificates.contains(&certificate) => {}
            Some(certificate) => certificates.push(certificate),
            None => {
                let message = "The signature contains a certificate that cannot be read as one of X.509. Leave it out, or \
                               include it as its authority issued it.";
                notes.push(defect(DefectCode::SignatureFormat, message));
            }
        }
    }
    certificates
}

/// The first signer.
fn only_signer<'a>(signers: Vec<SignerInfo<'a>>, notes: &mut Notes) -> Option<SignerInfo<'a>> {
    if signers.len() != 1 {
        let message = format!("The signature has {} signers. Sign once, with the pass certificate.", signers.len());
        notes.push(defect(DefectCode::SignatureFormat, message));
    }
    let signer = signers.into_iter().next()?;
    if signer.unsigned.is_some() {
        let message = "The signature has attributes that are not signed, such as a timestamp. Sign without them.";
        notes.push(defect(DefectCode::SignatureUnsigned, message));
    }
    Some(signer)
}

/// The versions depend on how the signer is named, and the message's on the type of its content too (RFC 5652, sections 5.1 and
/// 5.3).
fn check_versions(message: &SignedData<'_>, signer: &SignerInfo<'_>, notes: &mut Notes) {
    let expected = match signer.id.tag() {
        Tag::Sequence => Some(1),
        KEY_IDENTIFIER => Some(3),
        _ => None,
    };
    let is_plain = message.content.kind.0 == oid::DATA.as_bytes();
    let of_message = expected.map(|version| if is_plain { version } else { 3 });
    if Some(message.version) != of_message || Some(signer.version) != expected {
        let message = "The versions in the signature are not those of RFC 5652. Sign with another tool, such as openssl.";
        notes.push(defect(DefectCode::SignatureFormat, message));
    }
}

/// The digest of the signer, and whether message, signer and the signature's algorithm agree on it. That algorithm may name
/// none.
fn check_algorithms(message: &SignedData<'_>, signer: &SignerInfo<'_>, notes: &mut Notes) -> (Option<Hash>, bool) {
    let hash = Algorithm::read(signer.digest_algorithm).and_then(Algorithm::hash);
    let declared = message.digest_algorithms.members::<AnyRef<'_>>().unwrap_or_default();
    let declared: Vec<_> = declared.into_iter().map(|one| Algorithm::read(one).and_then(Algorithm::hash)).collect();
    let signature = Algorithm::read(signer.signature_algorithm);
    let is_rsa = signature.is_some_and(|algorithm| {
        let is_plain = algorithm.is(oid::RSA) && algorithm.has_no_parameters();
        hash.is_some() && (is_plain || algorithm.hash_of_signature() == hash)
    });
    let reason = if hash.is_none() {
        "is over a digest other than SHA-256 (SHA-1, SHA-384 and SHA-512 are accepted too). openssl signs with SHA-256 by \
         `-md sha256`"
    } else if signature.is_some_and(|algorithm| algorithm.is(oid::RSA_PSS)) {
        "is RSA with PSS padding, and has to be RSA with PKCS #1 v1.5. Leave out openssl's rsa_padding_mode:pss"
    } else if !is_rsa {
        "is not made by RSA with the digest that it names. Sign with an RSA key, and the certificate for it"
    } else if declared != [hash] {
        "names one digest at its beginning and another at its signer. Sign with another tool, such as openssl"
    } else {
        return (hash, is_rsa);
    };
    notes.push(defect(DefectCode::SignatureAlgorithm, format!("The signature {reason}.")));
    (hash, is_rsa)
}
