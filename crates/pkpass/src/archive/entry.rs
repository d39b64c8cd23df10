//! One entry of an archive. Its two headers have to agree.

use std::ops::Range;

use super::{
    field::index,
    header::{Central, Local},
    name,
};
use crate::{
    defect::{Defect, DefectCode},
    report::Notes,
};

/// A file or folder in an archive.
#[derive(Debug, Clone)]
pub struct Entry {
    name: String,
    pub(super) packing: Packing,
    /// Size unpacked, in bytes.
    pub(super) size: u32,
    pub(super) crc32: u32,
    /// Where its local header begins in the file.
    pub(super) start: usize,
    /// Where its packed data is in the file.
    pub(super) data: Range<usize>,
}

/// How an entry's bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Stored,
    Deflated,
    /// The entry has a defect of its own and is not unpacked.
    Unreadable,
}

impl Entry {
    /// Its path in the archive, with `/` between the parts and at the end of a folder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its size unpacked, in bytes.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.size
    }

    /// Whether it is a folder: its name ends in `/`, and it has no content.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }

    /// Whether it has no defect of its own, so far as its headers show.
    pub(crate) fn is_readable(&self) -> bool {
        self.packing != Packing::Unreadable
    }
}

/// Checks an entry and notes its defects. An entry with a defect is not readable.
pub(super) fn check(file: &[u8], header: &Central<'_>, directory: &Range<usize>, notes: &mut Notes) -> Entry {
    let before = notes.defect_count();
    let name = header.display_name();
    let mut note = |fault: Option<Fault>| {
        if let Some((code, message)) = fault {
            notes.push(Defect::in_file(code, &name, message));
        }
    };
    note(fault_of_name(header));
    // Encryption changes method and sizes too: one defect, not two.
    note(fault_of_encryption(header).or_else(|| fault_of_packing(header)));
    note(fault_of_kind(header));
    let local = Local::read(file, header.local_at);
    note(fault_of_local(header, local.as_ref()));
    let start = index(header.local_at);
    let data_start = start.saturating_add(local.map_or(0, |local| local.length));
    let data = data_start..data_start.saturating_add(index(header.packed_size));
    note(fault_of_place(&data, directory));
    let packing = if notes.defect_count() == before { packing_of(header.method) } else { Packing::Unreadable };
    Entry { name, packing, size: header.size, crc32: header.crc32, start, data }
}

/// Whether no two readable entries share bytes of the file. Notes those that do: small archives unpack to huge files by it, and
/// no honest archive has it.
pub(super) fn check_apart(entries: &[Entry], notes: &mut Notes) -> bool {
    let mut by_place: Vec<_> = entries.iter().filter(|entry| entry.is_readable()).collect();
    by_place.sort_unstable_by_key(|entry| (entry.start, entry.data.end));
    let mut apart = true;
    let mut end = 0;
    for entry in by_place {
        if entry.start < end {
            apart = false;
            let message = "This entry shares bytes with another entry. Pack the archive again.";
            notes.push(Defect::in_file(DefectCode::EntryOverlap, entry.name(), message));
        }
        end = end.max(entry.data.end);
    }
    apart
}

/// The defect of an entry.
type Fault = (DefectCode, String);

/// The two methods that iOS knows: stored and deflated (APPNOTE 4.4.5).
fn packing_of(method: u16) -> Packing {
    match method {
        0 => Packing::Stored,
        8 => Packing::Deflated,
        _ => Packing::Unreadable,
    }
}

fn fault_of_name(header: &Central<'_>) -> Option<Fault> {
    let reason = name::check(header.name).err()?;
    Some((DefectCode::EntryName, format!("The name {reason}. Rename the file.")))
}

/// Flags 0 and 6 say that the data is encrypted, flag 13 that the header is (APPNOTE 4.4.4).
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// Flag 3: CRC-32 and sizes were not known when the local header was written, and follow the data.
const SIZES_FOLLOW: u16 = 1 << 3;

/// Flag 5: the data is a patch to another file.
const PATCH: u16 = 1 << 5;

fn fault_of_encryption(header: &Central<'_>) -> Option<Fault> {
    let message = "This file is encrypted; phones have no password. Pack the archive without one.";
    (header.flags & ENCRYPTED != 0).then(|| (DefectCode::EntryEncrypted, message.to_owned()))
}

fn fault_of_packing(header: &Central<'_>) -> Option<Fault> {
    let packing = packing_of(header.method);
    if packing == Packing::Unreadable || header.flags & PATCH != 0 {
        let message =
            format!("This file is compressed with ZIP method {}; a pass uses 8 (deflate) or 0 (stored).", header.method);
        Some((DefectCode::EntryMethod, message))
    } else if packing == Packing::Stored && header.packed_size != header.size {
        let message = "This file is stored without compression, but its two sizes differ. Pack it again.";
        Some((DefectCode::EntrySize, message.to_owned()))
    } else {
        None
    }
}

/// Refuses all but files and folders: a link could point anywhere, and readers differ on a folder with content.
fn fault_of_kind(header: &Central<'_>) -> Option<Fault> {
    const KIND: u32 = 0o170_000;
    const FOLDER: u32 = 0o040_000;
    const FILE: u32 = 0o100_000;

    let is_folder = header.name.ends_with(b"/");
    let kind = header.mode & KIND;
    if is_folder && (header.size != 0 || header.crc32 != 0) {
        let message = "The name of this entry ends in a slash, as a folder's does, but it has content.";
        return Some((DefectCode::EntryFolder, message.to_owned()));
    }
    let fine = kind == 0 || kind == if is_folder { FOLDER } else { FILE };
    let message = "This entry is a symbolic link or another special file. Put the file itself into the archive.";
    (!fine).then(|| (DefectCode::EntrySpecial, message.to_owned()))
}

/// A reader that streams sees only the local header, so it has to agree with the directory.
fn fault_of_local(header: &Central<'_>, local: Option<&Local<'_>>) -> Option<Fault> {
    let Some(local) = local else {
        let message = "The archive has no header where its directory says that this file begins.";
        return Some((DefectCode::ArchiveDamaged, message.to_owned()));
    };
    if [local.packed_size, local.size].contains(&u32::MAX) {
        let message = "This file's header uses the ZIP64 extension, which is for files beyond 4 GiB. Pack it without \
                       (`force_zip64`, `large_file` and the like are off).";
        return Some((DefectCode::ArchiveZip64, message.to_owned()));
    }
    let part = difference(header, local)?;
    let message =
        format!("The {part} in this file's own header is not the one in the directory of the archive. Pack it again.");
    Some((DefectCode::EntryMismatch, message))
}

/// The field in which the two headers differ.
fn difference(header: &Central<'_>, local: &Local<'_>) -> Option<&'static str> {
    // A writer that streams does not know some values yet, and leaves zeros.
    let is_unknown = |value: u32| value == 0 && local.flags & SIZES_FOLLOW != 0;
    let differs = |local: u32, central: u32| local != central && !is_unknown(local);
    if local.name != header.name {
        Some("name")
    } else if local.method != header.method {
        Some("compression method")
    } else if (local.flags ^ header.flags) & ENCRYPTED != 0 {
        Some("encryption")
    } else if differs(local.crc32, header.crc32) {
        Some("CRC-32")
    } else if differs(local.packed_size, header.packed_size) || differs(local.size, header.size) {
        Some("size")
    } else {
        None
    }
}

/// Data lies before the directory.
fn fault_of_place(data: &Range<usize>, directory: &Range<usize>) -> Option<Fault> {
    let message = "The data of this file would reach into the directory of the archive. Pack it again.";
    (data.end > directory.start).then(|| (DefectCode::ArchiveDamaged, message.to_owned()))
}
