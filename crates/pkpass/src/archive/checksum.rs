//! CRC-32 as ZIP uses it (APPNOTE 4.4.7): reflected polynomial `0xEDB88320`, one table look-up for each byte.

/// The CRC-32 of the bytes.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc32::default();
    crc.update(bytes);
    crc.value()
}

/// The CRC-32 of bytes that come piece by piece.
#[derive(Debug, Clone, Copy)]
pub struct Crc32(u32);

impl Default for Crc32 {
    fn default() -> Self {
        Self(u32::MAX)
    }
}

impl Crc32 {
    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |crc, byte| {
            let [low, ..] = crc.to_le_bytes();
            // The table has a value for each byte.
            TABLE.get(usize::from(low ^ byte)).map_or(crc, |remainder| remainder ^ (crc >> 8))
        });
    }

    /// The checksum of all bytes so far.
    #[must_use]
    pub fn value(self) -> u32 {
        !self.0
    }
}

const TABLE: [u32; 256] = table();

/// The remainder of each byte, worked out by the compiler.
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut rest: &mut [u32] = &mut table;
    let mut byte: u32 = 0;
    while let Some((slot, tail)) = rest.split_first_mut() {
        *slot = remainder(byte);
        byte = byte.wrapping_add(1);
        rest = tail;
    }
    table
}

const fn remainder(byte: u32) -> u32 {
    let mut crc = byte;
    let mut bit = 0_u8;
    while bit < 8 {
        crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        bit = bit.wrapping_add(1);
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_check_value_of_the_catalogue() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
        let mut crc = Crc32::default();
        crc.update(b"1234");
        crc.update(b"56789");
        assert_eq!(crc.value(), 0xCBF4_3926);
    }
}
