//! Checks the file `signature` of an uploaded pass, as Wallet does.

use super::{
    Certificate, SignatureCheck, Trust, attributes, chain,
    envelope::{self, Envelope, defect},
    rules,
    write::element,
};
use crate::der::tag;
use crate::{
    date,
    defect::{Defect, DefectCode, echo},
    layout::SIGNATURE,
    signature::SignedMessage,
};

/// A signature, and the data that it has to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed<'a> {
    /// The bytes of the file `signature`.
    pub signature: &'a [u8],
    /// The bytes of `manifest.json`.
    pub manifest: &'a [u8],
    /// The pass type that the certificate must be for.
    pub pass_type: &'a str,
    /// The `teamIdentifier` of `pass.json`, which the certificate must name too; `None` when there is none.
    pub team: Option<&'a str>,
}

/// The result of an examination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The defects.
    pub defects: Vec<Defect>,
    /// The signatures that the platform has to verify. The pass is good when there is no defect and all of these hold. There
    /// are at most ten, and at least two when there is no defect.
    pub checks: Vec<SignatureCheck>,
}

/// Examines a signature at a time (`now`, in unix seconds).
///
/// The pass certificate has to be the right one, and valid now and when it signed. Its intermediate has to be there and valid.
/// With trust anchors, one of them has to have issued the intermediate.
#[must_use]
pub fn examine(signed: &Signed<'_>, now: i64, trust: &Trust) -> Findings {
    let mut findings = Findings::default();
    let looked = envelope::to_definite(signed.signature).and_then(|file| {
        let envelope = Envelope::parse(&file)?;
        look_into(&envelope, signed, now, trust, &mut findings);
        Ok(())
    });
    findings.defects.extend(looked.err());
    findings
}

fn look_into(envelope: &Envelope<'_>, signed: &Signed<'_>, now: i64, trust: &Trust, findings: &mut Findings) {
    let Findings { defects, checks } = findings;
    let signed_at = attributes::check(envelope, signed.manifest, now, defects);
    let leaf = match chain::find_leaf(envelope) {
        Ok(leaf) => leaf,
        Err(defect) => return defects.push(defect),
    };
    rules::check_pass_certificate(leaf, SIGNATURE, signed.pass_type, now, defects);
    defects.extend(signed.team.and_then(|team| fault_of_team(leaf, team)));
    defects.extend(signed_at.and_then(|time| fault_of_time(leaf, time)));
    checks.extend(signature_proof(envelope, leaf));
    chain::check(envelope, leaf, trust, now, defects, checks);
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

fn fault_of_time(leaf: &Certificate, signed_at: i64) -> Option<Defect> {
    (!leaf.is_valid_at(signed_at)).then(|| {
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

/// The check that the certificate's key signed the attributes. They are signed as a SET (RFC 5652, section 5.4), in the order
/// of the file: tools that do not sort them, as DER requires, sign them unsorted. `None` when the certificate's key is not
/// acceptable, which is a defect of its own.
fn signature_proof(envelope: &Envelope<'_>, leaf: &Certificate) -> Option<SignatureCheck> {
    let proof = SignedMessage {
        public_key: leaf.public_key()?,
        hash: envelope.hash,
        message: element(tag::SET, &[envelope.signer.attributes.as_ref()?.value]),
        signature: envelope.signer.signature.to_vec(),
    };
    let message = "The signature was not made with the key of its certificate, or was changed since. Sign with the key that \
                   belongs to the certificate: `openssl x509 -noout -pubkey -in certificate.pem` and `openssl pkey -pubout -in \
                   key.pem` print the same.";
    Some(SignatureCheck { proof, otherwise: defect(DefectCode::SignatureInvalid, message) })
}
