//! Values that are not made of elements, each in the one form that DER has for it.

use crate::der::{Element, Reader, tag};

/// NULL (X.690, section 8.8).
pub(super) const NULL: &[u8] = b"\x05\x00";

/// The INTEGERs that are versions.
pub(super) const ZERO: &[u8] = b"\x02\x01\x00";
pub(super) const ONE: &[u8] = b"\x02\x01\x01";
pub(super) const TWO: &[u8] = b"\x02\x01\x02";
pub(super) const THREE: &[u8] = b"\x02\x01\x03";

impl<'a> Reader<'a> {
    /// An INTEGER. It has no more bytes than it needs (X.690, section 8.3.2).
    pub(super) fn integer(&mut self) -> Option<Element<'a>> {
        self.element(tag::INTEGER).filter(|integer| match integer.value {
            [] | [0, 0..0x80, ..] | [0xFF, 0x80..=0xFF, ..] => false,
            [..] => true,
        })
    }

    /// An INTEGER that is not negative, as bytes without leading zeros; a zero is one byte.
    pub(super) fn unsigned(&mut self) -> Option<&'a [u8]> {
        match self.integer()?.value {
            [0x80..=0xFF, ..] => None,
            [0, rest @ ..] if !rest.is_empty() => Some(rest),
            value => Some(value),
        }
    }

    /// A BOOLEAN with DEFAULT FALSE. DER leaves out the default, so it is there only when it is true (X.690, sections 11.1 and
    /// 11.5).
    pub(super) fn flag(&mut self) -> Option<bool> {
        match self.optional(tag::BOOLEAN) {
            None => Some(false),
            Some(flag) => (flag.value == [0xFF]).then_some(true),
        }
    }

    /// An OBJECT IDENTIFIER. Its numbers are in base 128 without leading zeros. The highest bit of a byte says that the number
    /// continues (X.690, section 8.19.2).
    pub(super) fn identifier(&mut self) -> Option<&'a [u8]> {
        let value = self.value(tag::OBJECT_IDENTIFIER)?;
        let mut is_end = true;
        for byte in value {
            if is_end && *byte == 0x80 {
                return None;
            }
            is_end = *byte < 0x80;
        }
        (is_end && !value.is_empty()).then_some(value)
    }

    /// A BIT STRING with this tag, its own or an implicit one.
    pub(super) fn bits(&mut self, tag: u8) -> Option<Bits<'a>> {
        self.value(tag).and_then(Bits::parse)
    }
}

/// A BIT STRING (X.690, section 8.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bits<'a> {
    /// How many bits of the last byte are not used.
    unused: u8,
    bytes: &'a [u8],
}

impl<'a> Bits<'a> {
    /// Unused bits are zero (X.690, section 11.2.1).
    pub(super) fn parse(value: &'a [u8]) -> Option<Self> {
        let (&unused, bytes) = value.split_first()?;
        let padding = bytes.last().map_or(8, |last| last.trailing_zeros());
        let is_sound = unused < 8 && u32::from(unused) <= padding && (unused == 0 || !bytes.is_empty());
        is_sound.then_some(Self { unused, bytes })
    }

    /// The bytes, if the bits fill them.
    pub(super) fn bytes(self) -> Option<&'a [u8]> {
        (self.unused == 0).then_some(self.bytes)
    }

    /// The first eight bits, the first of them the highest. Bits that are not there are zero.
    pub(super) fn first(self) -> u8 {
        self.bytes.first().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(value: &[u8]) -> bool {
        Reader::new(&[&[2, u8::try_from(value.len()).unwrap()], value].concat()).integer().is_some()
    }

    #[test]
    fn an_integer_is_no_longer_than_it_has_to_be() {
        for value in [&b"\0"[..], b"\x7f", b"\0\x80", b"\x80", b"\xff", b"\xff\x7f", b"\x01\0"] {
            assert!(integer(value), "{value:x?}");
        }
        for value in [&b""[..], b"\0\0", b"\0\x7f", b"\xff\xff", b"\xff\x80"] {
            assert!(!integer(value), "{value:x?}");
        }
    }

    #[test]
    fn a_sign_takes_a_byte() {
        let unsigned = |der: &'static [u8]| Reader::new(der).unsigned();
        assert_eq!(unsigned(b"\x02\x01\0"), Some(&[0][..]));
        assert_eq!(unsigned(b"\x02\x02\0\x80"), Some(&[0x80][..]));
        assert_eq!(unsigned(b"\x02\x01\x7f"), Some(&[0x7F][..]));
        assert_eq!(unsigned(b"\x02\x01\x80"), None);
    }

    #[test]
    fn a_flag_is_there_only_when_it_is_set() {
        let flag = |der: &[u8]| Reader::new(der).flag();
        assert_eq!(flag(b""), Some(false));
        assert_eq!(flag(b"\x04\0"), Some(false));
        assert_eq!(flag(b"\x01\x01\xff"), Some(true));
        for der in [&b"\x01\x01\0"[..], b"\x01\x01\x01", b"\x01\0", b"\x01\x02\xff\xff"] {
            assert_eq!(flag(der), None);
        }
    }

    #[test]
    fn numbers_of_an_identifier_end_and_have_no_leading_zeros() {
        let identifier =
            |value: &[u8]| Reader::new(&[&[6, u8::try_from(value.len()).unwrap()], value].concat()).identifier().is_some();
        for value in [&b"\x55\x04\x03"[..], b"\0", b"\x2a\x86\x48", b"\x2a\x81\x80\x01"] {
            assert!(identifier(value), "{value:x?}");
        }
        for value in [&b""[..], b"\x80\x01", b"\x2a\x80\x01", b"\x2a\x86", b"\x2a\x86\x80"] {
            assert!(!identifier(value), "{value:x?}");
        }
    }

    #[test]
    fn bits_that_do_not_count_are_zero() {
        let bits = |value: &'static [u8]| Bits::parse(value);
        assert_eq!(bits(b"\0\x01\x02").and_then(Bits::bytes), Some(&[1, 2][..]));
        assert_eq!(bits(b"\0").and_then(Bits::bytes), Some(&[][..]));
        assert_eq!(bits(b"\x02\x04").map(Bits::first), Some(4));
        assert_eq!(bits(b"\x02\x04").and_then(Bits::bytes), None);
        for value in [&b""[..], b"\x01", b"\x03\x04", b"\x08\0", b"\xff\0"] {
            assert_eq!(bits(value), None, "{value:x?}");
        }
    }
}
