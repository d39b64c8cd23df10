//! The `.pkpass` file: what an issuer uploads, a phone downloads, and Wallet opens.
//!
//! A pass file is a ZIP archive with `pass.json` (what the pass says), `manifest.json` (the SHA-1 of every
//! other file), `signature` (the issuer's signature over the manifest) and images. Wallet drops a file with
//! any fault in it without telling the issuer which; [`inspect`] finds the faults before a phone does, and
//! names all of them at once.
//!
//! Everything here is a pure function of the bytes: no clock, no storage, no platform.
//!
//! | Module | Knows |
//! |---|---|
//! | [`archive`] | ZIP: which entries there are, and their bytes |
//! | `layout` | which files a pass must have, and where |
//! | `files` | reading each file once, in bounded memory |
//! | `manifest` | `manifest.json` against the files |
//! | `content` | `pass.json` |
//! | `web_service` | the two keys of `pass.json` that make a pass updatable |
//! | `json` | JSON objects in which no key occurs twice |
//! | `defect` | what an issuer reads when a check fails |
//! | `digest` | SHA-1 and SHA-256 in hex |
//!
//! Sources: Apple, "Building a Pass" and the reference of the `Pass` object; PKWARE APPNOTE 6.3.10 for ZIP.

pub mod archive;
mod content;
mod defect;
mod digest;
mod files;
mod json;
mod layout;
mod manifest;
mod web_service;

use std::fmt;

use self::{defect::Defects, files::Files};
pub use self::{
    defect::{Defect, DefectCode, MAX_DEFECTS},
    digest::sha256_hex,
    files::MAX_JSON_BYTES,
};

/// The media type of a pass file.
pub const MEDIA_TYPE: &str = "application/vnd.apple.pkpass";

/// What the address of the upload says the pass is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The `passTypeIdentifier`, such as `pass.com.example.coupon`.
    pub pass_type: &'a str,
    /// The `serialNumber`, already percent-decoded.
    pub serial: &'a str,
}

/// A pass file that passed every check, reduced to what the service stores about it.
#[derive(Clone, PartialEq, Eq)]
pub struct Pass {
    /// The secret phones show to fetch this pass; `None` when the pass has neither of the service keys and so
    /// is never updated.
    pub authentication_token: Option<String>,
    /// SHA-256 over the exact bytes of `manifest.json`, 64 lowercase hex digits. Phones call two versions of
    /// a pass the same when their manifests are the same.
    pub manifest_sha256: String,
    /// SHA-256 over the whole file, 64 lowercase hex digits.
    pub file_sha256: String,
}

/// Leaves the token out, so that no log can hold it.
impl fmt::Debug for Pass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pass = formatter.debug_struct("Pass");
        pass.field("manifest_sha256", &self.manifest_sha256).field("file_sha256", &self.file_sha256);
        pass.finish_non_exhaustive()
    }
}

/// Checks a pass file against everything that Wallet, and this service, will demand of it.
///
/// The signature has to be there and is otherwise not looked at: cryptography is not this module's.
///
/// # Errors
///
/// Every defect found, at least one and at most [`MAX_DEFECTS`], in the order in which an issuer would mend
/// them: archive, files, manifest, content. A defect that hides others (no archive at all) stands alone.
pub fn inspect(file: &[u8], expected: &Expected<'_>) -> Result<Pass, Vec<Defect>> {
    let mut defects = Defects::default();
    match examine(file, expected, &mut defects) {
        Some(seen) if defects.is_empty() => Ok(Pass {
            authentication_token: seen.authentication_token,
            manifest_sha256: seen.manifest_sha256,
            file_sha256: sha256_hex(file),
        }),
        _ => Err(defects.into_vec()),
    }
}

/// What [`examine`] learns while it looks for defects.
struct Seen {
    authentication_token: Option<String>,
    manifest_sha256: String,
}

/// Goes as far as the file allows; `None` only after the defect that stops it was noted.
fn examine(file: &[u8], expected: &Expected<'_>, defects: &mut Defects) -> Option<Seen> {
    let archive = archive::scan(file, defects)?;
    layout::check(&archive, defects)?;
    let files = Files::read(&archive, defects);
    if let Some(bytes) = &files.manifest_json {
        manifest::check(bytes, &files.digests, defects);
    }
    let authentication_token =
        files.pass_json.as_deref().and_then(|bytes| content::check(bytes, expected, defects));
    let manifest_sha256 = sha256_hex(&files.manifest_json?);
    Some(Seen { authentication_token, manifest_sha256 })
}
