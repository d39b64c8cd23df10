//! The fields of a certificate (RFC 5280, section 4.1), read one after the other until nothing is left.

use super::{
    algorithm::Algorithm,
    text, time,
    value::{Bits, ONE, TWO},
};
use crate::der::{Reader, tag};
use crate::signature::Hash;

/// Longest serial number, in bytes: 20 (RFC 5280, section 4.1.2.2), and one more because some issuers do not count the sign.
const MAX_SERIAL_NUMBER_BYTES: usize = 21;

/// ```text
/// Certificate ::= SEQUENCE {
///     tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
///
/// TBSCertificate ::= SEQUENCE {
///     version [0] EXPLICIT INTEGER DEFAULT v1, serialNumber INTEGER, signature AlgorithmIdentifier,
///     issuer Name, validity SEQUENCE { notBefore Time, notAfter Time }, subject Name,
///     subjectPublicKeyInfo SubjectPublicKeyInfo, issuerUniqueID [1] IMPLICIT BIT STRING OPTIONAL,
///     subjectUniqueID [2] IMPLICIT BIT STRING OPTIONAL,
///     extensions [3] EXPLICIT SEQUENCE OF Extension OPTIONAL }
/// ```
#[derive(Clone)]
pub(super) struct Fields {
    /// The signed part, the `TBSCertificate`.
    pub(super) signed: Vec<u8>,
    /// The digest that was signed, if the algorithm is RSA and both places say so.
    pub(super) hash: Option<Hash>,
    /// The signature.
    pub(super) signature: Vec<u8>,
    /// The bytes of the INTEGER.
    pub(super) serial_number: Vec<u8>,
    /// The `Name` of the issuer.
    pub(super) issuer: Vec<u8>,
    /// The `Name` of the holder.
    pub(super) subject: Vec<u8>,
    /// The first second in which it is valid, in unix seconds.
    pub(super) not_before: i64,
    /// The last second in which it is valid, in unix seconds.
    pub(super) not_after: i64,
    /// The `SubjectPublicKeyInfo`.
    pub(super) public_key: Vec<u8>,
    /// The [`Extension`]s, one after the other.
    pub(super) extensions: Vec<u8>,
}

impl Fields {
    /// Parses a certificate's DER.
    pub(super) fn parse(der: &[u8]) -> Option<Self> {
        let mut file = Reader::new(der);
        let mut certificate = file.content(tag::SEQUENCE)?;
        file.finish()?;
        let signed = certificate.element(tag::SEQUENCE)?;
        let algorithm = Algorithm::read(&mut certificate)?;
        let signature = certificate.bits(tag::BIT_STRING)?.bytes()?;
        certificate.finish()?;
        let mut fields = Reader::new(signed.value);
        read_version(&mut fields)?;
        let serial_number = fields.integer()?.value;
        let inner_algorithm = Algorithm::read(&mut fields)?;
        let issuer = read_name(&mut fields)?;
        let (not_before, not_after) = read_validity(&mut fields)?;
        let subject = read_name(&mut fields)?;
        let public_key = read_public_key(&mut fields)?;
        let extensions = read_rest(fields)?;
        // Only the inner one is signed (RFC 5280, section 4.1.1.2).
        let algorithm = Some(algorithm).filter(|algorithm| *algorithm == inner_algorithm);
        (serial_number.len() <= MAX_SERIAL_NUMBER_BYTES).then(|| Self {
            signed: signed.der.to_vec(),
            hash: algorithm.and_then(Algorithm::hash_of_signature),
            signature: signature.to_vec(),
            serial_number: serial_number.to_vec(),
            issuer: issuer.to_vec(),
            subject: subject.to_vec(),
            not_before,
            not_after,
            public_key: public_key.to_vec(),
            extensions: extensions.to_vec(),
        })
    }
}

/// The first version is the default, and DER leaves out a default (X.690, section 11.5).
fn read_version(fields: &mut Reader<'_>) -> Option<()> {
    let version = fields.optional(tag::constructed(0));
    version.is_none_or(|version| [ONE, TWO].contains(&version.value)).then_some(())
}

fn read_name<'a>(fields: &mut Reader<'a>) -> Option<&'a [u8]> {
    let name = fields.element(tag::SEQUENCE)?.der;
    text::parts(name)?;
    Some(name)
}

fn read_validity(fields: &mut Reader<'_>) -> Option<(i64, i64)> {
    let mut validity = fields.content(tag::SEQUENCE)?;
    let both = (read_time(&mut validity)?, read_time(&mut validity)?);
    validity.finish()?;
    Some(both)
}

/// Reads a time in the form that its year requires (RFC 5280, section 4.1.2.5).
fn read_time(validity: &mut Reader<'_>) -> Option<i64> {
    let element = validity.any()?;
    time::read(element).filter(|time| time::write(*time).as_deref() == Some(element.der))
}

fn read_public_key<'a>(fields: &mut Reader<'a>) -> Option<&'a [u8]> {
    let key = fields.element(tag::SEQUENCE)?;
    let mut info = Reader::new(key.value);
    Algorithm::read(&mut info)?;
    info.bits(tag::BIT_STRING)?;
    info.finish()?;
    Some(key.der)
}

/// Reads the optional fields, and returns the content of the extensions.
fn read_rest(mut fields: Reader<'_>) -> Option<&[u8]> {
    for unique_id in [1, 2].map(tag::primitive) {
        if let Some(bits) = fields.optional(unique_id) {
            Bits::parse(bits.value)?;
        }
    }
    let extensions = fields.optional(tag::constructed(3));
    fields.finish()?;
    let Some(extensions) = extensions else { return Some(&[]) };
    let mut explicit = Reader::new(extensions.value);
    let extensions = explicit.value(tag::SEQUENCE)?;
    explicit.finish()?;
    Extension::all(extensions)?;
    Some(extensions)
}

/// ```text
/// Extension ::= SEQUENCE {
///     extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/// ```
pub(super) struct Extension<'a> {
    pub(super) kind: &'a [u8],
    pub(super) value: &'a [u8],
}

impl<'a> Extension<'a> {
    /// Reads extensions that stand one after the other.
    pub(super) fn all(extensions: &'a [u8]) -> Option<Vec<Self>> {
        Reader::new(extensions).all(Self::read)
    }

    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let mut fields = reader.content(tag::SEQUENCE)?;
        let kind = fields.identifier()?;
        fields.flag()?;
        let value = fields.value(tag::OCTET_STRING)?;
        fields.finish()?;
        Some(Self { kind, value })
    }
}
