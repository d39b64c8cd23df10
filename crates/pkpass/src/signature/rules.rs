//! The rules for a pass certificate and the certificate of its issuer.

use super::{Certificate, key};
use crate::{
    date,
    defect::{Defect, DefectCode, echo},
};

/// The place where an issuer makes pass certificates.
const RENEW: &str = "Make a new one at developer.apple.com under Certificates, Identifiers & Profiles.";

/// The place where Apple publishes the certificates of its authorities.
const FETCH: &str = "Fetch the current one from www.apple.com/certificateauthority.";

/// Notes the defects of a pass certificate for this pass type at the time `now`, in unix seconds. `file` names its place in the
/// defects.
pub(super) fn check_pass_certificate(
    certificate: &Certificate,
    file: &str,
    pass_type: &str,
    now: i64,
    defects: &mut Vec<Defect>,
) {
    let mut note = |code, message| defects.push(Defect::in_file(code, file, message));
    if let Some(message) = fault_of_pass_type(certificate, pass_type) {
        note(DefectCode::CertificatePassType, message);
    }
    if let Some(message) = fault_of_key(certificate) {
        note(DefectCode::CertificateKey, message);
    }
    if now < certificate.not_before() {
        let message = not_yet_valid("The pass certificate", certificate);
        note(DefectCode::CertificateNotYetValid, message);
    }
    if now > certificate.not_after() {
        let date = date::format(certificate.not_after());
        note(DefectCode::CertificateExpired, format!("The pass certificate expired on {date}. {RENEW}"));
    }
}

/// Notes the defects of an intermediate certificate at the time `now`, in unix seconds.
pub(super) fn check_intermediate(certificate: &Certificate, file: &str, now: i64, defects: &mut Vec<Defect>) {
    let mut note = |code, message| defects.push(Defect::in_file(code, file, message));
    if !certificate.is_authority() {
        let subject = echo(&certificate.subject());
        let message = format!("\"{subject}\" may not issue certificates, so it is no intermediate. {FETCH}");
        note(DefectCode::IntermediateAuthority, message);
    }
    if certificate.public_key().is_none() {
        let message = format!("The intermediate's key is not of RSA with 2048 to 8192 bits. {FETCH}");
        note(DefectCode::IntermediateAuthority, message);
    }
    if now < certificate.not_before() {
        note(DefectCode::IntermediateNotYetValid, not_yet_valid("The intermediate", certificate));
    }
    if now > certificate.not_after() {
        let date = date::format(certificate.not_after());
        note(DefectCode::IntermediateExpired, format!("The intermediate expired on {date}. {FETCH}"));
    }
}

fn fault_of_pass_type(certificate: &Certificate, expected: &str) -> Option<String> {
    let found = certificate.pass_type();
    if found.as_deref() == Some(expected) {
        return None;
    }
    let expected = echo(expected);
    Some(match found {
        Some(found) => format!(
            "The certificate is for the pass type \"{}\", but the pass type is \"{expected}\". Use the certificate of that \
             type.",
            echo(&found)
        ),
        None => format!(
            "\"{}\" is no certificate for one pass type: its name holds no \"Pass Type ID: {expected}\". Use the one of that \
             pass type, not one for apps or push.",
            echo(&certificate.subject())
        ),
    })
}

fn fault_of_key(certificate: &Certificate) -> Option<String> {
    let reason = match certificate.rsa_key() {
        Some(key) if key.is_acceptable() => return None,
        Some(key) => format!("has {} bits; {} to {} are accepted", key.bits(), key::MIN_BITS, key::MAX_BITS),
        None => "is not of RSA; Apple issues pass certificates for RSA keys only".to_owned(),
    };
    Some(format!("The key of the pass certificate {reason}. {RENEW}"))
}

fn not_yet_valid(what: &str, certificate: &Certificate) -> String {
    let date = date::format(certificate.not_before());
    format!("{what} is not valid before {date}. Wait, or use another.")
}
