//! The parts of a pass: the content of `pass.json`, and the files that all versions share, ready to be copied.
//!
//! The service stores templates and passes in the same form, so it can make a pass from either: an archive with `pass.json`,
//! and with a `manifest.json` that holds the digests of the other files. To make a pass changes only `pass.json`, manifest and
//! signature; no image is compressed or hashed again.

use super::{
    archive::{self, Archive, MAX_TOTAL_BYTES, Writer},
    defect::{Defect, DefectCode},
    digest::{sha1_hex, sha256_hex},
    files::MAX_JSON_BYTES,
    kind::Kind,
    layout::{MANIFEST_JSON, PASS_JSON, PERSONALIZATION_JSON, SIGNATURE},
    leftovers::is_leftover,
    report::Notes,
};
use crate::json::{self, count_values};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The parts of a template or pass that was checked before it was stored.
#[derive(Clone)]
pub struct Parts {
    /// The content of `pass.json`.
    pub content: Map<String, Value>,
    /// Name → SHA-1 in lowercase hex, of all files but `pass.json`, manifest and signature.
    digests: BTreeMap<String, String>,
    /// These files, packed.
    files: Writer,
    /// Their size unpacked, in bytes.
    unpacked: u64,
    /// About how many bytes `content` and `digests` take in memory.
    json_weight: usize,
}

impl Parts {
    /// Takes the parts from a stored file, without the leftovers of other systems. `None` when the file was not checked before
    /// it was stored.
    #[must_use]
    pub fn from_file(file: &[u8]) -> Option<Self> {
        let archive = Archive::open(file).ok()?;
        let read = |name| archive.find(name).and_then(|entry| archive.read(entry).ok());
        let (pass_json, manifest_json) = (read(PASS_JSON)?, read(MANIFEST_JSON)?);
        let (content, listed) = (read_members(&pass_json)?, read_members(&manifest_json)?);
        let mut digests = BTreeMap::new();
        let mut leftovers = BTreeSet::new();
        for (name, digest) in listed.iter().filter(|(name, _)| *name != PASS_JSON) {
            if is_leftover(name) {
                leftovers.insert(name.as_str());
            } else {
                digests.insert(name.clone(), digest.as_str()?.to_owned());
            }
        }
        let values = count_values(&content).saturating_add(digests.len());
        let texts = pass_json.len().saturating_add(manifest_json.len());
        let json_weight = values.saturating_mul(VALUE_WEIGHT).saturating_add(texts);
        let mut files = Writer::with_capacity(file.len());
        let mut unpacked = 0_u64;
        let shared = |name: &str| !matches!(name, PASS_JSON | MANIFEST_JSON | SIGNATURE) && !leftovers.contains(name);
        for entry in archive.entries().iter().filter(|entry| shared(entry.name()) && !entry.is_folder()) {
            files.copy(&archive, entry);
            unpacked = unpacked.saturating_add(u64::from(entry.size()));
        }
        Some(Self { content, digests, files, unpacked, json_weight })
    }

    /// About how many bytes it takes in memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.files.weight().saturating_add(self.json_weight)
    }

    /// A pass of these files with this content, ready to be signed.
    #[must_use]
    pub fn with(&self, content: &Map<String, Value>) -> Unsigned<'_> {
        let pass_json = serde_json::to_string(content).unwrap_or_default();
        // `collect` would add more than a kilobyte to the Worker for its sort.
        let mut digests: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, digest) in &self.digests {
            digests.insert(name, digest);
        }
        let digest = sha1_hex(pass_json.as_bytes());
        digests.insert(PASS_JSON, &digest);
        let manifest_json = serde_json::to_string(&digests).unwrap_or_default();
        let is_personalized = self.digests.contains_key(PERSONALIZATION_JSON);
        Unsigned { files: &self.files, unpacked: self.unpacked, is_personalized, pass_json, manifest_json }
    }
}

/// The content of a stored pass, even if newer checks refuse its archive. `None` when its `pass.json` cannot be read.
#[must_use]
pub fn content_of(file: &[u8]) -> Option<Map<String, Value>> {
    let archive = archive::scan(file, Kind::Pass, &mut Notes::default())?;
    read_members(&archive.read(archive.find(PASS_JSON)?).ok()?)
}

/// The members of an object. `None` when a key occurs twice: nobody knows which of its values counts on phones.
fn read_members(bytes: &[u8]) -> Option<Map<String, Value>> {
    let object = json::read_object(bytes).ok()?;
    (object.repeated.is_empty() && object.repeated_within.is_none()).then_some(object.members)
}

/// A pass without its signature.
pub struct Unsigned<'a> {
    files: &'a Writer,
    unpacked: u64,
    is_personalized: bool,
    pass_json: String,
    manifest_json: String,
}

/// The most bytes of memory that a value takes besides its text: an object of one member has a node for eleven.
const VALUE_WEIGHT: usize = 11 * size_of::<(String, Value)>();

/// Room for a signature, in bytes; with two certificates it has some four thousand.
const SIGNATURE_BYTES: u64 = 64 * 1024;

/// Bytes of an archive around the three files and their names: headers, directory and end.
const AROUND: usize = 1024;

impl Unsigned<'_> {
    /// The exact bytes to sign.
    #[must_use]
    pub fn manifest(&self) -> &[u8] {
        self.manifest_json.as_bytes()
    }

    /// The exact bytes of `pass.json`.
    #[must_use]
    pub fn pass_json(&self) -> &[u8] {
        self.pass_json.as_bytes()
    }

    /// Whether it has a `personalization.json`, so that its certificate must be one for NFC.
    #[must_use]
    pub fn is_personalized(&self) -> bool {
        self.is_personalized
    }

    /// SHA-256 of the manifest, as [`super::Pass`] has it.
    #[must_use]
    pub fn manifest_sha256(&self) -> String {
        sha256_hex(self.manifest())
    }

    /// The defect of a pass whose `pass.json`, manifest or whole size is above its limit.
    #[must_use]
    pub fn too_large(&self) -> Option<Defect> {
        for (name, bytes) in [(PASS_JSON, self.pass_json()), (MANIFEST_JSON, self.manifest())] {
            if bytes.len() > MAX_JSON_BYTES {
                let message = format!("{name} would have {} bytes; at most {MAX_JSON_BYTES} are accepted.", bytes.len());
                return Some(Defect::in_file(DefectCode::EntryTooLarge, name, message));
            }
        }
        let added = self.pass_json.len().saturating_add(self.manifest_json.len());
        let total = self.unpacked.saturating_add(u64::try_from(added).unwrap_or(u64::MAX));
        (total > MAX_TOTAL_BYTES.saturating_sub(SIGNATURE_BYTES)).then(|| {
            let message =
                format!("The files would unpack to {total} bytes; at most {MAX_TOTAL_BYTES} are accepted, signature included.");
            Defect::in_archive(DefectCode::ArchiveTooLarge, message)
        })
    }

    /// The pass file.
    #[must_use]
    pub fn to_file(&self, signature: &[u8]) -> Vec<u8> {
        let more = [self.pass_json(), self.manifest(), signature];
        let mut archive = self.files.copy_with_room(more.iter().fold(AROUND, |sum, part| sum.saturating_add(part.len())));
        archive.store(PASS_JSON, self.pass_json());
        archive.store(MANIFEST_JSON, self.manifest());
        archive.store(SIGNATURE, signature);
        archive.finish()
    }
}
