//! The extra fields of headers (APPNOTE 4.5): records of an identifier, a length and data, one after the other.

use std::iter;

use super::field::{length_at, u16_at};

/// Sizes and places beyond 32 bits (APPNOTE 4.5.3).
const ZIP64: u16 = 0x0001;
/// Times, as Info-ZIP writes them.
const TIMES: u16 = 0x5455;
/// Another kind and mode of the file. Only libarchive knows this record.
const OTHER_MODE: u16 = 0x6C78;
/// The name in UTF-8, after a version and the CRC-32 of the name in the header (APPNOTE 4.6.9).
const UNICODE_PATH: u16 = 0x7075;
const UNICODE_PATH_START: usize = 5;
/// Encryption, as `WinZip` writes it.
const AES: u16 = 0x9901;

/// The extra field of a header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extra<'a>(pub(super) &'a [u8]);

impl<'a> Extra<'a> {
    /// Whether the reader on phones, libarchive, takes it. Fewer than four bytes are padding: any after a record, zeros alone.
    pub(super) fn is_readable(self) -> bool {
        let mut rest = self.0;
        if rest.len() < 4 {
            return rest.iter().all(|byte| *byte == 0);
        }
        while rest.len() >= 4 {
            let Some((id, data, after)) = split(rest) else { return false };
            if id == OTHER_MODE || (id == TIMES && data.is_empty()) || (id == AES && data.len() < 6) {
                return false;
            }
            rest = after;
        }
        true
    }

    /// The values of the first ZIP64 record; none without one.
    pub(super) fn zip64(self) -> Zip64<'a> {
        Zip64(self.find_zip64().unwrap_or_default())
    }

    pub(super) fn has_zip64(self) -> bool {
        self.find_zip64().is_some()
    }

    fn find_zip64(self) -> Option<&'a [u8]> {
        self.records().find(|(id, _)| *id == ZIP64).map(|(_, data)| data)
    }

    /// Whether a Unicode path gives the entry another name. Some readers take that one, whatever its CRC-32.
    pub(super) fn has_other_name(self, name: &[u8]) -> bool {
        let mut paths = self.records().filter(|(id, _)| *id == UNICODE_PATH);
        paths.any(|(_, data)| data.get(UNICODE_PATH_START..).is_some_and(|path| path != name))
    }

    fn records(self) -> impl Iterator<Item = (u16, &'a [u8])> {
        let mut rest = self.0;
        iter::from_fn(move || {
            let (id, data, after) = split(rest)?;
            rest = after;
            Some((id, data))
        })
    }
}

/// The first record, and what follows it; `None` when it is cut off.
fn split(field: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (id, length) = (u16_at(field, 0)?, length_at(field, 2)?);
    let (data, rest) = field.get(4..)?.split_at_checked(length)?;
    Some((id, data, rest))
}

/// The values of a ZIP64 record. It has one for each field of the header that is all ones, in the order of the specification.
#[derive(Debug)]
pub(super) struct Zip64<'a>(&'a [u8]);

impl Zip64<'_> {
    /// The real value of a field: its own, or the record's next one. All ones when the record has none, or a larger one.
    pub(super) fn widen(&mut self, field: u32) -> u32 {
        let value = if field == u32::MAX { self.0.split_first_chunk() } else { None };
        let Some((value, rest)) = value else { return field };
        self.0 = rest;
        u32::try_from(u64::from_le_bytes(*value)).unwrap_or(u32::MAX)
    }

    /// The real number of a disk, likewise.
    pub(super) fn widen_disk(&self, field: u16) -> u16 {
        if field == u16::MAX && self.0.starts_with(&[0; 4]) { 0 } else { field }
    }
}
