//! The files in an archive, taken out by the `zip` crate: an implementation that the service does not use.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};
use zip::ZipArchive;

/// All files of an archive by their names; ends the test when it is none.
#[track_caller]
pub fn unpack(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap_or_else(|error| panic!("no archive: {error}"));
    let files = (0..archive.len()).map(|index| {
        let mut entry = archive.by_index(index).unwrap_or_else(|error| panic!("entry {index}: {error}"));
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap_or_else(|error| panic!("entry {index}: {error}"));
        let name = entry.name().unwrap_or_else(|error| panic!("entry {index}: {error}"));
        (name.to_string(), bytes)
    });
    files.collect()
}
