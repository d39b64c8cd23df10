//! Object identifiers. They name everything in a certificate or signature.

use der::{AnyRef, Encode as _, Tag, asn1::ObjectIdentifier};
use spki::AlgorithmIdentifierRef;

use super::{Hash, asn1::element};

/// An object identifier from its numbers; any mistake ends the compilation.
pub(super) const fn oid(numbers: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(numbers)
}

// Contents: just bytes, and a signature (RFC 5652, sections 4 and 5.1).
pub(super) const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
pub(super) const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");

// Signed attributes (RFC 5652, section 11).
pub(super) const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
pub(super) const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
pub(super) const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");

// Keys (RFC 8017, appendix C; RFC 5480, section 2.1.1). The first is RSASSA-PKCS1-v1_5 with a digest named elsewhere, too (RFC
// 3370, section 3.2).
pub(super) const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
pub(super) const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
pub(super) const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 4055, section 5).
pub(super) const SHA256_WITH_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
pub(super) const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
/// The digests, with their own numbers (RFC 3370 and RFC 5754, section 2) and those of RSA with them (RFC 3279, section 2.2.1;
/// RFC 4055, section 5).
const HASHES: [(Hash, ObjectIdentifier, ObjectIdentifier); 4] = [
    (Hash::Sha1, oid("1.3.14.3.2.26"), oid("1.2.840.113549.1.1.5")),
    (Hash::Sha256, SHA256, SHA256_WITH_RSA),
    (Hash::Sha384, oid("2.16.840.1.101.3.4.2.2"), oid("1.2.840.113549.1.1.12")),
    (Hash::Sha512, oid("2.16.840.1.101.3.4.2.3"), oid("1.2.840.113549.1.1.13")),
];

// Parts of names (RFC 4519). Apple's certificates have the team in OU and the pass type in UID.
pub(super) const COMMON_NAME: ObjectIdentifier = oid("2.5.4.3");
pub(super) const COUNTRY: ObjectIdentifier = oid("2.5.4.6");
pub(super) const ORGANIZATION: ObjectIdentifier = oid("2.5.4.10");
pub(super) const UNIT: ObjectIdentifier = oid("2.5.4.11");
pub(super) const USER_ID: ObjectIdentifier = oid("0.9.2342.19200300.100.1.1");

/// Extension: the identifier of the certificate's key (RFC 5280, section 4.2.1.2).
pub(super) const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.14");

/// `rsaEncryption` in DER.
pub(super) fn rsa_algorithm() -> der::Result<Vec<u8>> {
    algorithm(RSA)
}

/// An algorithm of RSA in DER. Its parameters are NULL (RFC 4055, section 5; RFC 3279, section 2.3.1).
pub(super) fn algorithm(kind: ObjectIdentifier) -> der::Result<Vec<u8>> {
    element(Tag::Sequence, &[&kind.to_der()?, &AnyRef::NULL.to_der()?])
}

/// An algorithm and the kinds of it that passes use.
#[derive(Clone, Copy)]
pub(super) struct Algorithm<'a>(AlgorithmIdentifierRef<'a>);

impl<'a> From<AlgorithmIdentifierRef<'a>> for Algorithm<'a> {
    fn from(algorithm: AlgorithmIdentifierRef<'a>) -> Self {
        Self(algorithm)
    }
}

impl<'a> Algorithm<'a> {
    /// `None` when it is malformed.
    pub(super) fn read(any: AnyRef<'a>) -> Option<Self> {
        any.decode_as().ok().map(Self)
    }

    pub(super) fn is(self, kind: ObjectIdentifier) -> bool {
        self.0.oid == kind
    }

    /// The digest that it is.
    pub(super) fn hash(self) -> Option<Hash> {
        HASHES.into_iter().find(|(_, digest, _)| self.is(*digest) && self.has_no_parameters()).map(|(hash, ..)| hash)
    }

    /// The digest inside an RSA signature whose identifier names both, such as `sha256WithRSAEncryption`.
    pub(super) fn hash_of_signature(self) -> Option<Hash> {
        HASHES.into_iter().find(|(.., signature)| self.is(*signature) && self.has_no_parameters()).map(|(hash, ..)| hash)
    }

    /// Absent and NULL mean the same, and both are in use (RFC 5754, section 2).
    pub(super) fn has_no_parameters(self) -> bool {
        self.0.parameters.is_none_or(AnyRef::is_null)
    }
}
