//! The rules for a pass certificate and the certificate of its issuer.

use super::Certificate;
use crate::{
    date,
    defect::{Defect, DefectCode, echo},
    report::Notes,
};

/// Shortest modulus, in bits. Apple has never issued pass certificates for shorter ones.
pub(super) const MIN_BITS: usize = 2048;

/// Longest modulus, in bits. Apple's own have up to 4096. Verification takes time, and the uploader chooses the key.
pub(super) const MAX_BITS: usize = 8192;

/// The place where an issuer makes pass certificates.
pub(super) const RENEW: &str = "Make a new one at developer.apple.com under Certificates, Identifiers & Profiles.";

/// The place where Apple publishes the certificates of its authorities.
const FETCH: &str = "Fetch the current one from www.apple.com/certificateauthority.";

/// Notes the defects of a pass certificate at the time `now`, in unix seconds. It has to be for this pass type, or for any
/// without one. `file` names its place in the defects.
pub(super) fn check_pass_certificate(
    certificate: &Certificate,
    file: &str,
    pass_type: Option<&str>,
    now: i64,
    notes: &mut Notes,
) {
    let mut note = |code, message| notes.push(Defect::in_file(code, file, message));
    if let Some(message) = fault_of_pass_type(certificate, pass_type) {
        note(DefectCode::CertificatePassType, message);
    }
    if let Some(message) = fault_of_key(certificate) {
        note(DefectCode::CertificateKey, message);
    }
    if let Some(reason) = fault_of_usage(certificate) {
        let message = format!("The pass certificate may not sign passes: {reason}. Use a Pass Type ID certificate. {RENEW}");
        note(DefectCode::CertificateUsage, message);
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
pub(super) fn check_intermediate(certificate: &Certificate, file: &str, now: i64, notes: &mut Notes) {
    let mut note = |code, message| notes.push(Defect::in_file(code, file, message));
    if !certificate.is_authority() {
        let subject = echo(&certificate.subject());
        let message = format!("\"{subject}\" may not issue certificates, so it is no intermediate. {FETCH}");
        note(DefectCode::IntermediateAuthority, message);
    }
    if certificate.public_key().is_none() {
        let message = format!("The intermediate's key is not of RSA with {MIN_BITS} to {MAX_BITS} bits. {FETCH}");
        note(DefectCode::IntermediateAuthority, message);
    }
    if let Some(kind) = certificate.unknown_critical_extension() {
        let message = format!("The intermediate has the critical extension {kind}, which is unknown. {FETCH}");
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

/// The defect of a pass with `nfc` or `personalization.json` whose certificate is not for that. `file` names its place.
#[must_use]
pub fn check_nfc(certificate: &Certificate, file: &str) -> Option<Defect> {
    (!certificate.may_use_nfc()).then(|| {
        let message = "The pass has nfc or personalization.json, but its certificate is not for NFC (it lacks the extension \
                       1.2.840.113635.100.6.1.26), and Wallet refuses it. Ask Apple for an NFC certificate at \
                       developer.apple.com/contact/passkit, or leave both out.";
        Defect::in_file(DefectCode::CertificateNfc, file, message)
    })
}

fn fault_of_pass_type(certificate: &Certificate, expected: Option<&str>) -> Option<String> {
    let found = certificate.pass_type();
    if found.is_some() && expected.is_none_or(|expected| found.as_deref() == Some(expected)) {
        return None;
    }
    if let Some((named, extended)) = certificate.contradiction() {
        return Some(format!(
            "The certificate names two pass types: \"{}\" in its name, and \"{}\" in its extension 1.2.840.113635.100.6.1.16. \
             Apple issued such certificates in February 2020, and Wallet refuses their passes. {RENEW}",
            echo(&named),
            echo(&extended)
        ));
    }
    Some(match (found, certificate.other_purpose()) {
        (Some(found), _) => format!(
            "The certificate is for the pass type \"{}\", but the pass type is \"{}\". Use the certificate of that type.",
            echo(&found),
            echo(expected.unwrap_or_default())
        ),
        (None, Some(purpose)) => format!(
            "\"{}\" is {purpose}, and no certificate for a pass type. Use the Pass Type ID Certificate of \"{}\".",
            echo(&certificate.subject()),
            echo(expected.unwrap_or("pass.…"))
        ),
        (None, None) => format!(
            "\"{}\" is no certificate for one pass type: its name holds no \"Pass Type ID: {}\". Use the one of that pass \
             type, not one for apps or push.",
            echo(&certificate.subject()),
            echo(expected.unwrap_or("pass.…"))
        ),
    })
}

fn fault_of_key(certificate: &Certificate) -> Option<String> {
    let reason = match certificate.key_bits() {
        Some(MIN_BITS..=MAX_BITS) => return None,
        Some(bits) => format!("has {bits} bits"),
        None if certificate.has_curve_key() => "is on an elliptic curve".to_owned(),
        None => "is no RSA key, or has an unusual form".to_owned(),
    };
    Some(format!("The key of the pass certificate {reason}. RSA keys with {MIN_BITS} to {MAX_BITS} bits are accepted. {RENEW}"))
}

/// What openssl and Apple's security framework look at too.
fn fault_of_usage(certificate: &Certificate) -> Option<String> {
    if let Some(kind) = certificate.unknown_critical_extension() {
        return Some(format!("it has the critical extension {kind}, which is unknown"));
    }
    let reason = if certificate.claims_authority() {
        "it is the certificate of an authority (CA:TRUE)"
    } else if !certificate.may_sign_documents() {
        "its key usage lacks digitalSignature"
    } else if !certificate.may_sign_passes() {
        "its extended key usage lacks 1.2.840.113635.100.4.14"
    } else {
        return None;
    };
    Some(reason.to_owned())
}

fn not_yet_valid(what: &str, certificate: &Certificate) -> String {
    let date = date::format(certificate.not_before());
    format!("{what} is not valid before {date}. Wait, or use another.")
}
