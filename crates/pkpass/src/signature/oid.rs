//! Object identifiers. They name everything in a certificate or signature.

use der::{AnyRef, asn1::ObjectIdentifier};
use spki::AlgorithmIdentifierRef;

use super::Hash;

const fn oid(numbers: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(numbers)
}

/// The content "just bytes" (RFC 5652, section 4).
pub(super) const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
/// The content `SignedData` (RFC 5652, section 5.1).
pub(super) const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");

/// Signed attribute: the type of what was signed (RFC 5652, section 11.1).
pub(super) const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
/// Signed attribute: the digest of what was signed (RFC 5652, section 11.2).
pub(super) const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
/// Signed attribute: when it was signed (RFC 5652, section 11.3).
pub(super) const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");

/// RSA keys, and RSASSA-PKCS1-v1_5 with a digest named elsewhere (RFC 3370, section 3.2).
pub(super) const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
/// RSASSA-PSS (RFC 4055, section 3.1).
pub(super) const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
/// Keys on an elliptic curve (RFC 5480, section 2.1.1).
pub(super) const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");

/// SHA-256 (RFC 5754, section 2.2).
pub(super) const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");

/// The digests, with their own numbers (RFC 3370 and RFC 5754, section 2) and those of RSA with them (RFC 3279, section 2.2.1;
/// RFC 4055, section 5).
const HASHES: [(Hash, ObjectIdentifier, ObjectIdentifier); 4] = [
    (Hash::Sha1, oid("1.3.14.3.2.26"), oid("1.2.840.113549.1.1.5")),
    (Hash::Sha256, SHA256, oid("1.2.840.113549.1.1.11")),
    (Hash::Sha384, oid("2.16.840.1.101.3.4.2.2"), oid("1.2.840.113549.1.1.12")),
    (Hash::Sha512, oid("2.16.840.1.101.3.4.2.3"), oid("1.2.840.113549.1.1.13")),
];

/// Part of a name: `CN` (RFC 4519).
pub(super) const COMMON_NAME: ObjectIdentifier = oid("2.5.4.3");
/// Part of a name: `C` (RFC 4519).
pub(super) const COUNTRY: ObjectIdentifier = oid("2.5.4.6");
/// Part of a name: `O` (RFC 4519).
pub(super) const ORGANIZATION: ObjectIdentifier = oid("2.5.4.10");
/// Part of a name: `OU` (RFC 4519), which holds the team in Apple's certificates.
pub(super) const UNIT: ObjectIdentifier = oid("2.5.4.11");
/// Part of a name: `UID` (RFC 4519), which holds the pass type in Apple's certificates.
pub(super) const USER_ID: ObjectIdentifier = oid("0.9.2342.19200300.100.1.1");

/// Extension: a name for the certificate's key (RFC 5280, section 4.2.1.2).
pub(super) const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.14");
/// Extension: the uses of the key (RFC 5280, section 4.2.1.3).
pub(super) const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
/// Extension: whether the holder may issue certificates (RFC 5280, section 4.2.1.9).
pub(super) const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
/// Extension: the purposes of the key (RFC 5280, section 4.2.1.12).
pub(super) const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
/// Other extensions that openssl takes when they are critical: alternative names, constraints, policies and revocation lists
/// (RFC 5280, section 4.2.1).
pub(super) const HARMLESS: [ObjectIdentifier; 7] = [
    oid("2.5.29.17"),
    oid("2.5.29.30"),
    oid("2.5.29.31"),
    oid("2.5.29.32"),
    oid("2.5.29.33"),
    oid("2.5.29.36"),
    oid("2.5.29.54"),
];
/// Extensions of Apple's own begin with this.
pub(super) const APPLE: ObjectIdentifier = oid("1.2.840.113635.100.6");
/// Extension: the pass type, in Apple's certificates.
pub(super) const PASS_TYPE: ObjectIdentifier = oid("1.2.840.113635.100.6.1.16");
/// Extension: the certificate is for passes with NFC.
pub(super) const NFC: ObjectIdentifier = oid("1.2.840.113635.100.6.1.26");
/// Purpose: signing passes.
pub(super) const SIGN_PASSES: ObjectIdentifier = oid("1.2.840.113635.100.4.14");

/// An algorithm and the kinds of it that passes use.
#[derive(Clone, Copy)]
pub(super) struct Algorithm<'a>(AlgorithmIdentifierRef<'a>);

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
