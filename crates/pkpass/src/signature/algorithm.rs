//! The algorithms of signatures: RSASSA-PKCS1-v1_5 with a digest of the SHA family, in its two spellings.

use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::{
    oid,
    value::NULL,
    write::{identifier, sequence},
};
use crate::der::{Element, Reader, tag};
use crate::signature::Hash;

/// The digests, with their own numbers and those of a signature made with them.
const HASHES: [(Hash, &[u8], &[u8]); 4] = [
    (Hash::Sha1, oid::SHA1, oid::SHA1_WITH_RSA),
    (Hash::Sha256, oid::SHA256, oid::SHA256_WITH_RSA),
    (Hash::Sha384, oid::SHA384, oid::SHA384_WITH_RSA),
    (Hash::Sha512, oid::SHA512, oid::SHA512_WITH_RSA),
];

/// `AlgorithmIdentifier` (RFC 5280, section 4.1.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Algorithm<'a> {
    oid: &'a [u8],
    parameters: Option<Element<'a>>,
}

impl<'a> Algorithm<'a> {
    /// Reads the next element.
    pub(super) fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let mut fields = reader.content(tag::SEQUENCE)?;
        let oid = fields.identifier()?;
        let parameters = if fields.is_finished() { None } else { Some(fields.any()?) };
        fields.finish()?;
        Some(Self { oid, parameters })
    }

    /// The digest. `None` for any other algorithm.
    pub(super) fn hash(self) -> Option<Hash> {
        let known = HASHES.into_iter().find(|(_, digest, _)| *digest == self.oid)?;
        self.has_no_parameters().then_some(known.0)
    }

    /// The digest inside an RSA signature whose identifier names both, such as `sha256WithRSAEncryption`.
    pub(super) fn hash_of_signature(self) -> Option<Hash> {
        let known = HASHES.into_iter().find(|(_, _, signature)| *signature == self.oid)?;
        self.has_no_parameters().then_some(known.0)
    }

    /// Whether it is plain `rsaEncryption`, which does not name the digest.
    pub(super) fn is_rsa(self) -> bool {
        self.is_rsa_key() && self.has_no_parameters()
    }

    /// Whether it is the algorithm of RSA keys, with any parameters.
    pub(super) fn is_rsa_key(self) -> bool {
        self.oid == oid::RSA
    }

    /// Whether the parameters are there and NULL.
    pub(super) fn has_null(self) -> bool {
        self.parameters.is_some_and(|parameters| parameters.der == NULL)
    }

    /// Absent and NULL mean the same, and both are in use (RFC 5754, section 2).
    fn has_no_parameters(self) -> bool {
        self.parameters.is_none() || self.has_null()
    }
}

/// `rsaEncryption` in DER.
pub(super) fn rsa() -> Vec<u8> {
    sequence(&[&identifier(oid::RSA), NULL])
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
