//! The record at the end of an archive, which gives the place of the directory (APPNOTE 4.3.16).

use std::ops::Range;

use super::{
    field::{index, length_at, u16_at, u32_at},
    limits::MAX_ENTRIES,
};
use crate::defect::{Defect, DefectCode};

const SIGNATURE: &[u8] = b"PK\x05\x06";
/// Length of the record without its comment.
const LENGTH: usize = 22;
/// Signature and length of the record before it that only ZIP64 archives have (APPNOTE 4.3.15).
const ZIP64_LOCATOR: &[u8] = b"PK\x06\x07";
const ZIP64_LOCATOR_LENGTH: usize = 20;

/// The place of the directory.
#[derive(Debug)]
pub(super) struct End {
    /// How many entries the directory has.
    pub(super) count: usize,
    /// Its place in the file; it ends where the end record begins.
    pub(super) directory: Range<usize>,
}

/// Finds the end record, and checks it against the file.
pub(super) fn find(file: &[u8]) -> Result<End, Defect> {
    let at = position(file).ok_or_else(|| not_an_archive(file))?;
    let record = file.get(at..).unwrap_or_default();
    read(record, at, has_zip64_locator(file, at)).unwrap_or_else(|| Err(not_an_archive(file)))
}

/// The record may be followed by a comment of up to 65,535 bytes, which must reach to the end of the file.
fn position(file: &[u8]) -> Option<usize> {
    let last = file.len().checked_sub(LENGTH)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last).rev().find(|at| {
        let record = file.get(*at..).unwrap_or_default();
        let comment = last.checked_sub(*at);
        record.starts_with(SIGNATURE) && length_at(record, 20) == comment
    })
}

fn has_zip64_locator(file: &[u8], end: usize) -> bool {
    let at = end.checked_sub(ZIP64_LOCATOR_LENGTH);
    at.and_then(|at| file.get(at..)).is_some_and(|record| record.starts_with(ZIP64_LOCATOR))
}

/// `None` when the record is cut off, which [`position`] rules out.
fn read(record: &[u8], at: usize, has_zip64_locator: bool) -> Option<Result<End, Defect>> {
    let (disk, directory_disk) = (u16_at(record, 4)?, u16_at(record, 6)?);
    let (count_here, count) = (u16_at(record, 8)?, u16_at(record, 10)?);
    let (size, start) = (u32_at(record, 12)?, u32_at(record, 16)?);
    let is_zip64 = has_zip64_locator || count == u16::MAX || size == u32::MAX || start == u32::MAX;
    let directory = index(start)..index(start).saturating_add(index(size));
    Some(if is_zip64 {
        Err(zip64())
    } else if disk != 0 || directory_disk != 0 || count_here != count {
        Err(split())
    } else if usize::from(count) > MAX_ENTRIES {
        Err(too_many(count))
    } else if directory.end == at {
        Ok(End { count: usize::from(count), directory })
    } else {
        Err(misplaced())
    })
}

fn not_an_archive(file: &[u8]) -> Defect {
    let message = if file.is_empty() {
        "The file is empty. Send the bytes of the .pkpass file."
    } else if file.starts_with(b"PK") {
        "The file begins like a ZIP archive but does not end like one: it was cut off, or bytes were appended. Send the \
         .pkpass file exactly as it was made."
    } else {
        "The file is not a ZIP archive. Send the bytes of the .pkpass file, without any encoding around them."
    };
    Defect::in_archive(DefectCode::NotAnArchive, message)
}

/// The archive, or one entry in it, uses ZIP64.
pub(super) fn zip64() -> Defect {
    let message = "The archive uses the ZIP64 extension, which is for archives beyond 4 GiB. Pack it without (`force_zip64`, \
                   `large_file` and the like are off).";
    Defect::in_archive(DefectCode::ArchiveZip64, message)
}

/// The archive, or one entry in it, is on another disk.
pub(super) fn split() -> Defect {
    let message = "The archive is one part of a split archive. Pack it into a single file.";
    Defect::in_archive(DefectCode::ArchiveSplit, message)
}

fn too_many(count: u16) -> Defect {
    let message = format!("The archive has {count} entries; at most {MAX_ENTRIES} are accepted.");
    Defect::in_archive(DefectCode::TooManyEntries, message)
}

fn misplaced() -> Defect {
    let message = "The directory of the archive is not where its end record says: bytes were added or removed after packing. \
                   Send the .pkpass file exactly as it was made.";
    Defect::in_archive(DefectCode::ArchiveDamaged, message)
}
