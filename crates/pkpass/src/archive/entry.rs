//! One entry of an archive. Its two headers have to agree.

use std::ops::Range;

use super::{
    descriptor,
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
    pub(super) name: String,
    pub(super) packing: Packing,
    /// Size unpacked, in bytes.
    pub(super) size: u32,
    pub(super) crc32: u32,
    /// Where its local header begins in the file.
    pub(super) start: usize,
    /// Where its packed data is in the file.
    pub(super) data: Range<usize>,
    /// Where it ends in the file: behind the data, or behind the sizes that follow it. `None` when its headers do not tell.
    end: Option<usize>,
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
    note(fault_of_extra(header, local.as_ref()));
    note(fault_of_local(header, local.as_ref()));
    let (data, end) = locate(file, header, local.as_ref(), directory);
    note(fault_of_place(&data, directory));
    // Another defect may be the reason why there is no end.
    if notes.defect_count() == before && end.is_none() {
        let message = "The sizes and the CRC-32 that follow the data of this file are missing, or are not the ones in the \
                       directory of the archive. Pack it again.";
        notes.push(Defect::in_file(DefectCode::EntryMismatch, &name, message));
    }
    // A file without any data has nothing to inflate, not even the mark that ends it.
    let is_stored = header.method == 0 || (header.size == 0 && end == Some(data.start));
    let packing = match (notes.defect_count() == before, is_stored) {
        (false, _) => Packing::Unreadable,
        (true, true) => Packing::Stored,
        (true, false) => Packing::Deflated,
    };
    Entry { name, packing, size: header.size, crc32: header.crc32, start: index(header.local_at), data, end }
}

/// Where an entry's data is, and where the entry ends.
fn locate(
    file: &[u8],
    header: &Central<'_>,
    local: Option<&Local<'_>>,
    directory: &Range<usize>,
) -> (Range<usize>, Option<usize>) {
    let start = index(header.local_at).saturating_add(local.map_or(0, |local| local.length));
    let data = start..start.saturating_add(index(header.packed_size));
    let end = local.zip(file.get(data.end..directory.start)).and_then(|(local, rest)| {
        let follows = local.flags & SIZES_FOLLOW != 0;
        data.end.checked_add(if follows { descriptor::length(header, local, rest)? } else { 0 })
    });
    (data, end)
}

/// Whether the entries' own headers have room beside each other, and notes it if not. A header has up to 64 KiB of extra field.
/// Without this check, 100,000 entries of 5 MB could name the same one, and reading it each time would take ten seconds.
pub(super) fn check_room(file: &[u8], headers: &[Central<'_>], directory: &Range<usize>, notes: &mut Notes) -> bool {
    let lengths = headers.iter().filter_map(|header| Local::measure(file, header.local_at));
    let has_room = lengths.fold(0, usize::saturating_add) <= directory.start;
    if !has_room {
        let message = "The headers of the files in the archive share bytes with each other. Pack the archive again.";
        notes.push(Defect::in_archive(DefectCode::EntryOverlap, message));
    }
    has_room
}

/// Whether no two readable entries share bytes of the file. Notes those that do: small archives unpack to huge files by it, and
/// no honest archive has it. Notes bytes between them, too: a reader that streams may find other entries there.
pub(super) fn check_apart<'a>(entries: impl Iterator<Item = &'a Entry>, directory: &Range<usize>, notes: &mut Notes) -> bool {
    let mut by_place: Vec<_> = entries.collect();
    by_place.sort_unstable_by_key(|entry| (entry.start, entry.data.end));
    let (mut apart, mut end, mut gaps) = (true, 0, 0_usize);
    for entry in &by_place {
        if entry.is_readable() && entry.start < end {
            apart = false;
            let message = "This entry shares bytes with another entry. Pack the archive again.";
            notes.push(Defect::in_file(DefectCode::EntryOverlap, entry.name(), message));
        }
        gaps = gaps.saturating_add(entry.start.saturating_sub(end));
        end = end.max(entry.end.unwrap_or_default());
    }
    gaps = gaps.saturating_add(directory.start.saturating_sub(end));
    // Without the end of each entry the length of a gap is not known.
    if apart && gaps > 0 && by_place.iter().all(|entry| entry.end.is_some()) {
        let message = format!(
            "The archive has {gaps} bytes before, between or behind its files that belong to none of them. Readers differ on \
             such archives. Pack it again, and send nothing but the archive."
        );
        notes.push(Defect::in_archive(DefectCode::ArchiveGap, message));
    }
    apart
}

/// The defect of an entry.
type Fault = (DefectCode, String);

fn fault_of_name(header: &Central<'_>) -> Option<Fault> {
    let reason = name::check(header.path()).err().filter(|_| !header.is_root())?;
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
    // The two methods that iOS knows: stored and deflated (APPNOTE 4.4.5).
    if !matches!(header.method, 0 | 8) || header.flags & PATCH != 0 {
        let message =
            format!("This file is compressed with ZIP method {}; a pass uses 8 (deflate) or 0 (stored).", header.method);
        Some((DefectCode::EntryMethod, message))
    } else if header.method == 0 && header.packed_size != header.size {
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
    if header.is_dos_folder && !is_folder {
        let message = "This entry is marked as a folder, but its name does not end in a slash. Pack the archive again.";
        return Some((DefectCode::EntryFolder, message.to_owned()));
    }
    let fine = kind == 0 || kind == if is_folder { FOLDER } else { FILE };
    let message = "This entry is a symbolic link or another special file. Put the file itself into the archive.";
    (!fine).then(|| (DefectCode::EntrySpecial, message.to_owned()))
}

fn fault_of_extra(header: &Central<'_>, local: Option<&Local<'_>>) -> Option<Fault> {
    let fields = || [Some(header.extra), local.map(|local| local.extra)].into_iter().flatten();
    if fields().any(|field| !field.is_readable()) {
        let message = "An extra field in this file's headers is cut off or malformed, so phones refuse the archive. Pack it \
                       again, without extra fields if the tool lets you choose (`zip -X`).";
        Some((DefectCode::EntryExtra, message.to_owned()))
    } else if fields().any(|field| field.has_other_name(header.name)) {
        let message = "The Unicode name of this file (extra field 0x7075) is not its name, and readers differ on which they \
                       take. Give the file a name in ASCII and pack it again.";
        Some((DefectCode::EntryMismatch, message.to_owned()))
    } else {
        None
    }
}

/// A reader that streams sees only the local header, so it has to agree with the directory.
fn fault_of_local(header: &Central<'_>, local: Option<&Local<'_>>) -> Option<Fault> {
    let Some(local) = local else {
        let message = "The archive has no header where its directory says that this file begins.";
        return Some((DefectCode::ArchiveDamaged, message.to_owned()));
    };
    if [local.packed_size, local.size].contains(&u32::MAX) {
        let message = "This file's own header gives sizes of 4 GiB and more, or leaves them to a ZIP64 record that it does not \
                       have. Pack it again, without ZIP64 if the tool lets you choose.";
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
