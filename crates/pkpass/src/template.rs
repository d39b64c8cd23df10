//! Templates: a pass without the data of one person, uploaded as a ZIP of an unsigned pass folder, such as the
//! `.pkpasstemplate` of Apple's Pass Designer. The folder may be in the archive or not, and leftovers of other systems are
//! dropped.
//!
//! A text of `pass.json` may have placeholders, such as `{{points}}`. What they make of it is checked when a pass is made.
//!
//! The service checks a template like a pass and prepares it: one archive with the files as they were packed, `pass.json` in
//! canonical form without the keys that are filled in for each pass, and a manifest of the other files.

use super::{
    Report, Warning,
    archive::{self, Archive, MAX_ENTRIES, MAX_TOTAL_BYTES, Writer},
    content::{self, Content},
    defect::{Defect, DefectCode},
    digest::sha256_hex,
    files::{Files, MAX_JSON_BYTES},
    filled::{self, Filled},
    images,
    kind::Kind,
    layout::{self, MANIFEST_JSON, PASS_JSON, PERSONALIZATION_JSON, SIGNATURE, pass_json_defect},
    report::Notes,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A template that is ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The prepared file, which [`super::Parts::from_file`] reads.
    pub file: Vec<u8>,
    /// SHA-256 of it, 64 lowercase hex digits.
    pub version: String,
    /// What works on a phone but disappoints.
    pub warnings: Vec<Warning>,
}

/// Checks a template and prepares it.
///
/// # Errors
/// As [`inspect`](fn@crate::inspect).
pub fn prepare(file: &[u8]) -> Result<Prepared, Report> {
    let mut notes = Notes::for_template();
    let prepared = examine(file, &mut notes);
    let report = notes.into_report();
    match prepared {
        Some(file) if report.defects.is_empty() => Ok(Prepared { version: sha256_hex(&file), file, warnings: report.warnings }),
        _ => Err(report),
    }
}

fn examine(file: &[u8], notes: &mut Notes) -> Option<Vec<u8>> {
    let mut archive = archive::scan(file, Kind::Template, notes)?;
    layout::check(&mut archive, Kind::Template, notes);
    archive.keep(|name| name == PASS_JSON || is_shared(name));
    check_limits(&archive, notes);
    let files = Files::read(&archive, notes);
    let content = read_content(&files, notes)?;
    let mut digests: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, digest) in files.digests.iter().filter(|(name, _)| is_shared(name)) {
        if let Some(digest) = digest.as_deref() {
            digests.insert(name, digest);
        }
    }
    notes.is_clean().then(|| pack(&archive, &content, &digests))
}

/// The template's `pass.json` without placeholders.
fn read_content(files: &Files, notes: &mut Notes) -> Option<String> {
    let mut content = content::read(files.pass_json.as_deref()?, notes)?;
    filled::clear(&mut content);
    let json = serde_json::to_string(&content).unwrap_or_default();
    if json.len() > MAX_JSON_BYTES.saturating_sub(FILLED_BYTES) {
        let message = "pass.json leaves no room for what is filled in for each pass. Make it smaller.";
        notes.push(pass_json_defect(DefectCode::EntryTooLarge, message));
    }
    let Content { needs_poster, needs_nfc, .. } = check(content, notes);
    if needs_poster {
        images::check_poster(files.digests.keys(), notes);
    }
    if needs_nfc || files.digests.contains_key(PERSONALIZATION_JSON) {
        notes.warn(Warning::nfc_certificate());
    }
    Some(json)
}

/// Checks a pass that is made from the template without fields of its own.
fn check(mut pass: Map<String, Value>, notes: &mut Notes) -> Content {
    Filled { pass_type: "pass.template", serial: "template", team: "template", web_service: None }.write(&mut pass);
    content::examine(&pass, None, notes)
}

fn pack(archive: &Archive<'_>, content: &str, digests: &BTreeMap<&str, &str>) -> Vec<u8> {
    let manifest = serde_json::to_string(digests).unwrap_or_default();
    // The entries and the directory need no more room than in the uploaded archive.
    let room = archive.packed_size().saturating_add(content.len()).saturating_add(manifest.len());
    let mut prepared = Writer::with_capacity(room.saturating_add(AROUND));
    prepared.store(PASS_JSON, content.as_bytes());
    prepared.store(MANIFEST_JSON, manifest.as_bytes());
    for entry in digests.keys().filter_map(|name| archive.find(name)) {
        prepared.copy(archive, entry);
    }
    prepared.finish()
}

/// A pass has three files that its template does not share, and they need room.
fn check_limits(archive: &Archive<'_>, notes: &mut Notes) {
    const MOST: usize = MAX_ENTRIES.saturating_sub(3);
    let shared = || archive.entries().iter().filter(|entry| is_shared(entry.name()));
    let count = shared().count();
    if count > MOST {
        let message = format!("The template has {count} files; at most {MOST} are accepted besides pass.json.");
        notes.push(Defect::in_archive(DefectCode::TooManyEntries, message));
    }
    let names = shared().fold(0_usize, |sum, entry| sum.saturating_add(entry.name().len()));
    // A line of the manifest has the name, a digest, and some characters around them; escapes make the name longer.
    if names.saturating_mul(2).saturating_add(count.saturating_mul(64)) > MAX_JSON_BYTES {
        let message = "The names of the files are together too long for a manifest. Make them shorter.";
        notes.push(Defect::in_archive(DefectCode::ArchiveTooLarge, message));
    }
    let bytes = shared().fold(0_u64, |sum, entry| sum.saturating_add(u64::from(entry.size())));
    if bytes > MAX_SHARED_BYTES {
        let message = format!(
            "The files unpack to {bytes} bytes; at most {MAX_SHARED_BYTES} are accepted besides pass.json. Make the images \
             smaller."
        );
        notes.push(Defect::in_archive(DefectCode::ArchiveTooLarge, message));
    }
}

/// Bytes of an archive around `pass.json` and the manifest.
const AROUND: usize = 1024;

/// Room in `pass.json` for the keys that are filled in, in bytes.
const FILLED_BYTES: usize = 4096;

/// The most bytes of the shared files, unpacked: what a pass may have, less the largest `pass.json`, manifest and signature.
const MAX_SHARED_BYTES: u64 = MAX_TOTAL_BYTES.saturating_sub(2 * 1024 * 1024 + 64 * 1024);

/// Whether all passes made from the template have this file.
fn is_shared(name: &str) -> bool {
    !matches!(name, PASS_JSON | MANIFEST_JSON | SIGNATURE) && !name.ends_with('/')
}
