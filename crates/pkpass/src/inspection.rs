//! Checks a pass file against everything that Wallet, and this service, will demand of it.

use super::{
    Expected, Pass, archive, content,
    defect::{Defect, Defects},
    digest::sha256_hex,
    files::{self, Files},
    layout, manifest,
    signature::{SignatureCheck, Signed, Trust, examine},
};

/// A pass file whose checks are done, except those of the signature.
///
/// An inspection lists all defects at once, in the order in which an issuer would fix them: archive, files, manifest, content,
/// signature. A defect that hides others, such as "not an archive", stands alone.
pub struct Inspection<'a> {
    expected: Expected<'a>,
    defects: Defects,
    seen: Option<Seen>,
}

/// A pass file whose checks are all done, except those that the platform has to make. [`Examined::note`] takes the defects that
/// the platform finds.
pub struct Examined {
    defects: Defects,
    seen: Option<Seen>,
}

/// The facts that the checks collected.
struct Seen {
    authentication_token: Option<String>,
    team: Option<String>,
    pass_type: Option<String>,
    manifest_json: Vec<u8>,
    signature: Option<Vec<u8>>,
}

impl<'a> Inspection<'a> {
    /// Checks all but the signature.
    #[must_use]
    pub fn new(file: &[u8], expected: &Expected<'a>) -> Self {
        let mut defects = Defects::default();
        let seen = look(file, expected, &mut defects);
        Self { expected: *expected, defects, seen }
    }

    /// Checks the signature at the time `now`, in unix seconds. Returns the signatures that the platform has to verify.
    #[must_use]
    pub fn examine_signature(self, trust: &Trust, now: i64) -> (Examined, Vec<SignatureCheck>) {
        let Self { expected, mut defects, seen } = self;
        let checks = match seen.as_ref().and_then(|seen| Some((seen, seen.signature.as_deref()?))) {
            Some((seen, signature)) => {
                let signed = Signed {
                    signature,
                    manifest: &seen.manifest_json,
                    // If the pass was sent to the address of another, its signature may still be right.
                    pass_type: seen.pass_type.as_deref().unwrap_or(expected.pass_type),
                    team: seen.team.as_deref(),
                };
                let findings = examine(&signed, now, trust);
                findings.defects.into_iter().for_each(|defect| defects.push(defect));
                findings.checks
            }
            // The missing signature was reported earlier. If it was not, reject the pass anyway.
            None if defects.is_empty() => {
                defects.push(files::signature_empty());
                Vec::new()
            }
            None => Vec::new(),
        };
        (Examined { defects, seen }, checks)
    }
}

impl Examined {
    /// Adds a defect.
    pub fn note(&mut self, defect: Defect) {
        self.defects.push(defect);
    }

    /// Whether there is no defect.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.defects.is_empty()
    }

    /// The facts about the pass that the service stores. `file_sha256` is the SHA-256 of the whole file, in lowercase hex.
    ///
    /// # Errors
    ///
    /// Every defect found, at least one and at most [`super::MAX_DEFECTS`].
    pub fn conclude(self, file_sha256: String) -> Result<Pass, Vec<Defect>> {
        match self.seen {
            Some(seen) if self.defects.is_empty() => Ok(Pass {
                authentication_token: seen.authentication_token,
                manifest_sha256: sha256_hex(&seen.manifest_json),
                file_sha256,
            }),
            _ => Err(self.defects.into_vec()),
        }
    }
}

/// Checks everything except the signature, which only has to be there. Use it in tests of other checks, never for a pass that
/// is published.
///
/// # Errors
///
/// As [`Examined::conclude`].
pub fn inspect_all_but_signature(file: &[u8], expected: &Expected<'_>) -> Result<Pass, Vec<Defect>> {
    let Inspection { defects, seen, .. } = Inspection::new(file, expected);
    Examined { defects, seen }.conclude(sha256_hex(file))
}

/// Checks as much as the file allows. `None` only after it noted the defect that stopped it.
fn look(file: &[u8], expected: &Expected<'_>, defects: &mut Defects) -> Option<Seen> {
    let archive = archive::scan(file, defects)?;
    layout::check(&archive, defects)?;
    let files = Files::read(&archive, defects);
    if let Some(bytes) = &files.manifest_json {
        manifest::check(bytes, &files.digests, defects);
    }
    let content = files.pass_json.as_deref().and_then(|bytes| content::check(bytes, expected, defects)).unwrap_or_default();
    Some(Seen {
        authentication_token: content.authentication_token,
        team: content.team,
        pass_type: content.pass_type,
        manifest_json: files.manifest_json?,
        signature: files.signature,
    })
}
