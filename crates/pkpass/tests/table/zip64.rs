//! Sizes of eight bytes, and sizes behind the data.

use pass_factory::unpack;
use proptest::prelude::*;

use super::{
    Row, assert_rows,
    inputs::{check, each, good, icon, last, record},
    mutation::Mutation,
    writer::{self, Header, Item},
};

fn zip64(values: &[u64]) -> Vec<u8> {
    record(1, values.iter().map(|value| value.to_le_bytes()).collect::<Vec<_>>().as_flattened())
}

/// Moves the sizes of a header into a ZIP64 record.
fn widen(header: &mut Header) {
    header.extra.extend(zip64(&[header.size.into(), header.packed_size.into()]));
    (header.size, header.packed_size) = (u32::MAX, u32::MAX);
}

fn descriptor(item: &Item, is_signed: bool, is_wide: bool) -> Vec<u8> {
    let header = &item.central;
    let signature: &[u8] = if is_signed { b"PK\x07\x08" } else { b"" };
    let sizes = [header.packed_size, header.size];
    let sizes =
        if is_wide { sizes.map(|size| u64::from(size).to_le_bytes()).concat() } else { sizes.map(u32::to_le_bytes).concat() };
    [signature, &header.crc32.to_le_bytes(), &sizes].concat()
}

/// As a writer does that cannot go back: sizes and CRC-32 follow the data.
fn streamed(item: Item, is_signed: bool, is_wide: bool) -> Item {
    let mut item = item.with(|header| header.flags |= 1 << 3);
    item.descriptor = descriptor(&item, is_signed, is_wide);
    item.local = Header { crc32: 0, packed_size: 0, size: 0, ..item.local };
    item
}

/// The end records of an archive, before they are written.
struct End {
    narrow: [u64; 6],
    wide: [u64; 6],
    size: u64,
    disks: u32,
    /// By how much the locator is off.
    off: u64,
}

/// A good archive with ZIP64 records at its end, after a change to them.
fn zip64_end(mut file: Vec<u8>, change: impl FnOnce(&mut End)) -> Vec<u8> {
    let end = file.split_off(file.len() - 22);
    let u16_at = |at: usize| u64::from(u16::from_le_bytes([end[at], end[at + 1]]));
    let u32_at = |at: usize| u16_at(at) | u16_at(at + 2) << 16;
    let numbers = [u16_at(4), u16_at(6), u16_at(8), u16_at(10), u32_at(12), u32_at(16)];
    let mut end = End { narrow: numbers, wide: numbers, size: 44, disks: 1, off: 0 };
    change(&mut end);
    let at = u64::try_from(file.len()).unwrap() + end.off;
    let number = |number: u64, bytes: usize| number.to_le_bytes()[..bytes].to_vec();
    let [disk, directory_disk, here, count, size, start] = end.wide;
    let record = [(end.size, 8), (0x2D_031E, 4), (disk, 4), (directory_disk, 4), (here, 8), (count, 8), (size, 8), (start, 8)];
    let locator = [(0, 4), (at, 8), (end.disks.into(), 4)];
    let narrow = end.narrow.into_iter().zip([2, 2, 2, 2, 4, 4]);
    let mut put = |signature: &[u8], fields: &mut dyn Iterator<Item = (u64, usize)>| {
        file.extend(signature);
        file.extend(fields.flat_map(|(value, bytes)| number(value, bytes)));
    };
    put(b"PK\x06\x06", &mut record.into_iter());
    put(b"PK\x06\x07", &mut locator.into_iter());
    put(b"PK\x05\x06", &mut narrow.chain([(0, 2)]));
    file
}

const UNKNOWN: [u64; 6] = [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF];

/// The archives of tools that always write ZIP64 records, byte for byte in their shapes.
#[test]
fn zip64_of_tools() {
    let wide_local = |mut item: Item| {
        widen(&mut item.local);
        item
    };
    let info_zip = each(|item| {
        let mut item = if item.descriptor.is_empty() { wide_local(item) } else { item };
        item.central.extra = zip64(&[item.central.size.into()]);
        item.central.size = u32::MAX;
        item
    });
    let python = each(|item| if item.descriptor.is_empty() { wide_local(item) } else { item });
    let streaming = |pack: fn(&str, &[u8]) -> Item| last(|_| wide_local(streamed(icon(pack), true, true)));
    let placeholder = |id: u16| {
        last(|mut item| {
            item.local.extra = record(id, &[0; 16]);
            item
        })
    };
    let rows: Vec<Row> = vec![
        ("zip -fz", zip64_end(info_zip, |end| end.narrow[5] = UNKNOWN[5]), ""),
        ("zip of a pipe", zip64_end(python.clone(), |_| {}), ""),
        ("zip.js with zip64", zip_js(), ""),
        ("zipfile with force_zip64, rubyzip 3", python, ""),
        ("zipfile into a pipe", streaming(Item::deflated), ""),
        ("zipstream-ng", streaming(Item::stored), ""),
        ("rubyzip 2", placeholder(0x9999), ""),
        ("a ZIP64 record for nothing", placeholder(1), ""),
    ];
    assert_rows(rows, check);
}

/// Everything that can be a ZIP64 record is one.
fn zip_js() -> Vec<u8> {
    let widest = |item: Item| {
        let mut item = streamed(unstreamed(item), true, true);
        widen(&mut item.local);
        widen(&mut item.central);
        item
    };
    zip64_end(each(widest), |end| end.narrow = UNKNOWN)
}

/// The same file without a descriptor.
fn unstreamed(mut item: Item) -> Item {
    item.descriptor.clear();
    item.local = item.central.clone();
    item.with(|header| header.flags &= !(1 << 3))
}

#[test]
fn zip64_records_have_to_be_honest() {
    let central = |sizes: &'static [u64]| {
        last(|mut item| {
            (item.central.size, item.central.packed_size) = (u32::MAX, u32::MAX);
            item.central.extra = zip64(sizes);
            item
        })
    };
    let local = |add: u64| {
        last(|mut item| {
            item.local.extra = zip64(&[u64::from(item.local.size) + add, item.local.packed_size.into()]);
            (item.local.size, item.local.packed_size) = (u32::MAX, u32::MAX);
            item
        })
    };
    let placed = |add: u64| {
        let mut items = good().items();
        let at = u64::try_from(writer::archive(&items[..1]).len() - 22 - 46 - "pass.json".len()).unwrap();
        items[1].start = Some(u32::MAX);
        items[1].central.extra = zip64(&[at + add]);
        writer::archive(&items)
    };
    let on_disk = |disk: u32| {
        last(|mut item| {
            item.disk = u16::MAX;
            item.central.extra = record(1, &disk.to_le_bytes());
            item
        })
    };
    let end = |change: fn(&mut End)| zip64_end(good().packed(), change);
    let rows: Vec<Row> = vec![
        ("a place", placed(0), ""),
        ("another place", placed(1), "archive_damaged"),
        ("the first disk", on_disk(0), ""),
        ("another disk", on_disk(1), "archive_split"),
        ("local sizes", local(0), ""),
        ("other local sizes", local(1), "entry_mismatch"),
        ("local sizes beyond 4 GiB", local(1 << 32), "archive_zip64"),
        ("no sizes", central(&[]), "archive_zip64"),
        ("one size of two", central(&[1]), "archive_zip64"),
        ("sizes of 4 GiB", central(&[1 << 32, 1 << 32]), "archive_zip64"),
        ("the largest sizes", central(&[u64::MAX, u64::MAX]), "archive_zip64"),
        ("sizes beyond the limits", central(&[11 << 20, 1]), "entry_too_large"),
        ("an end that repeats the other", end(|_| {}), ""),
        ("an end for all that is unknown", end(|end| end.narrow = UNKNOWN), ""),
        ("an end with another count", end(|end| (end.wide[2], end.wide[3]) = (1, 1)), "archive_zip64"),
        ("an end with another size", end(|end| end.wide[4] += 1), "archive_zip64"),
        (
            "a wrong size where only the wide end has it",
            end(|end| (end.narrow[4], end.wide[4]) = (UNKNOWN[4], 1)),
            "archive_damaged",
        ),
        ("a wrong count where only the wide end has it", end(|end| (end.narrow, end.wide[3]) = (UNKNOWN, 1)), "archive_split"),
        ("an end on another disk", end(|end| (end.narrow[0], end.wide[0]) = (UNKNOWN[0], 1)), "archive_split"),
        ("an end of another size", end(|end| end.size = 45), "archive_zip64"),
        ("an end somewhere else", end(|end| end.off = 1), "archive_zip64"),
        ("an end on two disks", end(|end| end.disks = 2), "archive_zip64"),
    ];
    assert_rows(rows, check);
}

#[test]
fn what_follows_the_data_says_the_same_as_the_directory() {
    let form = |pack, is_signed, is_wide| last(|_| streamed(icon(pack), is_signed, is_wide));
    let with_record = |pack, is_signed, is_wide| {
        last(|_| {
            let mut item = streamed(icon(pack), is_signed, is_wide);
            widen(&mut item.local);
            item
        })
    };
    let wrong = |at: usize| {
        last(|_| {
            let mut item = streamed(icon(Item::deflated), true, false);
            item.descriptor[at] ^= 1;
            item
        })
    };
    let with = |bytes: &'static [u8]| {
        last(|_| {
            let mut item = streamed(icon(Item::deflated), true, false);
            item.descriptor.extend(bytes);
            item
        })
    };
    let unannounced = last(|_| Item { descriptor: descriptor(&icon(Item::deflated), true, false), ..icon(Item::deflated) });
    let missing = last(|_| Item { descriptor: Vec::new(), ..streamed(icon(Item::deflated), true, false) });
    let rows: Vec<Row> = vec![
        ("16 bytes", form(Item::deflated, true, false), ""),
        ("12 bytes, unsigned", form(Item::deflated, false, false), ""),
        ("24 bytes", form(Item::deflated, true, true), "entry_mismatch"),
        ("20 bytes, unsigned", form(Item::deflated, false, true), "entry_mismatch"),
        ("16 bytes and a ZIP64 record", with_record(Item::deflated, true, false), "entry_mismatch"),
        ("12 bytes, unsigned, and a ZIP64 record", with_record(Item::deflated, false, false), "entry_mismatch"),
        ("24 bytes and a ZIP64 record", with_record(Item::deflated, true, true), ""),
        ("20 bytes, unsigned, and a ZIP64 record", with_record(Item::deflated, false, true), ""),
        ("16 bytes after stored data", form(Item::stored, true, false), ""),
        ("24 bytes after stored data and a ZIP64 record", with_record(Item::stored, true, true), ""),
        ("12 bytes, unsigned, after stored data", form(Item::stored, false, false), "entry_mismatch"),
        ("20 bytes, unsigned, after stored data and a ZIP64 record", with_record(Item::stored, false, true), "entry_mismatch"),
        ("another signature", wrong(0), "entry_mismatch"),
        ("another CRC-32", wrong(4), "entry_mismatch"),
        ("another packed size", wrong(8), "entry_mismatch"),
        ("another size", wrong(12), "entry_mismatch"),
        ("nothing", missing, "entry_mismatch"),
        ("one byte more", with(b"x"), "archive_gap"),
        ("a second one", with(b"PK\x07\x08000000000000"), "archive_gap"),
        ("one that no header announces", unannounced, "archive_gap"),
    ];
    assert_rows(rows, check);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    /// In the directory and at the end, where all the numbers are.
    #[test]
    fn damaged_zip64_records_are_refused_or_harmless(mutation in Mutation::any()) {
        let mut file = zip_js();
        let directory = file.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        let mut tail = file.split_off(directory);
        mutation.apply(&mut tail);
        file.extend(tail);
        if check(&file).defects.is_empty() {
            prop_assert_eq!(unpack(&file), good().unpacked());
        }
    }
}
