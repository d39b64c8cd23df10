//! Writes elements of DER, the counterpart of [`crate::der`].

use crate::der::tag;

/// An element with this tag, whose value is the parts one after the other.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let digits = value.len().to_be_bytes();
    let zeros = digits.iter().take(digits.len().saturating_sub(1)).take_while(|digit| **digit == 0);
    let digits = digits.get(zeros.count()..).unwrap_or_default();
    let mut element = vec![tag];
    // From 128 on, the first byte says how many bytes the length has (X.690, section 8.1.3.5).
    if value.len() >= 0x80 {
        element.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
    }
    element.extend(digits);
    element.extend(value);
    element
}

/// A SEQUENCE of these elements.
pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(tag::SEQUENCE, parts)
}

/// An OBJECT IDENTIFIER.
pub(super) fn identifier(oid: &[u8]) -> Vec<u8> {
    element(tag::OBJECT_IDENTIFIER, &[oid])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::Reader;

    #[test]
    fn what_is_written_can_be_read() {
        for length in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x1_0000, 0x100_0000] {
            let value = vec![7; length];
            let (start, end) = value.split_at(length / 2);
            let written = sequence(&[start, end]);
            let mut reader = Reader::new(&written);
            assert_eq!(reader.value(tag::SEQUENCE), Some(&value[..]), "{length}");
            assert_eq!(reader.finish(), Some(()));
        }
    }
}
