//! The two headers of each entry: one in the archive's directory (APPNOTE 4.3.12), one in front of its data (4.3.7).

use super::{
    end::{self, End},
    field::{index, length_at, u16_at, u32_at},
    limits::{MAX_FILE_BYTES, MAX_TOTAL_BYTES},
};
use crate::{
    defect::{Defect, DefectCode},
    report::Notes,
};

/// An entry's header in the directory.
#[derive(Debug)]
pub(super) struct Central<'a> {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc32: u32,
    pub(super) packed_size: u32,
    pub(super) size: u32,
    pub(super) name: &'a [u8],
    /// Upper half of the external attributes: the Unix mode, or 0.
    pub(super) mode: u32,
    /// Where its [`Local`] header begins.
    pub(super) local_at: u32,
    disk: u16,
}

impl Central<'_> {
    const SIGNATURE: &'static [u8] = b"PK\x01\x02";
    /// Length without name, extra field and comment.
    const LENGTH: usize = 46;

    /// The name for a message; it may have any bytes.
    pub(super) fn display_name(&self) -> String {
        String::from_utf8_lossy(self.name).into_owned()
    }

    /// Reads a header and returns what follows it.
    fn read(record: &[u8]) -> Option<(Central<'_>, &[u8])> {
        if !record.starts_with(Self::SIGNATURE) {
            return None;
        }
        let name_end = Self::LENGTH.checked_add(length_at(record, 28)?)?;
        let end = name_end.checked_add(length_at(record, 30)?)?.checked_add(length_at(record, 32)?)?;
        let central = Central {
            flags: u16_at(record, 8)?,
            method: u16_at(record, 10)?,
            crc32: u32_at(record, 16)?,
            packed_size: u32_at(record, 20)?,
            size: u32_at(record, 24)?,
            name: record.get(Self::LENGTH..name_end)?,
            mode: u32_at(record, 38)? >> 16,
            local_at: u32_at(record, 42)?,
            disk: u16_at(record, 34)?,
        };
        Some((central, record.get(end..)?))
    }

    /// These values mean "see the ZIP64 extra field" (APPNOTE 4.5.3).
    fn is_zip64(&self) -> bool {
        [self.packed_size, self.size, self.local_at].contains(&u32::MAX)
    }
}

/// Reads the whole directory.
///
/// # Errors
///
/// The directory is damaged, split or ZIP64, so nothing in the archive can be trusted.
pub(super) fn read_directory<'a>(file: &'a [u8], end: &End) -> Result<Vec<Central<'a>>, Defect> {
    let mut rest = file.get(end.directory.clone()).ok_or_else(damaged)?;
    let mut headers = Vec::new();
    while !rest.is_empty() {
        let (header, after) = Central::read(rest).ok_or_else(damaged)?;
        if header.is_zip64() {
            return Err(end::zip64());
        }
        if header.disk != 0 {
            return Err(end::split());
        }
        headers.push(header);
        rest = after;
        // The count is within its limit, and a longer directory must not fill the memory.
        if headers.len() > end.count {
            return Err(damaged());
        }
    }
    if headers.len() == end.count { Ok(headers) } else { Err(damaged()) }
}

/// Notes each size beyond its limit.
pub(super) fn check_sizes(headers: &[Central<'_>], notes: &mut Notes) {
    for header in headers.iter().filter(|header| header.size > MAX_FILE_BYTES) {
        let message = format!(
            "This file unpacks to {} bytes; at most {MAX_FILE_BYTES} are accepted. Make its image smaller.",
            header.size
        );
        notes.push(Defect::in_file(DefectCode::EntryTooLarge, &header.display_name(), message));
    }
    let total = headers.iter().fold(0_u64, |total, header| total.saturating_add(u64::from(header.size)));
    if total > MAX_TOTAL_BYTES {
        let message =
            format!("The files unpack to {total} bytes; at most {MAX_TOTAL_BYTES} are accepted. Make the images smaller.");
        notes.push(Defect::in_archive(DefectCode::ArchiveTooLarge, message));
    }
}

fn damaged() -> Defect {
    let message = "The directory of the archive is damaged, or its end record counts other entries than it has. Pack the \
                   archive again.";
    Defect::in_archive(DefectCode::ArchiveDamaged, message)
}

/// The header before an entry's data.
#[derive(Debug)]
pub(super) struct Local<'a> {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc32: u32,
    pub(super) packed_size: u32,
    pub(super) size: u32,
    pub(super) name: &'a [u8],
    /// Length of the header. The data begins after it.
    pub(super) length: usize,
}

impl<'a> Local<'a> {
    const SIGNATURE: &'static [u8] = b"PK\x03\x04";
    /// Length without name and extra field.
    const LENGTH: usize = 30;

    /// Reads the header that begins at `at`.
    pub(super) fn read(file: &'a [u8], at: u32) -> Option<Self> {
        let record = file.get(index(at)..).filter(|record| record.starts_with(Self::SIGNATURE))?;
        let name_end = Self::LENGTH.checked_add(length_at(record, 26)?)?;
        Some(Self {
            flags: u16_at(record, 6)?,
            method: u16_at(record, 8)?,
            crc32: u32_at(record, 14)?,
            packed_size: u32_at(record, 18)?,
            size: u32_at(record, 22)?,
            name: record.get(Self::LENGTH..name_end)?,
            length: name_end.checked_add(length_at(record, 28)?)?,
        })
    }
}
