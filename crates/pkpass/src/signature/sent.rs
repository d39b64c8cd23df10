//! What an issuer sent as signing identity, once it is read: chooses certificate, key and intermediate, and checks that they
//! belong together.

use std::fmt;

use super::{
    Certificate, Hash, Rsa, SignedMessage, Trust,
    chain::{self, Context},
    private_key::PrivateKey,
    rules, trust,
};
use crate::{
    defect::{Defect, DefectCode, echo},
    report::Notes,
};

/// The name of the intermediate in every upload.
pub(super) const INTERMEDIATE_FILE: &str = "intermediate";

/// An identity that passed every check.
#[derive(Clone)]
pub struct Candidate {
    /// The pass certificate.
    pub certificate: Certificate,
    /// The certificate of its issuer.
    pub intermediate: Certificate,
    /// The private key in DER, as PKCS #8. A secret.
    pub private_key: Vec<u8>,
}

/// Leaves the key out, so that no log can hold it.
impl fmt::Debug for Candidate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut candidate = formatter.debug_struct("Candidate");
        candidate.field("certificate", &self.certificate).field("intermediate", &self.intermediate);
        candidate.finish_non_exhaustive()
    }
}

/// The parts of an upload. A part that cannot be read has a defect already.
pub(super) struct Sent {
    pub(super) keys: Vec<PrivateKey>,
    /// The pass certificate, and maybe others.
    pub(super) certificates: Vec<Certificate>,
    /// What was sent as intermediate. `None` if it cannot be read.
    pub(super) others: Option<Vec<Certificate>>,
    pub(super) places: Places,
}

/// How defects name the parts of an upload, and what they say of its key.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub(super) certificate: &'static str,
    pub(super) private_key: &'static str,
    /// The key is not the certificate's.
    pub(super) foreign_key: &'static str,
    /// The key has the certificate's public half, and does not sign.
    pub(super) damaged_key: &'static str,
}

impl Sent {
    /// Checks all parts. `notes` has the defects so far.
    pub(super) async fn check<R: Rsa>(
        self,
        pass_type: &str,
        now: i64,
        trust: &Trust,
        rsa: &R,
        mut notes: Notes,
    ) -> Result<Candidate, Vec<Defect>> {
        let (leaf, key) = self.choose(pass_type, now);
        if let (Some(leaf), Some([first, ..])) = (leaf, self.others.as_deref())
            && first != leaf
            && leaf.is_authority()
            && first.pass_type().is_some()
        {
            notes.push(swapped("intermediate", self.places.certificate));
            return Err(notes.into_report().defects);
        }
        let context = Context { trust, now, rsa, files: [self.places.certificate, INTERMEDIATE_FILE] };
        if let Some(leaf) = leaf {
            self.check_certificate(leaf, pass_type, now, &mut notes);
            if let Some(key) = key
                && let Some(defect) = self.check_key(leaf, key, rsa).await
            {
                notes.push(defect);
            }
        }
        let built_in = trust::built_in();
        let known = self.others.iter().flatten().chain(&self.certificates).chain(&built_in);
        let issuer = self.find_issuer(leaf, &known.collect::<Vec<_>>(), &context, &mut notes).await;
        match (leaf, issuer, key) {
            (Some(leaf), Some(issuer), Some(key)) if notes.is_clean() => {
                Ok(Candidate { certificate: leaf.clone(), intermediate: issuer.clone(), private_key: key.pkcs8.clone() })
            }
            _ => Err(notes.into_report().defects),
        }
    }

    /// What is wrong with the pass certificate, whoever has its key.
    pub(super) fn check_alone(&self, pass_type: &str, now: i64) -> Vec<Defect> {
        let mut notes = Notes::default();
        if let (Some(leaf), _) = self.choose(pass_type, now) {
            self.check_certificate(leaf, pass_type, now, &mut notes);
        }
        notes.into_report().defects
    }

    /// The pass certificate and its key: what fits together, or else what names a pass type, or else the first. Of several that
    /// fit, the one of this pass type, which is valid, and ends last.
    fn choose(&self, pass_type: &str, now: i64) -> (Option<&Certificate>, Option<&PrivateKey>) {
        let rate = |certificate: &Certificate| {
            let named = certificate.pass_type();
            let is_valid = certificate.is_valid_at(now);
            let end = if named.is_some() { certificate.not_after() } else { i64::MIN };
            (self.key_of(certificate).is_some(), named.as_deref() == Some(pass_type), named.is_some(), is_valid, end)
        };
        // From the last one on, as the last maximum counts.
        let leaf = self.certificates.iter().rev().max_by_key(|certificate| rate(certificate));
        (leaf, leaf.and_then(|leaf| self.key_of(leaf)).or_else(|| self.keys.first()))
    }

    fn key_of(&self, certificate: &Certificate) -> Option<&PrivateKey> {
        let public = certificate.rsa_key()?;
        self.keys.iter().find(|key| key.fits(&public))
    }

    fn check_certificate(&self, certificate: &Certificate, pass_type: &str, now: i64, notes: &mut Notes) {
        let file = self.places.certificate;
        rules::check_pass_certificate(certificate, file, Some(pass_type), now, notes);
        if certificate.team().is_none() {
            let subject = echo(&certificate.subject());
            let message = format!("\"{subject}\" names no team (OU). Use the certificate as Apple issued it.");
            notes.push(Defect::in_file(DefectCode::CertificateTeam, file, message));
        }
    }

    /// Signs once: the two public numbers alone do not show that the whole key belongs to the certificate. A certificate
    /// without an RSA key has a defect already.
    async fn check_key<R: Rsa>(&self, certificate: &Certificate, key: &PrivateKey, rsa: &R) -> Option<Defect> {
        let message = if key.fits(&certificate.rsa_key()?) {
            let public_key = certificate.public_key()?;
            let message = b"a signature to try the key".to_vec();
            let signature = match rsa.import(&key.pkcs8).await {
                Ok(imported) => rsa.sign(&imported, &message).await.unwrap_or_default(),
                Err(_) => Vec::new(),
            };
            if rsa.verify(&SignedMessage { public_key, hash: Hash::Sha256, message, signature }).await {
                return None;
            }
            self.places.damaged_key
        } else {
            self.places.foreign_key
        };
        Some(Defect::in_file(DefectCode::PrivateKeyMismatch, self.places.private_key, message))
    }

    /// The issuer of the pass certificate among all that are known.
    async fn find_issuer<'a, R: Rsa>(
        &self,
        leaf: Option<&Certificate>,
        known: &[&'a Certificate],
        context: &Context<'_, R>,
        notes: &mut Notes,
    ) -> Option<&'a Certificate> {
        if let Some(leaf) = leaf
            && let Some((issuer, more)) = chain::find_issuer(leaf, known, context).await
        {
            notes.extend(more.into_report());
            return Some(issuer);
        }
        let other = self.others.as_deref()?.first();
        if let Some(other) = other.filter(|other| Some(*other) != leaf) {
            chain::check_issuer(other, context, notes).await;
        }
        let leaf = leaf?;
        let explained = || Defect::in_file(DefectCode::IntermediateMismatch, INTERMEDIATE_FILE, explain_mismatch(leaf, other));
        notes.push(chain::fault_of_self_signed(leaf, self.places.certificate).unwrap_or_else(explained));
        None
    }
}

/// The defect of a pass certificate that is where `what` belongs, which is in `file`.
pub(super) fn swapped(what: &str, file: &str) -> Defect {
    let message = format!("This is the {what}, and the pass certificate is in its place. Exchange the two.");
    Defect::in_file(DefectCode::CertificatesSwapped, file, message)
}

/// Why `other` is not the issuer.
fn explain_mismatch(leaf: &Certificate, other: Option<&Certificate>) -> String {
    let issuer = echo(&leaf.issuer());
    let fetch = "Fetch it from www.apple.com/certificateauthority";
    match other {
        Some(other) if other == leaf => {
            format!("This is the pass certificate once more. Here belongs \"{issuer}\", which issued it. {fetch}.")
        }
        Some(other) => format!(
            "The certificate was issued by \"{issuer}\", but this is \"{}\". {fetch}; Apple has several generations (G1 to G6).",
            echo(&other.subject())
        ),
        None => {
            format!(
                "The certificate was issued by \"{issuer}\", which is not built in. {fetch}, and send it as intermediate, or \
                 in PEM beside the certificate."
            )
        }
    }
}
