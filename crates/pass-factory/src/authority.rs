//! A certification authority for tests, instead of Apple's.

use super::{
    certificate::{self, Change, Key, Role, Validity},
    crypto,
};
use getrandom::SysRng;
use pkpass::signature::{Hash, SignedMessage};
use rsa::{
    PrivateKey,
    pkcs1::{EncodeRsaPrivateKey, RsaPrivateKeyRef},
    pkcs8::{DecodePrivateKey, EncodePrivateKey},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    thread,
};
use x509_cert::{
    Certificate,
    der::{Decode, DecodePem, Encode, EncodePem, pem::LineEnding},
    request::CertReq,
    spki::SubjectPublicKeyInfoOwned,
};

const KEY_BITS: usize = 2048;

/// All its pass certificates share one key, as it takes long to make one.
pub struct TestAuthority {
    root: Certificate,
    root_key: Key,
    intermediate: Certificate,
    intermediate_key: Key,
    leaf_key: Key,
    issued: Mutex<HashMap<(String, String), Arc<Identity>>>,
}

impl TestAuthority {
    /// The authority of this process, made on first use.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<TestAuthority> = OnceLock::new();
        SHARED.get_or_init(Self::generate)
    }

    /// Another authority, with other keys.
    pub fn generate() -> Self {
        let keys = [(); 3].map(|()| thread::spawn(generate_key));
        let [root_key, intermediate_key, leaf_key] = keys.map(|key| key.join().expect("key generation ends"));
        let root = certificate::issue(Role::root(), Validity::current(), &root_key, &root_key);
        let role = Role::intermediate(&root, &[]);
        let intermediate = certificate::issue(role, Validity::current(), &intermediate_key, &root_key);
        Self { root, root_key, intermediate, intermediate_key, leaf_key, issued: Mutex::default() }
    }

    /// The same authority with a new certificate for its intermediate.
    pub fn renewed(&self, validity: Validity) -> Self {
        self.with_intermediate(validity, &self.intermediate_key, &[])
    }

    /// The same authority with an intermediate of the same name that has another key.
    pub fn rekeyed(&self) -> Self {
        self.with_intermediate(Validity::current(), &generate_key(), &[])
    }

    /// The same authority with other extensions in its intermediate.
    pub fn changed(&self, changes: &[Change]) -> Self {
        self.with_intermediate(Validity::current(), &self.intermediate_key, changes)
    }

    fn with_intermediate(&self, validity: Validity, key: &Key, changes: &[Change]) -> Self {
        let role = Role::intermediate(&self.root, changes);
        Self {
            root: self.root.clone(),
            root_key: self.root_key.clone(),
            intermediate: certificate::issue(role, validity, key, &self.root_key),
            intermediate_key: key.clone(),
            leaf_key: self.leaf_key.clone(),
            issued: Mutex::default(),
        }
    }

    /// The certificate and key of a team for a pass type. Each call returns the same one.
    pub fn identity(&self, pass_type: &str, team: &str) -> Arc<Identity> {
        let holder = (pass_type.to_owned(), team.to_owned());
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let identity = issued.entry(holder).or_insert_with(|| self.issue(pass_type, team, Validity::current()));
        Arc::clone(identity)
    }

    /// Issues a new certificate for a pass type.
    pub fn issue(&self, pass_type: &str, team: &str, validity: Validity) -> Arc<Identity> {
        self.issue_changed(pass_type, team, validity, &[])
    }

    /// Issues a new certificate with other extensions, such as [`Change::NFC`].
    pub fn issue_changed(&self, pass_type: &str, team: &str, validity: Validity, changes: &[Change]) -> Arc<Identity> {
        let role = Role::leaf(pass_type, team, &self.intermediate, changes);
        Arc::new(Identity {
            certificate: certificate::issue(role, validity, &self.leaf_key, &self.intermediate_key),
            intermediate: self.intermediate.clone(),
            key: self.leaf_key.clone(),
        })
    }

    /// Issues a certificate for the key of a request (PKCS #10 in PEM), as Apple's site does. The names are this authority's.
    /// The request has to prove that its sender has the key.
    pub fn sign_request(&self, request: &str, pass_type: &str, team: &str) -> IssuedCertificate {
        let request = CertReq::from_pem(request).expect("a request in PEM");
        let public_key = request.info.public_key.to_der().expect("a key is encodable");
        let message = request.info.to_der().expect("a request is encodable");
        let signature = request.signature.raw_bytes().to_vec();
        let proof = SignedMessage { public_key: public_key.clone(), hash: Hash::Sha256, message, signature };
        assert!(crypto::verify(&proof), "the request is not signed with its key");
        self.certify(&public_key, pass_type, team)
    }

    /// Issues a certificate for a public key (`SubjectPublicKeyInfo` in DER).
    pub fn certify(&self, public_key: &[u8], pass_type: &str, team: &str) -> IssuedCertificate {
        let public = SubjectPublicKeyInfoOwned::from_der(public_key).expect("a public key");
        let role = Role::leaf(pass_type, team, &self.intermediate, &[]);
        let certificate = certificate::certify(role, Validity::current(), public, &self.intermediate_key);
        IssuedCertificate { certificate, intermediate: self.intermediate.clone() }
    }

    /// The root certificate, which a verifier trusts.
    pub fn root_pem(&self) -> String {
        pem(&self.root)
    }

    /// The intermediate certificate, which an issuer adds to its signatures.
    pub fn intermediate_pem(&self) -> String {
        pem(&self.intermediate)
    }

    pub fn intermediate_der(&self) -> Vec<u8> {
        der(&self.intermediate)
    }
}

/// A certificate whose key somebody else has, and the certificate of its issuer.
#[derive(Debug, Clone)]
pub struct IssuedCertificate {
    certificate: Certificate,
    intermediate: Certificate,
}

impl IssuedCertificate {
    /// Apple's `.cer`.
    pub fn der(&self) -> Vec<u8> {
        der(&self.certificate)
    }

    pub fn pem(&self) -> String {
        pem(&self.certificate)
    }

    /// Both certificates in PEM.
    pub fn chain_pem(&self) -> String {
        format!("{}{}", pem(&self.certificate), pem(&self.intermediate))
    }

    /// The identity with this key (PKCS #8 in DER).
    pub fn with_key(&self, pkcs8: &[u8]) -> Identity {
        let key = PrivateKey::from_pkcs8_der(pkcs8).expect("a key in PKCS #8");
        Identity { certificate: self.certificate.clone(), intermediate: self.intermediate.clone(), key: key.into() }
    }
}

/// A pass certificate, its key, and the certificate of its issuer.
#[derive(Clone)]
pub struct Identity {
    pub(super) certificate: Certificate,
    pub(super) intermediate: Certificate,
    pub(super) key: Key,
}

impl Identity {
    pub fn with_key_of(&self, other: &Self) -> Self {
        Self { key: other.key.clone(), ..self.clone() }
    }

    /// This certificate with another's intermediate, which has at most the right name.
    pub fn with_intermediate_of(&self, other: &Self) -> Self {
        Self { intermediate: other.intermediate.clone(), ..self.clone() }
    }

    /// The private key in the older form, PKCS #1.
    pub fn key_pkcs1_pem(&self) -> String {
        let key: &PrivateKey = self.key.as_ref();
        key.to_pkcs1_pem(LineEnding::CRLF).expect("an RSA key is encodable").to_string()
    }

    /// The private numbers of the key, by their names in RFC 8017.
    pub fn private_numbers(&self) -> [(&'static str, Vec<u8>); 6] {
        let key: &PrivateKey = self.key.as_ref();
        let der = key.to_pkcs1_der().expect("an RSA key is encodable");
        let key = RsaPrivateKeyRef::try_from(der.as_bytes()).expect("the key was just encoded");
        let names = ["private exponent", "prime 1", "prime 2", "exponent 1", "exponent 2", "coefficient"];
        let numbers = [key.private_exponent, key.prime1, key.prime2, key.exponent1, key.exponent2, key.coefficient];
        std::array::from_fn(|at| (names[at], numbers[at].as_bytes().to_vec()))
    }

    pub fn certificate_pem(&self) -> String {
        pem(&self.certificate)
    }

    pub fn certificate_der(&self) -> Vec<u8> {
        der(&self.certificate)
    }

    pub fn key_pem(&self) -> String {
        self.key.to_pkcs8_pem(LineEnding::LF).expect("an RSA key is encodable").to_string()
    }

    pub fn key_der(&self) -> Vec<u8> {
        self.key.to_pkcs8_der().expect("an RSA key is encodable").as_bytes().to_vec()
    }
}

fn generate_key() -> Key {
    PrivateKey::new(&mut SysRng, KEY_BITS).expect("2048 bits are enough for a key").into()
}

fn pem(certificate: &Certificate) -> String {
    certificate.to_pem(LineEnding::LF).expect("a certificate is encodable")
}

fn der(certificate: &Certificate) -> Vec<u8> {
    certificate.to_der().expect("a certificate is encodable")
}
