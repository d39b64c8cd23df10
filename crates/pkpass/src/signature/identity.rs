//! Checks the signing identity that an issuer uploads: pass certificate, private key, intermediate.

use std::fmt;

use super::{
    Certificate, Hash, Rsa, SignedMessage, Trust,
    chain::{self, Context},
    private_key::{self, PrivateKey},
    recognize::{Found, recognize},
    rules, trust,
};
use crate::{
    defect::{Defect, DefectCode, echo},
    pem::{self, CERTIFICATE},
    report::Notes,
};

/// The name of the pass certificate in the upload. Defects name it as their file.
const CERTIFICATE_FILE: &str = "certificate";

/// The name of the intermediate in the upload.
const INTERMEDIATE_FILE: &str = "intermediate";

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
            return Err(vec![swapped("private key")]);
        }
        let key = note(PrivateKey::parse(self.private_key), &mut notes);
        let sent = note(read(self.certificate, DefectCode::CertificateUnreadable, CERTIFICATE_FILE), &mut notes);
        let sent = sent.unwrap_or_default();
        let others = self.intermediate.filter(|text| !text.trim().is_empty());
        let others = others.map(|text| read(text, DefectCode::IntermediateUnreadable, INTERMEDIATE_FILE));
        let others = others.map_or(Some(Vec::new()), |read| note(read, &mut notes));
        let leaf = choose(&sent, key.as_ref());
        if let (Some(leaf), Some([first, ..])) = (leaf, others.as_deref())
            && first != leaf
            && leaf.is_authority()
            && first.pass_type().is_some()
        {
            notes.push(swapped("intermediate"));
            return Err(notes.into_report().defects);
        }
        let context = Context { trust, now, rsa, files: [CERTIFICATE_FILE, INTERMEDIATE_FILE] };
        if let Some(leaf) = leaf {
            check_certificate(leaf, pass_type, now, &mut notes);
            if let Some(key) = &key
                && let Some(defect) = check_key(leaf, key, rsa).await
            {
                notes.push(defect);
            }
        }
        let built_in = trust::built_in();
        let known = others.iter().flatten().chain(&sent).chain(&built_in);
        let issuer = find_issuer(leaf, others.as_deref(), &known.collect::<Vec<_>>(), &context, &mut notes).await;
        match (leaf, issuer, key) {
            (Some(leaf), Some(issuer), Some(key)) if notes.is_clean() => {
                Ok(Candidate { certificate: leaf.clone(), intermediate: issuer.clone(), private_key: key.pkcs8 })
            }
            _ => Err(notes.into_report().defects),
        }
    }
}

/// What is wrong with a pass certificate of which nobody has the key, for a pass type at the time `now`, in unix seconds: with
/// the one of these that names a pass type, or else the first.
#[must_use]
pub fn check_alone(sent: &[Certificate], pass_type: &str, now: i64) -> Vec<Defect> {
    let mut notes = Notes::default();
    if let Some(leaf) = choose(sent, None) {
        check_certificate(leaf, pass_type, now, &mut notes);
    }
    notes.into_report().defects
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

/// The pass certificate among those that were sent: the one that the key fits, or else one that names a pass type, or else the
/// first.
fn choose<'a>(sent: &'a [Certificate], key: Option<&PrivateKey>) -> Option<&'a Certificate> {
    let fits = |certificate: &&Certificate| key.zip(certificate.rsa_key()).is_some_and(|(key, public)| key.fits(&public));
    sent.iter().find(fits).or_else(|| sent.iter().find(|other| other.pass_type().is_some())).or_else(|| sent.first())
}

fn swapped(what: &str) -> Defect {
    let message = format!("This is the {what}, and the pass certificate is in its place. Exchange the two.");
    Defect::in_file(DefectCode::CertificatesSwapped, CERTIFICATE_FILE, message)
}

fn check_certificate(certificate: &Certificate, pass_type: &str, now: i64, notes: &mut Notes) {
    rules::check_pass_certificate(certificate, CERTIFICATE_FILE, Some(pass_type), now, notes);
    if certificate.team().is_none() {
        let subject = echo(&certificate.subject());
        let message = format!("\"{subject}\" names no team (OU). Use the certificate as Apple issued it.");
        notes.push(Defect::in_file(DefectCode::CertificateTeam, CERTIFICATE_FILE, message));
    }
}

/// Signs once: the two public numbers alone do not show that the whole key belongs to the certificate. A certificate without an
/// RSA key has a defect already.
async fn check_key<R: Rsa>(certificate: &Certificate, key: &PrivateKey, rsa: &R) -> Option<Defect> {
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
        "The private key does not sign for the certificate: it is damaged, or another one. `openssl rsa -check -in key.pem` \
         tells whether it is whole."
    } else {
        "The private key is not the certificate's. Use the key that the certificate was requested with: `openssl x509 -noout \
         -pubkey -in certificate.pem` and `openssl pkey -pubout -in key.pem` print the same."
    };
    Some(Defect::in_file(DefectCode::PrivateKeyMismatch, private_key::FILE, message))
}

/// The issuer of the pass certificate among all that are known; of these, `others` were sent for that, and are `None` if they
/// cannot be read.
async fn find_issuer<'a, R: Rsa>(
    leaf: Option<&Certificate>,
    others: Option<&[Certificate]>,
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
    let other = others?.first();
    if let Some(other) = other.filter(|other| Some(*other) != leaf) {
        chain::check_issuer(other, context, notes).await;
    }
    let leaf = leaf?;
    let mismatch = || Defect::in_file(DefectCode::IntermediateMismatch, INTERMEDIATE_FILE, mismatch(leaf, other));
    notes.push(chain::fault_of_self_signed(leaf, CERTIFICATE_FILE).unwrap_or_else(mismatch));
    None
}

/// Why `other` is not the issuer.
fn mismatch(leaf: &Certificate, other: Option<&Certificate>) -> String {
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
