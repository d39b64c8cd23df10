//! The elements that DER is made of (X.690, sections 8.1 and 10.1): a tag, a length, a value, which may be elements again.
//!
//! A caller takes the elements of a structure one after the other and makes sure that nothing is left, so no byte goes unread.
//! A length has one encoding only, and a tag says whether its value is made of elements. The caller decides how deep it reads,
//! never the bytes.

/// The tags in use (X.680, section 8.4), with the bit that says "made of elements" where they have it.
pub mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    /// `INTEGER`
    pub const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    /// `OCTET STRING`
    pub const OCTET_STRING: u8 = 0x04;
    /// `OBJECT IDENTIFIER`
    pub const OBJECT_IDENTIFIER: u8 = 0x06;
    pub(crate) const UTF8_STRING: u8 = 0x0C;
    pub(crate) const NUMERIC_STRING: u8 = 0x12;
    pub(crate) const PRINTABLE_STRING: u8 = 0x13;
    pub(crate) const TELETEX_STRING: u8 = 0x14;
    pub(crate) const IA5_STRING: u8 = 0x16;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const VISIBLE_STRING: u8 = 0x1A;
    pub(crate) const BMP_STRING: u8 = 0x1E;
    /// `SEQUENCE`
    pub const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// `[n]` in front of a type that is made of elements, or EXPLICIT in front of any.
    #[must_use]
    pub const fn constructed(number: u8) -> u8 {
        0xA0 | number
    }

    /// `[n]` IMPLICIT in front of any other type.
    pub(crate) const fn primitive(number: u8) -> u8 {
        0x80 | number
    }
}

/// The bits of a tag's number; all of them mean that it goes on in the next byte, which no tag here does.
const NUMBER: u8 = 0x1F;

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// Its tag.
    pub tag: u8,
    /// All its bytes.
    pub der: &'a [u8],
    /// The bytes after tag and length.
    pub value: &'a [u8],
}

/// Takes elements from the front of bytes. `None` always means that the bytes are malformed.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads from the beginning.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next element, with any tag.
    pub fn any(&mut self) -> Option<Element<'a>> {
        let (tag, rest) = self.0.split_first().filter(|(tag, _)| is_tag(**tag))?;
        let (length, rest) = length(rest)?;
        let (value, rest) = rest.split_at_checked(length)?;
        let der = self.0.get(..self.0.len().checked_sub(rest.len())?)?;
        self.0 = rest;
        Some(Element { tag: *tag, der, value })
    }

    /// The next element, which has to have this tag.
    pub fn element(&mut self, tag: u8) -> Option<Element<'a>> {
        self.any().filter(|element| element.tag == tag)
    }

    /// The value of the next element, which has to have this tag.
    pub fn value(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.element(tag).map(|element| element.value)
    }

    /// The elements within the next element, which has to have this tag.
    pub fn content(&mut self, tag: u8) -> Option<Self> {
        self.value(tag).map(Self)
    }

    /// The next element if it has this tag. An element that is cut off stays in place, so the caller's next read or
    /// [`Reader::finish`] fails.
    pub fn optional(&mut self, tag: u8) -> Option<Element<'a>> {
        if self.0.first() == Some(&tag) { self.any() } else { None }
    }

    /// Reads everything that is left with `read`.
    pub fn all<T>(mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut all = Vec::new();
        while !self.is_finished() {
            all.push(read(&mut self)?);
        }
        Some(all)
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.0.is_empty()
    }

    /// `None` if something is left.
    #[must_use]
    pub fn finish(self) -> Option<()> {
        self.is_finished().then_some(())
    }

    /// The next two bytes.
    pub(crate) fn head(&self) -> Option<[u8; 2]> {
        self.0.first_chunk().copied()
    }

    /// Skips this many bytes.
    pub(crate) fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }
}

/// The universal tags in use whose values are not made of elements (X.680, section 8.4).
const SIMPLE: [u8; 20] = [1, 2, 3, 4, 5, 6, 9, 10, 12, 13, 18, 19, 20, 21, 22, 23, 24, 26, 27, 30];

/// Whether a byte is a whole tag. Of the universal ones, sequences and sets are made of elements (X.690, sections 8.9 to 8.12),
/// and nothing else is in DER (section 10.2).
fn is_tag(byte: u8) -> bool {
    match byte {
        tag::SEQUENCE | tag::SET => true,
        0x00..=0x3F => SIMPLE.contains(&byte),
        _ => byte & NUMBER != NUMBER,
    }
}

/// Reads a length in its one shortest form (X.690, section 10.1), and returns the rest.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let digits = match first {
        0..=0x7F => return Some((usize::from(*first), rest)),
        0x81..=0x84 => usize::from(first & 0x7F),
        // 80 is an indefinite length, and nothing is longer than 4 GiB.
        _ => return None,
    };
    let (digits, rest) = rest.split_at_checked(digits)?;
    let length = digits.iter().fold(0, |length: u32, digit| length << 8 | u32::from(*digit));
    let is_shortest = length >= 0x80 && digits.first() != Some(&0);
    is_shortest.then_some((usize::try_from(length).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<Element<'_>> {
        Reader::new(bytes).any()
    }

    #[test]
    fn a_length_has_one_form() {
        for length in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x1_0000] {
            let value = vec![7; length];
            let [a, b, c, d] = u32::try_from(length).unwrap().to_be_bytes();
            let forms = [&[d][..], &[0x81, d], &[0x82, c, d], &[0x83, b, c, d], &[0x84, a, b, c, d]];
            let forms = forms.map(|form| [&[tag::OCTET_STRING], form, &value].concat());
            let accepted =
                forms.iter().filter(|form| read(form).is_some_and(|element| element.der == **form && element.value == value));
            assert_eq!(accepted.count(), 1, "{length}");
            let longest = [&[tag::OCTET_STRING, 0x85, 0, a, b, c, d][..], &value].concat();
            assert_eq!(read(&longest), None);
        }
    }

    #[test]
    fn what_is_cut_off_is_no_element() {
        let whole = [&[tag::SEQUENCE, 0x82, 1, 0][..], &[0; 256]].concat();
        for length in 0..whole.len() {
            assert_eq!(read(&whole[..length]), None, "{length}");
        }
        for length in [&b"\x80"[..], b"\x84\xff\xff\xff\xff", b"\x84\x7f\xff\xff\xff", b"\x88\xff", b"\xff"] {
            assert_eq!(read(&[&[tag::SEQUENCE], length, &[0; 300]].concat()), None);
        }
    }

    #[test]
    fn a_tag_is_one_byte_and_says_whether_there_are_elements() {
        let accepted: Vec<u8> = (0..=0x3F).filter(|tag| read(&[*tag, 0]).is_some()).collect();
        assert_eq!(accepted, [&SIMPLE[..], &[0x30, 0x31]].concat());
        let other = (0x40..=0xFF).filter(|tag| read(&[*tag, 0]).is_none());
        assert_eq!(other.collect::<Vec<u8>>(), [0x5F, 0x7F, 0x9F, 0xBF, 0xDF, 0xFF]);
    }

    #[test]
    fn what_is_optional_may_be_missing_but_not_broken() {
        let bytes = [0xA0, 0, 0x02, 1, 5];
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.optional(0xA1), None);
        assert_eq!(reader.optional(0xA0).unwrap().der, [0xA0, 0]);
        assert_eq!(reader.optional(0xA0), None);
        assert_eq!(reader.finish(), None);
        assert_eq!(reader.value(tag::INTEGER), Some(&[5][..]));
        assert_eq!(reader.optional(0xA0), None);
        assert_eq!(reader.finish(), Some(()));

        let mut broken = Reader::new(&[0xA0, 1]);
        assert_eq!(broken.optional(0xA0), None);
        assert_eq!(broken.finish(), None);
        assert_eq!(broken.any(), None);
    }
}
