//! Good signatures, changed in any place: none is accepted, and nothing makes the reader panic.

use super::{Workshop, authority, ber, examine, made, now, report, signed, trust, verdict};
use pkpass::{DefectCode, signature::Trust};
use proptest::{collection::vec, prelude::*, sample::Index};

/// Every byte in turn, with one bit flipped: about three thousand files.
fn each_byte_changed(file: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..file.len()).map(|position| {
        let mut changed = file.to_vec();
        changed[position] ^= 1 << (position % 8);
        changed
    })
}

#[test]
fn no_byte_can_be_changed() {
    let workshop = Workshop::new();
    workshop.write("wwdr.pem", format!("{}{}", authority().intermediate_pem(), authority().root_pem()).as_bytes());
    let trust = trust();
    let roots = workshop.sign("smime -sign -binary -md sha256");
    let called_by_key = ber::indefinite(&workshop.sign("cms -sign -binary -keyid"), 4);
    for file in [made(now()), roots, called_by_key] {
        assert_eq!(examine(&signed(&file), &trust), [].into());
        for (position, changed) in each_byte_changed(&file).enumerate() {
            let found = examine(&signed(&changed), &trust);
            assert!(!found.is_empty(), "byte {position} of {} is not accounted for", file.len());
            let _ = examine(&signed(&changed), &Trust::any());
        }
    }
}

#[test]
fn nothing_can_be_cut_off_or_added() {
    for file in [made(now()), ber::indefinite(&made(now()), 5)] {
        for length in 0..file.len() {
            let found = report(&signed(&file[..length]), &trust()).defects;
            assert_eq!(found[0].code, DefectCode::SignatureFormat, "{length}");
        }
        for more in [&b"\0"[..], b"\0\0", b"\n", b"\x30\x80\0\0", &file] {
            assert_eq!(verdict(&[&file, more].concat()), [DefectCode::SignatureFormat].into());
        }
    }
}

#[test]
fn depth_is_bounded() {
    for depth in [10, 60, 64, 65, 1000, 30_000] {
        // Sequences in each other, of indefinite length, with and without an end.
        let open = [0x30, 0x80].repeat(depth);
        let closed = [&open[..], &[0, 0].repeat(depth)].concat();
        // In the place of the content as well.
        let head = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80";
        for file in [&open, &closed, &[&head[..], &open].concat(), &[&head[..], &closed, &[0, 0, 0, 0]].concat()] {
            assert_eq!(verdict(file), [DefectCode::SignatureFormat].into());
        }
    }
    // Lengths that are not there, up to 4 GiB.
    for length in [&b"\x84\xff\xff\xff\xff"[..], b"\x84\x7f\xff\xff\xff", b"\x83\xff\xff\xff", b"\x88\xff\xff"] {
        for tag in [0x30, 0x04, 0x24, 0x31, 0xa0, 0x03] {
            let file = [&[0x30, 0x80, tag][..], length, &[0; 8]].concat();
            assert_eq!(verdict(&file), [DefectCode::SignatureFormat].into());
            let inside = [&[0x24, 0x80, 0x04][..], length, &[0; 8]].concat();
            assert_eq!(verdict(&inside), [DefectCode::SignatureFormat].into());
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(file in vec(any::<u8>(), 0..200)) {
        prop_assert!(!verdict(&file).is_empty());
    }

    #[test]
    fn no_change_of_a_good_one_makes_it_panic(changes in vec((any::<Index>(), any::<u8>()), 1..8)) {
        let mut file = made(1_700_000_000);
        for (index, byte) in changes {
            *index.get_mut(&mut file[..]) = byte;
        }
        let _ = examine(&signed(&file), &Trust::any());
    }
}
