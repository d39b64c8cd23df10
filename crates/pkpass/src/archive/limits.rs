//! How large an archive may be, and that its entries lie apart from each other. Both are checked on what the
//! directory declares, before a byte is inflated.

use super::{entry::Entry, header::Central};
use crate::defect::{Defect, DefectCode, Defects};

/// Most entries in an archive. A pass in forty languages, each with its own images, stays below.
pub const MAX_ENTRIES: usize = 512;

/// Largest file in an archive, unpacked, in bytes: 10 MiB.
pub const MAX_FILE_BYTES: u32 = 10 * 1024 * 1024;

/// Largest sum of all files, unpacked, in bytes: 20 MiB.
pub const MAX_TOTAL_BYTES: u64 = 20 * 1024 * 1024;

/// Notes each size beyond its limit.
pub(super) fn check_sizes(headers: &[Central<'_>], defects: &mut Defects) {
    for header in headers.iter().filter(|header| header.size > MAX_FILE_BYTES) {
        let message = format!(
            "This file unpacks to {} bytes; at most {MAX_FILE_BYTES} are accepted. Make its image smaller.",
            header.size
        );
        defects.push(Defect::of_file(DefectCode::EntryTooLarge, &header.shown_name(), message));
    }
    let total = headers.iter().fold(0_u64, |total, header| total.saturating_add(u64::from(header.size)));
    if total > MAX_TOTAL_BYTES {
        let message = format!(
            "The files unpack to {total} bytes; at most {MAX_TOTAL_BYTES} are accepted. Make the images smaller."
        );
        defects.push(Defect::of_archive(DefectCode::ArchiveTooLarge, message));
    }
}

/// Whether no two readable entries share bytes of the file; notes those that do. Shared bytes are how a small archive
/// unpacks to a huge one, and have no honest use.
pub(super) fn check_apart(entries: &[Entry], defects: &mut Defects) -> bool {
    let mut by_place: Vec<_> = entries.iter().filter(|entry| entry.is_readable()).collect();
    by_place.sort_unstable_by_key(|entry| (entry.start, entry.data.end));
    let mut apart = true;
    let mut end = 0;
    for entry in by_place {
        if entry.start < end {
            apart = false;
            let message = "This entry shares bytes with another entry. Pack the archive again.";
            defects.push(Defect::of_file(DefectCode::EntryOverlap, entry.name(), message));
        }
        end = end.max(entry.data.end);
    }
    apart
}
