//! The numbers in ZIP records: little-endian, at fixed places (APPNOTE 4.4.1.1).

/// The two bytes at `at`; `None` past the end.
pub(super) fn u16_at(record: &[u8], at: usize) -> Option<u16> {
    record.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// The four bytes at `at`; `None` past the end.
pub(super) fn u32_at(record: &[u8], at: usize) -> Option<u32> {
    record.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// Two bytes that are a length.
pub(super) fn length_at(record: &[u8], at: usize) -> Option<usize> {
    u16_at(record, at).map(usize::from)
}

/// A size or offset as an index. An index has at least 32 bits, and on a Worker exactly 32.
pub(super) fn index(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// The eight bytes at `at`; `None` past the end.
pub(super) fn u64_at(record: &[u8], at: usize) -> Option<u64> {
    record.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}
