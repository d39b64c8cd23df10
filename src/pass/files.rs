//! Reads every file of the archive once, one at a time: inflate, hash, drop. Only `pass.json`, manifest and signature are
//! kept.

use std::collections::BTreeMap;

use super::{
    archive::{Archive, Entry},
    defect::{Defect, DefectCode, Defects},
    digest::sha1_hex,
    layout::{MANIFEST_JSON, PASS_JSON, SIGNATURE},
};

/// Largest `pass.json` and `manifest.json`, in bytes. They stay in memory, and parsed
/// they take several times their size of the 128 MB that a Worker has.
pub const MAX_JSON_BYTES: usize = 1024 * 1024;

/// Largest `signature`, in bytes; a real one has some thousand.
const MAX_SIGNATURE_BYTES: usize = 64 * 1024;

/// What is left of the files after reading them.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Name → SHA-1 in lowercase hex, folders left out; `None` for a file that could not be read.
    pub(super) digests: BTreeMap<String, Option<String>>,
    /// The bytes of `pass.json`, if it could be read.
    pub(super) pass_json: Option<Vec<u8>>,
    /// The bytes of `manifest.json`, if it could be read.
    pub(super) manifest_json: Option<Vec<u8>>,
    /// The bytes of `signature`, if it could be read.
    pub(super) signature: Option<Vec<u8>>,
}

impl Files {
    /// Reads the whole archive and notes what cannot be read.
    pub(super) fn read(archive: &Archive<'_>, defects: &mut Defects) -> Self {
        let mut files = Self::default();
        for entry in archive.entries() {
            let bytes = bytes_of(archive, entry, defects);
            if entry.is_folder() {
                continue;
            }
            let digest = bytes.as_deref().map(sha1_hex);
            files.digests.insert(entry.name().to_owned(), digest);
            files.keep(entry.name(), bytes, defects);
        }
        files
    }

    fn keep(&mut self, name: &str, bytes: Option<Vec<u8>>, defects: &mut Defects) {
        match name {
            PASS_JSON => self.pass_json = small(name, bytes, MAX_JSON_BYTES, defects),
            MANIFEST_JSON => self.manifest_json = small(name, bytes, MAX_JSON_BYTES, defects),
            SIGNATURE if bytes.as_ref().is_some_and(Vec::is_empty) => defects.push(signature_empty()),
            SIGNATURE => self.signature = small(name, bytes, MAX_SIGNATURE_BYTES, defects),
            _ => {}
        }
    }
}

/// The bytes of an entry; `None` when they cannot be had, which then is noted.
fn bytes_of(archive: &Archive<'_>, entry: &Entry, defects: &mut Defects) -> Option<Vec<u8>> {
    if !entry.is_readable() {
        // The scan of the archive has said why.
        return None;
    }
    archive.read(entry).map_err(|defect| defects.push(defect)).ok()
}

/// The bytes, if there are not too many, which then is noted.
fn small(name: &str, bytes: Option<Vec<u8>>, limit: usize, defects: &mut Defects) -> Option<Vec<u8>> {
    let bytes = bytes?;
    if bytes.len() <= limit {
        return Some(bytes);
    }
    let message = format!("{name} has {} bytes; at most {limit} are accepted.", bytes.len());
    defects.push(Defect::of_file(DefectCode::EntryTooLarge, name, message));
    None
}

/// There is no signature to look at.
pub(super) fn signature_empty() -> Defect {
    let message = "The signature is an empty file. Sign manifest.json with the certificate of the pass type and \
                   store the detached PKCS #7 signature in DER.";
    Defect::of_file(DefectCode::SignatureEmpty, SIGNATURE, message)
}
