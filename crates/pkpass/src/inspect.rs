//! Checks a pass file against everything that Wallet, and a web service for passes, will demand of it.

use super::{
    DefectCode, Expected, Pass, Report, archive, content,
    files::{self, Files},
    images,
    kind::Kind,
    layout::{self, PERSONALIZATION_JSON},
    manifest,
    report::Notes,
    signature::{Rsa, Signed, Trust, examine},
};
use crate::digest::sha256_hex;

/// Checks a pass file at the time `now`, in unix seconds. Without `expected`, any pass type and serial number will do.
///
/// # Errors
///
/// Everything that is wrong, at once, in the order in which an issuer would mend it: archive, files, manifest, content,
/// signature. There is at least one defect. A defect that hides others, such as "not an archive", stands alone.
pub async fn inspect<R: Rsa>(
    file: &[u8],
    expected: Option<&Expected<'_>>,
    trust: &Trust,
    now: i64,
    rsa: &R,
) -> Result<Pass, Report> {
    let mut notes = Notes::default();
    let seen = look(file, expected, &mut notes);
    match seen.as_ref().and_then(|seen| Some((seen, seen.signature.as_deref()?))) {
        Some((seen, signature)) => {
            let Seen { manifest_json, team, pass_type, needs_nfc, .. } = seen;
            let manifest = manifest_json.as_deref().unwrap_or_default();
            let (pass_type, team) = (pass_type.as_deref(), team.as_deref());
            let signed = Signed { signature, manifest, pass_type, team, needs_nfc: *needs_nfc };
            let mut report = examine(&signed, trust, now, rsa).await;
            if manifest_json.is_none() {
                // Nobody knows what was signed. The certificates are what they are.
                report.defects.retain(|defect| !is_about_manifest(defect.code));
            }
            notes.extend(report);
        }
        // The missing signature was reported earlier. If it was not, reject the pass anyway.
        None if notes.is_clean() => notes.push(files::signature_empty()),
        None => {}
    }
    conclude(seen, notes)
}

fn is_about_manifest(code: DefectCode) -> bool {
    matches!(code, DefectCode::SignatureAttached | DefectCode::SignatureDigest | DefectCode::SignatureInvalid)
}

/// Checks everything except the signature, which only has to be there. Use it in tests of other checks, never for a pass that
/// is published.
///
/// # Errors
///
/// As [`inspect`].
pub fn inspect_all_but_signature(file: &[u8], expected: Option<&Expected<'_>>) -> Result<Pass, Report> {
    let mut notes = Notes::default();
    let seen = look(file, expected, &mut notes);
    conclude(seen, notes)
}

/// The facts that the checks collected.
struct Seen {
    authentication_token: Option<String>,
    team: Option<String>,
    pass_type: Option<String>,
    needs_nfc: bool,
    manifest_json: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
}

/// Checks as much as the file allows. `None` only after it noted the defect that stopped it.
fn look(file: &[u8], expected: Option<&Expected<'_>>, notes: &mut Notes) -> Option<Seen> {
    let mut archive = archive::scan(file, Kind::Pass, notes)?;
    layout::check(&mut archive, Kind::Pass, notes);
    let files = Files::read(&archive, notes);
    if let Some(bytes) = &files.manifest_json {
        manifest::check(bytes, &files.digests, notes);
    }
    let content = files.pass_json.as_deref().and_then(|bytes| content::check(bytes, expected, notes)).unwrap_or_default();
    if content.needs_poster {
        images::check_poster(files.digests.keys(), notes);
    }
    Some(Seen {
        authentication_token: content.authentication_token,
        team: content.team,
        // If the pass was sent to the address of another, its signature may still be right.
        pass_type: content.pass_type.or_else(|| expected.map(|expected| expected.pass_type.to_owned())),
        needs_nfc: content.needs_nfc || files.digests.contains_key(PERSONALIZATION_JSON),
        manifest_json: files.manifest_json,
        signature: files.signature,
    })
}

fn conclude(seen: Option<Seen>, notes: Notes) -> Result<Pass, Report> {
    let report = notes.into_report();
    match seen {
        Some(Seen { authentication_token, manifest_json: Some(manifest), .. }) if report.defects.is_empty() => {
            Ok(Pass { authentication_token, manifest_sha256: sha256_hex(&manifest), warnings: report.warnings })
        }
        _ => Err(report),
    }
}
