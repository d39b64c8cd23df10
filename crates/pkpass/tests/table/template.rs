//! Templates, and the passes that are made from them.

use pkpass::{Parts, Report, archive::Archive, parts::content_of, template::prepare};

use super::{
    Row, assert_rows,
    inputs::{ICON, good},
    layout::LEFTOVERS,
    pass_files::TOKEN,
    writer::{self, Item},
};

pub(super) fn check(file: &[u8]) -> Report {
    match prepare(file) {
        Ok(prepared) => Report { defects: Vec::new(), warnings: prepared.warnings },
        Err(report) => report,
    }
}

/// The entries of a good template.
fn items() -> Vec<Item> {
    let of_a_pass = |item: &Item| matches!(item.central.name.as_slice(), b"manifest.json" | b"signature");
    let mut items = good().items();
    items.retain(|item| !of_a_pass(item));
    items
}

/// A good template in a folder, with other entries beside it.
fn inside(folder: &str, beside: &[&str]) -> Vec<u8> {
    let into = |item: Item| item.with(|header| header.name.splice(..0, folder.bytes()).for_each(drop));
    let beside = beside.iter().map(|name| Item::stored(name, b"x"));
    writer::archive(&items().into_iter().map(into).chain(beside).collect::<Vec<_>>())
}

/// A good template with these icons.
fn with_icons(icons: &[(&str, &[u8])]) -> Vec<u8> {
    let mut items = items();
    items.retain(|item| !item.central.name.starts_with(b"icon"));
    items.extend(icons.iter().map(|(name, bytes)| Item::stored(name, bytes)));
    writer::archive(&items)
}

/// A good template with two empty files.
fn with_file(one: &str, other: &str) -> Vec<u8> {
    writer::archive(&[items(), vec![Item::stored(one, b""), Item::stored(other, b"")]].concat())
}

/// The names of the files in a pass that is made of a template or a pass.
fn names_made_of(file: &[u8]) -> Vec<String> {
    let parts = Parts::from_file(file).unwrap();
    let unsigned = parts.with(&parts.content);
    let file = unsigned.to_file(b"signature");
    let archive = Archive::open(&file).unwrap();
    let mut names: Vec<_> = archive.entries().iter().map(|entry| entry.name().to_owned()).collect();
    names.sort();
    let listed: serde_json::Map<_, _> = serde_json::from_slice(unsigned.manifest()).unwrap();
    let mut listed: Vec<_> = listed.keys().map(String::as_str).chain(["manifest.json", "signature"]).collect();
    listed.sort_unstable();
    assert_eq!(names, listed);
    names
}

const NAMES: [&str; 7] =
    ["en.lproj/pass.strings", "icon.png", "icon@2x.png", "icon@3x.png", "manifest.json", "pass.json", "signature"];

#[test]
fn templates() {
    let mut folders = items();
    folders.extend([Item::stored("en.lproj/", b""), Item::stored("./", b"")]);
    let rows: Vec<Row> = vec![
        ("a folder's files", writer::archive(&items()), ""),
        ("all files of a pass", good().packed(), ""),
        ("an empty manifest and signature", with_file("manifest.json", "signature"), ""),
        ("folders", writer::archive(&folders), ""),
        ("the folder", inside("Coupon/", &[]), ""),
        ("a folder of Pass Designer", inside("Coupon.pkpasstemplate/", &["Coupon.pkpasstemplate/tooling.json"]), ""),
        ("the folder as the Finder packs it", inside("a/", &["__MACOSX/._a", "__MACOSX/a/._icon.png", ".DS_Store"]), ""),
        ("the folder's files from here", inside("./", &[]), ""),
        ("the folder from here", inside("./a/", &[]), ""),
        ("a folder in a folder", inside("a/b/", &[]), "inside_folder"),
        ("the folder and a file", inside("a/", &["readme.txt"]), "file_missing icon_missing"),
        ("no pass.json", writer::archive(&items()[1..]), "file_missing"),
        ("the small icon", with_icons(&[("icon.png", ICON)]), "| icon_scale icon_scale"),
        ("the middle icon", with_icons(&[("icon@2x.png", ICON)]), "| icon_scale"),
        ("the large icon", with_icons(&[("icon@3x.png", ICON)]), "| icon_scale"),
        ("no icon", with_icons(&[]), "icon_missing"),
        ("one language's icon", with_icons(&[("en.lproj/icon.png", ICON)]), "icon_missing"),
        ("an empty icon", with_icons(&[("icon.png", ICON), ("icon@2x.png", b""), ("icon@3x.png", ICON)]), "icon_empty"),
        ("a folder's icon", with_icons(&[("icon.png/", b"")]), "icon_missing"),
    ];
    assert_rows(rows, check);
}

#[test]
fn leftovers_never_get_into_a_made_pass() {
    for name in LEFTOVERS {
        // Whatever is wrong with them.
        let special = [
            Item::stored(name, b"x"),
            Item { mode: 0o120_777, ..Item::stored(name, b"x") },
            Item::stored(name, b"x").with(|header| header.method = 99),
            Item::stored(name, b"x").with(|header| header.crc32 = 0),
        ];
        for item in special {
            let mut items = items();
            items.extend([item.clone(), item]);
            let prepared = prepare(&writer::archive(&items)).unwrap_or_else(|report| panic!("{name:?}: {report:?}"));
            assert_eq!(prepared.warnings, [], "{name:?}");
            assert_eq!(names_made_of(&prepared.file), NAMES, "{name:?}");
        }
        let mut pass = good();
        pass.others.insert(name.to_owned(), b"x".to_vec());
        assert_eq!(names_made_of(&pass.packed()), NAMES, "{name:?}");
    }
}

#[test]
fn a_stored_file_that_newer_checks_refuse_has_its_content_but_no_parts() {
    let mut items = good().items();
    items[1].before = b"x".to_vec();
    let gap = writer::archive(&items);
    assert!(Parts::from_file(&gap).is_none());
    assert_eq!(content_of(&gap).unwrap()["authenticationToken"], TOKEN);

    for pass_json in [r#"{"a":1,"a":2}"#, r#"{"a":{"b":1,"b":2}}"#] {
        let mut twice = good();
        twice.pass_text = Some(pass_json.into());
        assert!(Parts::from_file(&twice.packed()).is_none(), "{pass_json}");
        assert!(content_of(&twice.packed()).is_none(), "{pass_json}");
    }
}

#[test]
fn a_folder_is_taken_off_the_names() {
    for folder in ["", "./", "a/", "./a/", "Coupon.pkpasstemplate/"] {
        let prepared = prepare(&inside(folder, &[])).unwrap();
        assert_eq!(names_made_of(&prepared.file), NAMES, "{folder}");
    }
}

#[test]
fn templates_get_the_advice_for_templates() {
    for file in [inside("a/b/", &[]), with_icons(&[]), writer::archive(&items()[1..])] {
        for defect in check(&file).defects {
            assert!(!defect.message.contains("pkpass"), "{defect:?}");
            assert!(!defect.message.contains("manifest"), "{defect:?}");
        }
    }
}
