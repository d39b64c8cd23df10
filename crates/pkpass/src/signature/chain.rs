//! The certificates in a signature: of the signer, of its issuer, and others.
//!
//! The path always has the same three steps: Apple's root, its intermediate for developers, the pass certificate. So this
//! module follows it and does not search.

use super::{
    Certificate, SignatureCheck, Trust,
    envelope::{Envelope, defect},
    message::SignerId,
    rules,
    trust::AnchorCheck,
};
use crate::{
    defect::{Defect, DefectCode, echo},
    layout::SIGNATURE,
};

/// The certificate of the signer.
pub(super) fn find_leaf<'a>(envelope: &'a Envelope<'_>) -> Result<&'a Certificate, Defect> {
    let found = envelope.certificates.iter().find(|certificate| match envelope.signer.id {
        SignerId::IssuerAndSerialNumber(both) => certificate.issuer_and_serial_number() == both,
        SignerId::SubjectKeyIdentifier(key) => certificate.has_key_identifier(key),
    });
    found.ok_or_else(|| {
        let message = "The certificate that signed is not in the signature. Include it: leave out -nocerts of openssl.";
        defect(DefectCode::SignatureCertificateMissing, message)
    })
}

/// Follows the path upwards from the pass certificate at the time `now`, in unix seconds.
pub(super) fn check(
    envelope: &Envelope<'_>,
    leaf: &Certificate,
    trust: &Trust,
    now: i64,
    defects: &mut Vec<Defect>,
    checks: &mut Vec<SignatureCheck>,
) {
    let mut others = envelope.certificates.iter().filter(|certificate| *certificate != leaf);
    let Some(intermediate) = others.find(|other| leaf.names_as_issuer(other)) else {
        return defects.push(intermediate_missing(leaf));
    };
    rules::check_intermediate(intermediate, SIGNATURE, now, defects);
    match check_issuer(leaf, intermediate, SIGNATURE) {
        Ok(check) => checks.push(check),
        Err(defect) => defects.push(defect),
    }
    match check_trusted(intermediate, trust, SIGNATURE) {
        Ok(check) => checks.extend(check),
        Err(defect) => defects.push(defect),
    }
    for extra in envelope.certificates.iter().filter(|other| *other != leaf && *other != intermediate) {
        match check_extra(extra, envelope, trust) {
            Ok(check) => checks.extend(check),
            Err(defect) => defects.push(defect),
        }
    }
}

fn intermediate_missing(leaf: &Certificate) -> Defect {
    let message = format!(
        "The intermediate \"{}\", which issued the pass certificate, is not in the signature. Fetch it from \
         www.apple.com/certificateauthority, convert it with `openssl x509 -inform DER -in AppleWWDRCAG4.cer -out wwdr.pem`, \
         and sign with `-certfile wwdr.pem`.",
        echo(&leaf.issuer())
    );
    defect(DefectCode::SignatureIntermediateMissing, message)
}

/// Checks that the intermediate's key signed the pass certificate.
pub(super) fn check_issuer(leaf: &Certificate, intermediate: &Certificate, file: &str) -> Result<SignatureCheck, Defect> {
    let message = "The pass certificate was not issued by the intermediate it came with, although it names it. Use the \
                   certificate as Apple issued it, and the intermediate of the same generation (G4, for example).";
    let otherwise = Defect::in_file(DefectCode::CertificateUntrusted, file, message);
    match leaf.proof_by(intermediate) {
        Some(proof) => Ok(SignatureCheck { proof, otherwise }),
        None => Err(otherwise),
    }
}

/// Checks that a trust anchor signed the intermediate, if there are anchors.
pub(super) fn check_trusted(intermediate: &Certificate, trust: &Trust, file: &str) -> Result<Option<SignatureCheck>, Defect> {
    let message = format!(
        "The intermediate \"{}\" was not issued by an authority that this service trusts. Use a pass certificate that Apple \
         issued, with the intermediate from www.apple.com/certificateauthority.",
        echo(&intermediate.subject())
    );
    let otherwise = Defect::in_file(DefectCode::IntermediateUntrusted, file, message);
    match trust.check_anchor(intermediate) {
        AnchorCheck::NotNeeded => Ok(None),
        AnchorCheck::Asked(proof) => Ok(Some(SignatureCheck { proof, otherwise })),
        AnchorCheck::Missing => Err(otherwise),
    }
}

/// Checks that a certificate outside the path is a trust anchor, or that an anchor or another certificate in the file signed
/// it, itself included, as roots are. The signature is as good without it.
fn check_extra(extra: &Certificate, envelope: &Envelope<'_>, trust: &Trust) -> Result<Option<SignatureCheck>, Defect> {
    if trust.contains(extra) {
        return Ok(None);
    }
    let included = || envelope.certificates.iter().find(|other| extra.names_as_issuer(other));
    let issuer = trust.issuer_of(extra).or_else(included);
    let message = format!(
        "The signature contains the certificate \"{}\", which has nothing to do with it. Include the pass certificate and its \
         intermediate only.",
        echo(&extra.subject())
    );
    let otherwise = defect(DefectCode::SignatureCertificateExtra, message);
    match issuer.and_then(|issuer| extra.proof_by(issuer)) {
        Some(proof) => Ok(Some(SignatureCheck { proof, otherwise })),
        // Without anchors the service checks nothing above the intermediate, where this certificate belongs.
        None if trust.is_empty() => Ok(None),
        None => Err(otherwise),
    }
}
