//! The records at the end of an archive, which give the place of the directory (APPNOTE 4.3.14 to 4.3.16).

use std::ops::Range;

use super::field::{u16_at, u32_at, u64_at};
use crate::defect::{Defect, DefectCode};

const SIGNATURE: &[u8] = b"PK\x05\x06";
/// Length of the record without its comment.
const LENGTH: usize = 22;
/// The two records before it that ZIP64 archives have: one with wider numbers, and one that gives the place of the first.
const ZIP64_SIGNATURE: &[u8] = b"PK\x06\x06";
const ZIP64_LENGTH: usize = 56;
const LOCATOR_SIGNATURE: &[u8] = b"PK\x06\x07";
const LOCATOR_LENGTH: usize = 20;

/// The place of the directory.
#[derive(Debug)]
pub(super) struct End {
    /// How many entries the directory has.
    pub(super) count: usize,
    /// Its place in the file; it ends where the end records begin.
    pub(super) directory: Range<usize>,
}

/// What an end record says: the number of its disk and of the directory's, the entries on this disk and in all, size and start
/// of the directory.
type Numbers = [u64; 6];

/// The numbers that mean "see the ZIP64 record".
const UNKNOWN: Numbers = [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF];

/// Finds the end records, and checks them against the file and each other.
pub(super) fn find(file: &[u8]) -> Result<End, Defect> {
    let at = position(file).ok_or_else(|| not_an_archive(file))?;
    let numbers = read(file.get(at..).unwrap_or_default()).ok_or_else(|| not_an_archive(file))?;
    let (wide, at) = match locator_before(file, at) {
        Some((locator, at)) => read_zip64(file, locator, at).map(|wide| (Some(wide), at)).ok_or_else(zip64)?,
        None => (None, at),
    };
    let [disk, directory_disk, count_here, count, size, start] = agree(numbers, wide).ok_or_else(zip64)?;
    if disk != 0 || directory_disk != 0 || count_here != count {
        return Err(split());
    }
    let [count, size, start] = [count, size, start].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
    let directory = start..start.saturating_add(size);
    if directory.end == at { Ok(End { count, directory }) } else { Err(misplaced()) }
}

/// The last record in the file. It may be followed by a comment, which must reach to the end: readers differ on other bytes.
fn position(file: &[u8]) -> Option<usize> {
    let last = file.len().checked_sub(LENGTH)?;
    let records = file.get(..last.saturating_add(SIGNATURE.len()))?;
    let at = records.windows(SIGNATURE.len()).rposition(|bytes| bytes == SIGNATURE)?;
    let comment = u16_at(file, at.saturating_add(20)).map(usize::from);
    (comment == last.checked_sub(at)).then_some(at)
}

fn read(record: &[u8]) -> Option<Numbers> {
    let [disk, directory_disk] = [u16_at(record, 4)?, u16_at(record, 6)?].map(u64::from);
    let [count_here, count] = [u16_at(record, 8)?, u16_at(record, 10)?].map(u64::from);
    let [size, start] = [u32_at(record, 12)?, u32_at(record, 16)?].map(u64::from);
    Some([disk, directory_disk, count_here, count, size, start])
}

/// The record that gives the place of the ZIP64 record, and the place where that one has to be: right before it.
fn locator_before(file: &[u8], end: usize) -> Option<(&[u8], usize)> {
    let at = end.checked_sub(LOCATOR_LENGTH)?;
    let locator = file.get(at..).filter(|record| record.starts_with(LOCATOR_SIGNATURE))?;
    Some((locator, at.checked_sub(ZIP64_LENGTH)?))
}

/// The numbers of the ZIP64 record; `None` when it, or its locator, makes no sense.
fn read_zip64(file: &[u8], locator: &[u8], at: usize) -> Option<Numbers> {
    let (disk, place, disks) = (u32_at(locator, 4)?, u64_at(locator, 8)?, u32_at(locator, 16)?);
    let record = file.get(at..).filter(|record| record.starts_with(ZIP64_SIGNATURE))?;
    // The size leaves the signature and itself out.
    let is_whole = u64_at(record, 4)?.checked_add(12) == u64::try_from(ZIP64_LENGTH).ok();
    let [own_disk, directory_disk] = [u32_at(record, 16)?, u32_at(record, 20)?].map(u64::from);
    let [count_here, count] = [u64_at(record, 24)?, u64_at(record, 32)?];
    let is_honest = is_whole && disk == 0 && disks == 1 && usize::try_from(place) == Ok(at);
    is_honest.then_some([own_disk, directory_disk, count_here, count, u64_at(record, 40)?, u64_at(record, 48)?])
}

/// The numbers that both records agree on.
fn agree(mut numbers: Numbers, wide: Option<Numbers>) -> Option<Numbers> {
    let wide = wide.map(|wide| wide.map(Some)).unwrap_or_default();
    for ((number, unknown), wide) in numbers.iter_mut().zip(UNKNOWN).zip(wide) {
        match wide {
            Some(wide) if *number == unknown => *number = wide,
            Some(wide) if *number != wide => return None,
            None if *number == unknown => return None,
            _ => {}
        }
    }
    Some(numbers)
}

fn not_an_archive(file: &[u8]) -> Defect {
    let message = if file.is_empty() {
        "The file is empty. Send the bytes of the file."
    } else if file.starts_with(b"PK") {
        "The file begins like a ZIP archive but does not end like one: it was cut off, or bytes were appended. Send the file \
         exactly as it was made."
    } else {
        "The file is not a ZIP archive. Send the bytes of the file, without any encoding around them."
    };
    Defect::in_archive(DefectCode::NotAnArchive, message)
}

/// The archive, or one entry in it, is beyond 4 GiB, or claims to be.
pub(super) fn zip64() -> Defect {
    let message = "The archive has ZIP64 records that contradict the rest of it, or sizes beyond 4 GiB. Pack it again, without \
                   ZIP64 if the tool lets you choose (`force_zip64`, `zip64` and the like are off).";
    Defect::in_archive(DefectCode::ArchiveZip64, message)
}

/// The archive, or one entry in it, is on another disk.
pub(super) fn split() -> Defect {
    let message = "The archive is one part of a split archive. Pack it into a single file.";
    Defect::in_archive(DefectCode::ArchiveSplit, message)
}

fn misplaced() -> Defect {
    let message = "The directory of the archive is not where its end record says: bytes were added or removed after packing. \
                   Send the file exactly as it was made.";
    Defect::in_archive(DefectCode::ArchiveDamaged, message)
}
