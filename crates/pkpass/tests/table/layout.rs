//! The files of an upload: which there are, where, and what the manifest says of them.

use serde_json::json;

use super::{
    Row, assert_rows,
    inputs::{ICON, check, files, good, manifest, with_file, with_unlisted},
    pass_files::PassFiles,
    writer::{self, Item},
};

const HASH: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

#[test]
fn icons() {
    const ICONS: [&str; 3] = ["icon.png", "icon@2x.png", "icon@3x.png"];
    let only = |kept: &'static [&str]| {
        files(|files| files.retain(|name, _| kept.contains(&name.as_str()) || !ICONS.contains(&name.as_str())))
    };
    let instead = |name: &str| {
        files(|files| {
            files.retain(|name, _| !ICONS.contains(&name.as_str()));
            files.insert(name.to_owned(), ICON.to_vec());
        })
    };
    let rows: Vec<Row> = vec![
        ("all three", good().packed(), ""),
        ("the small one", only(&["icon.png"]), "| icon_scale icon_scale"),
        ("the middle one", only(&["icon@2x.png"]), "| icon_scale"),
        ("the large one", only(&["icon@3x.png"]), "| icon_scale"),
        ("the two that phones use", only(&["icon@2x.png", "icon@3x.png"]), ""),
        ("none", only(&[]), "icon_missing"),
        ("a PDF", instead("icon.pdf"), "| icon_scale icon_scale"),
        ("one language's", instead("en.lproj/icon.png"), "icon_missing"),
        ("in a folder", instead("images/icon.png"), "icon_missing"),
        ("in capitals", instead("Icon.png"), "icon_missing"),
        ("an empty small one", with_file("icon.png", b""), "icon_empty"),
        ("an empty large one", with_file("icon@3x.png", b""), "icon_empty"),
    ];
    assert_rows(rows, check);
}

pub(super) const LEFTOVERS: [&str; 14] = [
    "._icon.png",
    "en.lproj/._pass.strings",
    ".DS_Store",
    "en.lproj/.DS_Store",
    "__MACOSX/._icon.png",
    ".AppleDouble/icon.png",
    ".fseventsd/fseventsd-uuid",
    ".Spotlight-V100/VolumeConfiguration.plist",
    "Icon\r",
    "en.lproj/Thumbs.db",
    "desktop.ini",
    ".git/HEAD",
    "META-INF/MANIFEST.MF",
    "tooling.json",
];

#[test]
fn leftovers_of_other_systems() {
    let rows = LEFTOVERS.into_iter().flat_map(|name| {
        let listed = (name, with_file(name, b"x"), "| leftover");
        [listed, (name, with_unlisted(Item::stored(name, b"x")), "manifest_unlisted")]
    });
    assert_rows(rows, check);
}

#[test]
fn folders_around_the_files() {
    let inside = |folder: &str, beside: &[&str], change: fn(&mut PassFiles)| {
        let mut files = good();
        change(&mut files);
        let into = |item: Item| item.with(|header| header.name.splice(..0, folder.bytes()).for_each(drop));
        let beside = beside.iter().map(|name| Item::stored(name, b"x"));
        writer::archive(&files.items().into_iter().map(into).chain(beside).collect::<Vec<_>>())
    };
    let no_icon = |files: &mut PassFiles| files.others.retain(|name, _| !name.starts_with("icon"));
    let rows: Vec<Row> = vec![
        ("one", inside("Coupon.pass/", &[], |_| {}), "inside_folder"),
        ("two", inside("a/b/", &[], |_| {}), "inside_folder"),
        ("one, and what macOS adds", inside("a/", &["__MACOSX/a/._icon.png", ".DS_Store"], |_| {}), "inside_folder"),
        ("one, and a file beside it", inside("a/", &["x"], |_| {}), "file_missing file_missing file_missing icon_missing"),
        ("one, and what else is wrong", inside("a/", &[], no_icon), "inside_folder icon_missing"),
    ];
    assert_rows(rows, check);
}

#[test]
fn folders_in_the_manifest() {
    for (name, is_folder) in [("en.lproj", true), ("en.lproj/", true), ("x/", true), ("en", false), ("en.lproj/x", false)] {
        let report = check(&manifest(|manifest| manifest[name] = json!(HASH)));
        let [defect] = &report.defects[..] else { panic!("{name}: {report:?}") };
        assert_eq!(super::text(defect.code), "manifest_absent", "{name}");
        assert_eq!(defect.message.contains("is a folder"), is_folder, "{name}: {}", defect.message);
    }
}

/// A file that is there under another name, or elsewhere, is named.
#[test]
fn near_misses() {
    let template = |names: &[&str]| {
        let items: Vec<_> = names.iter().map(|name| Item::stored(name, b"{}")).collect();
        let report = pkpass::template::prepare(&writer::archive(&items)).unwrap_err();
        report.defects.into_iter().map(|defect| defect.message).collect::<Vec<_>>().join("\n")
    };
    for (names, words) in [
        (&["Pass.json", "icon.png"][..], "Pass.json is another name"),
        (&["README.txt", "Coffee.pass/pass.json"], "It is in Coffee.pass/"),
        (&["pass.json", "Icon.png"], "Icon.png is no name that Wallet knows"),
        (&["pass.json", "icon.jpg"], "icon.jpg is no name that Wallet knows"),
        (&["icon.png"], "Add it."),
    ] {
        assert!(template(names).contains(words), "{names:?}: {}", template(names));
    }
    let folder = [Item::stored("X/META-INF/manifest.json", b"{}"), Item::stored("X/pass.json", b"{}")];
    let report = pkpass::template::prepare(&writer::archive(&folder)).unwrap_err();
    assert!(report.defects.iter().all(|defect| defect.code != pkpass::DefectCode::FileMissing), "{report:?}");
}
