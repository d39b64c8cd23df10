//! One X.509 certificate (RFC 5280), with the facts that matter for passes.

use std::fmt;

use der::{
    AnyRef, Decode as _, Encode as _, Tag, TagNumber, Tagged as _,
    asn1::{IntRef, ObjectIdentifier},
};
use pkcs1::RsaPublicKeyRef;
use spki::SubjectPublicKeyInfoRef;

use super::{
    Hash, Rsa, SignedMessage,
    asn1::{self, TbsCertificate, element},
    name::Name,
    oid::{self, Algorithm},
    rules::{MAX_BITS, MIN_BITS},
};
use crate::digest;

/// Longest serial number, in bytes: 20 (RFC 5280, section 4.1.2.2), and one more because some issuers do not count the sign.
const MAX_SERIAL_NUMBER_BYTES: usize = 21;

/// Longest public exponent, in bytes. It is 65537 in practice, and platforms import no longer one.
const MAX_EXPONENT_BYTES: usize = 4;

/// The tag in front of a key's identifier in a signature.
pub(super) const KEY_IDENTIFIER: Tag = Tag::ContextSpecific { constructed: false, number: TagNumber(0) };

/// A certificate in DER.
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    /// The signed part.
    signed: Vec<u8>,
    /// The digest that was signed, if the algorithm is RSA and both places say so.
    hash: Option<Hash>,
    signature: Vec<u8>,
    serial_number: Vec<u8>,
    issuer: Name,
    pub(super) subject: Name,
    not_before: i64,
    not_after: i64,
    public_key: Vec<u8>,
    pub(super) extensions: Vec<Extension>,
}

/// One extension, with its kind and value as bytes.
#[derive(Clone)]
pub(super) struct Extension {
    pub(super) kind: Vec<u8>,
    pub(super) critical: bool,
    pub(super) value: Vec<u8>,
}

/// Two certificates are the same when their bytes are.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Certificate({})", self.subject())
    }
}

impl Certificate {
    /// Parses a certificate in DER. `None` for anything else. The order of sets is not checked, because some issuers get it
    /// wrong in names.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let outer = asn1::Certificate::from_der(der).ok()?;
        let inner: TbsCertificate<'_> = outer.signed.decode_as().ok()?;
        let asn1::Validity { not_before, not_after } = inner.validity;
        let is_known = inner.version <= 2;
        let is_number = inner.serial_number.decode_as::<IntRef<'_>>().is_ok();
        let is_short = inner.serial_number.value().len() <= MAX_SERIAL_NUMBER_BYTES;
        // Only the inner algorithm is signed (RFC 5280, section 4.1.1.2).
        let algorithm = Algorithm::read(outer.algorithm).filter(|_| outer.algorithm == inner.algorithm);
        let extensions = inner.extensions.unwrap_or_default().into_iter().map(|extension| Extension {
            kind: extension.kind.0.to_vec(),
            critical: extension.critical,
            value: extension.value.as_bytes().to_vec(),
        });
        (is_known && is_number && is_short).then_some(Self {
            der: der.to_vec(),
            signed: outer.signed.to_der().ok()?,
            hash: algorithm.and_then(Algorithm::hash_of_signature),
            signature: outer.signature.as_bytes()?.to_vec(),
            serial_number: inner.serial_number.value().to_vec(),
            issuer: Name::read(inner.issuer).ok()?,
            subject: Name::read(inner.subject).ok()?,
            not_before: not_before.seconds(),
            not_after: not_after.seconds(),
            public_key: inner.public_key.to_der().ok()?,
            extensions: extensions.collect(),
        })
    }

    /// The certificate in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The holder, on one line for people: `CN=Pass Type ID: pass.com.example, OU=A1B2C3D4E5, …`.
    #[must_use]
    pub fn subject(&self) -> String {
        self.subject.line()
    }

    /// The issuer, on one line for people.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.issuer.line()
    }

    /// The serial number that its issuer gave it, in lowercase hex of full bytes.
    #[must_use]
    pub fn serial_number(&self) -> String {
        // A leading zero byte only says that the number is positive.
        let bytes = self.serial_number.as_slice();
        digest::hex(bytes.strip_prefix(&[0]).filter(|rest| !rest.is_empty()).unwrap_or(bytes))
    }

    /// The first second in which it is valid, in unix seconds.
    #[must_use]
    pub fn not_before(&self) -> i64 {
        self.not_before
    }

    /// The last second in which it is valid, in unix seconds.
    #[must_use]
    pub fn not_after(&self) -> i64 {
        self.not_after
    }

    /// Whether it is valid at a time, in unix seconds.
    #[must_use]
    pub fn is_valid_at(&self, unix_seconds: i64) -> bool {
        (self.not_before..=self.not_after).contains(&unix_seconds)
    }

    /// Its key in DER (`SubjectPublicKeyInfo`), if it is RSA with a modulus of 2048 to 8192 bits.
    #[must_use]
    pub fn public_key(&self) -> Option<Vec<u8>> {
        let is_acceptable = self.key_bits().is_some_and(|bits| (MIN_BITS..=MAX_BITS).contains(&bits));
        is_acceptable.then(|| self.public_key.clone())
    }

    /// Its key, if it is RSA of any length, and has a form that platforms import: with parameters that are NULL (RFC 3279,
    /// section 2.3.1).
    pub(super) fn rsa_key(&self) -> Option<RsaPublicKeyRef<'_>> {
        let info = SubjectPublicKeyInfoRef::try_from(self.public_key.as_slice()).ok()?;
        let is_rsa = info.algorithm.oid == oid::RSA && info.algorithm.parameters.is_some_and(AnyRef::is_null);
        let key = RsaPublicKeyRef::from_der(info.subject_public_key.as_bytes().filter(|_| is_rsa)?).ok()?;
        (key.public_exponent.as_bytes().len() <= MAX_EXPONENT_BYTES).then_some(key)
    }

    /// Length of its RSA modulus in bits: the strength of the key.
    pub(super) fn key_bits(&self) -> Option<usize> {
        let key = self.rsa_key()?;
        let unused = key.modulus.as_bytes().first().map_or(0, |byte| byte.leading_zeros());
        key.modulus.as_bytes().len().checked_mul(8)?.checked_sub(usize::try_from(unused).ok()?)
    }

    /// Whether its key is on an elliptic curve.
    pub(super) fn has_curve_key(&self) -> bool {
        SubjectPublicKeyInfoRef::try_from(self.public_key.as_slice()).is_ok_and(|info| info.algorithm.oid == oid::EC)
    }

    /// Whether it names the holder of the other certificate as its issuer. The names are compared byte for byte, because
    /// issuers copy their own.
    #[must_use]
    pub fn names_as_issuer(&self, issuer: &Self) -> bool {
        self.issuer.der == issuer.subject.der
    }

    /// Whether the holder of the other certificate is named as issuer and signed it.
    pub(super) async fn is_issued_by<R: Rsa>(&self, issuer: &Self, rsa: &R) -> bool {
        match self.proof_by(issuer).filter(|_| self.names_as_issuer(issuer)) {
            Some(proof) => rsa.verify(&proof).await,
            None => false,
        }
    }

    /// Whether a signature names it as its signer's: by issuer and serial number, or by the identifier of its key (RFC 5652,
    /// section 5.3).
    pub(super) fn is_named_by(&self, signer: AnyRef<'_>) -> bool {
        if signer.tag() == Tag::Sequence {
            return signer.to_der().ok() == self.issuer_and_serial_number().ok();
        }
        let key = element(Tag::OctetString, &[signer.value()]);
        let is_key_identifier = signer.tag() == KEY_IDENTIFIER;
        is_key_identifier && key.is_ok_and(|key| self.extensions(oid::SUBJECT_KEY_IDENTIFIER).any(|value| value == key))
    }

    /// The identifier by which a signature names it (RFC 5652, section 10.2.4).
    pub(super) fn issuer_and_serial_number(&self) -> der::Result<Vec<u8>> {
        element(Tag::Sequence, &[&self.issuer.der, &element(Tag::Integer, &[&self.serial_number])?])
    }

    /// The proof that the holder of the other certificate signed this one. `None` when there can be none: the algorithm is not
    /// RSA with SHA-1 or SHA-2, the issuer has no such key, or the certificate contradicts itself.
    #[must_use]
    pub fn proof_by(&self, issuer: &Self) -> Option<SignedMessage> {
        Some(SignedMessage {
            public_key: issuer.public_key()?,
            hash: self.hash?,
            message: self.signed.clone(),
            signature: self.signature.clone(),
        })
    }

    /// The values of an extension. A certificate has at most one of each kind, but nothing enforces it.
    pub(super) fn extensions(&self, kind: ObjectIdentifier) -> impl Iterator<Item = &[u8]> {
        let of_kind = self.extensions.iter().filter(move |extension| extension.kind == kind.as_bytes());
        of_kind.map(|extension| extension.value.as_slice())
    }
}
