//! PKCS #12 files (RFC 7292), the `.p12` and `.pfx` that Keychain Access, OpenSSL and browsers export: certificates and private
//! keys under a password.
//!
//! | Module | Knows |
//! |---|---|
//! | `contents` | the parts of a file, and the bags in them |
//! | `encryption` | how they are encrypted |
//! | `mac` | how a file shows that a password is right |
//! | `derivation`, `hash` | keys from passwords |
//! | `password` | the forms of a password |
//! | `work` | how much all that may cost |
//! | `fault` | why a file cannot be opened |
//! | `asn1` | the structures |

mod asn1;
mod contents;
mod derivation;
mod encryption;
mod fault;
mod hash;
mod mac;
mod password;
mod work;

use std::fmt;

use der::{Decode as _, asn1::OctetStringRef};

use self::{
    asn1::{MacData, Pfx, make_definite},
    contents::{Contents, read},
    fault::{FILE, Fault},
    password::Password,
    work::Work,
};
use super::{
    Certificate, Rsa, Trust,
    identity::read_intermediates,
    oid,
    private_key::PrivateKey,
    sent::{Candidate, Places, Sent},
};
use crate::{
    defect::{Defect, DefectCode},
    pem,
    report::Notes,
};

/// The version of all files that are in use (RFC 7292, section 4).
const VERSION: u8 = 3;

/// How to export a file that has all that is needed.
const EXPORT: &str = "In Keychain Access choose the certificate under My Certificates, with the key below it, and export it.";

const PLACES: Places = Places {
    certificate: FILE,
    private_key: FILE,
    foreign_key: "None of the private keys in the PKCS #12 file is the pass certificate's. In Keychain Access choose the \
                  certificate under My Certificates, with the key below it, and export it.",
    damaged_key: "The private key in the PKCS #12 file does not sign for the certificate: it is damaged. Export it again.",
};

/// A signing identity as a PKCS #12 file. Of several certificates, the pass certificate is the one that a key in the file fits;
/// of several such, the one of the pass type. The intermediate is looked for in the file too.
#[derive(Clone, Copy)]
pub struct Pkcs12<'a> {
    /// The file. It is small, and the caller sees to that.
    pub file: &'a [u8],
    /// Its password, which may be empty.
    pub password: &'a str,
    /// As in [`Upload`](super::Upload).
    pub intermediate: Option<&'a str>,
}

/// Omits key and password, so no log can hold them.
impl fmt::Debug for Pkcs12<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pkcs12").finish_non_exhaustive()
    }
}

impl Pkcs12<'_> {
    /// Opens the file, and checks what is in it for a pass type at the time `now`, in unix seconds, and that the key signs for
    /// the certificate.
    ///
    /// # Errors
    ///
    /// Every defect, at least one. Each names `pkcs12` or `intermediate` as its file. None holds anything of a key or of the
    /// password.
    pub async fn check<R: Rsa>(&self, pass_type: &str, now: i64, trust: &Trust, rsa: &R) -> Result<Candidate, Vec<Defect>> {
        let contents = open(self.file, self.password).map_err(|fault| vec![fault.to_defect()])?;
        let mut notes = Notes::default();
        let sent = Sent {
            keys: read_keys(&contents, &mut notes),
            certificates: read_certificates(&contents, &mut notes),
            others: read_intermediates(self.intermediate, &mut notes),
            places: PLACES,
        };
        sent.check(pass_type, now, trust, rsa, notes).await
    }
}

/// The usable keys. Notes a defect if there is none.
fn read_keys(contents: &Contents, notes: &mut Notes) -> Vec<PrivateKey> {
    let (keys, faults): (Vec<_>, Vec<_>) = contents.keys.iter().map(|key| PrivateKey::from_pkcs8(key)).partition(Result::is_ok);
    if keys.is_empty() {
        let code = DefectCode::PrivateKeyUnreadable;
        notes.push(match faults.into_iter().find_map(Result::err) {
            Some(Defect { code: DefectCode::PrivateKeyAlgorithm, message, .. }) => {
                Defect::in_file(DefectCode::PrivateKeyAlgorithm, FILE, message)
            }
            Some(_) => Defect::in_file(code, FILE, "The private key in the PKCS #12 file cannot be read. Export it again."),
            None => Defect::in_file(code, FILE, format!("The PKCS #12 file has no private key. {EXPORT}")),
        });
    }
    keys.into_iter().filter_map(Result::ok).collect()
}

/// The certificates that can be read. Notes a defect if there is none.
fn read_certificates(contents: &Contents, notes: &mut Notes) -> Vec<Certificate> {
    let certificates: Vec<_> = contents.certificates.iter().filter_map(|der| Certificate::from_der(der)).collect();
    if certificates.is_empty() {
        let message = format!("The PKCS #12 file has no certificate that can be read. {EXPORT}");
        notes.push(Defect::in_file(DefectCode::CertificateUnreadable, FILE, message));
    }
    certificates
}

/// Opens a file with a password.
fn open(file: &[u8], password: &str) -> Result<Contents, Fault> {
    let fault = recognise(file);
    let file = make_definite(file).ok_or_else(|| fault.clone())?;
    let Pfx { version, safe, mac } = Pfx::from_der(&file).map_err(|_| fault.clone())?;
    if version != VERSION {
        return Err(fault);
    }
    if safe.kind.is(oid::SIGNED_DATA) {
        return Err(Fault::PublicKey);
    }
    if !safe.kind.is(oid::DATA) {
        return Err(Fault::Damaged);
    }
    let safe: &OctetStringRef = read(safe.content)?;
    let (safe, readings, work) = (safe.as_bytes(), Password::readings(password), &mut Work::new());
    match mac {
        Some(mac) => open_authenticated(&mac, safe, &readings, work),
        None => open_unauthenticated(safe, &readings, work),
    }
}

/// Opens a file whose code tells whether a password is right. The code is over the content, so one that was changed looks like
/// a wrong password, unless the password decrypts all there is.
fn open_authenticated(mac: &MacData<'_>, safe: &[u8], readings: &[Password<'_>], work: &mut Work) -> Result<Contents, Fault> {
    for password in readings {
        if mac.proves(safe, password, work)? {
            return contents::read_safe(safe, password, work);
        }
    }
    let decrypts = |password| contents::read_safe(safe, password, work).is_ok_and(|contents| contents.decrypted);
    Err(if readings.iter().any(decrypts) { Fault::Damaged } else { Fault::Password })
}

/// Opens a file that does not tell whether a password is right, except by what comes out.
fn open_unauthenticated(safe: &[u8], readings: &[Password<'_>], work: &mut Work) -> Result<Contents, Fault> {
    for password in readings {
        match contents::read_safe(safe, password, work) {
            Err(Fault::Locked) => {}
            result => return result,
        }
    }
    Err(Fault::Password)
}

/// What is wrong with a file that cannot be read as PKCS #12: it began like one, or it is something else.
fn recognise(file: &[u8]) -> Fault {
    // The outer length has at most five bytes. Behind it is the version.
    let begins = file.first() == Some(&0x30) && file.windows(3).take(7).any(|window| window == [2, 1, VERSION]);
    let text = str::from_utf8(file).unwrap_or_default();
    if begins {
        Fault::Damaged
    } else if pem::blocks(text).next().is_some() {
        Fault::Format("This is PEM, which has members of its own: certificate and privateKey.")
    } else if Certificate::from_der(file).is_some() {
        Fault::Format("This is a certificate without its private key (.cer).")
    } else {
        Fault::Format("This is no PKCS #12 file.")
    }
}
