//! The file as Wallet checks it: content, certificates, signature. Also the identity that signs the next version.

use super::{
    SECONDS_A_DAY,
    check::Check,
    facts::{Facts, File},
};
use crate::{http::date, issuer::signing_identity::WARNING_DAYS};
use pkpass::{Defect, DefectCode};

/// What a defect is about, by the name of its check, and what the check says when there is none.
const CHECKS: [(&str, &str); 5] = [
    (CONTENT, "pass.json, images and manifest are as Wallet wants them."),
    (CERTIFICATE, "The certificate in the file is of this pass type and team."),
    (VALIDITY, "The certificates in the file are valid."),
    (CHAIN, "The certificate in the file leads to an authority that the service trusts."),
    (SIGNATURE, "The signature is right."),
];
const CONTENT: &str = "content";
const CERTIFICATE: &str = "certificate";
const VALIDITY: &str = "certificate_validity";
const CHAIN: &str = "certificate_chain";
const SIGNATURE: &str = "signature";
const IDENTITY: &str = "signing_identity";

pub(super) fn check(facts: &Facts<'_>) -> Vec<Check> {
    let mut checks: Vec<Check> = match &facts.file {
        File::Missing => CHECKS.map(|(name, _)| Check::unknown(name, "The file is missing.")).into(),
        File::Read { defects, .. } => CHECKS.map(|(name, fine)| judge(facts, defects, name, fine)).into(),
    };
    checks.push(identity(facts));
    checks
}

fn judge(facts: &Facts<'_>, defects: &[Defect], name: &'static str, all_well: &str) -> Check {
    let mut found = defects.iter().filter(|defect| name_of(defect.code) == Some(name));
    let Some(Defect { file, message, .. }) = found.next() else { return Check::ok(name, all_well) };
    let file = file.as_deref().map_or_else(String::new, |file| format!("{file}: "));
    let evidence = match found.count() {
        0 => format!("Phones refuse the file. {file}{message}"),
        more => format!("Phones refuse the file. {file}{message} (And {more} more.)"),
    };
    let certificate = if name == CONTENT { "" } else { "Store the right certificate: PUT …/signing-identity. " };
    Check::problem(name, evidence, format!("{certificate}{}", facts.publish_again()))
}

/// `None`: another check is about it.
fn name_of(code: DefectCode) -> Option<&'static str> {
    use DefectCode as D;
    Some(match code {
        D::ServiceKeys | D::AuthenticationToken | D::WebServiceUrl => return None,
        D::CertificateUnreadable
        | D::CertificatePassType
        | D::CertificateTeam
        | D::CertificateKey
        | D::CertificateUsage
        | D::CertificateNfc => CERTIFICATE,
        D::CertificateNotYetValid | D::CertificateExpired | D::IntermediateNotYetValid | D::IntermediateExpired => VALIDITY,
        D::CertificateUntrusted
        | D::IntermediateUnreadable
        | D::IntermediateMismatch
        | D::IntermediateAuthority
        | D::IntermediateUntrusted
        | D::SignatureIntermediateMissing
        | D::SignatureCertificateMissing
        | D::SignatureCertificateExtra => CHAIN,
        D::SignatureFormat
        | D::SignatureAttached
        | D::SignatureAlgorithm
        | D::SignatureUnsigned
        | D::SignatureAttribute
        | D::SignatureDigest
        | D::SignatureTimeMissing
        | D::SignatureTime
        | D::SignatureInvalid
        | D::SignatureEmpty => SIGNATURE,
        _ => CONTENT,
    })
}

fn identity(facts: &Facts<'_>) -> Check {
    let made = facts.pass.template.is_some();
    let remedy = || format!("Store one: PUT /issuer/v1/pass-types/{}/signing-identity.", facts.address.pass_type);
    let Some(identity) = &facts.identity else {
        return if made {
            Check::problem(
                IDENTITY,
                "There is no signing identity for this pass type, so no new version can be made.",
                remedy(),
            )
        } else {
            Check::ok(IDENTITY, "The pass was signed elsewhere and uploaded. It needs no signing identity here.")
        };
    };
    let left = identity.not_after.saturating_sub(facts.setup.now());
    let ends = date::format(identity.not_after);
    if left < 0 {
        let evidence = format!("The signing identity ended on {ends}, so no new version can be made.");
        return if made { Check::problem(IDENTITY, evidence, remedy()) } else { Check::warning(IDENTITY, evidence, remedy()) };
    }
    if left < WARNING_DAYS.saturating_mul(SECONDS_A_DAY) {
        return Check::warning(IDENTITY, format!("The signing identity ends on {ends}."), remedy());
    }
    Check::ok(IDENTITY, format!("The signing identity is valid until {ends}."))
}
