//! Indefinite lengths (X.690, section 8.1.3.6). DER forbids them, but Apple's `CMSEncoder` writes them around a signature: `80`
//! instead of a length, and two zero bytes at the end of the element.

use super::write;
use crate::der::Reader;

/// The length octet of an indefinite length.
const INDEFINITE: u8 = 0x80;

/// The bit of a tag that says that the value is made of elements.
const CONSTRUCTED: u8 = 0x20;

/// The bits of a tag's number. If all are set, the number continues in the next byte; no tag of CMS does that.
const NUMBER: u8 = 0x1F;

/// The end of the element.
const END: [u8; 2] = [0, 0];

/// How deep such elements may nest. In a signature they are about five deep.
const MAX_DEPTH: usize = 32;

/// Whether a file begins with an element of indefinite length.
pub(super) fn is_indefinite(file: &[u8]) -> bool {
    matches!(file, [tag, INDEFINITE, ..] if tag & CONSTRUCTED != 0 && tag & NUMBER != NUMBER)
}

/// Gives the element definite lengths and changes nothing else. Elements of definite length stay as they are, with all they
/// hold.
pub(super) fn make_definite(file: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader::new(file);
    let element = element(&mut reader, MAX_DEPTH)?;
    reader.is_finished().then_some(element)
}

fn element(reader: &mut Reader<'_>, depth: usize) -> Option<Vec<u8>> {
    let head = reader.head()?;
    if !is_indefinite(&head) {
        return reader.any().map(|element| element.der.to_vec());
    }
    let depth = depth.checked_sub(1)?;
    reader.skip(head.len())?;
    let mut content = Vec::new();
    while reader.head()? != END {
        content.extend(element(reader, depth)?);
    }
    reader.skip(END.len())?;
    let [tag, _] = head;
    Some(write::element(tag, &[&content]))
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
            b"\x30\x80\x24\x02\x04\0\0\0",
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
