//! Checking a `.pkpass`: every good one is accepted, every defect has its own code, and no bytes whatsoever
//! make the checks panic. The archives are made here, by a writer that shares no code with the reader.

use std::collections::BTreeSet;

use edgepass::pass::{
    Defect, DefectCode, Expected, MAX_DEFECTS, Pass, archive::Archive, inspect, sha256_hex,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};

use self::{
    pass_files::{PassFiles, TOKEN},
    writer::Item,
};

const EXPECTED: Expected<'static> = Expected { pass_type: "pass.com.example.coupon", serial: "A B/ü+1" };

fn check(file: &[u8]) -> Result<Pass, Vec<Defect>> {
    inspect(file, &EXPECTED)
}

fn codes(file: &[u8]) -> BTreeSet<DefectCode> {
    check(file).err().into_iter().flatten().map(|defect| defect.code).collect()
}

/// A small ZIP writer after APPNOTE 4.3, every field of which can be made to lie.
#[cfg(test)]
mod writer {
    /// What both headers of an entry say.
    #[derive(Debug, Clone, Default)]
    pub(super) struct Header {
        pub(super) name: Vec<u8>,
        pub(super) flags: u16,
        pub(super) method: u16,
        pub(super) crc32: u32,
        pub(super) packed_size: u32,
        pub(super) size: u32,
    }

    /// One entry.
    #[derive(Debug, Clone, Default)]
    pub(super) struct Item {
        pub(super) local: Header,
        pub(super) central: Header,
        pub(super) packed: Vec<u8>,
        /// What follows the data: a data descriptor.
        pub(super) descriptor: Vec<u8>,
        pub(super) mode: u16,
        pub(super) disk: u16,
        /// Where the directory says that the local header is, if not where it is.
        pub(super) start: Option<u32>,
    }

    impl Item {
        pub(super) fn stored(name: &str, bytes: &[u8]) -> Self {
            Self::new(name, bytes, 0, bytes.to_vec())
        }

        pub(super) fn deflated(name: &str, bytes: &[u8]) -> Self {
            Self::new(name, bytes, 8, miniz_oxide::deflate::compress_to_vec(bytes, 6))
        }

        /// As a writer does that cannot go back: sizes and CRC-32 follow the data.
        pub(super) fn streamed(name: &str, bytes: &[u8]) -> Self {
            let mut item = Self::deflated(name, bytes).with(|header| header.flags |= 1 << 3);
            let central = &item.central;
            let fields = [central.crc32, central.packed_size, central.size].map(u32::to_le_bytes);
            item.descriptor = [b"PK\x07\x08", fields.as_flattened()].concat();
            item.local = Header { crc32: 0, packed_size: 0, size: 0, ..item.local };
            item
        }

        fn new(name: &str, bytes: &[u8], method: u16, packed: Vec<u8>) -> Self {
            let header = Header {
                name: name.as_bytes().to_vec(),
                // Flag 11: the name is UTF-8.
                flags: 1 << 11,
                method,
                crc32: crc32(bytes),
                packed_size: u32::try_from(packed.len()).unwrap(),
                size: u32::try_from(bytes.len()).unwrap(),
            };
            Self { local: header.clone(), central: header, packed, ..Self::default() }
        }

        /// The same change to both headers.
        pub(super) fn with(mut self, change: impl Fn(&mut Header)) -> Self {
            change(&mut self.local);
            change(&mut self.central);
            self
        }
    }

    /// The whole archive.
    pub(super) fn archive(items: &[Item]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut directory = Vec::new();
        for item in items {
            let start = item.start.unwrap_or_else(|| u32::try_from(file.len()).unwrap());
            file.extend(b"PK\x03\x04\x14\0");
            put_shared(&mut file, &item.local);
            put(&mut file, &[0]);
            file.extend([&item.local.name, &item.packed, &item.descriptor].map(Vec::as_slice).concat());

            directory.extend(b"PK\x01\x02\x14\x03\x14\0");
            put_shared(&mut directory, &item.central);
            put(&mut directory, &[0, 0, item.disk, 0, 0, item.mode]);
            directory.extend(start.to_le_bytes());
            directory.extend(&item.central.name);
        }
        let (count, start) = (u16::try_from(items.len()).unwrap(), u32::try_from(file.len()).unwrap());
        file.extend(&directory);
        file.extend(b"PK\x05\x06");
        put(&mut file, &[0, 0, count, count]);
        file.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
        file.extend(start.to_le_bytes());
        put(&mut file, &[0]);
        file
    }

    /// The fields that both headers have in the same order.
    fn put_shared(out: &mut Vec<u8>, header: &Header) {
        put(out, &[header.flags, header.method, 0, 0x21]);
        for field in [header.crc32, header.packed_size, header.size] {
            out.extend(field.to_le_bytes());
        }
        put(out, &[u16::try_from(header.name.len()).unwrap()]);
    }

    fn put(out: &mut Vec<u8>, fields: &[u16]) {
        out.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
    }

    /// Bit by bit: slow, and plainly the definition.
    fn crc32(bytes: &[u8]) -> u32 {
        let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
    }
}

/// The files of a pass before they are packed.
#[cfg(test)]
mod pass_files {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};
    use sha1::{Digest as _, Sha1};

    use super::{
        EXPECTED,
        writer::{Item, archive},
    };

    pub(super) const PASS_JSON: &str = "pass.json";
    pub(super) const MANIFEST_JSON: &str = "manifest.json";
    pub(super) const SIGNATURE: &str = "signature";
    pub(super) const TOKEN: &str = "vxwxd7J8AlNNFPS8k0a0FfUFtq0ewzFdc";

    /// A pass without defect, until a test changes it.
    #[derive(Debug, Clone)]
    pub(super) struct PassFiles {
        pub(super) pass: Value,
        /// The bytes of `pass.json` where they are not those of `pass`.
        pub(super) pass_text: Option<Vec<u8>>,
        /// The bytes of `manifest.json` where they are not those of `manifest()`.
        pub(super) manifest_text: Option<Vec<u8>>,
        pub(super) signature: Vec<u8>,
        /// What lies beside the three files of the format.
        pub(super) others: BTreeMap<String, Vec<u8>>,
    }

    impl PassFiles {
        pub(super) fn good() -> Self {
            let pass = json!({
                "formatVersion": 1,
                "passTypeIdentifier": EXPECTED.pass_type,
                "serialNumber": EXPECTED.serial,
                "teamIdentifier": "A1B2C3D4E5",
                "organizationName": "Example",
                "description": "Coupon",
                "webServiceURL": "https://passes.example.com/",
                "authenticationToken": TOKEN,
                "coupon": {"primaryFields": []},
                "aKeyOfNextYear": [{"deep": [1]}]
            });
            let others = [
                ("icon.png", &b"\x89PNG"[..]),
                ("icon@2x.png", b""),
                ("en.lproj/pass.strings", b"\"a\"=\"b\";"),
            ];
            let others = others.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).into();
            Self { pass, pass_text: None, manifest_text: None, signature: b"0\x80".to_vec(), others }
        }

        /// The manifest that fits the files.
        pub(super) fn manifest(&self) -> Value {
            let pass = self.pass_bytes();
            let others = self.others.iter().map(|(name, bytes)| (name.as_str(), bytes));
            let sha1 = |bytes: &Vec<u8>| {
                let digits: Vec<_> = Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
                digits.concat()
            };
            let files = others.chain([(PASS_JSON, &pass)]);
            files.map(|(name, bytes)| (name.to_owned(), Value::String(sha1(bytes)))).collect()
        }

        fn pass_bytes(&self) -> Vec<u8> {
            self.pass_text.clone().unwrap_or_else(|| self.pass.to_string().into_bytes())
        }

        /// The entries of the archive, packed in each way in turn.
        pub(super) fn items(&self) -> Vec<Item> {
            let manifest =
                self.manifest_text.clone().unwrap_or_else(|| self.manifest().to_string().into_bytes());
            let pass = self.pass_bytes();
            let fixed = [(PASS_JSON, &pass), (MANIFEST_JSON, &manifest), (SIGNATURE, &self.signature)];
            let others = self.others.iter().map(|(name, bytes)| (name.as_str(), bytes));
            let packings = [Item::deflated, Item::stored, Item::streamed];
            let files = fixed.into_iter().chain(others).zip(packings.iter().cycle());
            files.map(|((name, bytes), pack)| pack(name, bytes)).collect()
        }

        pub(super) fn packed(&self) -> Vec<u8> {
            archive(&self.items())
        }
    }
}

/// Good passes, each with one defect, and the code it must be reported with.
#[cfg(test)]
mod cases {
    use edgepass::pass::{
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
        let flag =
            |bit: u16| items_with(|items| items[3] = items[3].clone().with(|header| header.flags |= bit));
        let local = |change: fn(&mut writer::Header)| items_with(|items| change(&mut items[3].local));
        let renamed = |name: &[u8]| {
            items_with(|items| items.push(Item::stored("x", b"").with(|header| header.name = name.to_vec())))
        };
        let mut cases = vec![
            (Code::NotAnArchive, Vec::new()),
            (Code::NotAnArchive, b"{}".to_vec()),
            (Code::NotAnArchive, good.iter().copied().take(good.len().saturating_sub(1)).collect()),
            (Code::NotAnArchive, [&good[..], b"\n"].concat()),
            (Code::ArchiveDamaged, [b"MZ", &good[..]].concat()),
            (Code::ArchiveDamaged, end_with(12, 5)),
            (Code::ArchiveDamaged, end_after(b"hidden")),
            (Code::ArchiveDamaged, count_with(7)),
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
            (
                Code::EntryMethod,
                items_with(|items| items[3] = items[3].clone().with(|header| header.method = 9)),
            ),
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
            (
                Code::EntryChecksum,
                items_with(|items| items[1] = items[1].clone().with(|header| header.crc32 = 1)),
            ),
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
        items.swap(4, 5);
        items[5] = items[5].clone().with(|header| {
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

        let declared =
            |size: u32| items_with(|items| items[0] = items[0].clone().with(|header| header.size = size));
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
                    *item =
                        item.clone().with(|header| header.name.splice(..0, folder.bytes()).for_each(drop));
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
                    let twice = format!("{{\"icon@2x.png\":\"{HASH}\",");
                    files.manifest_text =
                        Some(files.manifest().to_string().replacen('{', &twice, 1).into_bytes());
                }),
            ),
        ];
        cases.extend([".DS_Store", "__MACOSX/x", "x"].map(|name| (Code::ManifestUnlisted, unlisted(name))));
        for text in ["", "[]", "{", "\"x\"", "\u{feff}{}"] {
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
            (Code::PassJson, pass_text(format!("\u{feff}{good}"))),
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
            (Code::WebServiceUrl, pass_with("webServiceURL", json!(null))),
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
            cases.extend(
                [json!(""), json!(1), json!(null), json!({})].map(|value| (code, pass_with(key, value))),
            );
        }
        cases
    }

    fn zeros(size: u32) -> Vec<u8> {
        vec![0; usize::try_from(size).unwrap_or_default()]
    }
}

#[test]
fn a_good_pass_is_reduced_to_what_is_stored() {
    let files = PassFiles::good();
    let file = files.packed();
    let pass = check(&file).unwrap();
    assert_eq!(pass.authentication_token.as_deref(), Some(TOKEN));
    assert_eq!(pass.manifest_sha256, sha256_hex(files.manifest().to_string().as_bytes()));
    assert_eq!(pass.file_sha256, sha256_hex(&file));
    assert!(!format!("{pass:?}").contains(TOKEN));
}

#[test]
fn a_pass_without_the_service_keys_is_good_and_has_no_token() {
    let mut files = PassFiles::good();
    for key in ["webServiceURL", "authenticationToken"] {
        files.pass.as_object_mut().unwrap().remove(key);
    }
    assert_eq!(check(&files.packed()).unwrap().authentication_token, None);
}

#[test]
fn a_comment_and_folder_entries_are_fine() {
    let mut items = PassFiles::good().items();
    items.insert(0, Item { mode: 0o040_755, ..Item::stored("en.lproj/", b"") });
    items.insert(1, Item::deflated("de.lproj/", b""));
    items[2].mode = 0o100_644;
    let mut file = writer::archive(&items);
    let length_at = file.len().checked_sub(2).unwrap();
    file[length_at..].copy_from_slice(&9_u16.to_le_bytes());
    file.extend(b"PK\x05\x06 hey!");
    assert_eq!(codes(&file), [].into());
}

/// A good pass after one change to its files.
fn files_with(change: impl FnOnce(&mut PassFiles)) -> Vec<u8> {
    let mut files = PassFiles::good();
    change(&mut files);
    files.packed()
}

/// A good pass after one change to its archive.
fn items_with(change: impl FnOnce(&mut Vec<Item>)) -> Vec<u8> {
    let mut items = PassFiles::good().items();
    change(&mut items);
    writer::archive(&items)
}

/// A good pass with another value for one key of `pass.json`.
fn pass_with(key: &str, value: Value) -> Vec<u8> {
    files_with(|files| drop(files.pass.as_object_mut().map(|members| members.insert(key.to_owned(), value))))
}

/// A good pass without one key of `pass.json`.
fn pass_without(key: &str) -> Vec<u8> {
    files_with(|files| files.pass = without(&files.pass, key))
}

fn without(object: &Value, key: &str) -> Value {
    let members = object.as_object().into_iter().flatten().filter(|(name, _)| *name != key);
    members.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// A good pass with other text for `pass.json`.
fn pass_text(text: impl Into<Vec<u8>>) -> Vec<u8> {
    files_with(|files| files.pass_text = Some(text.into()))
}

/// A good pass with its manifest changed afterwards.
fn manifest_with(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    files_with(|files| {
        let mut manifest = files.manifest();
        change(&mut manifest);
        files.manifest_text = Some(manifest.to_string().into_bytes());
    })
}

/// A good pass with one 16-bit field of its end record changed.
fn end_with(field_at: usize, value: u16) -> Vec<u8> {
    let mut file = PassFiles::good().packed();
    let end = file.len().saturating_sub(22);
    let field = file.iter_mut().skip(end).skip(field_at);
    field.zip(value.to_le_bytes()).for_each(|(byte, new)| *byte = new);
    file
}

#[test]
fn each_defect_is_reported_with_its_code_and_no_other() {
    let mut provoked = BTreeSet::new();
    for (index, (code, file)) in cases::all().enumerate() {
        let mut found = codes(&file);
        provoked.extend(&found);
        if code == DefectCode::EntryName {
            // No manifest lists such a name.
            found.remove(&DefectCode::ManifestUnlisted);
        }
        assert_eq!(found, [code].into(), "case {index}: {:?}", check(&file));
    }
    let flood = files_with(|files| files.manifest_text = Some(flood_of_names().into_bytes()));
    let defects = check(&flood).unwrap_err();
    assert_eq!(defects.len(), MAX_DEFECTS);
    assert_eq!(defects.last().unwrap().code, DefectCode::MoreDefects);
    provoked.insert(DefectCode::MoreDefects);

    // `MoreDefects` is the last of them.
    let all = (DefectCode::MoreDefects as usize).saturating_add(1);
    assert_eq!(provoked.len(), all, "never provoked: some code besides {provoked:?}");
}

/// A manifest that lists a thousand files which are not there, under long names.
fn flood_of_names() -> String {
    let names = (0..1000).map(|number| (format!("{number}{}", "x".repeat(500)), json!(cases::HASH)));
    Value::Object(names.collect()).to_string()
}

#[test]
fn all_defects_are_listed_at_once() {
    let mut files = PassFiles::good();
    files.others.clear();
    files.signature.clear();
    files.manifest_text = Some(b"{}".to_vec());
    files.pass = json!({"serialNumber": "..", "webServiceURL": "ftp://x", "authenticationToken": "short"});
    let found = codes(&files.packed());
    let expected = [
        DefectCode::IconMissing,
        DefectCode::SignatureEmpty,
        DefectCode::ManifestUnlisted,
        DefectCode::FormatVersion,
        DefectCode::PassTypeIdentifier,
        DefectCode::SerialNumber,
        DefectCode::TeamIdentifier,
        DefectCode::OrganizationName,
        DefectCode::Description,
        DefectCode::Style,
        DefectCode::AuthenticationToken,
        DefectCode::WebServiceUrl,
        DefectCode::SerialConflict,
    ];
    assert_eq!(found, expected.into());
}

#[test]
fn an_entry_with_a_defect_still_counts_as_present() {
    let file = items_with(|items| items[1] = items[1].clone().with(|header| header.method = 14));
    assert_eq!(codes(&file), [DefectCode::EntryMethod].into());
}

#[test]
fn only_a_pass_at_the_wrong_address_is_a_conflict() {
    let conflicts = [DefectCode::PassTypeConflict, DefectCode::SerialConflict];
    for (code, _) in cases::all() {
        assert_eq!(code.is_conflict(), conflicts.contains(&code), "{code:?}");
    }
}

#[test]
fn messages_never_hold_the_token_and_stay_short() {
    for token in [format!("{TOKEN} "), format!("{TOKEN}\n"), TOKEN.repeat(100)] {
        for defect in check(&pass_with("authenticationToken", json!(token))).unwrap_err() {
            assert!(!defect.message.contains(TOKEN), "{defect:?}");
        }
    }
    for defect in check(&pass_with("serialNumber", json!("\u{1}".repeat(10_000)))).unwrap_err() {
        assert!(defect.message.len() < 1_000, "{defect:?}");
    }
}

/// One thing that transport, or malice, does to a file.
#[derive(Debug, Clone)]
enum Mutation {
    Flip(Index, u8),
    Truncate(Index),
    Repeat(Index, Index),
    Remove(Index, Index),
    Overwrite(Index, Vec<u8>),
}

impl Mutation {
    fn any() -> impl Strategy<Value = Self> {
        // Numbers at the edges of what fields hold.
        let edges = prop_oneof![
            Just(vec![0, 0]),
            Just(vec![1, 0]),
            Just(vec![0xFF, 0xFF]),
            Just(vec![0xFF; 4]),
            Just(vec![0xFE, 0xFF, 0xFF, 0xFF]),
            Just(vec![0; 4]),
            Just(b"PK\x05\x06".to_vec()),
            Just(b"PK\x01\x02".to_vec()),
            vec(any::<u8>(), 1..8),
        ];
        prop_oneof![
            8 => (any::<Index>(), 1_u8..).prop_map(|(at, bits)| Self::Flip(at, bits)),
            1 => any::<Index>().prop_map(Self::Truncate),
            2 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Self::Repeat(from, to)),
            2 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Self::Remove(from, to)),
            8 => (any::<Index>(), edges).prop_map(|(at, bytes)| Self::Overwrite(at, bytes)),
        ]
    }

    fn apply(&self, file: &mut Vec<u8>) {
        if file.is_empty() {
            return;
        }
        let length = file.len();
        let range = |one: &Index, other: &Index| {
            let (one, other) = (one.index(length), other.index(length));
            one.min(other)..one.max(other)
        };
        match self {
            Self::Flip(at, bits) => {
                file.iter_mut().skip(at.index(length)).take(1).for_each(|byte| *byte ^= bits);
            }
            Self::Truncate(at) => file.truncate(at.index(length)),
            Self::Repeat(from, to) => file.extend_from_within(range(from, to)),
            Self::Remove(from, to) => drop(file.drain(range(from, to))),
            Self::Overwrite(at, bytes) => {
                file.iter_mut().skip(at.index(length)).zip(bytes).for_each(|(byte, new)| *byte = *new);
            }
        }
    }
}

/// What holds for every answer: defects, at least one and not too many, or exactly the pass that was signed.
fn assert_sound(file: &[u8], manifest_sha256: &str) -> Result<(), TestCaseError> {
    match check(file) {
        Ok(pass) => {
            prop_assert_eq!(&pass.manifest_sha256, manifest_sha256);
            prop_assert_eq!(pass.authentication_token.as_deref(), Some(TOKEN));
        }
        Err(defects) => {
            prop_assert!(!defects.is_empty() && defects.len() <= MAX_DEFECTS);
            prop_assert!(defects.iter().all(|defect| defect.message.chars().count() < 500));
        }
    }
    Ok(())
}

fn manifest_sha256(files: &PassFiles) -> String {
    sha256_hex(files.manifest().to_string().as_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn arbitrary_bytes_are_refused(file in vec(any::<u8>(), 0..2_000)) {
        prop_assert!(check(&file).is_err_and(|defects| !defects.is_empty()));
    }

    #[test]
    fn a_damaged_pass_is_refused_or_still_the_same_pass(mutations in vec(Mutation::any(), 1..6)) {
        let files = PassFiles::good();
        let mut file = files.packed();
        for mutation in &mutations {
            mutation.apply(&mut file);
        }
        assert_sound(&file, &manifest_sha256(&files))?;
    }

    /// One change at a time to the directory, where all the numbers are.
    #[test]
    fn a_damaged_directory_is_refused_or_harmless(mutation in Mutation::any()) {
        let files = PassFiles::good();
        let mut file = files.packed();
        let directory = file.windows(4).position(|bytes| bytes == b"PK\x01\x02");
        let mut tail = file.split_off(directory.unwrap_or_default());
        mutation.apply(&mut tail);
        file.extend(tail);
        assert_sound(&file, &manifest_sha256(&files))?;
    }

    #[test]
    fn every_change_to_a_packed_byte_is_noticed(item in any::<Index>(), at in any::<Index>(), bits in 1_u8..) {
        let mut items = PassFiles::good().items();
        items.retain(|item| !item.packed.is_empty());
        items.push(Item::deflated("icon@2x.png", b""));
        let index = item.index(items.len());
        let packed = &mut items[index].packed;
        let at = at.index(packed.len());
        packed[at] ^= bits;
        // Deflate has bits that mean nothing: the padding behind the last code.
        let same = items[index].local.method == 8 && at.saturating_add(1) == items[index].packed.len();
        prop_assert!(same || check(&writer::archive(&items)).is_err());
    }

    #[test]
    fn whatever_files_a_pass_has_they_come_out_as_they_went_in(
        others in proptest::collection::btree_map("[a-zß@._ -]{1,9}(\\.lproj/[a-z]{1,9})?", vec(any::<u8>(), 0..3_000), 0..12),
    ) {
        let mut files = PassFiles::good();
        let is_name = |name: &String| !name.split('/').any(|part| part.trim_matches('.').is_empty());
        for (name, bytes) in others.into_iter().filter(|(name, _)| is_name(name)) {
            files.others.entry(name).or_insert(bytes);
        }
        let file = files.packed();
        prop_assert_eq!(check(&file).map(|pass| pass.manifest_sha256), Ok(manifest_sha256(&files)));
        let archive = Archive::open(&file).expect("it was just accepted");
        for (name, bytes) in &files.others {
            let entry = archive.find(name).expect("it was just packed");
            prop_assert_eq!(&archive.read(entry).expect("it was just read"), bytes);
        }
    }

    #[test]
    fn any_text_can_stand_in_pass_json(key in "[a-zA-Z]{0,20}", text in any::<String>()) {
        for file in [pass_text(text.clone()), pass_with(&key, json!(text)), pass_with("webServiceURL", json!(text))] {
            if let Err(defects) = check(&file) {
                prop_assert!(!defects.is_empty());
            }
        }
    }
}
