//! Names in certificates (RFC 5280, section 4.1.2.4), as text.

use super::oid;
use crate::der::{Element, Reader, tag};

/// The text of a string in any of ASN.1's types. `None` when it is no string.
pub(super) fn decode_string(tag: u8, bytes: &[u8]) -> Option<String> {
    match tag {
        tag::UTF8_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING | tag::VISIBLE_STRING | tag::NUMERIC_STRING => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        // The standard says T.61, but every certificate in use has Latin-1.
        tag::TELETEX_STRING => Some(bytes.iter().copied().map(char::from).collect()),
        tag::BMP_STRING => decode_utf16(bytes),
        _ => None,
    }
}

fn decode_utf16(bytes: &[u8]) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().copied().map(u16::from_be_bytes);
    let text = char::decode_utf16(units).collect::<Result<String, _>>().ok()?;
    rest.is_empty().then_some(text)
}

/// One part of a name.
pub(super) struct Part<'a> {
    kind: &'a [u8],
    value: Element<'a>,
}

impl Part<'_> {
    fn text(&self) -> Option<String> {
        decode_string(self.value.tag, self.value.value)
    }

    fn format(&self) -> String {
        let value = self.text().unwrap_or_else(|| "?".to_owned());
        match short_name(self.kind) {
            Some(kind) => format!("{kind}={value}"),
            None => format!("{}={value}", format_oid(self.kind)),
        }
    }
}

/// The parts of a name in their order:
///
/// ```text
/// Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }
/// ```
pub(super) fn parts(name: &[u8]) -> Option<Vec<Part<'_>>> {
    let sets = Reader::new(name).content(tag::SEQUENCE)?.all(|sets| sets.content(tag::SET)?.all(part))?;
    Some(sets.into_iter().flatten().collect())
}

fn part<'a>(set: &mut Reader<'a>) -> Option<Part<'a>> {
    let mut fields = set.content(tag::SEQUENCE)?;
    let part = Part { kind: fields.identifier()?, value: fields.any()? };
    fields.finish()?;
    Some(part)
}

/// Every value of one kind in a name. A value that is no string becomes an empty text, which equals no expected value.
pub(super) fn values<'a>(name: &'a [u8], kind: &'static [u8]) -> impl Iterator<Item = String> + 'a {
    let of_kind = parts(name).unwrap_or_default().into_iter().filter(move |part| part.kind == kind);
    of_kind.map(|part| part.text().unwrap_or_default())
}

/// A name on one line, `CN=…, OU=…, O=…`, in the order of importance, whatever the order in the certificate. It is for people:
/// nothing is escaped.
pub(super) fn format_name(name: &[u8]) -> String {
    let parts = parts(name).unwrap_or_default();
    let ranked = (0..=LAST_RANK).flat_map(|wanted| parts.iter().filter(move |part| rank(part.kind) == wanted));
    ranked.map(Part::format).collect::<Vec<_>>().join(", ")
}

/// The rank of the least important part.
const LAST_RANK: u8 = 4;

fn rank(kind: &[u8]) -> u8 {
    match kind {
        oid::COMMON_NAME => 0,
        oid::UNIT => 1,
        oid::ORGANIZATION => 2,
        oid::COUNTRY => LAST_RANK,
        _ => 3,
    }
}

fn short_name(kind: &[u8]) -> Option<&'static str> {
    match kind {
        oid::COMMON_NAME => Some("CN"),
        oid::UNIT => Some("OU"),
        oid::ORGANIZATION => Some("O"),
        oid::COUNTRY => Some("C"),
        oid::USER_ID => Some("UID"),
        _ => None,
    }
}

/// `2.5.4.7`. The first byte stands for two numbers (X.690, section 8.19.4).
fn format_oid(oid: &[u8]) -> String {
    let mut numbers = Vec::new();
    let mut number = 0_u64;
    for byte in oid {
        number = number.wrapping_shl(7) | u64::from(byte & 0x7F);
        if *byte < 0x80 {
            if numbers.is_empty() {
                let first = (number / 40).min(2);
                numbers.push(first.to_string());
                number = number.wrapping_sub(first.wrapping_mul(40));
            }
            numbers.push(number.to_string());
            number = 0;
        }
    }
    numbers.join(".")
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use x509_cert::{
        der::{Encode as _, oid::ObjectIdentifier},
        name::Name,
    };

    use super::*;

    #[test]
    fn strings_of_every_type_are_text() {
        let text = decode_string;
        for tag in [tag::UTF8_STRING, tag::PRINTABLE_STRING, tag::IA5_STRING, tag::TELETEX_STRING] {
            assert_eq!(text(tag, b"pass.x").as_deref(), Some("pass.x"));
        }
        assert_eq!(text(tag::UTF8_STRING, "ü".as_bytes()).as_deref(), Some("ü"));
        assert_eq!(text(tag::TELETEX_STRING, b"\xfc").as_deref(), Some("ü"));
        assert_eq!(text(tag::BMP_STRING, b"\0p\0\xfc").as_deref(), Some("pü"));
        assert_eq!(text(tag::BMP_STRING, b"\0p\0"), None);
        assert_eq!(text(tag::BMP_STRING, b"\xd8\0"), None);
        assert_eq!(text(tag::UTF8_STRING, b"\xfc"), None);
        assert_eq!(text(tag::OCTET_STRING, b"pass.x"), None);
    }

    #[test]
    fn the_common_name_comes_first() {
        for order in ["C=US,O=Me,OU=TEAM,CN=Pass,UID=x,L=Here", "L=Here,UID=x,CN=Pass,OU=TEAM,O=Me,C=US"] {
            let name = format_name(&Name::from_str(order).unwrap().to_der().unwrap());
            assert!(name.starts_with("CN=Pass, OU=TEAM, O=Me, "), "{name}");
            assert!(name.contains("2.5.4.7=Here") && name.ends_with("C=US"), "{name}");
        }
    }

    #[test]
    fn numbers_of_an_identifier_are_shown_in_decimal() {
        for numbers in ["2.5.4.7", "0.9.2342.19200300.100.1.1", "1.2.840.113549.1.9.1", "2.5.4.4294967295", "1.39.0"] {
            assert_eq!(format_oid(ObjectIdentifier::new_unwrap(numbers).as_bytes()), numbers);
        }
        assert_eq!(format_oid(b"\x88\x37\x03"), "2.999.3");
    }
}
