//! The signed attributes, which say what was signed and when (RFC 5652, sections 5.3 and 11).

use der::{
    AnyRef,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::{
    Hash,
    asn1::{Attribute, Oid, Time},
    envelope::{Envelope, defect},
    oid,
};
use crate::{
    date,
    defect::{Defect, DefectCode},
    report::Notes,
};

/// How far ahead of the service a signer's clock may be, in seconds. A day covers a wrong time zone.
const MAX_AHEAD: i64 = 24 * 60 * 60;

/// Notes the defects of the attributes, and returns the time of the signature, in unix seconds. Unknown attributes are fine:
/// they are signed as well.
pub(super) fn check(envelope: &Envelope<'_>, manifest: &[u8], now: i64, notes: &mut Notes) -> Option<i64> {
    let Some(set) = envelope.signer.attributes else {
        let message = "The signature has no signed attributes, such as the time when it was made; Wallet refuses such a pass. \
                       Sign without openssl's -noattr.";
        notes.push(defect(DefectCode::SignatureAttribute, message));
        return None;
    };
    let Ok(attributes) = set.members::<Attribute<'_>>() else {
        notes.push(defect(DefectCode::SignatureFormat, "The signed attributes cannot be read. Sign with openssl smime."));
        return None;
    };
    let results = [
        check_content_type(&attributes, envelope.content_type),
        envelope.hash.map_or(Ok(()), |hash| check_digest(&attributes, &digest(hash, manifest))),
    ];
    for defect in results.into_iter().filter_map(Result::err) {
        notes.push(defect);
    }
    check_time(&attributes, now).map_err(|defect| notes.push(defect)).ok()
}

/// Digests bytes.
pub(super) fn digest(hash: Hash, bytes: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Sha1 => Sha1::digest(bytes).to_vec(),
        Hash::Sha256 => Sha256::digest(bytes).to_vec(),
        Hash::Sha384 => Sha384::digest(bytes).to_vec(),
        Hash::Sha512 => Sha512::digest(bytes).to_vec(),
    }
}

/// It is the type that the message says (RFC 5652, section 11.1).
fn check_content_type(attributes: &[Attribute<'_>], expected: Oid<'_>) -> Result<(), Defect> {
    let found = only_value(attributes, oid::CONTENT_TYPE)?.and_then(|value| value.decode_as().ok());
    (found == Some(expected)).then_some(()).ok_or_else(|| malformed(oid::CONTENT_TYPE))
}

fn check_digest(attributes: &[Attribute<'_>], manifest: &[u8]) -> Result<(), Defect> {
    let value = only_value(attributes, oid::MESSAGE_DIGEST)?;
    let signed = value.and_then(|value| value.decode_as::<&OctetStringRef>().ok());
    if signed.ok_or_else(|| malformed(oid::MESSAGE_DIGEST))?.as_bytes() == manifest {
        return Ok(());
    }
    let message = "manifest.json was changed after it was signed, or another file was signed. Sign the manifest's exact bytes, \
                   last of all; openssl needs -binary, or it changes line ends.";
    Err(defect(DefectCode::SignatureDigest, message))
}

fn check_time(attributes: &[Attribute<'_>], now: i64) -> Result<i64, Defect> {
    let Some(value) = only_value(attributes, oid::SIGNING_TIME)? else {
        let message = "The signature does not say when it was made; Wallet refuses such a pass. Sign with the attribute \
                       signing-time, as openssl does unless told -noattr.";
        return Err(defect(DefectCode::SignatureTimeMissing, message));
    };
    let signed_at = Time::read(value).map_err(|_| malformed(oid::SIGNING_TIME))?.seconds();
    if signed_at > now.saturating_add(MAX_AHEAD) {
        let message = format!(
            "The signature says that it was made on {}, which is yet to come. Set the clock of the signing machine.",
            date::format(signed_at)
        );
        return Err(defect(DefectCode::SignatureTime, message));
    }
    Ok(signed_at)
}

fn malformed(kind: ObjectIdentifier) -> Defect {
    let name = match kind {
        oid::CONTENT_TYPE => "content-type",
        oid::MESSAGE_DIGEST => "message-digest",
        _ => "signing-time",
    };
    let message = format!(
        "The signature needs the signed attribute {name}, once and with one value of its type. Sign with openssl smime."
    );
    defect(DefectCode::SignatureAttribute, message)
}

/// The value of an attribute that must not be there twice, nor have several values. `None` when it is not there.
fn only_value<'a>(attributes: &[Attribute<'a>], kind: ObjectIdentifier) -> Result<Option<AnyRef<'a>>, Defect> {
    let mut of_kind = attributes.iter().filter(|attribute| attribute.kind.0 == kind.as_bytes());
    match (of_kind.next(), of_kind.next()) {
        (None, _) => Ok(None),
        (Some(attribute), None) => match attribute.values.members().as_deref() {
            Ok([value]) => Ok(Some(*value)),
            _ => Err(malformed(kind)),
        },
        (Some(_), Some(_)) => Err(malformed(kind)),
    }
}
