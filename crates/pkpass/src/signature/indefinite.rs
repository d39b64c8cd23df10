//! The encodings besides DER (X.690, sections 8.1.3.6 and 8.7.3) that tools write around a signature: indefinite lengths, `80`
//! instead of a length and two zero bytes at the end, and an `OCTET STRING` in pieces. Apple's `CMSEncoder`, openssl -stream
//! and `BouncyCastle` write them, and Keychain Access around keys and certificates (PKCS #12).

use der::{AnyRef, Decode as _, Encode as _, Length, Tag, asn1::OctetStringRef};

/// The length octet of an indefinite length.
const INDEFINITE: u8 = 0x80;

/// The bit of a tag that says that the value is made of elements.
const CONSTRUCTED: u8 = 0x20;

/// An `OCTET STRING` in pieces.
const PIECES: u8 = 0x24;

/// The end of an element.
const END: [u8; 2] = [0, 0];

/// How deep such elements may nest. In a signature they are about five deep.
const MAX_DEPTH: usize = 32;

/// Whether a file begins with an element of indefinite length.
pub(super) fn is_indefinite(file: &[u8]) -> bool {
    matches!(file, [tag, INDEFINITE, ..] if tag & CONSTRUCTED != 0)
}

/// Gives the element definite lengths, joins its pieces, and changes nothing else. Other elements of definite length stay as
/// they are, with all they hold.
pub(super) fn make_definite(file: &[u8]) -> Option<Vec<u8>> {
    whole(file, false)
}

/// Like [`make_definite`], in elements of definite length too. Nothing in the file may be signed, but what an `OCTET STRING`
/// holds.
pub(super) fn make_all_definite(file: &[u8]) -> Option<Vec<u8>> {
    whole(file, true)
}

fn whole(file: &[u8], everywhere: bool) -> Option<Vec<u8>> {
    let mut rest = file;
    let element = element(&mut rest, MAX_DEPTH, everywhere)?;
    rest.is_empty().then_some(element)
}

fn element(rest: &mut &[u8], depth: usize, everywhere: bool) -> Option<Vec<u8>> {
    let (tag, depth) = (*rest.first()?, depth.checked_sub(1)?);
    let mut content = Vec::new();
    if is_indefinite(rest) {
        *rest = rest.get(2..)?;
        while !rest.starts_with(&END) {
            content.extend(member(tag, rest, depth, everywhere)?);
        }
        *rest = rest.get(END.len()..)?;
    } else {
        let (length, value) = Length::from_der_partial(rest.get(1..)?).ok()?;
        let (mut value, after) = value.split_at_checked(usize::try_from(length).ok()?)?;
        let whole = rest.get(..rest.len().checked_sub(after.len())?)?;
        *rest = after;
        if tag != PIECES && !(everywhere && tag & CONSTRUCTED != 0) {
            return Some(whole.to_vec());
        }
        while !value.is_empty() {
            content.extend(member(tag, &mut value, depth, everywhere)?);
        }
    }
    let tag = if tag == PIECES { Tag::OctetString } else { Tag::from_der(&[tag]).ok()? };
    AnyRef::new(tag, &content).and_then(|element| element.to_der()).ok()
}

/// The next member of an element with the tag `outer`: of pieces, only what is in it.
fn member(outer: u8, rest: &mut &[u8], depth: usize, everywhere: bool) -> Option<Vec<u8>> {
    let member = element(rest, depth, everywhere)?;
    if outer != PIECES {
        return Some(member);
    }
    <&OctetStringRef>::from_der(&member).ok().map(|piece| piece.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lengths_change() {
        let long = [&[0x04, 0x81, 200][..], &[7; 200]].concat();
        let file = [&[0x30, 0x80, 0xA0, 0x80][..], &long, &[0, 0, 0x05, 0, 0, 0]].concat();
        let expected = [&[0x30, 0x81, 208, 0xA0, 0x81, 203][..], &long, &[0x05, 0]].concat();
        assert_eq!(make_definite(&file).unwrap(), expected);
        assert_eq!(make_definite(&expected).unwrap(), expected);
    }

    #[test]
    fn elements_of_definite_length_are_entered_on_demand() {
        let file = b"\x30\x06\xa0\x80\x05\0\0\0";
        assert_eq!(make_definite(file).unwrap(), file);
        assert_eq!(make_all_definite(file).unwrap(), b"\x30\x04\xa0\x02\x05\0");
        let octets = b"\x30\x06\x04\x04\x30\x80\0\0";
        assert_eq!(make_all_definite(octets).unwrap(), octets, "what a string holds is its own");
        for file in [&b"\x30\x04\xa0\x80\x05\0"[..], b"\x30\x05\xa0\x80\x05\0\0\0", b"\x30\x02\xa0\x01"] {
            assert_eq!(make_all_definite(file), None, "{file:x?}");
        }
    }

    #[test]
    fn pieces_are_joined() {
        for file in [
            &b"\x30\x80\x24\x80\x04\x01a\x04\x02bc\0\0\0\0"[..],
            b"\x30\x80\x24\x07\x04\x01a\x04\x02bc\0\0",
            b"\x30\x80\x24\x80\x24\x03\x04\x01a\x24\x80\x04\x02bc\0\0\0\0\0\0",
        ] {
            assert_eq!(make_definite(file).unwrap(), b"\x30\x05\x04\x03abc", "{file:x?}");
        }
        assert_eq!(make_definite(b"\x30\x80\x24\x80\0\0\0\0").unwrap(), b"\x30\x02\x04\0");
        assert_eq!(make_definite(b"\x30\x80\x24\x80\x02\x01a\0\0\0\0"), None, "a piece of another type");
    }

    #[test]
    fn what_does_not_end_or_goes_on_is_refused() {
        for file in [
            &b""[..],
            b"\x30",
            b"\x30\x80",
            b"\x30\x80\0",
            b"\x30\x80\x05\0",
            b"\x30\x80\0\0\0",
            b"\x30\x80\0\0\0\0",
            b"\x30\x80\x04\x80\0\0\0\0",
            b"\x30\x80\x24\x03\x04\0\0\0",
            b"\x3f\x80\0\0",
            b"\x30\x80\x04\x84\xff\xff\xff\xff\0\0",
        ] {
            assert_eq!(make_definite(file), None, "{file:x?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| [[0x30, 0x80].repeat(depth), [0, 0].repeat(depth)].concat();
        assert!(make_definite(&nested(MAX_DEPTH)).is_some());
        assert_eq!(make_definite(&nested(MAX_DEPTH + 1)), None);
        assert_eq!(make_definite(&nested(1_000_000)), None);
    }
}
