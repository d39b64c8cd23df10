//! Names in certificates (RFC 5280, section 4.1.2.4), as text.

use der::{AnyRef, Encode as _, Tag, Tagged as _, asn1::ObjectIdentifier};

use super::{
    asn1::{NamePart, Set},
    oid,
};

/// The name of a certificate's holder or issuer.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Its bytes in the certificate.
    pub(super) der: Vec<u8>,
    parts: Vec<Part>,
}

/// The kind of a part, and its text unless its value is no string.
#[derive(Clone, PartialEq, Eq)]
struct Part {
    kind: Vec<u8>,
    text: Option<String>,
}

impl Name {
    pub(super) fn read(any: AnyRef<'_>) -> der::Result<Self> {
        let mut parts = Vec::new();
        for set in any.decode_as::<Vec<Set<'_>>>()? {
            let members = set.members::<NamePart<'_>>()?.into_iter();
            parts.extend(members.map(|part| Part { kind: part.kind.0.to_vec(), text: text(part.value) }));
        }
        Ok(Self { der: any.to_der()?, parts })
    }

    /// Every value of one kind. A value that is no string becomes an empty text, which equals no expected value.
    pub(super) fn values(&self, kind: ObjectIdentifier) -> impl Iterator<Item = &str> {
        let of_kind = self.parts.iter().filter(move |part| part.kind == kind.as_bytes());
        of_kind.map(|part| part.text.as_deref().unwrap_or_default())
    }

    /// The name on one line, `CN=…, OU=…, O=…`, the most important part first, in any order of the certificate. It is for
    /// people: nothing is escaped.
    pub(super) fn line(&self) -> String {
        let ranked = (0..LABELS.len()).flat_map(|rank| self.parts.iter().filter(move |part| part.rank() == rank));
        ranked.map(Part::line).collect::<Vec<_>>().join(", ")
    }
}

/// The kinds with a name of their own, in their order.
const LABELS: [(ObjectIdentifier, &str); 5] =
    [(oid::COMMON_NAME, "CN"), (oid::UNIT, "OU"), (oid::ORGANIZATION, "O"), (oid::USER_ID, "UID"), (oid::COUNTRY, "C")];
const RANK_OF_OTHERS: usize = 3;

impl Part {
    fn rank(&self) -> usize {
        LABELS.iter().position(|(kind, _)| self.kind == kind.as_bytes()).unwrap_or(RANK_OF_OTHERS)
    }

    fn line(&self) -> String {
        let value = self.text.as_deref().unwrap_or("?");
        if let Some((_, label)) = LABELS.iter().find(|(kind, _)| self.kind == kind.as_bytes()) {
            return format!("{label}={value}");
        }
        ObjectIdentifier::from_bytes(&self.kind).map_or_else(|_| format!("?={value}"), |kind| format!("{kind}={value}"))
    }
}

/// The text of a string in any of ASN.1's types. `None` when it is no string.
pub(super) fn text(value: AnyRef<'_>) -> Option<String> {
    let bytes = value.value();
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::VisibleString | Tag::NumericString => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        // The standard says T.61, but every certificate in use has Latin-1.
        Tag::TeletexString => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let (pairs, rest) = bytes.as_chunks::<2>();
            let units = pairs.iter().copied().map(u16::from_be_bytes);
            let text = char::decode_utf16(units).collect::<Result<String, _>>().ok()?;
            rest.is_empty().then_some(text)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use der::Decode as _;
    use x509_cert::name;

    use super::*;

    #[test]
    fn strings_of_every_type_are_text() {
        let text = |tag: Tag, bytes: &[u8]| text(AnyRef::new(tag, bytes).unwrap());
        for tag in [Tag::Utf8String, Tag::PrintableString, Tag::Ia5String, Tag::TeletexString] {
            assert_eq!(text(tag, b"pass.x").as_deref(), Some("pass.x"));
        }
        assert_eq!(text(Tag::Utf8String, "ü".as_bytes()).as_deref(), Some("ü"));
        assert_eq!(text(Tag::TeletexString, b"\xfc").as_deref(), Some("ü"));
        assert_eq!(text(Tag::BmpString, b"\0p\0\xfc").as_deref(), Some("pü"));
        assert_eq!(text(Tag::BmpString, b"\0p\0"), None);
        assert_eq!(text(Tag::BmpString, b"\xd8\0"), None);
        assert_eq!(text(Tag::Utf8String, b"\xfc"), None);
        assert_eq!(text(Tag::OctetString, b"pass.x"), None);
    }

    fn line(der: &[u8]) -> String {
        Name::read(AnyRef::from_der(der).unwrap()).unwrap().line()
    }

    #[test]
    fn the_common_name_comes_first() {
        for order in ["C=US,O=Me,OU=TEAM,CN=Pass,UID=x,L=Here", "L=Here,UID=x,CN=Pass,OU=TEAM,O=Me,C=US"] {
            let name = line(&name::Name::from_str(order).unwrap().to_der().unwrap());
            assert!(name.starts_with("CN=Pass, OU=TEAM, O=Me, "), "{name}");
            assert!(name.contains("2.5.4.7=Here") && name.ends_with("C=US"), "{name}");
        }
        // A number that the library has no room for.
        let odd = b"\x30\x12\x31\x10\x30\x0e\x06\x09\x2a\x84\x80\x80\x80\x80\x80\x80\x01\x0c\x01x";
        assert_eq!(line(odd), "?=x");
    }
}
