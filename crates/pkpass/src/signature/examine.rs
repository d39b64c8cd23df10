//! Checks the file `signature` of an uploaded pass, as Wallet does.

use super::{
    Certificate, Rsa, SignedMessage, Trust, attributes,
    chain::{self, Context},
    envelope::{self, Envelope, MAX_CERTIFICATES, defect},
    rules, trust,
};
use crate::{
    date,
    defect::{Defect, DefectCode, echo},
    layout::SIGNATURE,
    report::{Notes, Report},
    warning::{Warning, WarningCode},
};

/// A signature, and the data that it has to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed<'a> {
    /// The bytes of the file `signature`.
    pub signature: &'a [u8],
    /// The bytes of `manifest.json`.
    pub manifest: &'a [u8],
    /// The pass type that the certificate must be for; `None` for any.
    pub pass_type: Option<&'a str>,
    /// The `teamIdentifier` of `pass.json`, which the certificate must name too; `None` when there is none.
    pub team: Option<&'a str>,
    /// Whether the pass has `nfc` or `personalization.json`, so that its certificate must be one for NFC.
    pub needs_nfc: bool,
}

/// Examines a signature at a time (`now`, in unix seconds). The pass is good when the report has no defect.
///
/// The pass certificate has to be the right one, and valid now and when it signed. Its intermediate has to be there and valid,
/// and one of the trust anchors has to have issued it. What is wrong in one part does not hide what is wrong in another.
pub async fn examine<R: Rsa>(signed: &Signed<'_>, trust: &Trust, now: i64, rsa: &R) -> Report {
    let mut notes = Notes::default();
    if let Some(file) = envelope::to_der(signed.signature, &mut notes)
        && let Some(envelope) = Envelope::read(&file, signed.manifest, &mut notes)
    {
        let context = Context { trust, now, rsa, files: [SIGNATURE; 2] };
        look_into(&envelope, signed, &context, &mut notes).await;
    }
    notes.into_report()
}

async fn look_into<R: Rsa>(envelope: &Envelope<'_>, signed: &Signed<'_>, context: &Context<'_, R>, notes: &mut Notes) {
    let signed_at = attributes::check(envelope, signed.manifest, context.now, notes);
    let Some((leaf, did_sign)) = find_leaf(envelope, signed.manifest, context.rsa).await else {
        let message = "The certificate that signed is not in the signature. Include it: leave out -nocerts of openssl.";
        return notes.push(defect(DefectCode::SignatureCertificateMissing, message));
    };
    rules::check_pass_certificate(leaf, SIGNATURE, signed.pass_type, context.now, notes);
    let faults = [
        signed.team.and_then(|team| fault_of_team(leaf, team)),
        rules::check_nfc(leaf, SIGNATURE).filter(|_| signed.needs_nfc),
        signed_at.and_then(|time| fault_of_time(leaf, time, context.now)),
        // Why nothing was verified was noted earlier. If it was not, reject the signature anyway.
        (!did_sign.unwrap_or(!notes.is_clean())).then(not_signed),
    ];
    for fault in faults.into_iter().flatten() {
        notes.push(fault);
    }
    check_others(envelope, leaf, context, notes).await;
}

/// The certificate of the signer, and whether its key made the signature: `None` if the key or the algorithm is not accepted.
/// Of several certificates that the signer may mean, it is the one whose key did.
async fn find_leaf<'a, R: Rsa>(
    envelope: &'a Envelope<'_>,
    manifest: &[u8],
    rsa: &R,
) -> Option<(&'a Certificate, Option<bool>)> {
    let mut first = None;
    let named = envelope.certificates.iter().filter(|certificate| certificate.is_named_by(envelope.signer.id));
    for certificate in named.take(MAX_CERTIFICATES) {
        let did_sign = match proof(envelope, certificate, manifest) {
            Some(proof) => Some(rsa.verify(&proof).await),
            None => None,
        };
        if did_sign != Some(false) {
            return Some((certificate, did_sign));
        }
        first = first.or(Some((certificate, did_sign)));
    }
    first
}

/// `None` when the key or the algorithm is not accepted, which is a defect of its own.
fn proof(envelope: &Envelope<'_>, leaf: &Certificate, manifest: &[u8]) -> Option<SignedMessage> {
    Some(SignedMessage {
        public_key: leaf.public_key()?,
        hash: envelope.hash.filter(|_| envelope.is_rsa)?,
        message: envelope.signed_bytes(manifest)?,
        signature: envelope.signer.signature.as_bytes().to_vec(),
    })
}

/// Checks the issuer of the pass certificate, and that the other certificates have a reason to be there.
async fn check_others<R: Rsa>(envelope: &Envelope<'_>, leaf: &Certificate, context: &Context<'_, R>, notes: &mut Notes) {
    let (included, built_in) = (&envelope.certificates, trust::built_in());
    let candidates: Vec<_> = included.iter().chain(&built_in).collect();
    let found = chain::find_issuer(leaf, &candidates, context).await;
    let issuer = found.as_ref().map(|(issuer, _)| *issuer);
    if let Some((issuer, more)) = found {
        notes.extend(more.into_report());
        if !included.contains(issuer) {
            let code = WarningCode::SignatureIntermediateMissing;
            notes.warn(Warning::in_file(code, SIGNATURE, intermediate_missing(leaf)));
        }
    } else {
        let missing = || defect(DefectCode::SignatureIntermediateMissing, intermediate_missing(leaf));
        notes.push(chain::fault_of_self_signed(leaf, SIGNATURE).unwrap_or_else(missing));
    }
    // More would have to be verified than anybody includes, and there is a defect for that.
    let extras = included.iter().filter(|other| *other != leaf && Some(*other) != issuer);
    for extra in extras.filter(|_| included.len() <= MAX_CERTIFICATES) {
        if !chain::is_explained(extra, included, context.trust, context.rsa).await {
            let message = format!(
                "The signature contains the certificate \"{}\", which has nothing to do with it. Include the pass certificate \
                 and its intermediate only.",
                echo(&extra.subject())
            );
            notes.push(defect(DefectCode::SignatureCertificateExtra, message));
        }
    }
}

fn not_signed() -> Defect {
    let message = "The signature was not made with the key of its certificate, or was changed since. Sign with the key that \
                   belongs to the certificate: `openssl x509 -noout -pubkey -in certificate.pem` and `openssl pkey -pubout -in \
                   key.pem` print the same.";
    defect(DefectCode::SignatureInvalid, message)
}

fn intermediate_missing(leaf: &Certificate) -> String {
    format!(
        "The intermediate \"{}\", which issued the pass certificate, is not in the signature. Fetch it from \
         www.apple.com/certificateauthority, convert it with `openssl x509 -inform DER -in AppleWWDRCAG4.cer -out wwdr.pem`, \
         and sign with `-certfile wwdr.pem`.",
        echo(&leaf.issuer())
    )
}

fn fault_of_team(leaf: &Certificate, expected: &str) -> Option<Defect> {
    let found = leaf.team().unwrap_or_default();
    (found != expected).then(|| {
        let (found, expected) = (echo(&found), echo(expected));
        let message = format!(
            "The pass certificate is of the team \"{found}\", but pass.json says teamIdentifier \"{expected}\". Write the \
             certificate's team into pass.json, or sign with the other team's certificate."
        );
        defect(DefectCode::CertificateTeam, message)
    })
}

/// `None` also when the certificate is as invalid now as it was then: that is a defect already, and not of a clock.
fn fault_of_time(leaf: &Certificate, signed_at: i64, now: i64) -> Option<Defect> {
    let side = |time| (time < leaf.not_before(), time > leaf.not_after());
    (!leaf.is_valid_at(signed_at) && side(signed_at) != side(now)).then(|| {
        let message = format!(
            "The signature says that it was made on {}, but its certificate is valid from {} to {}. Set the clock of the \
             signing machine and sign again.",
            date::format(signed_at),
            date::format(leaf.not_before()),
            date::format(leaf.not_after())
        );
        defect(DefectCode::SignatureTime, message)
    })
}
