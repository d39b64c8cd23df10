//! Identifiers as they are in the field, made from numbers: the same at each run, and in no order.

/// The pass type of all passes.
pub(crate) const PASS_TYPE: &str = "pass.com.example.coffee";

/// How serial numbers look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Serials {
    /// 36 characters.
    Uuid,
    /// 12 digits.
    Digits,
}

impl Serials {
    /// The serial number of a pass.
    pub(crate) fn of(self, pass: u64) -> String {
        match self {
            Self::Uuid => uuid(1, pass),
            Self::Digits => format!("{:012}", mix(1, pass) % 1_000_000_000_000),
        }
    }
}

/// A `deviceLibraryIdentifier`: 32 hexadecimal digits.
pub(crate) fn device(number: u64) -> String {
    hex::<16>(2, number)
}

/// Sorts devices as their identifiers are sorted.
pub(crate) fn device_order(number: u64) -> u64 {
    u64::from_be_bytes(mix(2, number).to_le_bytes())
}

/// The push token that a device has after so many changes of it: 64 hexadecimal digits.
pub(crate) fn push_token(device: u64, changes: u64) -> String {
    hex::<32>(3 + (changes << 8), device)
}

/// The authentication token of a pass.
pub(crate) fn token(pass: u64) -> String {
    hex::<16>(4, pass)
}

/// The SHA-256 of some version of a pass's file.
pub(crate) fn file_sha256(pass: u64, version: u64) -> String {
    hex::<32>(5 + (version << 8), pass)
}

/// The SHA-256 of some version of a pass's manifest.
pub(crate) fn manifest_sha256(pass: u64, version: u64) -> String {
    hex::<32>(6 + (version << 8), pass)
}

/// The name that a version of a pass was published under.
pub(crate) fn publication(pass: u64, version: u64) -> String {
    uuid(7 + (version << 8), pass)
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn uuid(kind: u64, number: u64) -> String {
    let digits = hex::<16>(kind, number);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

fn hex<const BYTES: usize>(kind: u64, number: u64) -> String {
    let mut text = String::with_capacity(2 * BYTES);
    for place in 0..BYTES as u64 / 8 {
        let bits = mix(kind + (place << 48), number);
        for byte in bits.to_le_bytes() {
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    text
}

/// Numbers that look random: the finaliser of `SplitMix64`, twice.
pub(crate) fn mix(kind: u64, number: u64) -> u64 {
    let once = |mut bits: u64| {
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    };
    once(once(kind.wrapping_add(0x9E37_79B9_7F4A_7C15)).wrapping_add(number))
}
