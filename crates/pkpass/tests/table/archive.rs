//! The records of an archive, and the names in it.

use super::{
    Row, assert_rows,
    inputs::{check, files, good, last, record, with_file, with_unlisted},
    writer::{self, Item},
};

#[test]
fn bytes_that_belong_to_no_file() {
    let before = |index: usize, bytes: &'static [u8]| {
        let mut items = good().items();
        items[index].before = bytes.to_vec();
        writer::archive(&items)
    };
    let behind = last(|mut item| {
        item.packed.extend(b"x");
        item
    });
    let commented = |comment: &[u8]| {
        let mut file = good().packed();
        let at = file.len() - 2;
        file[at..].copy_from_slice(&u16::try_from(comment.len()).unwrap().to_le_bytes());
        [file, comment.to_vec()].concat()
    };
    let rows: Vec<Row> = vec![
        ("none", before(0, b""), ""),
        ("before the first file", before(0, b"<?php echo 1;"), "archive_gap"),
        ("before the second file", before(1, b"x"), "archive_gap"),
        ("a header before the last file", before(6, b"PK\x03\x04"), "archive_gap"),
        ("behind the last file", behind, "archive_gap"),
        ("before an archive that does not know", [b"\n", &good().packed()[..]].concat(), "archive_damaged"),
        ("behind the archive", [&good().packed()[..], b"\n"].concat(), "not_an_archive"),
        ("a comment", commented(b"made by hand"), ""),
        ("a comment that begins like an end record", commented(b"PK\x05\x06"), ""),
        ("a comment with an end record in it", commented(b"PK\x05\x06 of another archive"), "not_an_archive"),
    ];
    assert_rows(rows, check);
}

#[test]
fn a_directory_that_names_one_header_again_and_again() {
    // Each reading of this extra field is 16,000 records.
    let empty_records = record(0xCAFE, b"").repeat(0xFFFF / 4);
    for name in ["./", "._", "x"] {
        let mut item = Item::stored(name, b"");
        item.local.extra.clone_from(&empty_records);
        let again = Item { start: Some(0), ..Item::stored(name, b"") };
        let items: Vec<_> = [item].into_iter().chain(vec![again; 500]).collect();
        assert_rows([(name, writer::archive(&items), "entry_overlap")], check);
    }
}

#[test]
fn extra_fields() {
    let local = |extra: &[u8]| {
        last(|mut item| {
            item.local.extra = extra.to_vec();
            item
        })
    };
    let central = |extra: &[u8]| {
        last(|mut item| {
            item.central.extra = extra.to_vec();
            item
        })
    };
    let times = record(0x5455, &[1, 0, 0, 0, 0]);
    let owner = record(0x7875, &[1, 4, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
    let cut = &times[..8];
    // The CRC-32 of "icon@3x.png" is not computed: readers differ on whether they look at it.
    let path = |name: &str| record(0x7075, &[&[1, 0, 0, 0, 0], name.as_bytes()].concat());
    let rows: Vec<Row> = vec![
        ("times and owner, as zip writes them", local(&[times.clone(), owner.clone()].concat()), ""),
        ("the same in the directory", central(&[times.clone(), owner].concat()), ""),
        ("an unknown record", local(&record(0xCAFE, b"x")), ""),
        ("an empty record", local(&record(0xCAFE, b"")), ""),
        ("three zeros", local(&[0; 3]), ""),
        ("bytes behind the records", local(&[&times[..], b"xyz"].concat()), ""),
        ("three other bytes", local(b"xyz"), "entry_extra"),
        ("a record that is cut off", local(cut), "entry_extra"),
        ("a record that is cut off, in the directory", central(cut), "entry_extra"),
        ("a second record that is cut off", local(&[&times[..], cut].concat()), "entry_extra"),
        ("the text of a name", local(b"logo"), "entry_extra"),
        ("times without any", local(&record(0x5455, b"")), "entry_extra"),
        ("encryption that is cut off", central(&record(0x9901, &[0; 5])), "entry_extra"),
        ("another mode", local(&record(0x6C78, &[0])), "entry_extra"),
        ("the same name", local(&path("icon@3x.png")), ""),
        ("another name", local(&path("logo.png")), "entry_mismatch"),
        ("another name, in the directory", central(&path("logo.png")), "entry_mismatch"),
        ("another name behind the same", local(&[path("icon@3x.png"), path("x")].concat()), "entry_mismatch"),
        ("no name", local(&record(0x7075, &[1, 0, 0, 0])), ""),
        ("an empty name", local(&path("")), "entry_mismatch"),
    ];
    assert_rows(rows, check);
}

#[test]
fn names() {
    let two = |one: &str, other: &str| {
        files(|files| {
            files.insert(one.to_owned(), b"1".to_vec());
            files.insert(other.to_owned(), b"2".to_vec());
        })
    };
    let folder = |name: &str| with_unlisted(Item::stored(name, b""));
    let long = |length: usize| with_file(&format!("{}/{}", "d".repeat(255), "x".repeat(length)), b"x");
    let unmarked = |name: &str| {
        let mut files = good();
        files.others.insert(name.to_owned(), b"x".to_vec());
        let unmark = |item: Item| item.with(|header| header.flags &= !(1 << 11));
        writer::archive(&files.items().into_iter().map(unmark).collect::<Vec<_>>())
    };
    let from_here = |item: Item| item.with(|header| header.name.splice(..0, *b"./").for_each(drop));
    let here = [Item::default()].into_iter().chain(good().items()).map(from_here);
    let here = writer::archive(&here.collect::<Vec<_>>());
    let dos = |system, attributes| last(|item| Item { system: Some(system), attributes, ..item });
    let nothing = Item::stored("x", b"").with(|header| header.method = 8);
    let rows: Vec<Row> = vec![
        ("a folder of files", folder("en.lproj/"), ""),
        (
            "a folder twice",
            {
                let mut items = good().items();
                items.extend([Item::stored("a/", b""), Item::stored("a/", b"")]);
                writer::archive(&items)
            },
            "entry_duplicate",
        ),
        ("a file and a folder", folder("icon.png/"), "entry_duplicate"),
        ("a file with a file in it", with_file("icon.png/x", b"x"), "entry_duplicate"),
        ("a file with a file deep in it", with_file("icon.png/x/y/z", b"x"), "entry_duplicate"),
        ("a name that another begins with", with_file("icon.png.bak", b"x"), ""),
        ("255 bytes", long(255), ""),
        ("256 bytes", long(256), "entry_name"),
        ("upper and lower case", two("logo.png.txt", "Logo.png.txt"), "| name_collision"),
        ("upper and lower case of other letters", two("É", "é"), "| name_collision name_encoding name_encoding"),
        ("an accent in two forms", two("\u{e9}", "e\u{301}"), "| name_collision name_encoding name_encoding"),
        ("case and form", two("\u{c9}t\u{e9}", "e\u{301}TE\u{301}"), "| name_collision name_encoding name_encoding"),
        ("two accents", two("\u{e9}", "\u{e8}"), "| name_encoding name_encoding"),
        ("an accent and none", two("\u{e9}", "e"), "| name_encoding"),
        ("the same name in two folders", two("a/x", "b/X"), ""),
        ("UTF-8 that is marked", with_file("ü", b"x"), "| name_encoding"),
        ("UTF-8 that is not marked", unmarked("ü"), "| name_encoding"),
        ("ASCII that is not marked", unmarked("u"), ""),
        ("all names from here", here, "entry_name"),
        ("a file that MS-DOS calls a file", dos(0, 0x20), ""),
        ("a file that MS-DOS calls a folder", dos(0, 0x10), "entry_folder"),
        ("an attribute that is not of MS-DOS", dos(3, 0x10), ""),
        ("a folder that says it is compressed", with_unlisted(nothing.clone().with(|header| header.name = b"a/".to_vec())), ""),
        ("an empty file that says it is compressed", with_unlisted(nothing), "manifest_unlisted"),
    ];
    assert_rows(rows, check);
}
