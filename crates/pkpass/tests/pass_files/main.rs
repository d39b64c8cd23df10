//! Checking a `.pkpass`: every good one is accepted, every defect has its own code, and no bytes whatsoever
//! make the checks panic. The archives are made here, by a writer that shares no code with the reader.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test that cannot go on says so and ends")]

mod cases;
mod mutation;
mod pass_files;
mod writer;

use std::collections::BTreeSet;

use pass_factory::unpack;
use pkpass::{DefectCode, Expected, MAX_OF_A_CODE, Pass, Report, archive::Archive, inspect_all_but_signature, sha256_hex};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};

use self::{
    mutation::Mutation,
    pass_files::{PassFiles, TOKEN},
    writer::Item,
};

const EXPECTED: Expected<'static> = Expected { pass_type: "pass.com.example.coupon", serial: "A B/ü+1" };

fn check(file: &[u8]) -> Result<Pass, Report> {
    inspect_all_but_signature(file, Some(&EXPECTED))
}

fn codes(file: &[u8]) -> BTreeSet<DefectCode> {
    check(file).err().unwrap_or_default().defects.into_iter().map(|defect| defect.code).collect()
}

#[test]
fn a_good_pass_is_reduced_to_what_is_stored() {
    let files = PassFiles::good();
    let file = files.packed();
    let pass = check(&file).unwrap();
    assert_eq!(pass.authentication_token.as_deref(), Some(TOKEN));
    assert_eq!(pass.manifest_sha256, sha256_hex(files.manifest().to_string().as_bytes()));
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
    let defects = check(&flood).unwrap_err().defects;
    assert!(defects.iter().filter(|defect| defect.code == DefectCode::ManifestAbsent).count() == MAX_OF_A_CODE);
    // Those of the files that are there, which come last, are not hidden.
    assert!(defects.iter().any(|defect| defect.code == DefectCode::ManifestUnlisted));
    assert_eq!(defects.last().unwrap().code, DefectCode::MoreDefects);
    provoked.insert(DefectCode::MoreDefects);

    // `MoreDefects` is the last of them; behind it are those of signatures, identities and made passes.
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
        for defect in check(&pass_with("authenticationToken", json!(token))).unwrap_err().defects {
            assert!(!defect.message.contains(TOKEN), "{defect:?}");
        }
    }
    for defect in check(&pass_with("serialNumber", json!("\u{1}".repeat(10_000)))).unwrap_err().defects {
        assert!(defect.message.len() < 1_000, "{defect:?}");
    }
}

/// What holds for every answer: defects, at least one and not too many, or exactly the pass that was signed. Another reader
/// then finds the same files.
fn assert_sound(file: &[u8], files: &PassFiles) -> Result<(), TestCaseError> {
    match check(file) {
        Ok(pass) => {
            prop_assert_eq!(&pass.manifest_sha256, &manifest_sha256(files));
            prop_assert_eq!(pass.authentication_token.as_deref(), Some(TOKEN));
            prop_assert_eq!(unpack(file), files.unpacked());
        }
        Err(Report { defects, .. }) => {
            prop_assert!(!defects.is_empty() && defects.len() <= 500);
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
        prop_assert!(check(&file).is_err_and(|report| !report.defects.is_empty()));
    }

    #[test]
    fn a_damaged_pass_is_refused_or_still_the_same_pass(mutations in vec(Mutation::any(), 1..6)) {
        let files = PassFiles::good();
        let mut file = files.packed();
        for mutation in &mutations {
            mutation.apply(&mut file);
        }
        assert_sound(&file, &files)?;
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
        assert_sound(&file, &files)?;
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
        prop_assert_eq!(unpack(&file), files.unpacked());
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
                prop_assert!(!defects.defects.is_empty());
            }
        }
    }
}
