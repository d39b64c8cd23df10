//! The CMS structure around a signature (RFC 5652, sections 3 and 5), parsed but not checked.
//!
//! It parses every byte, except included content and the optional fields that passes do not have. The caller refuses both.

use super::{algorithm::Algorithm, oid};
use crate::der::{Element, Reader, tag};

/// ```text
/// SignedData ::= SEQUENCE {
///     version CMSVersion, digestAlgorithms SET OF AlgorithmIdentifier,
///     encapContentInfo SEQUENCE {
///         eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT OCTET STRING OPTIONAL },
///     certificates [0] IMPLICIT SET OF CertificateChoices OPTIONAL,
///     crls [1] IMPLICIT SET OF RevocationInfoChoice OPTIONAL,
///     signerInfos SET OF SignerInfo }
/// ```
pub(super) struct Message<'a> {
    /// The INTEGER.
    pub(super) version: &'a [u8],
    pub(super) digest_algorithms: Vec<Algorithm<'a>>,
    pub(super) content_type: &'a [u8],
    /// Whether the content is included. It is not parsed.
    pub(super) is_attached: bool,
    /// The elements in the place of certificates. They are not parsed.
    pub(super) certificates: Vec<Element<'a>>,
    /// Whether there are revocation lists. They are not parsed.
    pub(super) has_revocations: bool,
    pub(super) signers: Vec<SignerInfo<'a>>,
}

/// ```text
/// SignerInfo ::= SEQUENCE {
///     version CMSVersion, sid SignerIdentifier, digestAlgorithm AlgorithmIdentifier,
///     signedAttrs [0] IMPLICIT SET OF Attribute OPTIONAL, signatureAlgorithm AlgorithmIdentifier,
///     signature OCTET STRING, unsignedAttrs [1] IMPLICIT SET OF Attribute OPTIONAL }
/// ```
pub(super) struct SignerInfo<'a> {
    /// The INTEGER.
    pub(super) version: &'a [u8],
    pub(super) id: SignerId<'a>,
    pub(super) digest_algorithm: Algorithm<'a>,
    pub(super) attributes: Option<SignedAttributes<'a>>,
    pub(super) signature_algorithm: Algorithm<'a>,
    pub(super) signature: &'a [u8],
    /// Whether there are attributes that are not signed. They are not parsed.
    pub(super) has_unsigned: bool,
}

/// The name of the signer's certificate.
#[derive(Clone, Copy)]
pub(super) enum SignerId<'a> {
    /// The SEQUENCE of issuer and serial number. It is compared with those of certificates, not parsed.
    IssuerAndSerialNumber(&'a [u8]),
    /// The identifier of its key.
    SubjectKeyIdentifier(&'a [u8]),
}

/// The signed attributes.
pub(super) struct SignedAttributes<'a> {
    /// The content of the set.
    pub(super) value: &'a [u8],
    pub(super) all: Vec<Attribute<'a>>,
}

/// ```text
/// Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }
/// ```
pub(super) struct Attribute<'a> {
    pub(super) kind: &'a [u8],
    pub(super) values: Vec<Element<'a>>,
}

impl<'a> Message<'a> {
    /// Parses a file with definite lengths:
    ///
    /// ```text
    /// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData }
    /// ```
    pub(super) fn parse(file: &'a [u8]) -> Option<Self> {
        let mut file = Reader::new(file);
        let mut info = file.content(tag::SEQUENCE)?;
        file.finish()?;
        info.identifier().filter(|kind| *kind == oid::SIGNED_DATA)?;
        let mut content = info.content(tag::constructed(0))?;
        info.finish()?;
        let mut fields = content.content(tag::SEQUENCE)?;
        content.finish()?;
        let version = fields.integer()?.der;
        let digest_algorithms = fields.content(tag::SET)?.all(Algorithm::read)?;
        let mut content = fields.content(tag::SEQUENCE)?;
        let content_type = content.identifier()?;
        let is_attached = content.optional(tag::constructed(0)).is_some();
        content.finish()?;
        let certificates = fields.optional(tag::constructed(0));
        let certificates = certificates.map_or(&[][..], |certificates| certificates.value);
        let certificates = Reader::new(certificates).all(Reader::any)?;
        let has_revocations = fields.optional(tag::constructed(1)).is_some();
        let signers = fields.content(tag::SET)?.all(SignerInfo::read)?;
        fields.finish()?;
        Some(Self { version, digest_algorithms, content_type, is_attached, certificates, has_revocations, signers })
    }
}

impl<'a> SignerInfo<'a> {
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let mut fields = reader.content(tag::SEQUENCE)?;
        let version = fields.integer()?.der;
        let id = SignerId::read(&mut fields)?;
        let digest_algorithm = Algorithm::read(&mut fields)?;
        let attributes = match fields.optional(tag::constructed(0)) {
            Some(attributes) => Some(SignedAttributes::parse(attributes.value)?),
            None => None,
        };
        let signature_algorithm = Algorithm::read(&mut fields)?;
        let signature = fields.value(tag::OCTET_STRING)?;
        let has_unsigned = fields.optional(tag::constructed(1)).is_some();
        fields.finish()?;
        Some(Self { version, id, digest_algorithm, attributes, signature_algorithm, signature, has_unsigned })
    }
}

impl<'a> SignerId<'a> {
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        Some(match reader.optional(tag::SEQUENCE) {
            Some(both) => Self::IssuerAndSerialNumber(both.der),
            None => Self::SubjectKeyIdentifier(reader.value(tag::primitive(0))?),
        })
    }
}

impl<'a> SignedAttributes<'a> {
    /// Parses the content of the set.
    pub(super) fn parse(value: &'a [u8]) -> Option<Self> {
        Some(Self { value, all: Reader::new(value).all(Attribute::read)? })
    }
}

impl<'a> Attribute<'a> {
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let mut fields = reader.content(tag::SEQUENCE)?;
        let kind = fields.identifier()?;
        let values = fields.content(tag::SET)?.all(Reader::any)?;
        fields.finish()?;
        Some(Self { kind, values })
    }
}
