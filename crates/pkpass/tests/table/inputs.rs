//! Good passes after one change.

use std::collections::BTreeMap;

use pkpass::{Report, inspect_all_but_signature};
use serde_json::Value;

use super::{
    pass_files::PassFiles,
    writer::{self, Item},
};

/// The codes of a file that an issuer uploads.
pub(super) fn check(file: &[u8]) -> Report {
    match inspect_all_but_signature(file, None) {
        Ok(pass) => Report { defects: Vec::new(), warnings: pass.warnings },
        Err(report) => report,
    }
}

/// A pass without defect and without warning.
pub(super) fn good() -> PassFiles {
    let mut files = PassFiles::good();
    for icon in ["icon.png", "icon@2x.png", "icon@3x.png"] {
        files.others.insert(icon.to_owned(), ICON.to_vec());
    }
    files
}

pub(super) const ICON: &[u8] = include_bytes!("../../../pass-factory/src/icon.png");

/// A good pass after one change to its files.
pub(super) fn files(change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) -> Vec<u8> {
    let mut files = good();
    change(&mut files.others);
    files.packed()
}

/// A good pass with one more file.
pub(super) fn with_file(name: &str, bytes: &[u8]) -> Vec<u8> {
    files(|files| drop(files.insert(name.to_owned(), bytes.to_vec())))
}

/// A good pass with one more file, in the archive only.
pub(super) fn with_unlisted(item: Item) -> Vec<u8> {
    let mut items = good().items();
    items.push(item);
    writer::archive(&items)
}

/// A good pass with its manifest changed afterwards.
pub(super) fn manifest(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut files = good();
    let mut manifest = files.manifest();
    change(&mut manifest);
    files.manifest_text = Some(manifest.to_string().into_bytes());
    files.packed()
}

/// A good pass after a change to each of its entries.
pub(super) fn each(change: impl Fn(Item) -> Item) -> Vec<u8> {
    writer::archive(&good().items().into_iter().map(change).collect::<Vec<_>>())
}

/// A good pass after a change to its last entry, an icon.
pub(super) fn last(change: impl FnOnce(Item) -> Item) -> Vec<u8> {
    let mut items = good().items();
    let item = change(items.pop().unwrap());
    items.push(item);
    writer::archive(&items)
}

/// The icon, compressed or not.
pub(super) fn icon(pack: fn(&str, &[u8]) -> Item) -> Item {
    pack("icon@3x.png", ICON)
}

/// A record of an extra field.
pub(super) fn record(id: u16, data: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
}
