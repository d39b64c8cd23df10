//! X.509 certificates like Apple's: a root, the "WWDR" intermediate that it issues, and pass certificates issued by that.

use crate::clock;
use getrandom::{SysRng, rand_core::UnwrapErr};
use rsa::{pkcs1v15::SigningKey, signature::Keypair};
use sha2::Sha256;
use std::{str::FromStr, time::Duration};
use x509_cert::{
    Certificate, TbsCertificate,
    builder::{self, Builder, CertificateBuilder, profile::BuilderProfile},
    der::{
        DateTime,
        asn1::{OctetString, Utf8StringRef},
        oid::ObjectIdentifier,
    },
    ext::{
        Extension, ToExtension,
        pkix::{AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier},
    },
    name::Name,
    serial_number::SerialNumber,
    spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef},
};

/// An RSA key, with the digest that everything here is signed with.
pub(super) type Key = SigningKey<Sha256>;

/// The extension by which a certificate names its pass type.
const PASS_TYPE_EXTENSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113635.100.6.1.16");
/// The purpose "passes" among Apple's extended key usages.
const PASS_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113635.100.4.14");

/// When a certificate begins and ceases to be valid, in unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Validity {
    pub not_before: u64,
    pub not_after: u64,
}

impl Validity {
    const DAY: u64 = 24 * 60 * 60;

    /// From yesterday for about a year, as Apple issues them.
    pub fn current() -> Self {
        let now = clock::unix_now().as_secs();
        Self { not_before: now - Self::DAY, not_after: now + 366 * Self::DAY }
    }

    pub fn past() -> Self {
        let now = clock::unix_now().as_secs();
        Self { not_before: now - 367 * Self::DAY, not_after: now - Self::DAY }
    }

    pub fn future() -> Self {
        let now = clock::unix_now().as_secs();
        Self { not_before: now + Self::DAY, not_after: now + 367 * Self::DAY }
    }

    fn to_x509(self) -> x509_cert::time::Validity {
        let time = |seconds| DateTime::from_unix_duration(Duration::from_secs(seconds)).expect("a year below 10000").into();
        x509_cert::time::Validity::new(time(self.not_before), time(self.not_after))
    }
}

/// What a certificate is for, which decides its names and extensions.
pub(super) enum Role {
    /// Signed by itself.
    Root {
        subject: Name,
    },
    /// Issues pass certificates.
    Intermediate {
        subject: Name,
        issuer: Name,
        changes: Vec<Change>,
    },
    Leaf {
        subject: Name,
        issuer: Name,
        pass_type: String,
        changes: Vec<Change>,
    },
}

/// An extension unlike those of Apple's certificates.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// Its kind, such as `2.5.29.15`.
    pub kind: &'static str,
    pub critical: bool,
    /// Its value in DER. `None` leaves the extension out.
    pub value: Option<&'static [u8]>,
}

impl Change {
    /// The certificate is for passes with NFC.
    pub const NFC: Self = Self { kind: "1.2.840.113635.100.6.1.26", critical: false, value: Some(b"\x05\0") };

    fn apply(self, extensions: &mut Vec<Extension>) {
        let extn_id = ObjectIdentifier::new(self.kind).expect("numbers with dots");
        extensions.retain(|extension| extension.extn_id != extn_id);
        if let Some(value) = self.value {
            let extn_value = OctetString::new(value).expect("a short value");
            extensions.push(Extension { extn_id, critical: self.critical, extn_value });
        }
    }
}

impl Role {
    pub(super) fn root() -> Self {
        Self::Root { subject: name("CN=Edgepass Test Root CA,OU=Test Certification Authority,O=Edgepass Tests,C=US") }
    }

    pub(super) fn intermediate(root: &Certificate, changes: &[Change]) -> Self {
        Self::Intermediate {
            changes: changes.to_vec(),
            subject: name("CN=Edgepass Test Developer Relations Certification Authority,OU=G4,O=Edgepass Tests,C=US"),
            issuer: root.tbs_certificate().subject().clone(),
        }
    }

    pub(super) fn leaf(pass_type: &str, team: &str, intermediate: &Certificate, changes: &[Change]) -> Self {
        let (uid, unit) = (escape(pass_type), escape(team));
        Self::Leaf {
            changes: changes.to_vec(),
            subject: name(&format!("C=US,O=Edgepass Tests,OU={unit},CN=Pass Type ID: {uid},UID={uid}")),
            issuer: intermediate.tbs_certificate().subject().clone(),
            pass_type: pass_type.to_owned(),
        }
    }
}

impl BuilderProfile for Role {
    fn get_subject(&self) -> Name {
        match self {
            Self::Root { subject } | Self::Intermediate { subject, .. } | Self::Leaf { subject, .. } => subject.clone(),
        }
    }

    fn get_issuer(&self, subject: &Name) -> Name {
        match self {
            Self::Root { .. } => subject.clone(),
            Self::Intermediate { issuer, .. } | Self::Leaf { issuer, .. } => issuer.clone(),
        }
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        certificate: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let subject = certificate.subject();
        let (constraints, usage) = match self {
            Self::Root { .. } => (BasicConstraints { ca: true, path_len_constraint: None }, authority_usage()),
            Self::Intermediate { .. } => (BasicConstraints { ca: true, path_len_constraint: Some(0) }, authority_usage()),
            Self::Leaf { .. } => {
                (BasicConstraints { ca: false, path_len_constraint: None }, KeyUsage(KeyUsages::DigitalSignature.into()))
            }
        };
        let mut extensions = vec![
            constraints.to_extension(subject, &[])?,
            AuthorityKeyIdentifier::try_from(issuer_key)?.to_extension(subject, &[])?,
            SubjectKeyIdentifier::try_from(key)?.to_extension(subject, &[])?,
            usage.to_extension(subject, &[])?,
        ];
        if let Self::Leaf { pass_type, .. } = self {
            extensions.push(ExtendedKeyUsage(vec![PASS_USAGE]).to_extension(subject, &[])?);
            let value = Utf8StringRef::new(pass_type)?;
            extensions.push((PASS_TYPE_EXTENSION, false, &value).to_extension(subject, &[])?);
        }
        if let Self::Intermediate { changes, .. } | Self::Leaf { changes, .. } = self {
            for change in changes {
                change.apply(&mut extensions);
            }
        }
        Ok(extensions)
    }
}

/// Issues a certificate for the holder of `key`, signed with the issuer's key.
pub(super) fn issue(role: Role, validity: Validity, key: &Key, issuer_key: &Key) -> Certificate {
    let public = SubjectPublicKeyInfo::from_key(&key.verifying_key()).expect("an RSA key is encodable");
    certify(role, validity, public, issuer_key)
}

/// The same for the holder of a public key.
pub(super) fn certify(role: Role, validity: Validity, public: SubjectPublicKeyInfoOwned, issuer_key: &Key) -> Certificate {
    let serial = SerialNumber::generate(&mut UnwrapErr(SysRng));
    CertificateBuilder::new(role, serial, validity.to_x509(), public)
        .and_then(|builder| builder.build(issuer_key))
        .expect("a certificate from valid parts")
}

fn authority_usage() -> KeyUsage {
    KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)
}

fn name(text: &str) -> Name {
    Name::from_str(text).unwrap_or_else(|error| panic!("{text} is no distinguished name: {error}"))
}

/// Escapes the special characters of a distinguished name (RFC 4514).
fn escape(value: &str) -> String {
    let special = |character| matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' | '#' | ' ');
    value.chars().flat_map(|character| special(character).then_some('\\').into_iter().chain([character])).collect()
}
