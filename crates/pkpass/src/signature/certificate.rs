//! One X.509 certificate (RFC 5280), with the facts that matter for passes.

use std::fmt;

use super::{
    fields::{Extension, Fields},
    key::RsaKey,
    oid, text,
    write::{element, sequence},
};
use crate::der::{Reader, tag};
use crate::{digest, signature::SignedMessage};

/// The common name of a pass certificate begins with this.
const COMMON_NAME_PREFIX: &str = "Pass Type ID: ";

/// The bit of the extension "key usage" that allows the key to sign certificates (RFC 5280, section 4.2.1.3). Bit 5 counts from
/// the highest.
const KEY_CERT_SIGN: u8 = 0x80 >> 5;

/// A certificate in DER.
#[derive(Clone)]
pub struct Certificate {
    fields: Fields,
    der: Vec<u8>,
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
        Fields::parse(der).map(|fields| Self { fields, der: der.to_vec() })
    }

    /// The certificate in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The holder, on one line for people: `CN=Pass Type ID: pass.com.example, OU=A1B2C3D4E5, …`.
    #[must_use]
    pub fn subject(&self) -> String {
        text::format_name(&self.fields.subject)
    }

    /// The issuer, on one line for people.
    #[must_use]
    pub fn issuer(&self) -> String {
        text::format_name(&self.fields.issuer)
    }

    /// The serial number that its issuer gave it, in lowercase hex of full bytes.
    #[must_use]
    pub fn serial_number(&self) -> String {
        // A leading zero byte only says that the number is positive.
        let bytes = self.fields.serial_number.as_slice();
        digest::hex(bytes.strip_prefix(&[0]).filter(|rest| !rest.is_empty()).unwrap_or(bytes))
    }

    /// The pass type that it may sign for: the text after `Pass Type ID: ` in the `CN` of its subject, or the `UID` if Apple's
    /// extension 1.2.840.113635.100.6.1.16 has the same value. A `UID` alone is not enough, because certificates for pushing to
    /// apps have one too. `None` when it names none, or when the three differ.
    #[must_use]
    pub fn pass_type(&self) -> Option<String> {
        let subject = &self.fields.subject;
        let common = text::values(subject, oid::COMMON_NAME);
        let mut common = common.filter_map(|name| name.strip_prefix(COMMON_NAME_PREFIX).map(str::to_owned));
        let mut users = text::values(subject, oid::USER_ID);
        let mut extended = self.extensions(oid::PASS_TYPE).map(|value| read_text(value).unwrap_or_default());
        let pass_type = match common.next() {
            Some(name) => name,
            None => users.next().filter(|user| extended.next().is_some_and(|value| value == *user))?,
        };
        common.chain(users).chain(extended).all(|other| other == pass_type).then_some(pass_type)
    }

    /// The holder's team: the `OU` of its subject, 10 letters and digits in Apple's certificates. `None` when it names none, or
    /// several.
    #[must_use]
    pub fn team(&self) -> Option<String> {
        let mut units = text::values(&self.fields.subject, oid::UNIT);
        units.next().filter(|team| !team.is_empty() && units.next().is_none())
    }

    /// The first second in which it is valid, in unix seconds.
    #[must_use]
    pub fn not_before(&self) -> i64 {
        self.fields.not_before
    }

    /// The last second in which it is valid, in unix seconds.
    #[must_use]
    pub fn not_after(&self) -> i64 {
        self.fields.not_after
    }

    /// Whether it is valid at a time, in unix seconds.
    #[must_use]
    pub fn is_valid_at(&self, unix_seconds: i64) -> bool {
        (self.not_before()..=self.not_after()).contains(&unix_seconds)
    }

    /// Its key in DER (`SubjectPublicKeyInfo`), if it is RSA with a modulus of 2048 to 8192 bits.
    #[must_use]
    pub fn public_key(&self) -> Option<Vec<u8>> {
        self.rsa_key().filter(RsaKey::is_acceptable)?;
        Some(self.fields.public_key.clone())
    }

    /// Its key, if it is RSA, of any length.
    pub(super) fn rsa_key(&self) -> Option<RsaKey> {
        RsaKey::from_info(&self.fields.public_key)
    }

    /// Whether its holder may issue certificates (RFC 5280, sections 4.2.1.3 and 4.2.1.9).
    #[must_use]
    pub fn is_authority(&self) -> bool {
        let mut constraints = self.extensions(oid::BASIC_CONSTRAINTS);
        let is_authority = constraints.next().and_then(read_authority) == Some(true) && constraints.next().is_none();
        is_authority && self.extensions(oid::KEY_USAGE).all(|usage| may_issue(usage).unwrap_or_default())
    }

    /// Whether it names the holder of the other certificate as its issuer. The names are compared byte for byte, because
    /// issuers copy their own.
    #[must_use]
    pub fn names_as_issuer(&self, issuer: &Self) -> bool {
        self.fields.issuer == issuer.fields.subject
    }

    /// The identifier by which a signature names it (RFC 5652, section 10.2.4).
    pub(super) fn issuer_and_serial_number(&self) -> Vec<u8> {
        sequence(&[&self.fields.issuer, &element(tag::INTEGER, &[&self.fields.serial_number])])
    }

    /// Whether its key has this identifier (RFC 5280, section 4.2.1.2).
    pub(super) fn has_key_identifier(&self, identifier: &[u8]) -> bool {
        let mut found = self.extensions(oid::SUBJECT_KEY_IDENTIFIER);
        found.any(|value| value == element(tag::OCTET_STRING, &[identifier]))
    }

    /// The proof that the holder of the other certificate signed this one. `None` when there can be none: the algorithm is not
    /// RSA with SHA-1 or SHA-2, the issuer has no such key, or the certificate contradicts itself.
    #[must_use]
    pub fn proof_by(&self, issuer: &Self) -> Option<SignedMessage> {
        Some(SignedMessage {
            public_key: issuer.public_key()?,
            hash: self.fields.hash?,
            message: self.fields.signed.clone(),
            signature: self.fields.signature.clone(),
        })
    }

    /// The values of an extension. A certificate has at most one of each kind, but nothing enforces it.
    fn extensions(&self, kind: &'static [u8]) -> impl Iterator<Item = &[u8]> {
        let all = Extension::all(&self.fields.extensions).unwrap_or_default().into_iter();
        all.filter(move |extension| extension.kind == kind).map(|extension| extension.value)
    }
}

/// The text in an extension's value.
fn read_text(value: &[u8]) -> Option<String> {
    let mut reader = Reader::new(value);
    let text = reader.any()?;
    reader.finish()?;
    text::decode_string(text.tag, text.value)
}

/// Reads basic constraints, and returns whether the holder is an authority:
///
/// ```text
/// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }
/// ```
fn read_authority(constraints: &[u8]) -> Option<bool> {
    let mut reader = Reader::new(constraints);
    let mut fields = reader.content(tag::SEQUENCE)?;
    reader.finish()?;
    let is_authority = fields.flag()?;
    if !fields.is_finished() {
        fields.unsigned()?;
    }
    fields.finish()?;
    Some(is_authority)
}

/// Whether a key usage, a BIT STRING, allows to sign certificates.
fn may_issue(usage: &[u8]) -> Option<bool> {
    let mut reader = Reader::new(usage);
    let bits = reader.bits(tag::BIT_STRING)?;
    reader.finish()?;
    Some(bits.first() & KEY_CERT_SIGN != 0)
}
