//! Writes ZIP archives (PKWARE APPNOTE 6.3.10) of files that are already packed, or small.
//!
//! A file that another archive holds compressed is copied without unpacking it. All entries have the same date, so the same
//! files make the same bytes.

use super::{Archive, Entry, checksum, entry::Packing};

/// Version 2.0: folders and deflate (APPNOTE 4.4.3).
const VERSION: u16 = 20;
/// Unix, so that the upper half of the external attributes is a mode (APPNOTE 4.4.2).
const MADE_BY: u16 = (3 << 8) | VERSION;
/// The name is UTF-8 (APPNOTE 4.4.4, bit 11).
const UTF8: u16 = 1 << 11;
/// 1980-01-01, the first day in ZIP (APPNOTE 4.4.6).
const DATE: u16 = (1 << 5) | 1;
/// A regular file that its owner may write and all may read.
const MODE: u32 = 0o100_644 << 16;

/// An archive in the making. A copy of it can be finished in another way.
#[derive(Clone, Default)]
pub struct Writer {
    file: Vec<u8>,
    outline: Outline,
}

/// The headers and the directory of an archive. The caller writes the data of its entries.
#[derive(Clone, Default)]
pub struct Outline {
    /// Bytes of the archive so far, the data of entries included.
    length: usize,
    directory: Vec<u8>,
    count: u16,
}

/// The fields that both headers of an entry have.
struct EntryHeader<'a> {
    name: &'a str,
    method: u16,
    crc32: u32,
    packed_size: u32,
    size: u32,
}

impl Writer {
    /// An empty archive with room for so many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { file: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// A copy with room for `more` bytes.
    #[must_use]
    pub fn copy_with_room(&self, more: usize) -> Self {
        let directory = self.outline.directory.len();
        let mut file = Vec::with_capacity(self.file.len().saturating_add(directory).saturating_add(more));
        file.extend_from_slice(&self.file);
        Self { file, outline: self.outline.clone() }
    }

    /// About how many bytes it takes in memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.file.capacity().saturating_add(self.outline.directory.capacity())
    }

    /// Adds a file without compressing it.
    pub fn store(&mut self, name: &str, bytes: &[u8]) {
        let size = narrow(bytes.len());
        let crc32 = checksum::crc32(bytes);
        self.add(&EntryHeader { name, method: 0, crc32, packed_size: size, size }, bytes);
    }

    /// Copies an entry of another archive without unpacking it.
    pub fn copy(&mut self, archive: &Archive<'_>, entry: &Entry) {
        let packed = archive.file.get(entry.data.clone()).unwrap_or_default();
        let fields = EntryHeader {
            name: entry.name(),
            method: if entry.packing == Packing::Stored { 0 } else { 8 },
            crc32: entry.crc32,
            packed_size: narrow(packed.len()),
            size: entry.size,
        };
        self.add(&fields, packed);
    }

    /// The archive's bytes.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.file.append(&mut self.outline.finish());
        self.file
    }

    /// Adds an entry's header and data.
    fn add(&mut self, fields: &EntryHeader<'_>, packed: &[u8]) {
        self.file.append(&mut self.outline.add(fields));
        self.file.extend_from_slice(packed);
    }
}

impl Outline {
    /// The header of a file that is stored without compressing it. Its data follows.
    pub fn store(&mut self, name: &str, size: u32, crc32: u32) -> Vec<u8> {
        self.add(&EntryHeader { name, method: 0, crc32, packed_size: size, size })
    }

    /// Bytes of the archive so far, the data of entries included.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// The bytes after the data of the last entry: the directory and the archive's end (APPNOTE 4.3.12, 4.3.16).
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        let (start, length) = (narrow(self.length), narrow(self.directory.len()));
        let end = &mut self.directory;
        end.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        end.extend_from_slice(&self.count.to_le_bytes());
        end.extend_from_slice(&self.count.to_le_bytes());
        end.extend_from_slice(&length.to_le_bytes());
        end.extend_from_slice(&start.to_le_bytes());
        end.extend_from_slice(&[0, 0]);
        self.directory
    }

    /// The header before an entry's data (APPNOTE 4.3.7). Adds the one in the directory (4.3.12).
    fn add(&mut self, fields: &EntryHeader<'_>) -> Vec<u8> {
        let start = narrow(self.length);
        let mut header = b"PK\x03\x04".to_vec();
        fields.write(&mut header);
        header.extend_from_slice(fields.name.as_bytes());
        let packed = usize::try_from(fields.packed_size).unwrap_or(usize::MAX);
        self.length = self.length.saturating_add(header.len()).saturating_add(packed);

        self.directory.extend_from_slice(b"PK\x01\x02");
        self.directory.extend_from_slice(&MADE_BY.to_le_bytes());
        fields.write(&mut self.directory);
        // No comment, the first disk, no internal attributes.
        self.directory.extend_from_slice(&[0; 6]);
        self.directory.extend_from_slice(&MODE.to_le_bytes());
        self.directory.extend_from_slice(&start.to_le_bytes());
        self.directory.extend_from_slice(fields.name.as_bytes());
        self.count = self.count.saturating_add(1);
        header
    }
}

impl EntryHeader<'_> {
    /// From "version needed to extract" to "extra field length".
    fn write(&self, header: &mut Vec<u8>) {
        for half in [VERSION, UTF8, self.method, 0, DATE] {
            header.extend_from_slice(&half.to_le_bytes());
        }
        for word in [self.crc32, self.packed_size, self.size] {
            header.extend_from_slice(&word.to_le_bytes());
        }
        let name_length = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        header.extend_from_slice(&name_length.to_le_bytes());
        header.extend_from_slice(&[0, 0]);
    }
}

/// Archives are far below 4 GiB, and names within archives below 64 KiB.
fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
