//! Checks a pass file against everything that Wallet, and this service, will demand of it.

use super::{
    Expected, Pass, archive, content,
    defect::{Defect, Defects},
    digest::sha256_hex,
    files::Files,
    layout, manifest,
    signature::{Question, Signed, Trust, examine},
};

/// A pass file that is being checked, and what was found so far.
///
/// All defects are listed at once, in the order in which an issuer would mend them: archive, files, manifest, content,
/// signature. One that hides others (no archive at all) stands alone.
pub struct Inspection<'a> {
    expected: Expected<'a>,
    defects: Defects,
    seen: Option<Seen>,
}

/// What was learned while looking for defects.
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
    pub fn of(file: &'a [u8], expected: &Expected<'a>) -> Self {
        let mut defects = Defects::default();
        let seen = look(file, expected, &mut defects);
        Self { expected: *expected, defects, seen }
    }

    /// Checks the signature at a time (`now`, in unix seconds), as far as looking goes. What remains is the platform's to
    /// verify: [`Inspection::note`] what does not hold.
    pub fn examine_signature(&mut self, trust: &Trust, now: i64) -> Vec<Question> {
        let Some(seen) = &self.seen else { return Vec::new() };
        let Some(signature) = &seen.signature else { return Vec::new() };
        let signed = Signed {
            signature,
            manifest: &seen.manifest_json,
            // A pass that was sent to another's address may well be signed as it should be.
            pass_type: seen.pass_type.as_deref().unwrap_or(self.expected.pass_type),
            team: seen.team.as_deref(),
        };
        let findings = examine(&signed, now, trust);
        findings.defects.into_iter().for_each(|defect| self.defects.push(defect));
        findings.questions
    }

    /// Adds a defect.
    pub fn note(&mut self, defect: Defect) {
        self.defects.push(defect);
    }

    /// Whether nothing was found so far.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.defects.is_empty()
    }

    /// The pass, reduced to what is stored about it. `file_sha256` is the SHA-256 of the whole file, in lowercase hex.
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

/// Checks all but the signature, which has to be there and is not looked at.
///
/// # Errors
///
/// As [`Inspection::conclude`].
pub fn inspect(file: &[u8], expected: &Expected<'_>) -> Result<Pass, Vec<Defect>> {
    Inspection::of(file, expected).conclude(sha256_hex(file))
}

/// Goes as far as the file allows; `None` only after the defect that stops it was noted.
fn look(file: &[u8], expected: &Expected<'_>, defects: &mut Defects) -> Option<Seen> {
    let archive = archive::scan(file, defects)?;
    layout::check(&archive, defects)?;
    let files = Files::read(&archive, defects);
    if let Some(bytes) = &files.manifest_json {
        manifest::check(bytes, &files.digests, defects);
    }
    let content = files
        .pass_json
        .as_deref()
        .and_then(|bytes| content::check(bytes, expected, defects))
        .unwrap_or_default();
    Some(Seen {
        authentication_token: content.authentication_token,
        team: content.team,
        pass_type: content.pass_type,
        manifest_json: files.manifest_json?,
        signature: files.signature,
    })
}
