//! One X.509 certificate (RFC 5280), with the facts that matter for passes.

use std::fmt;

use der::{
    AnyRef, Decode as _, Encode as _, Tag, TagNumber, Tagged as _,
    asn1::{BitStringRef, IntRef, ObjectIdentifier, OctetStringRef},
};
use pkcs1::RsaPublicKeyRef;
use spki::SubjectPublicKeyInfoRef;

use super::{
    Hash, Rsa, SignedMessage,
    asn1::{self, BasicConstraints, IssuerAndSerialNumber, Oid, TbsCertificate},
    name::{self, Name},
    oid::{self, Algorithm},
};
use crate::digest;

/// The common name of a pass certificate begins with one of these; Apple's for passes with NFC with the second.
const COMMON_NAME_PREFIXES: [&str; 2] = ["Pass Type ID: ", "Pass Type ID with NFC: "];

/// The bits of the extension "key usage" that allow the key to sign documents and certificates (RFC 5280, section 4.2.1.3),
/// counted from the highest.
const DIGITAL_SIGNATURE: u8 = 0x80;
const KEY_CERT_SIGN: u8 = 0x80 >> 5;

/// Longest serial number, in bytes: 20 (RFC 5280, section 4.1.2.2), and one more because some issuers do not count the sign.
const MAX_SERIAL_NUMBER_BYTES: usize = 21;

/// Shortest modulus, in bits. Apple has never issued pass certificates for shorter ones.
pub(super) const MIN_BITS: usize = 2048;

/// Longest modulus, in bits. Apple's own have up to 4096. Verification takes time, and the uploader chooses the key.
pub(super) const MAX_BITS: usize = 8192;

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
    subject: Name,
    not_before: i64,
    not_after: i64,
    public_key: Vec<u8>,
    extensions: Vec<Extension>,
}

/// One extension, with its kind and value as bytes.
#[derive(Clone)]
struct Extension {
    kind: Vec<u8>,
    critical: bool,
    value: Vec<u8>,
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
            not_before: inner.validity.not_before.seconds(),
            not_after: inner.validity.not_after.seconds(),
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

    /// The pass type that it may sign for: the text after `Pass Type ID: ` in the `CN` of its subject, or the `UID` if Apple's
    /// extension 1.2.840.113635.100.6.1.16 has the same value. A `UID` alone is not enough, because certificates for pushing to
    /// apps have one too. `None` when it names none, or when the three differ.
    #[must_use]
    pub fn pass_type(&self) -> Option<String> {
        let mut common = self.common_names();
        let mut users = self.subject.values(oid::USER_ID);
        let mut extended = self.extended_pass_types();
        let pass_type = match common.next() {
            Some(name) => name,
            None => users.next().filter(|user| extended.next().is_some_and(|value| value == *user))?,
        };
        let all_agree = common.chain(users).all(|other| other == pass_type) && extended.all(|other| other == pass_type);
        (all_agree && !pass_type.is_empty()).then(|| pass_type.to_owned())
    }

    /// The pass types in its name and in Apple's extension, if they differ.
    pub(super) fn contradiction(&self) -> Option<(String, String)> {
        let named = self.common_names().chain(self.subject.values(oid::USER_ID)).next()?;
        self.extended_pass_types().find(|extended| extended != named).map(|extended| (named.to_owned(), extended))
    }

    fn common_names(&self) -> impl Iterator<Item = &str> {
        let names = self.subject.values(oid::COMMON_NAME);
        names.filter_map(|name| COMMON_NAME_PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)))
    }

    fn extended_pass_types(&self) -> impl Iterator<Item = String> {
        self.extensions(oid::PASS_TYPE).map(|value| AnyRef::from_der(value).ok().and_then(name::text).unwrap_or_default())
    }

    /// The holder's team: the `OU` of its subject, 10 letters and digits in Apple's certificates. `None` when it names none, or
    /// several.
    #[must_use]
    pub fn team(&self) -> Option<String> {
        let mut units = self.subject.values(oid::UNIT);
        units.next().filter(|team| !team.is_empty() && units.next().is_none()).map(str::to_owned)
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
        let is_acceptable = self.rsa_key().is_some_and(|key| (MIN_BITS..=MAX_BITS).contains(&bits(&key)));
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

    /// Whether its key is on an elliptic curve.
    pub(super) fn has_curve_key(&self) -> bool {
        SubjectPublicKeyInfoRef::try_from(self.public_key.as_slice()).is_ok_and(|info| info.algorithm.oid == oid::EC)
    }

    /// Whether its holder may issue certificates (RFC 5280, sections 4.2.1.3 and 4.2.1.9).
    #[must_use]
    pub fn is_authority(&self) -> bool {
        let mut constraints = self.extensions(oid::BASIC_CONSTRAINTS).map(BasicConstraints::from_der);
        let is_authority = matches!(constraints.next(), Some(Ok(BasicConstraints { is_authority: true, .. })));
        is_authority && constraints.next().is_none() && self.allows(KEY_CERT_SIGN)
    }

    /// Whether it says, or may say, that its holder is an authority, which no holder of a pass certificate is.
    pub(super) fn claims_authority(&self) -> bool {
        let no_authority =
            |value| matches!(BasicConstraints::from_der(value), Ok(BasicConstraints { is_authority: false, .. }));
        !self.extensions(oid::BASIC_CONSTRAINTS).all(no_authority)
    }

    /// Whether its key may sign documents: by the key usage, if it has one.
    pub(super) fn may_sign_documents(&self) -> bool {
        self.allows(DIGITAL_SIGNATURE)
    }

    fn allows(&self, usage: u8) -> bool {
        let allowed = |value| {
            BitStringRef::from_der(value).is_ok_and(|bits| bits.raw_bytes().first().is_some_and(|first| first & usage != 0))
        };
        self.extensions(oid::KEY_USAGE).all(allowed)
    }

    /// Whether its key may sign passes by the extended key usage, if it has one. Apple's pass certificates have one with
    /// 1.2.840.113635.100.4.14, and its security framework asks for it (`SecPolicyCreatePassbookCardSigner`).
    pub(super) fn may_sign_passes(&self) -> bool {
        let allowed = |value| Vec::<Oid<'_>>::from_der(value).is_ok_and(|all| all.contains(&Oid(oid::SIGN_PASSES.as_bytes())));
        self.extensions(oid::EXTENDED_KEY_USAGE).all(allowed)
    }

    /// Whether it may sign passes with `nfc` or `personalization.json`: it has Apple's extension 1.2.840.113635.100.6.1.26.
    #[must_use]
    pub fn may_use_nfc(&self) -> bool {
        self.extensions(oid::NFC).next().is_some()
    }

    /// An extension that is critical and that nobody knows who checks passes. Such a certificate must be refused (RFC 5280,
    /// section 4.2). Those of Apple's own are known.
    pub(super) fn unknown_critical_extension(&self) -> Option<String> {
        const KNOWN: [ObjectIdentifier; 3] = [oid::KEY_USAGE, oid::BASIC_CONSTRAINTS, oid::EXTENDED_KEY_USAGE];
        let is_known = |kind: &[u8]| {
            KNOWN.iter().chain(&oid::HARMLESS).any(|known| known.as_bytes() == kind) || kind.starts_with(oid::APPLE.as_bytes())
        };
        let unknown = self.extensions.iter().find(|extension| extension.critical && !is_known(&extension.kind))?;
        Some(ObjectIdentifier::from_bytes(&unknown.kind).map_or_else(|_| "?".to_owned(), |kind| kind.to_string()))
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
        let key = OctetStringRef::new(signer.value()).and_then(|key| key.to_der());
        let is_key_identifier = signer.tag() == KEY_IDENTIFIER;
        is_key_identifier && key.is_ok_and(|key| self.extensions(oid::SUBJECT_KEY_IDENTIFIER).any(|value| value == key))
    }

    /// The identifier by which a signature names it (RFC 5652, section 10.2.4).
    pub(super) fn issuer_and_serial_number(&self) -> der::Result<Vec<u8>> {
        let issuer = AnyRef::from_der(&self.issuer.der)?;
        IssuerAndSerialNumber { issuer, serial_number: AnyRef::new(Tag::Integer, &self.serial_number)? }.to_der()
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
    fn extensions(&self, kind: ObjectIdentifier) -> impl Iterator<Item = &[u8]> {
        let of_kind = self.extensions.iter().filter(move |extension| extension.kind == kind.as_bytes());
        of_kind.map(|extension| extension.value.as_slice())
    }
}

/// Length of the modulus in bits: the strength of the key.
pub(super) fn bits(key: &RsaPublicKeyRef<'_>) -> usize {
    let modulus = key.modulus.as_bytes();
    let unused = modulus.first().map_or(0, |byte| byte.leading_zeros());
    modulus.len().saturating_mul(8).saturating_sub(usize::try_from(unused).unwrap_or(0))
}
