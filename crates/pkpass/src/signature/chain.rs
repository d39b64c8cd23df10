//! The issuer of a pass certificate, up to a trusted one.
//!
//! The path always has the same three steps: Apple's root, its intermediate for developers, the pass certificate. So this
//! module follows it and does not search. Where several certificates have the name of the issuer, each is tried.

use super::{Certificate, Rsa, Trust, rules, trust};
use crate::{
    defect::{Defect, DefectCode, echo},
    report::Notes,
};

/// Most certificates of one name that are tried: each is an RSA verification or two.
const MAX_TRIED: usize = 8;

/// What a chain has to hold at.
pub(super) struct Context<'a, R> {
    pub(super) trust: &'a Trust,
    /// Unix seconds.
    pub(super) now: i64,
    pub(super) rsa: &'a R,
    /// The places of the pass certificate and of its issuer, for defects.
    pub(super) files: [&'a str; 2],
}

/// The issuer of a pass certificate among these, with what is wrong with it: the one whose key signed the certificate, and with
/// the fewest defects if there are several. `None` if no certificate has the name of the issuer.
pub(super) async fn find_issuer<'c, R: Rsa>(
    leaf: &Certificate,
    candidates: &[&'c Certificate],
    context: &Context<'_, R>,
) -> Option<(&'c Certificate, Notes)> {
    let mut best: Option<((bool, usize), &Certificate, Notes)> = None;
    let others = candidates.iter().copied().filter(|candidate| leaf.names_as_issuer(candidate) && *candidate != leaf);
    for candidate in others.take(MAX_TRIED) {
        let is_foreign = !leaf.is_issued_by(candidate, context.rsa).await;
        let mut notes = Notes::default();
        if is_foreign {
            let issuer = echo(&candidate.subject());
            let message = format!(
                "The pass certificate was not issued by the intermediate \"{issuer}\", although it names it. Use the \
                 certificate as Apple issued it, and the intermediate of the same generation (G4, for example)."
            );
            notes.push(Defect::in_file(DefectCode::CertificateUntrusted, context.files[0], message));
        }
        check_issuer(candidate, context, &mut notes).await;
        let rank = (is_foreign, notes.defect_count());
        if best.as_ref().is_none_or(|(known, ..)| rank < *known) {
            best = Some((rank, candidate, notes));
        }
        if rank == (false, 0) {
            break;
        }
    }
    best.map(|(_, issuer, notes)| (issuer, notes))
}

/// Notes the defects of an intermediate.
pub(super) async fn check_issuer<R: Rsa>(issuer: &Certificate, context: &Context<'_, R>, notes: &mut Notes) {
    let [_, file] = context.files;
    rules::check_intermediate(issuer, file, context.now, notes);
    if !context.trust.covers(issuer, context.rsa).await {
        let message = format!(
            "The intermediate \"{}\" was not issued by an authority that this service trusts. Use a pass certificate that \
             Apple issued, with the intermediate from www.apple.com/certificateauthority, or have the operator trust its \
             authority.",
            echo(&issuer.subject())
        );
        notes.push(Defect::in_file(DefectCode::IntermediateUntrusted, file, message));
    }
}

/// The defect of a pass certificate that names itself as its issuer.
pub(super) fn fault_of_self_signed(leaf: &Certificate, file: &str) -> Option<Defect> {
    leaf.names_as_issuer(leaf).then(|| {
        let message = format!("The pass certificate is self-signed, but Apple has to issue it. {}", rules::RENEW);
        Defect::in_file(DefectCode::CertificateUntrusted, file, message)
    })
}

/// Whether a certificate outside the path has a reason to be there: it is a trust anchor, or an anchor or another certificate
/// beside it signed it, itself included, as roots are. The signature is as good without it. Without anchors the service checks
/// nothing above the intermediate, where this certificate belongs.
pub(super) async fn is_explained<R: Rsa>(extra: &Certificate, included: &[Certificate], trust: &Trust, rsa: &R) -> bool {
    trust.covers(extra, rsa).await || trust::is_issued_by_one(extra, included, rsa).await
}
