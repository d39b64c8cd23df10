//! Good passes, each with one defect, and the code it must be reported with.

use pkpass::{
    DefectCode, MAX_JSON_BYTES,
    archive::{MAX_ENTRIES, MAX_FILE_BYTES},
};
use serde_json::{Value, json};

use super::{
    PassFiles, end_with, files_with, items_with, manifest_with,
    pass_files::{MANIFEST_JSON, SIGNATURE},
    pass_text, pass_with, pass_without, without,
    writer::{self, Item},
};

pub(super) fn all() -> impl Iterator<Item = (DefectCode, Vec<u8>)> {
    [of_archive(), of_limit(), of_file(), of_content()].into_iter().flatten()
}

pub(super) const HASH: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

/// Good passes, each with one defect in its archive.
fn of_archive() -> Vec<(DefectCode, Vec<u8>)> {
    use DefectCode as Code;

    let good = PassFiles::good().packed();
    let link = |mode: u16| items_with(|items| items[3].mode = mode);
    let flag = |bit: u16| items_with(|items| items[3] = items[3].clone().with(|header| header.flags |= bit));
    let local = |change: fn(&mut writer::Header)| items_with(|items| change(&mut items[3].local));
    let renamed =
        |name: &[u8]| items_with(|items| items.push(Item::stored("x", b"").with(|header| header.name = name.to_vec())));
    let mut cases = vec![
        (Code::NotAnArchive, Vec::new()),
        (Code::NotAnArchive, b"{}".to_vec()),
        (Code::NotAnArchive, good.iter().copied().take(good.len().saturating_sub(1)).collect()),
        (Code::NotAnArchive, [&good[..], b"\n"].concat()),
        (Code::ArchiveDamaged, [b"MZ", &good[..]].concat()),
        (Code::ArchiveGap, items_with(|items| items[3].before = b"x".to_vec())),
        (Code::EntryExtra, local(|header| header.extra = b"x".to_vec())),
        (Code::ArchiveDamaged, end_with(12, 5)),
        (Code::ArchiveDamaged, end_after(b"hidden")),
        (Code::ArchiveDamaged, count_with(8)),
        (Code::ArchiveDamaged, items_with(|items| reach_into_the_directory(items))),
        (Code::ArchiveDamaged, items_with(|items| items[3].start = Some(1))),
        (Code::ArchiveSplit, end_with(4, 1)),
        (Code::ArchiveSplit, end_with(8, 1)),
        (Code::ArchiveSplit, items_with(|items| items[3].disk = 1)),
        (Code::ArchiveZip64, end_with(10, u16::MAX)),
        (Code::ArchiveZip64, items_with(|items| items[3].central.size = u32::MAX)),
        (Code::ArchiveZip64, items_with(|items| items[3].local.packed_size = u32::MAX)),
        (Code::EntryDuplicate, items_with(|items| items.push(items[3].clone()))),
        (Code::EntryOverlap, items_with(put_one_inside_another)),
        (Code::EntryEncrypted, items_with(|items| items[4] = encrypted(&items[4]))),
        (Code::EntryMethod, flag(1 << 5)),
        (Code::EntryMethod, items_with(|items| items[3] = items[3].clone().with(|header| header.method = 9))),
        (Code::EntrySpecial, link(0o120_777)),
        (Code::EntrySpecial, link(0o010_644)),
        (Code::EntrySpecial, link(0o040_755)),
        (Code::EntryFolder, items_with(|items| items.push(Item::stored("x/", b"1")))),
        (Code::EntryMismatch, local(|header| header.name[0] = b'I')),
        (Code::EntryMismatch, local(|header| header.method = 0)),
        (Code::EntryMismatch, local(|header| header.crc32 = 1)),
        (Code::EntryMismatch, local(|header| header.size = 1)),
        (Code::EntryMismatch, local(|header| header.flags |= 1)),
        (Code::EntryMismatch, items_with(|items| items[5].local.packed_size = 1)),
        (Code::EntryData, items_with(|items| items[0].packed[0] = 0x07)),
        (Code::EntrySize, items_with(|items| items[1] = items[1].clone().with(|header| header.size = 1))),
        (Code::EntryChecksum, items_with(|items| items[1].packed[0] = b' ')),
        (Code::EntryChecksum, items_with(|items| items[1] = items[1].clone().with(|header| header.crc32 = 1))),
    ];
    cases.extend([1, 1 << 6, 1 << 13].map(|bit| (Code::EntryEncrypted, flag(bit))));
    let names: [&[u8]; 9] = [b"/x", b"../x", b"a/../x", b"./x", b"a//x", b"a\\x", b"a\0", b"\xFF", b""];
    cases.extend(names.map(|name| (Code::EntryName, renamed(name))));
    cases
}

/// As traditional encryption leaves a stored file: twelve bytes longer.
fn encrypted(item: &Item) -> Item {
    let mut item = item.clone().with(|header| {
        header.flags |= 1;
        header.packed_size = header.packed_size.saturating_add(12);
    });
    item.packed.extend([0; 12]);
    item
}

/// Bytes between the directory and the end record.
fn end_after(hidden: &[u8]) -> Vec<u8> {
    let mut file = PassFiles::good().packed();
    let end = file.split_off(file.len().saturating_sub(22));
    [&file, hidden, &end].concat()
}

/// An end record that counts other entries than there are.
fn count_with(count: u8) -> Vec<u8> {
    let mut file = PassFiles::good().packed();
    let end = file.len().saturating_sub(22);
    file[end..][8] = count;
    file[end..][10] = count;
    file
}

/// The last file claims one byte more than there is before the directory.
fn reach_into_the_directory(items: &mut [Item]) {
    items.swap(4, 6);
    items[6] = items[6].clone().with(|header| {
        header.packed_size = header.packed_size.saturating_add(1);
        header.size = header.packed_size;
    });
}

/// Two entries, of which the second lies in the data of the first.
fn put_one_inside_another(items: &mut Vec<Item>) {
    let inner = Item::stored("inner", b"");
    let outer = Item::stored("outer", &writer::archive(std::slice::from_ref(&inner)));
    // Behind the header and the name of the outer one, which comes first in the file.
    let start = Some(30 + 5);
    items.insert(0, outer);
    items.push(Item { start, ..inner });
}

/// Good passes, each with one size beyond its limit.
fn of_limit() -> Vec<(DefectCode, Vec<u8>)> {
    use DefectCode as Code;

    let declared = |size: u32| items_with(|items| items[0] = items[0].clone().with(|header| header.size = size));
    let largest = Item::deflated("zeros", &zeros(MAX_FILE_BYTES));
    let beyond = Item::deflated("zeros", &zeros(MAX_FILE_BYTES.saturating_add(1)));
    let long = || " ".repeat(MAX_JSON_BYTES.saturating_add(1));
    vec![
        (
            Code::TooManyEntries,
            items_with(|items| {
                items.resize(MAX_ENTRIES.saturating_add(1), Item::default());
            }),
        ),
        (Code::EntryTooLarge, items_with(|items| items.push(beyond.clone()))),
        (Code::EntryTooLarge, pass_text(long())),
        (Code::EntryTooLarge, files_with(|files| files.manifest_text = Some(long().into_bytes()))),
        (Code::ArchiveTooLarge, items_with(|items| items.extend([largest.clone(), largest.clone()]))),
        // A bomb that lies: it declares little and inflates to much.
        (
            Code::EntrySize,
            items_with(|items| {
                let bomb = largest.clone().with(|header| header.size = 100);
                items[0] = bomb.with(|header| header.name = b"pass.json".to_vec());
            }),
        ),
        (Code::EntrySize, declared(1)),
        (Code::EntrySize, declared(MAX_FILE_BYTES)),
    ]
}

/// Good passes, each with one defect in its files or its manifest.
fn of_file() -> Vec<(DefectCode, Vec<u8>)> {
    use DefectCode as Code;

    let in_folder = |folder: &str| {
        items_with(|items| {
            for item in items.iter_mut() {
                *item = item.clone().with(|header| header.name.splice(..0, folder.bytes()).for_each(drop));
            }
            items.push(Item::stored("__MACOSX/x", b""));
        })
    };
    let unlisted = |name: &str| items_with(|items| items.push(Item::stored(name, b"x")));
    let mut cases = vec![
        (Code::InsideFolder, in_folder("Coupon/")),
        (Code::InsideFolder, in_folder("a/b/")),
        (Code::FileMissing, items_with(|items| drop(items.remove(1)))),
        (Code::FileMissing, items_with(|items| drop(items.remove(2)))),
        (Code::IconEmpty, files_with(|files| drop(files.others.insert("icon.png".to_owned(), Vec::new())))),
        (Code::IconMissing, files_with(|files| files.others.retain(|name, _| !name.starts_with("icon")))),
        (Code::SignatureEmpty, files_with(|files| files.signature.clear())),
        (Code::ManifestSelf, manifest_with(|manifest| manifest[MANIFEST_JSON] = json!(HASH))),
        (Code::ManifestSelf, manifest_with(|manifest| manifest[SIGNATURE] = json!(HASH))),
        (Code::ManifestAbsent, manifest_with(|manifest| manifest["logo.png"] = json!(HASH))),
        (Code::ManifestMismatch, manifest_with(|manifest| manifest["icon.png"] = json!(HASH))),
        (Code::ManifestUnlisted, manifest_with(|manifest| *manifest = without(manifest, "icon.png"))),
        (
            Code::ManifestDuplicate,
            files_with(|files| {
                let manifest = files.manifest();
                let twice = format!("{{\"icon@2x.png\":{},", manifest["icon@2x.png"]);
                files.manifest_text = Some(manifest.to_string().replacen('{', &twice, 1).into_bytes());
            }),
        ),
    ];
    cases.extend([".DS_Store", "__MACOSX/x", "x"].map(|name| (Code::ManifestUnlisted, unlisted(name))));
    for text in ["", "[]", "{", "\"x\""] {
        cases.push((Code::ManifestJson, files_with(|files| files.manifest_text = Some(text.into()))));
    }
    let upper = |manifest: &Value| json!(manifest["icon.png"].as_str().map(str::to_uppercase));
    cases.push((Code::ManifestDigest, manifest_with(|manifest| manifest["icon.png"] = upper(manifest))));
    for value in [json!(null), json!(1), json!(""), json!("0".repeat(64)), json!("g".repeat(40))] {
        cases.push((Code::ManifestDigest, manifest_with(|manifest| manifest["icon.png"] = value)));
    }
    cases
}

/// Good passes, each with one defect in `pass.json`.
fn of_content() -> Vec<(DefectCode, Vec<u8>)> {
    use DefectCode as Code;

    let good = PassFiles::good().pass.to_string();
    let mut cases = vec![
        (Code::PassDuplicateKey, pass_text(good.replacen('{', "{\"description\":\"x\",", 1))),
        (Code::PassJson, pass_text(good.replace("Coupon", "\u{1}"))),
        (Code::PassJson, pass_text(b"{\"a\":\"\xFC\"}")),
        (Code::PassTypeConflict, pass_with("passTypeIdentifier", json!("pass.com.example.Coupon"))),
        (Code::SerialConflict, pass_with("serialNumber", json!("A B/ü 1"))),
        (Code::Style, pass_without("coupon")),
        (Code::Style, pass_with("coupon", json!([]))),
        (Code::Style, pass_with("storeCard", json!({}))),
        (Code::ServiceKeys, pass_without("webServiceURL")),
        (Code::ServiceKeys, pass_without("authenticationToken")),
        (Code::WebServiceUrl, pass_with("webServiceURL", json!("https://passes.example.com/v1/"))),
        (Code::WebServiceUrl, pass_with("webServiceURL", json!(1))),
        (Code::ServiceKeys, pass_with("webServiceURL", json!(null))),
        (Code::DateFormat, pass_with("expirationDate", json!("2026-12-31"))),
        (
            Code::FieldDuplicateKey,
            pass_with("coupon", json!({"headerFields": [{"key": "a", "value": 1}, {"key": "a", "value": 2}]})),
        ),
        (Code::Color, pass_with("labelColor", json!("Black"))),
        (Code::Location, pass_with("locations", json!([{"latitude": null, "longitude": 0}]))),
        (Code::TransitType, files_with(|files| files.pass = as_boarding_pass(&files.pass))),
        (Code::AuthenticationToken, pass_with("authenticationToken", json!("fifteen letters"))),
        (Code::AuthenticationToken, pass_with("authenticationToken", json!(1))),
    ];
    for text in ["", "[]", "null", "{", "{}{}"] {
        cases.push((Code::PassJson, pass_text(text)));
    }
    cases.push((Code::FormatVersion, pass_without("formatVersion")));
    for value in [json!("1"), json!(2), json!(-1), json!(1.5), json!(true), json!(null)] {
        cases.push((Code::FormatVersion, pass_with("formatVersion", value)));
    }
    for (key, code) in [
        ("passTypeIdentifier", Code::PassTypeIdentifier),
        ("serialNumber", Code::SerialNumber),
        ("teamIdentifier", Code::TeamIdentifier),
        ("organizationName", Code::OrganizationName),
        ("description", Code::Description),
    ] {
        cases.push((code, pass_without(key)));
        cases.extend([json!(""), json!(1), json!(null), json!({})].map(|value| (code, pass_with(key, value))));
    }
    cases
}

fn as_boarding_pass(pass: &Value) -> Value {
    let mut pass = without(pass, "coupon");
    pass["boardingPass"] = json!({});
    pass
}

fn zeros(size: u32) -> Vec<u8> {
    vec![0; usize::try_from(size).unwrap_or_default()]
}
