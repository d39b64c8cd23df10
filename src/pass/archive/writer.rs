//! Writes ZIP archives (PKWARE APPNOTE 6.3.10) of files that are packed already, or that are small.
//!
//! Files are added as they are: what another archive holds compressed is copied without unpacking it. All entries bear the
//! same date, so that the same files make the same bytes.

use super::{Archive, Entry, checksum, entry::Packing};

/// Version 2.0: folders and deflate (APPNOTE 4.4.3).
const VERSION: u16 = 20;
/// Unix, so that the upper half of the external attributes is a mode (APPNOTE 4.4.2).
const MADE_BY: u16 = (3 << 8) | VERSION;
/// The name is UTF-8 (APPNOTE 4.4.4, bit 11).
const UTF8: u16 = 1 << 11;
/// 1980-01-01, the first day there is (APPNOTE 4.4.6).
const DATE: u16 = (1 << 5) | 1;
/// A regular file that its owner may write and all may read.
const MODE: u32 = 0o100_644 << 16;

/// An archive that is being written. It can be copied at any point and be continued in several ways.
#[derive(Clone, Default)]
pub struct Writer {
    file: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

/// What both headers of an entry say.
struct Fields<'a> {
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
    pub fn continued(&self, more: usize) -> Self {
        let mut file =
            Vec::with_capacity(self.file.len().saturating_add(self.directory.len()).saturating_add(more));
        file.extend_from_slice(&self.file);
        Self { file, directory: self.directory.clone(), count: self.count }
    }

    /// Adds a file without compressing it.
    pub fn store(&mut self, name: &str, bytes: &[u8]) {
        let size = narrow(bytes.len());
        let crc32 = checksum::crc32(bytes);
        self.add(&Fields { name, method: 0, crc32, packed_size: size, size }, bytes);
    }

    /// Adds an entry of another archive as it is packed there.
    pub fn copy(&mut self, archive: &Archive<'_>, entry: &Entry) {
        let packed = archive.file.get(entry.data.clone()).unwrap_or_default();
        let fields = Fields {
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
        let (start, length) = (narrow(self.file.len()), narrow(self.directory.len()));
        self.file.append(&mut self.directory);
        self.file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        self.file.extend_from_slice(&self.count.to_le_bytes());
        self.file.extend_from_slice(&self.count.to_le_bytes());
        self.file.extend_from_slice(&length.to_le_bytes());
        self.file.extend_from_slice(&start.to_le_bytes());
        self.file.extend_from_slice(&[0, 0]);
        self.file
    }

    /// An entry's data with its header in front (APPNOTE 4.3.7), and the header in the directory (4.3.12).
    fn add(&mut self, fields: &Fields<'_>, packed: &[u8]) {
        let start = narrow(self.file.len());
        self.file.extend_from_slice(b"PK\x03\x04");
        fields.write(&mut self.file);
        self.file.extend_from_slice(fields.name.as_bytes());
        self.file.extend_from_slice(packed);

        self.directory.extend_from_slice(b"PK\x01\x02");
        self.directory.extend_from_slice(&MADE_BY.to_le_bytes());
        fields.write(&mut self.directory);
        // No comment, the first disk, no internal attributes.
        self.directory.extend_from_slice(&[0; 6]);
        self.directory.extend_from_slice(&MODE.to_le_bytes());
        self.directory.extend_from_slice(&start.to_le_bytes());
        self.directory.extend_from_slice(fields.name.as_bytes());
        self.count = self.count.saturating_add(1);
    }
}

impl Fields<'_> {
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
