//! The signed attributes, which say what was signed and when (RFC 5652, sections 5.3 and 11).

use super::{
    algorithm,
    envelope::{Envelope, defect},
    message::SignerInfo,
    oid, time,
};
use crate::der::{Element, Reader, tag};
use crate::{
    date,
    defect::{Defect, DefectCode},
};

/// How far ahead of the service a signer's clock may be, in seconds. A day covers a wrong time zone.
const MAX_AHEAD: i64 = 24 * 60 * 60;

/// Notes the defects of the attributes, and returns the time of the signature, in unix seconds. Unknown attributes are fine:
/// they are signed as well.
pub(super) fn check(envelope: &Envelope<'_>, manifest: &[u8], now: i64, defects: &mut Vec<Defect>) -> Option<i64> {
    defects.extend(check_content_type(&envelope.signer).err());
    defects.extend(check_digest(envelope, manifest).err());
    check_time(&envelope.signer, now).map_err(|defect| defects.push(defect)).ok()
}

fn check_content_type(signer: &SignerInfo<'_>) -> Result<(), Defect> {
    let found = match only_value(signer, oid::CONTENT_TYPE) {
        AttributeValue::One(value) => Reader::new(value.der).identifier(),
        AttributeValue::None | AttributeValue::Several => None,
    };
    if found == Some(oid::DATA) { Ok(()) } else { Err(malformed("content-type")) }
}

fn check_digest(envelope: &Envelope<'_>, manifest: &[u8]) -> Result<(), Defect> {
    let signed = match only_value(&envelope.signer, oid::MESSAGE_DIGEST) {
        AttributeValue::One(value) => Reader::new(value.der).value(tag::OCTET_STRING),
        AttributeValue::None | AttributeValue::Several => None,
    };
    let signed = signed.ok_or_else(|| malformed("message-digest"))?;
    if signed == algorithm::digest(envelope.hash, manifest) {
        return Ok(());
    }
    let message = "manifest.json was changed after it was signed, or another file was signed. Sign the manifest's exact bytes, \
                   last of all; openssl needs -binary, or it changes line ends.";
    Err(defect(DefectCode::SignatureDigest, message))
}

fn check_time(signer: &SignerInfo<'_>, now: i64) -> Result<i64, Defect> {
    let signed_at = match only_value(signer, oid::SIGNING_TIME) {
        AttributeValue::One(value) => time::read(value).ok_or_else(|| malformed("signing-time"))?,
        AttributeValue::Several => return Err(malformed("signing-time")),
        AttributeValue::None => {
            let message = "The signature does not say when it was made; Wallet refuses such a pass. Sign with the attribute \
                           signing-time, as openssl does unless told -noattr.";
            return Err(defect(DefectCode::SignatureTimeMissing, message));
        }
    };
    if signed_at > now.saturating_add(MAX_AHEAD) {
        let message = format!(
            "The signature says that it was made on {}, which is yet to come. Set the clock of the signing machine.",
            date::format(signed_at)
        );
        return Err(defect(DefectCode::SignatureTime, message));
    }
    Ok(signed_at)
}

fn malformed(name: &str) -> Defect {
    let message = format!(
        "The signature needs the signed attribute {name}, once and with one value of its type. Sign with openssl smime."
    );
    defect(DefectCode::SignatureAttribute, message)
}

/// The values of all attributes of one type.
enum AttributeValue<'a> {
    None,
    One(Element<'a>),
    Several,
}

/// The value of an attribute that must be there once, with one value.
fn only_value<'a>(signer: &SignerInfo<'a>, kind: &[u8]) -> AttributeValue<'a> {
    let all = signer.attributes.iter().flat_map(|attributes| &attributes.all);
    let mut of_kind = all.filter(|attribute| attribute.kind == kind);
    match (of_kind.next(), of_kind.next()) {
        (None, _) => AttributeValue::None,
        (Some(attribute), None) => match attribute.values.as_slice() {
            [value] => AttributeValue::One(*value),
            _ => AttributeValue::Several,
        },
        (Some(_), Some(_)) => AttributeValue::Several,
    }
}
