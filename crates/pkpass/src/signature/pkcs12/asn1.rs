//! The ASN.1 of PKCS #12 files (RFC 7292, section 4) and of what protects them (RFC 8018, appendix A), as types for the crate
//! `der`.

use der::{
    AnyRef, Sequence, Tag, TagNumber, Tagged as _,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use spki::AlgorithmIdentifierRef;

use crate::signature::{
    asn1::{Oid, Set, constructed},
    indefinite,
    oid::oid,
};

pub(super) use indefinite::make_all_definite as make_definite;

// What a part of the file is (RFC 7292, section 4.1).
pub(super) const ENCRYPTED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.6");
pub(super) const ENVELOPED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.3");

// What a bag holds (RFC 7292, section 4.2), and the one kind of certificate that is in use (section 4.2.3).
pub(super) const KEY_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.1");
pub(super) const SHROUDED_KEY_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.2");
pub(super) const CERTIFICATE_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.3");
pub(super) const SAFE_CONTENTS_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.6");
pub(super) const X509_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.22.1");

impl Oid<'_> {
    pub(super) fn is(self, kind: ObjectIdentifier) -> bool {
        self.0 == kind.as_bytes()
    }
}

/// The whole file.
#[derive(Sequence)]
pub(super) struct Pfx<'a> {
    pub(super) version: u8,
    pub(super) safe: ContentInfo<'a>,
    #[asn1(optional = "true")]
    pub(super) mac: Option<MacData<'a>>,
}

/// The file's content, or a part of it.
#[derive(Sequence)]
pub(super) struct ContentInfo<'a> {
    pub(super) kind: Oid<'a>,
    #[asn1(context_specific = "0")]
    pub(super) content: AnyRef<'a>,
}

#[derive(Sequence)]
pub(super) struct MacData<'a> {
    pub(super) mac: DigestInfo<'a>,
    pub(super) salt: &'a OctetStringRef,
    #[asn1(default = "one")]
    pub(super) iterations: u32,
}

fn one() -> u32 {
    1
}

#[derive(Sequence)]
pub(super) struct DigestInfo<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) digest: &'a OctetStringRef,
}

#[derive(Sequence)]
pub(super) struct EncryptedData<'a> {
    pub(super) version: u8,
    pub(super) content: EncryptedContent<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) attributes: Option<Set<'a>>,
}

#[derive(Sequence)]
pub(super) struct EncryptedContent<'a> {
    pub(super) kind: Oid<'a>,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    /// `[0] IMPLICIT OCTET STRING`, in one piece or in several.
    pub(super) content: AnyRef<'a>,
}

impl EncryptedContent<'_> {
    /// The encrypted bytes. `None` when they are missing.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        let tag = self.content.tag();
        if tag == constructed(0) {
            let pieces = Set(self.content.value()).members::<&OctetStringRef>().ok()?;
            return Some(pieces.iter().flat_map(|piece| piece.as_bytes()).copied().collect());
        }
        let whole = Tag::ContextSpecific { constructed: false, number: TagNumber(0) };
        (tag == whole).then(|| self.content.value().to_vec())
    }
}

/// One thing in the file.
#[derive(Sequence)]
pub(super) struct Bag<'a> {
    pub(super) kind: Oid<'a>,
    #[asn1(context_specific = "0")]
    pub(super) value: AnyRef<'a>,
    /// Its name, and which key belongs to which certificate: `friendlyName` and `localKeyID`. The key itself says more.
    #[asn1(optional = "true")]
    pub(super) attributes: Option<Set<'a>>,
}

/// `EncryptedPrivateKeyInfo` (RFC 5208, section 6).
#[derive(Sequence)]
pub(super) struct EncryptedKey<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) data: &'a OctetStringRef,
}

#[derive(Sequence)]
pub(super) struct CertificateBag<'a> {
    pub(super) kind: Oid<'a>,
    #[asn1(context_specific = "0")]
    pub(super) value: AnyRef<'a>,
}

/// The parameters of the algorithms that PKCS #12 has of its own (RFC 7292, appendix C).
#[derive(Sequence)]
pub(super) struct Pkcs12Parameters<'a> {
    pub(super) salt: &'a OctetStringRef,
    pub(super) iterations: u32,
}

/// The parameters of PBES2 and PBMAC1: how the key is derived, and what it is for (RFC 8018, appendices A.4 and A.5).
#[derive(Sequence)]
pub(super) struct Pkcs5Parameters<'a> {
    pub(super) derivation: AlgorithmIdentifierRef<'a>,
    pub(super) scheme: AlgorithmIdentifierRef<'a>,
}

/// The parameters of PBKDF2 (RFC 8018, appendix A.2).
#[derive(Sequence)]
pub(super) struct Pbkdf2Parameters<'a> {
    pub(super) salt: &'a OctetStringRef,
    pub(super) iterations: u32,
    #[asn1(optional = "true")]
    pub(super) key_length: Option<u16>,
    #[asn1(optional = "true")]
    pub(super) function: Option<AlgorithmIdentifierRef<'a>>,
}
