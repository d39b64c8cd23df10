//! Indefinite lengths (X.690, section 8.1.3.6), as Apple's `CMSEncoder` writes them; openssl does so only
//! around content that is inside.

/// The same DER with indefinite lengths in constructed elements, `depth` levels deep.
pub(super) fn indefinite(der: &[u8], depth: usize) -> Vec<u8> {
    let mut result = Vec::new();
    let mut rest = der;
    while let [tag, after @ ..] = rest {
        let (length, content) = length(after);
        let (value, behind) = content.split_at(length);
        if tag & 0x20 != 0 && depth > 0 {
            result.extend([*tag, 0x80]);
            result.extend(indefinite(value, depth - 1));
            result.extend([0, 0]);
        } else {
            let header = &rest[..rest.len() - content.len()];
            result.extend([header, value].concat());
        }
        rest = behind;
    }
    result
}

fn length(bytes: &[u8]) -> (usize, &[u8]) {
    let first = usize::from(bytes[0]);
    if first < 0x80 {
        return (first, &bytes[1..]);
    }
    let (digits, rest) = bytes[1..].split_at(first - 0x80);
    (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
}
