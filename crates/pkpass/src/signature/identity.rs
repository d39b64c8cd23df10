//! The signing identity that an issuer uploads in PEM: pass certificate, private key, intermediate.

use std::fmt;

use super::{
    Certificate, Rsa, Trust,
    private_key::{self, PrivateKey},
    recognize::{Found, recognize},
    sent::{Candidate, INTERMEDIATE_FILE, Places, Sent, swapped},
};
use crate::{
    defect::{Defect, DefectCode},
    pem::{self, CERTIFICATE},
    report::Notes,
};

/// The name of the pass certificate in the upload. Defects name it as their file.
const CERTIFICATE_FILE: &str = "certificate";

const PLACES: Places = Places {
    certificate: CERTIFICATE_FILE,
    private_key: private_key::FILE,
    foreign_key: "The private key is not the certificate's. Use the key that the certificate was requested with: `openssl x509 \
                  -noout -pubkey -in certificate.pem` and `openssl pkey -pubout -in key.pem` print the same.",
    damaged_key: "The private key does not sign for the certificate: it is damaged, or another one. `openssl rsa -check -in \
                  key.pem` tells whether it is whole.",
};

/// The upload: texts in PEM. Other text around them is ignored. A text may hold several certificates: the pass certificate is
/// the one that the key fits, and the intermediate is the one that issued it.
#[derive(Clone, Copy)]
pub struct Upload<'a> {
    /// The pass certificate.
    pub certificate: &'a str,
    /// Its private key: RSA, PKCS #8 or PKCS #1, not encrypted.
    pub private_key: &'a str,
    /// The certificate of its issuer, Apple's "Worldwide Developer Relations" of some generation. Generation G4 need not be
    /// sent, nor one that is in `certificate` too. A blank text is none.
    pub intermediate: Option<&'a str>,
}

/// Omits the key, so no log can hold it.
impl fmt::Debug for Upload<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Upload").finish_non_exhaustive()
    }
}

impl Upload<'_> {
    /// Checks the texts for a pass type at the time `now`, in unix seconds, and that the key signs for the certificate.
    ///
    /// # Errors
    ///
    /// Every defect, at least one. Each names `certificate`, `privateKey` or `intermediate` as its file. None holds anything of
    /// the key.
    pub async fn check<R: Rsa>(&self, pass_type: &str, now: i64, trust: &Trust, rsa: &R) -> Result<Candidate, Vec<Defect>> {
        let mut notes = Notes::default();
        let labels = [CERTIFICATE, private_key::LABEL];
        let holds = |text| labels.map(|label| pem::blocks(text).any(|block| block.label.ends_with(label)));
        if (holds(self.certificate), holds(self.private_key)) == ([false, true], [true, false]) {
            return Err(vec![swapped("private key", CERTIFICATE_FILE)]);
        }
        let key = note(PrivateKey::parse(self.private_key), &mut notes);
        let certificates = note(read(self.certificate, DefectCode::CertificateUnreadable, CERTIFICATE_FILE), &mut notes);
        let sent = Sent {
            keys: key.into_iter().collect(),
            certificates: certificates.unwrap_or_default(),
            others: read_intermediates(self.intermediate, &mut notes),
            places: PLACES,
        };
        sent.check(pass_type, now, trust, rsa, notes).await
    }
}

/// What is wrong with a pass certificate of which nobody has the key, for a pass type at the time `now`, in unix seconds. It is
/// the one of these that names a pass type, or else the first.
#[must_use]
pub fn check_alone(sent: &[Certificate], pass_type: &str, now: i64) -> Vec<Defect> {
    let sent = Sent { keys: Vec::new(), certificates: sent.to_vec(), others: None, places: PLACES };
    sent.check_alone(pass_type, now)
}

/// The value, or `None` after noting the defect.
fn note<T>(read: Result<T, Defect>, notes: &mut Notes) -> Option<T> {
    read.map_err(|defect| notes.push(defect)).ok()
}

/// The certificates in a text, at least one.
fn read(text: &str, code: DefectCode, file: &str) -> Result<Vec<Certificate>, Defect> {
    match recognize(text.as_bytes()) {
        Found::Certificates(all) => Ok(all),
        Found::Other(kind) => Err(Defect::in_file(code, file, kind.instead_of_certificate())),
    }
}

/// The certificates that were sent as intermediate: none without a text, and `None` after noting that they cannot be read.
pub(super) fn read_intermediates(text: Option<&str>, notes: &mut Notes) -> Option<Vec<Certificate>> {
    let text = text.filter(|text| !text.trim().is_empty());
    text.map_or(Some(Vec::new()), |text| note(read(text, DefectCode::IntermediateUnreadable, INTERMEDIATE_FILE), notes))
}
