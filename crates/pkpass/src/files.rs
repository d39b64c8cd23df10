//! Reads every file of the archive once, piece by piece: inflate, hash, drop. It keeps only `pass.json`, manifest and
//! signature.

use std::collections::BTreeMap;

use super::{
    archive::{Archive, Entry},
    defect::{Defect, DefectCode},
    digest::Sha1Pieces,
    images::ImageCheck,
    layout::{MANIFEST_JSON, PASS_JSON, SIGNATURE},
    report::Notes,
};

/// Largest `pass.json` and `manifest.json`, in bytes. They stay in memory, and parsed they take several times their size of the
/// 128 MB that a Worker has.
pub const MAX_JSON_BYTES: usize = 1024 * 1024;

/// Largest `signature`, in bytes; a real one has some thousand.
const MAX_SIGNATURE_BYTES: usize = 64 * 1024;

/// The facts about the files that later checks need.
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
    pub(super) fn read(archive: &Archive<'_>, notes: &mut Notes) -> Self {
        let mut files = Self::default();
        // The scan of the archive already noted the defects of entries that are not readable.
        for entry in archive.entries() {
            let limit = limit(entry.name());
            let is_kept = limit.is_some_and(|limit| size(entry) <= limit);
            let (mut sha1, mut bytes) = (Sha1Pieces::default(), Vec::new());
            let mut image = ImageCheck::new(entry.name());
            let read = entry.is_readable().then(|| {
                archive.read_each(entry, &mut |piece| {
                    sha1.update(piece);
                    if let Some(image) = &mut image {
                        image.update(piece);
                    }
                    if is_kept {
                        bytes.extend_from_slice(piece);
                    }
                })
            });
            let read = read.and_then(|read| read.map_err(|defect| notes.push(defect)).ok());
            if let Some(image) = image.filter(|_| read.is_some()) {
                image.finish(entry.name()).into_iter().for_each(|warning| notes.warn(warning));
            }
            if entry.is_folder() {
                continue;
            }
            files.digests.insert(entry.name().to_owned(), read.map(|()| sha1.hex()));
            match limit {
                Some(_) if read.is_some() && is_kept => files.keep(entry.name(), bytes, notes),
                Some(limit) if read.is_some() => notes.push(too_large(entry.name(), size(entry), limit)),
                _ => {}
            }
        }
        files
    }

    fn keep(&mut self, name: &str, bytes: Vec<u8>, notes: &mut Notes) {
        match name {
            PASS_JSON => self.pass_json = Some(bytes),
            MANIFEST_JSON => self.manifest_json = Some(bytes),
            SIGNATURE if bytes.is_empty() => notes.push(signature_empty()),
            SIGNATURE => self.signature = Some(bytes),
            _ => {}
        }
    }
}

/// The most bytes of a file that is kept.
fn limit(name: &str) -> Option<usize> {
    match name {
        PASS_JSON | MANIFEST_JSON => Some(MAX_JSON_BYTES),
        SIGNATURE => Some(MAX_SIGNATURE_BYTES),
        _ => None,
    }
}

fn size(entry: &Entry) -> usize {
    usize::try_from(entry.size()).unwrap_or(usize::MAX)
}

/// A file that is kept in memory is above its limit.
pub(super) fn too_large(name: &str, size: usize, limit: usize) -> Defect {
    let message = format!("{name} has {size} bytes; at most {limit} are accepted.");
    Defect::in_file(DefectCode::EntryTooLarge, name, message)
}

/// The file `signature` is empty.
pub(super) fn signature_empty() -> Defect {
    let message = "The signature is an empty file. Sign manifest.json with the certificate of the pass type and store the \
                   detached PKCS #7 signature in DER.";
    Defect::in_file(DefectCode::SignatureEmpty, SIGNATURE, message)
}
