//! Archives with false headers: the caller sets each field.

use flate2::{Compression, write::DeflateEncoder};
use std::io::Write;

const LOCAL_HEADER: u32 = 0x0403_4b50;
const CENTRAL_HEADER: u32 = 0x0201_4b50;
const END_OF_DIRECTORY: u32 = 0x0605_4b50;
const VERSION: u16 = 20;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const FLAG_UTF8: u16 = 1 << 11;

/// A file of a [`RawArchive`]. The constructors set true values. Change a field to make it false.
#[derive(Debug, Clone)]
pub struct RawEntry {
    /// The name, which need not be UTF-8.
    pub name: Vec<u8>,
    pub central_name: Option<Vec<u8>>,
    /// General purpose flags: 1 is "encrypted", 8 "sizes follow the data", 2048 "name is UTF-8".
    pub flags: u16,
    /// Compression method: 0 stored, 8 deflated, others are of no use in a pass.
    pub method: u16,
    pub crc: u32,
    /// Claimed size of `data`.
    pub compressed_size: u32,
    /// Claimed size of the content.
    pub size: u32,
    /// Unix mode bits, such as `0o120777` for a symbolic link.
    pub mode: u32,
    pub extra: Vec<u8>,
    /// The bytes between this header and the next.
    pub data: Vec<u8>,
    /// The false offset of the entry in the central directory.
    pub offset: Option<u32>,
}

impl RawEntry {
    pub fn stored(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        Self::new(name.as_ref(), STORED, content.as_ref().to_vec(), content.as_ref())
    }

    pub fn deflated(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        let data = encoder.write_all(content.as_ref()).and_then(|()| encoder.finish());
        Self::new(name.as_ref(), DEFLATED, data.expect("memory takes everything"), content.as_ref())
    }

    fn new(name: &[u8], method: u16, data: Vec<u8>, content: &[u8]) -> Self {
        Self {
            name: name.to_vec(),
            central_name: None,
            flags: FLAG_UTF8,
            method,
            crc: crc32fast::hash(content),
            compressed_size: size(data.len()),
            size: size(content.len()),
            mode: 0o100_644,
            extra: Vec::new(),
            data,
            offset: None,
        }
    }

    fn common(&self, name: &[u8]) -> Vec<u8> {
        let mut fields = Vec::new();
        for half in [VERSION, self.flags, self.method, 0, 0x21] {
            fields.extend(half.to_le_bytes()); // 0x21: the first of January 1980, as DOS counts
        }
        for word in [self.crc, self.compressed_size, self.size] {
            fields.extend(word.to_le_bytes());
        }
        for length in [name.len(), self.extra.len()] {
            fields.extend(short(length).to_le_bytes());
        }
        fields
    }

    fn local(&self) -> Vec<u8> {
        [&LOCAL_HEADER.to_le_bytes(), self.common(&self.name).as_slice(), &self.name, &self.extra, &self.data].concat()
    }

    fn central(&self, offset: u32) -> Vec<u8> {
        let name = self.central_name.as_deref().unwrap_or(&self.name);
        let made_by_unix = (3 << 8) | VERSION;
        let mut header = [&CENTRAL_HEADER.to_le_bytes()[..], &made_by_unix.to_le_bytes(), &self.common(name)].concat();
        header.extend([0; 6]); // comment length, disk, internal attributes
        header.extend((self.mode << 16).to_le_bytes());
        header.extend(self.offset.unwrap_or(offset).to_le_bytes());
        [header.as_slice(), name, &self.extra].concat()
    }
}

/// An archive that is assembled from its parts without checks.
#[derive(Debug, Clone, Default)]
pub struct RawArchive {
    /// The files in their order. A name may occur twice.
    pub entries: Vec<RawEntry>,
    pub prefix: Vec<u8>,
    pub comment: Vec<u8>,
    /// The false number of entries.
    pub claimed_entries: Option<u16>,
    /// The false offset of the central directory.
    pub claimed_directory: Option<u32>,
    pub suffix: Vec<u8>,
}

impl RawArchive {
    pub fn new(entries: impl IntoIterator<Item = RawEntry>) -> Self {
        Self { entries: entries.into_iter().collect(), ..Self::default() }
    }

    /// The entry of that name, which the caller may change.
    pub fn entry(&mut self, name: &str) -> &mut RawEntry {
        let found = self.entries.iter_mut().find(|entry| entry.name == name.as_bytes());
        found.unwrap_or_else(|| panic!("the archive has no {name}"))
    }

    pub fn build(&self) -> Vec<u8> {
        let mut file = self.prefix.clone();
        let mut directory = Vec::new();
        for entry in &self.entries {
            directory.extend(entry.central(size(file.len())));
            file.extend(entry.local());
        }
        let start = self.claimed_directory.unwrap_or(size(file.len()));
        let count = self.claimed_entries.unwrap_or(short(self.entries.len()));
        let length = size(directory.len());
        file.extend(directory);
        file.extend(END_OF_DIRECTORY.to_le_bytes());
        file.extend([0; 4]); // number of this disk, and of the disk with the directory
        file.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
        file.extend([length.to_le_bytes(), start.to_le_bytes()].concat());
        file.extend(short(self.comment.len()).to_le_bytes());
        [file, self.comment.clone(), self.suffix.clone()].concat()
    }
}

fn size(length: usize) -> u32 {
    length.try_into().expect("below 4 GiB")
}

fn short(length: usize) -> u16 {
    length.try_into().expect("below 64 KiB")
}
