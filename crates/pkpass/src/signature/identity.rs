//! Checks the signing identity that an issuer uploads: pass certificate, private key, intermediate.

use std::fmt;

use super::{
    Certificate, SignatureCheck, Trust, chain,
    private_key::{self, PrivateKey},
    rules,
};
use crate::defect::{Defect, DefectCode, echo};
use crate::pem::{self, CERTIFICATE};

/// The name of the pass certificate in the upload. Defects name it as their file.
const CERTIFICATE_FILE: &str = "certificate";

/// The name of the intermediate in the upload.
const INTERMEDIATE_FILE: &str = "intermediate";

/// The upload: three texts in PEM. Other text around them is ignored. Of several certificates the first counts.
#[derive(Clone, Copy)]
pub struct Upload<'a> {
    /// The pass certificate.
    pub certificate: &'a str,
    /// Its private key: RSA, PKCS #8 or PKCS #1, not encrypted.
    pub private_key: &'a str,
    /// The certificate of its issuer, Apple's "Worldwide Developer Relations" of some generation.
    pub intermediate: &'a str,
}

/// Omits the key, so no log can hold it.
impl fmt::Debug for Upload<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Upload").finish_non_exhaustive()
    }
}

/// An identity that passed the checks of this crate.
///
/// The checks compare only the two public numbers of the private key. Verify its first signature with the certificate before
/// relying on it.
#[derive(Clone)]
pub struct Candidate {
    /// The pass certificate.
    pub certificate: Certificate,
    /// The certificate of its issuer.
    pub intermediate: Certificate,
    /// The private key in DER, as PKCS #8. A secret.
    pub private_key: Vec<u8>,
    /// The platform has to verify these: that the intermediate's key signed the certificate and, if there are trust anchors,
    /// that one of them signed the intermediate.
    pub checks: Vec<SignatureCheck>,
}

/// Leaves the key out, so that no log can hold it.
impl fmt::Debug for Candidate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut candidate = formatter.debug_struct("Candidate");
        candidate.field("certificate", &self.certificate).field("intermediate", &self.intermediate);
        candidate.finish_non_exhaustive()
    }
}

impl Upload<'_> {
    /// Checks the three texts for a pass type at the time `now`, in unix seconds.
    ///
    /// # Errors
    ///
    /// Every defect, at least one. Each names `certificate`, `privateKey` or `intermediate` as its file. None holds anything of
    /// the key.
    pub fn check(&self, pass_type: &str, now: i64, trust: &Trust) -> Result<Candidate, Vec<Defect>> {
        let mut defects = Vec::new();
        let (code, file) = (DefectCode::CertificateUnreadable, CERTIFICATE_FILE);
        let certificate = note(read(self.certificate, code, file), &mut defects);
        let private_key = note(PrivateKey::parse(self.private_key), &mut defects);
        let (code, file) = (DefectCode::IntermediateUnreadable, INTERMEDIATE_FILE);
        let intermediate = note(read(self.intermediate, code, file), &mut defects);

        let mut checks = Vec::new();
        match (&certificate, &intermediate) {
            (Some(certificate), Some(intermediate)) if are_swapped(certificate, intermediate) => {
                defects.push(swapped());
            }
            (certificate, intermediate) => {
                check_certificate(certificate.as_ref(), private_key.as_ref(), pass_type, now, &mut defects);
                let pair = (certificate.as_ref(), intermediate.as_ref());
                checks = check_chain(pair, trust, now, &mut defects);
            }
        }
        match (certificate, intermediate, private_key) {
            (Some(certificate), Some(intermediate), Some(key)) if defects.is_empty() => {
                Ok(Candidate { certificate, intermediate, private_key: key.pkcs8, checks })
            }
            _ => Err(defects),
        }
    }
}

/// The value, or `None` after noting the defect.
fn note<T>(read: Result<T, Defect>, defects: &mut Vec<Defect>) -> Option<T> {
    read.map_err(|defect| defects.push(defect)).ok()
}

/// The first certificate in a text.
fn read(text: &str, code: DefectCode, file: &str) -> Result<Certificate, Defect> {
    let Some(block) = pem::blocks(text).find(|block| block.label == CERTIFICATE) else {
        let message = "There is no certificate in PEM (-----BEGIN CERTIFICATE-----). Convert a .cer file with `openssl x509 \
                       -inform DER -in pass.cer -out certificate.pem`.";
        return Err(Defect::in_file(code, file, message));
    };
    block.bytes().and_then(|der| Certificate::from_der(&der)).ok_or_else(|| {
        let message = "The certificate cannot be read. Take it as Apple issued it; `openssl x509 -noout -text` shows whether \
                       it is whole.";
        Defect::in_file(code, file, message)
    })
}

fn are_swapped(certificate: &Certificate, intermediate: &Certificate) -> bool {
    certificate.is_authority() && intermediate.pass_type().is_some()
}

fn swapped() -> Defect {
    let message = "This is the intermediate, and the pass certificate is in its place. Exchange the two.";
    Defect::in_file(DefectCode::CertificatesSwapped, CERTIFICATE_FILE, message)
}

fn check_certificate(
    certificate: Option<&Certificate>,
    private_key: Option<&PrivateKey>,
    pass_type: &str,
    now: i64,
    defects: &mut Vec<Defect>,
) {
    let Some(certificate) = certificate else { return };
    rules::check_pass_certificate(certificate, CERTIFICATE_FILE, pass_type, now, defects);
    if certificate.team().is_none() {
        let subject = echo(&certificate.subject());
        let message = format!("\"{subject}\" names no team (OU). Use the certificate as Apple issued it.");
        defects.push(Defect::in_file(DefectCode::CertificateTeam, CERTIFICATE_FILE, message));
    }
    // A certificate without an RSA key has a defect already.
    let pair = certificate.rsa_key().zip(private_key);
    if pair.is_some_and(|(public, private)| public != private.public) {
        let message = "The private key is not the certificate's. Use the key that the certificate was requested with: `openssl \
                       x509 -noout -pubkey -in certificate.pem` and `openssl pkey -pubout -in key.pem` print the same.";
        defects.push(Defect::in_file(DefectCode::PrivateKeyMismatch, private_key::FILE, message));
    }
}

fn check_chain(
    (certificate, intermediate): (Option<&Certificate>, Option<&Certificate>),
    trust: &Trust,
    now: i64,
    defects: &mut Vec<Defect>,
) -> Vec<SignatureCheck> {
    let Some(intermediate) = intermediate else { return Vec::new() };
    if certificate == Some(intermediate) {
        let message = "This is the pass certificate once more. Here belongs the certificate of its issuer, from \
                       www.apple.com/certificateauthority.";
        defects.push(Defect::in_file(DefectCode::IntermediateMismatch, INTERMEDIATE_FILE, message));
        return Vec::new();
    }
    rules::check_intermediate(intermediate, INTERMEDIATE_FILE, now, defects);
    let issued = certificate.map(|leaf| check_relation(leaf, intermediate).map(Some));
    let trusted = chain::check_trusted(intermediate, trust, INTERMEDIATE_FILE);
    let answers = issued.into_iter().chain([trusted]);
    answers.filter_map(|answer| note(answer, defects).flatten()).collect()
}

/// Checks that the two belong together: the names here, the keys on the platform.
fn check_relation(leaf: &Certificate, intermediate: &Certificate) -> Result<SignatureCheck, Defect> {
    if leaf.names_as_issuer(intermediate) {
        return chain::check_issuer(leaf, intermediate, CERTIFICATE_FILE);
    }
    let message = format!(
        "The certificate was issued by \"{}\", but this is \"{}\". Fetch the one it names from \
         www.apple.com/certificateauthority; Apple has several generations (G1 to G6).",
        echo(&leaf.issuer()),
        echo(&intermediate.subject())
    );
    Err(Defect::in_file(DefectCode::IntermediateMismatch, INTERMEDIATE_FILE, message))
}
