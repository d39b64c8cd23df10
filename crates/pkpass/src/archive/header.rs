//! The two headers of each entry: one in the archive's directory (APPNOTE 4.3.12), one in front of its data (4.3.7).

use super::{
    end::{self, End},
    extra::Extra,
    field::{index, length_at, u16_at, u32_at},
    limits::{MAX_ENTRIES, MAX_FILE_BYTES, MAX_TOTAL_BYTES},
};
use crate::{
    defect::{Defect, DefectCode},
    report::Notes,
};

/// "In this folder", before a path.
const HERE: &[u8] = b"./";

/// The attribute of a folder in MS-DOS.
const DOS_FOLDER: u32 = 0x10;

/// An entry's header in the directory.
#[derive(Debug)]
pub(super) struct Central<'a> {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc32: u32,
    pub(super) packed_size: u32,
    pub(super) size: u32,
    pub(super) name: &'a [u8],
    pub(super) extra: Extra<'a>,
    /// Upper half of the external attributes: the Unix mode, or 0.
    pub(super) mode: u32,
    /// Whether MS-DOS made it, or Windows, and its attributes say that it is a folder.
    pub(super) is_dos_folder: bool,
    /// Where its [`Local`] header begins.
    pub(super) local_at: u32,
    disk: u16,
}

impl Central<'_> {
    const SIGNATURE: &'static [u8] = b"PK\x01\x02";
    /// Length without name, extra field and comment.
    const LENGTH: usize = 46;

    /// The path for a message; it may have any bytes.
    pub(super) fn display_name(&self) -> String {
        String::from_utf8_lossy(self.path()).into_owned()
    }

    /// Reads a header and returns what follows it.
    fn read(record: &[u8]) -> Option<(Central<'_>, &[u8])> {
        if !record.starts_with(Self::SIGNATURE) {
            return None;
        }
        let name_end = Self::LENGTH.checked_add(length_at(record, 28)?)?;
        let extra_end = name_end.checked_add(length_at(record, 30)?)?;
        let end = extra_end.checked_add(length_at(record, 32)?)?;
        let extra = Extra(record.get(name_end..extra_end)?);
        let (system, attributes) = (u16_at(record, 4)? >> 8, u32_at(record, 38)?);
        let mut zip64 = extra.zip64();
        let central = Central {
            flags: u16_at(record, 8)?,
            method: u16_at(record, 10)?,
            crc32: u32_at(record, 16)?,
            // In the order of the record.
            size: zip64.widen(u32_at(record, 24)?),
            packed_size: zip64.widen(u32_at(record, 20)?),
            local_at: zip64.widen(u32_at(record, 42)?),
            disk: zip64.widen_disk(u16_at(record, 34)?),
            name: record.get(Self::LENGTH..name_end)?,
            extra,
            mode: attributes >> 16,
            is_dos_folder: system == 0 && attributes & DOS_FOLDER != 0,
        };
        Some((central, record.get(end..)?))
    }

    /// The path that the name means. Some tools write it from the folder that they packed.
    pub(super) fn path(&self) -> &[u8] {
        self.name.strip_prefix(HERE).unwrap_or(self.name)
    }

    /// Whether the name begins in the folder that was packed.
    pub(super) fn is_from_here(&self) -> bool {
        self.name.starts_with(HERE)
    }

    /// Whether this is the folder that was packed.
    pub(super) fn is_root(&self) -> bool {
        self.name == HERE
    }

    /// A ZIP64 record has no value for one of these, or one beyond 4 GiB.
    fn is_beyond(&self) -> bool {
        [self.packed_size, self.size, self.local_at].contains(&u32::MAX)
    }
}

/// Reads the whole directory.
///
/// # Errors
///
/// The directory is damaged, split or beyond 4 GiB, so nothing in the archive can be trusted.
pub(super) fn read_directory<'a>(file: &'a [u8], end: &End) -> Result<Vec<Central<'a>>, Defect> {
    let mut rest = file.get(end.directory.clone()).ok_or_else(damaged)?;
    let mut headers = Vec::new();
    while !rest.is_empty() {
        let (header, after) = Central::read(rest).ok_or_else(damaged)?;
        if header.is_beyond() {
            return Err(end::zip64());
        }
        if header.disk != 0 {
            return Err(end::split());
        }
        headers.push(header);
        rest = after;
        // A directory with more entries than it says must not fill the memory.
        if headers.len() > end.count {
            return Err(damaged());
        }
    }
    if headers.len() == end.count { Ok(headers) } else { Err(damaged()) }
}

/// Notes each size beyond its limit, and too many entries.
pub(super) fn check_limits<'a>(headers: impl Iterator<Item = &'a Central<'a>>, notes: &mut Notes) {
    let (mut count, mut total) = (0_usize, 0_u64);
    for header in headers {
        count = count.saturating_add(1);
        total = total.saturating_add(u64::from(header.size));
        if header.size > MAX_FILE_BYTES {
            let message =
                format!("This file unpacks to {} bytes; at most {MAX_FILE_BYTES} are accepted. Make it smaller.", header.size);
            notes.push(Defect::in_file(DefectCode::EntryTooLarge, &header.display_name(), message));
        }
    }
    if count > MAX_ENTRIES {
        let message = format!("The archive has {count} entries; at most {MAX_ENTRIES} are accepted.");
        notes.push(Defect::in_archive(DefectCode::TooManyEntries, message));
    }
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
    pub(super) extra: Extra<'a>,
    /// Length of the header. The data begins after it.
    pub(super) length: usize,
}

impl<'a> Local<'a> {
    const SIGNATURE: &'static [u8] = b"PK\x03\x04";
    /// Length without name and extra field.
    const LENGTH: usize = 30;

    /// The length of the header that begins at `at`, without a look at what is in it.
    pub(super) fn measure(file: &[u8], at: u32) -> Option<usize> {
        let record = Self::find(file, at)?;
        Self::LENGTH.checked_add(length_at(record, 26)?)?.checked_add(length_at(record, 28)?)
    }

    fn find(file: &[u8], at: u32) -> Option<&[u8]> {
        file.get(index(at)..).filter(|record| record.starts_with(Self::SIGNATURE))
    }

    /// Reads the header that begins at `at`.
    pub(super) fn read(file: &'a [u8], at: u32) -> Option<Self> {
        let record = Self::find(file, at)?;
        let name_end = Self::LENGTH.checked_add(length_at(record, 26)?)?;
        let length = Self::measure(file, at)?;
        let extra = Extra(record.get(name_end..length)?);
        let mut zip64 = extra.zip64();
        Some(Self {
            flags: u16_at(record, 6)?,
            method: u16_at(record, 8)?,
            crc32: u32_at(record, 14)?,
            // In the order of the record.
            size: zip64.widen(u32_at(record, 22)?),
            packed_size: zip64.widen(u32_at(record, 18)?),
            name: record.get(Self::LENGTH..name_end)?,
            extra,
            length,
        })
    }
}
