//! Reads ZIP archives (PKWARE APPNOTE 6.3.10), as strictly as a pass allows, and writes them.
//!
//! ZIP says most things twice, and readers differ in which they believe. So this module refuses a file whose accounts differ,
//! and what libarchive, the reader on phones, refuses or reads differently when it streams and when it seeks. It also refuses
//! everything that a pass never needs: several disks, more than 4 GiB, encryption, links, compression other than deflate. ZIP64
//! records are fine where the numbers in them are small and agree with the rest, because some tools always write them.
//!
//! It inflates nothing before the whole directory is checked and within the limits, and stops inflating at the declared size,
//! so a ZIP bomb costs no more than its directory.

mod checksum;
mod descriptor;
mod end;
mod entry;
mod extra;
mod field;
mod header;
mod inflate;
mod limits;
mod name;
mod names;
mod writer;

use std::fmt;

pub use self::{
    checksum::Crc32,
    entry::Entry,
    limits::{MAX_ENTRIES, MAX_FILE_BYTES, MAX_TOTAL_BYTES},
    writer::{Outline, Writer},
};
use self::{entry::Packing, header::Central};
use super::{
    defect::{Defect, DefectCode},
    kind::Kind,
    leftovers::is_leftover,
    report::{Notes, Report},
};

/// A ZIP archive whose directory has been checked. It borrows the bytes and holds nothing unpacked.
#[derive(Clone)]
pub struct Archive<'a> {
    file: &'a [u8],
    entries: Vec<Entry>,
}

/// Omits the bytes.
impl fmt::Debug for Archive<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Archive").field("entries", &self.entries).finish_non_exhaustive()
    }
}

impl<'a> Archive<'a> {
    /// Reads the directory of an archive and checks all of it; the entries' data is checked by [`Archive::read`].
    ///
    /// # Errors
    ///
    /// Every defect found, at least one.
    pub fn open(file: &'a [u8]) -> Result<Self, Report> {
        let mut notes = Notes::default();
        match scan(file, Kind::Pass, &mut notes) {
            Some(archive) if notes.is_clean() => Ok(archive),
            _ => Err(notes.into_report()),
        }
    }

    /// Bytes of the file.
    #[must_use]
    pub fn packed_size(&self) -> usize {
        self.file.len()
    }

    /// All entries, folders included, in the order of the directory.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Notes what works on phones, but not on every system.
    pub(super) fn check_portability(&self, notes: &mut Notes) {
        names::check_portability(&self.entries, notes);
    }

    /// Takes the folder off that is around the files, and leaves out what is beside it.
    pub(super) fn enter(&mut self, folder: &str) {
        let within = |name: &str| name.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned);
        self.entries.retain_mut(|entry| {
            entry.name = within(&entry.name).unwrap_or_default();
            !entry.name.is_empty()
        });
    }

    /// Leaves out the entries of other names.
    pub(super) fn keep(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.entries.retain(|entry| is_kept(&entry.name));
    }

    /// The entry with exactly this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name() == name)
    }

    /// Unpacks an entry of this archive: at most [`MAX_FILE_BYTES`], and exactly its declared size.
    ///
    /// # Errors
    ///
    /// The entry's data is broken, or contradicts its declared size or its CRC-32.
    pub fn read(&self, entry: &Entry) -> Result<Vec<u8>, Defect> {
        let mut bytes = Vec::with_capacity(field::index(entry.size));
        self.read_each(entry, &mut |piece| bytes.extend_from_slice(piece))?;
        Ok(bytes)
    }

    /// Unpacks an entry piece by piece, so that it need not fit into memory.
    ///
    /// # Errors
    ///
    /// As [`Archive::read`]. Some pieces may have been passed to `piece` before that shows.
    pub fn read_each(&self, entry: &Entry, piece: &mut dyn FnMut(&[u8])) -> Result<(), Defect> {
        let packed = self.file.get(entry.data.clone()).unwrap_or_default();
        let mut crc = Crc32::default();
        let mut checked = |bytes: &[u8]| {
            crc.update(bytes);
            piece(bytes);
        };
        match entry.packing {
            Packing::Stored => checked(packed),
            Packing::Deflated => inflate::each(packed, entry.size, entry.name(), &mut checked)?,
            Packing::Unreadable => return Err(unreadable(entry)),
        }
        if crc.value() == entry.crc32 { Ok(()) } else { Err(checksum_wrong(entry)) }
    }
}

/// Reads the directory and notes its defects. An entry with a defect of its own counts as present, but is not readable. `None`
/// when nothing may be read: the directory makes no sense, or exceeds the limits. Of a template it leaves out what nobody meant
/// to be in it.
pub(super) fn scan<'a>(file: &'a [u8], kind: Kind, notes: &mut Notes) -> Option<Archive<'a>> {
    let end = end::find(file).map_err(|defect| notes.push(defect)).ok()?;
    let found = notes.defect_count();
    let headers = header::read_directory(file, &end).map_err(|defect| notes.push(defect)).ok()?;
    let is_meant = |header: &&Central<'_>| !header.is_root() && (kind == Kind::Pass || !is_leftover(&header.display_name()));
    header::check_limits(headers.iter().filter(is_meant), notes);
    if notes.defect_count() > found || !entry::check_room(file, &headers, &end.directory, notes) {
        return None;
    }
    note_prefixes(&headers, kind, notes);
    let check = |header: &Central<'_>, notes: &mut Notes| entry::check(file, header, &end.directory, notes);
    let entries: Vec<_> = headers.iter().filter(is_meant).map(|header| check(header, notes)).collect();
    // The others only have to be where nothing else is.
    let others = headers.iter().filter(|header| !is_meant(header));
    let others: Vec<_> = others.map(|header| check(header, &mut Notes::default())).collect();
    names::check(&entries, notes);
    let apart = entry::check_apart(entries.iter().chain(&others), &end.directory, notes);
    apart.then_some(Archive { file, entries })
}

/// A template is packed anew, under the names that are meant.
fn note_prefixes(headers: &[Central<'_>], kind: Kind, notes: &mut Notes) {
    if kind == Kind::Pass && headers.iter().any(Central::is_from_here) {
        let message = format!(
            "Names of files begin with `./`, but manifest.json has them without. Pack the files so that their names are plain: \
             run `{}` inside their folder.",
            kind.command()
        );
        notes.push(Defect::in_archive(DefectCode::EntryName, message));
    }
}

fn unreadable(entry: &Entry) -> Defect {
    Defect::in_file(DefectCode::ArchiveDamaged, entry.name(), "This entry has a defect and is not unpacked.")
}

fn checksum_wrong(entry: &Entry) -> Defect {
    let message = "The CRC-32 of this file is not the one in the archive: its bytes were changed after packing. Pack the \
                   archive again.";
    Defect::in_file(DefectCode::EntryChecksum, entry.name(), message)
}
