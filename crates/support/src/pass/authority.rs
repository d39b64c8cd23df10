//! A throw-away certification authority in the place of Apple's.

use super::certificate::{self, Key, Role, Validity};
use getrandom::SysRng;
use rsa::{PrivateKey, pkcs1::EncodeRsaPrivateKey, pkcs8::EncodePrivateKey};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    thread,
};
use x509_cert::{
    Certificate,
    der::{Encode, EncodePem, pem::LineEnding},
};

const KEY_BITS: usize = 2048;

/// Root, intermediate, and the key that all of its pass certificates share (making a key takes long).
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

    /// Another authority, to which the shared one is a stranger.
    pub fn generate() -> Self {
        let keys = [(); 3].map(|()| thread::spawn(generate_key));
        let [root_key, intermediate_key, leaf_key] = keys.map(|key| key.join().expect("key generation ends"));
        let root = certificate::issue(Role::root(), Validity::current(), &root_key, &root_key);
        let role = Role::intermediate(&root);
        let intermediate = certificate::issue(role, Validity::current(), &intermediate_key, &root_key);
        Self { root, root_key, intermediate, intermediate_key, leaf_key, issued: Mutex::default() }
    }

    /// The same authority with another certificate for its intermediate, valid when the caller says.
    pub fn renewed(&self, validity: Validity) -> Self {
        let role = Role::intermediate(&self.root);
        Self {
            root: self.root.clone(),
            root_key: self.root_key.clone(),
            intermediate: certificate::issue(role, validity, &self.intermediate_key, &self.root_key),
            intermediate_key: self.intermediate_key.clone(),
            leaf_key: self.leaf_key.clone(),
            issued: Mutex::default(),
        }
    }

    /// The certificate and key with which a team signs its passes of a type; the same one each time.
    pub fn identity(&self, pass_type: &str, team: &str) -> Arc<Identity> {
        let holder = (pass_type.to_owned(), team.to_owned());
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let identity = issued.entry(holder).or_insert_with(|| self.issue(pass_type, team, Validity::current()));
        Arc::clone(identity)
    }

    /// A new certificate for a pass type, valid when the caller says.
    pub fn issue(&self, pass_type: &str, team: &str, validity: Validity) -> Arc<Identity> {
        let role = Role::leaf(pass_type, team, &self.intermediate);
        Arc::new(Identity {
            certificate: certificate::issue(role, validity, &self.leaf_key, &self.intermediate_key),
            intermediate: self.intermediate.clone(),
            key: self.leaf_key.clone(),
        })
    }

    /// The root certificate in PEM: what a verifier has to trust.
    pub fn root_pem(&self) -> String {
        pem(&self.root)
    }

    /// The intermediate certificate in PEM: what an issuer adds to its signatures.
    pub fn intermediate_pem(&self) -> String {
        pem(&self.intermediate)
    }

    pub fn intermediate_der(&self) -> Vec<u8> {
        der(&self.intermediate)
    }
}

/// Who signs a pass: a pass certificate, its key, and the certificate of its issuer.
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

    /// This certificate with another's intermediate, which fits at most by name.
    pub fn with_intermediate_of(&self, other: &Self) -> Self {
        Self { intermediate: other.intermediate.clone(), ..self.clone() }
    }

    /// The private key in the older form of PEM (PKCS #1).
    pub fn key_pkcs1_pem(&self) -> String {
        let key: &PrivateKey = self.key.as_ref();
        key.to_pkcs1_pem(LineEnding::CRLF).expect("an RSA key is encodable").to_string()
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
