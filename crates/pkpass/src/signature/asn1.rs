//! The ASN.1 of certificates (RFC 5280, section 4.1) and signatures (RFC 5652, sections 3 and 5), as types for the crate `der`.
//!
//! What is signed, hashed or compared stays [`AnyRef`] or [`Set`], which keep its bytes: some tools sort their sets wrongly and
//! sign them so. An algorithm is read when it is looked at, so that an unknown one makes nothing else unreadable.

use der::{
    AnyRef, Choice, Decode, DecodeValue, Encode as _, EncodeValue, FixedTag, Header, Length, Reader, Sequence, SliceReader,
    Tag, TagNumber, Tagged as _, Writer,
    asn1::{BitStringRef, GeneralizedTime, OctetStringRef, UtcTime},
};

/// A value that is kept as the bytes it has.
macro_rules! bytes {
    ($name:ident, $tag:expr, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) struct $name<'a>(pub(super) &'a [u8]);

        impl FixedTag for $name<'_> {
            const TAG: Tag = $tag;
        }

        impl<'a> DecodeValue<'a> for $name<'a> {
            type Error = der::Error;

            fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
                reader.read_slice(header.length()).map(Self)
            }
        }

        impl EncodeValue for $name<'_> {
            fn value_len(&self) -> der::Result<Length> {
                self.0.len().try_into()
            }

            fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
                writer.write(self.0)
            }
        }
    };
}

bytes!(Oid, Tag::ObjectIdentifier, "An `OBJECT IDENTIFIER` of any length; the type of `der` has a limit.");
bytes!(Set, Tag::Set, "A `SET OF` in the order of the file, which need not be DER's.");

impl<'a> Set<'a> {
    /// Its members.
    pub(super) fn members<T: Decode<'a, Error = der::Error>>(self) -> der::Result<Vec<T>> {
        let mut reader = SliceReader::new(self.0)?;
        let mut members = Vec::new();
        while !reader.is_finished() {
            members.push(reader.decode()?);
        }
        Ok(members)
    }
}

/// An element made of these parts. Signatures are written with it and not by the types below: their encoders are 3 KB more,
/// gzipped, in WebAssembly.
pub(super) fn element(tag: Tag, parts: &[&[u8]]) -> der::Result<Vec<u8>> {
    AnyRef::new(tag, &parts.concat())?.to_der()
}

/// The tag `[number]` of a type that is made of elements, or EXPLICIT in front of any.
pub(super) fn constructed(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber(number) }
}

#[derive(Sequence)]
pub(super) struct Certificate<'a> {
    /// The [`TbsCertificate`]
    pub(super) signed: AnyRef<'a>,
    pub(super) algorithm: AnyRef<'a>,
    pub(super) signature: BitStringRef<'a>,
}

#[derive(Sequence)]
pub(super) struct TbsCertificate<'a> {
    #[asn1(context_specific = "0", default = "first_version")]
    pub(super) version: u8,
    /// An `INTEGER`
    pub(super) serial_number: AnyRef<'a>,
    pub(super) algorithm: AnyRef<'a>,
    pub(super) issuer: AnyRef<'a>,
    pub(super) validity: Validity,
    pub(super) subject: AnyRef<'a>,
    pub(super) public_key: AnyRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) issuer_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) subject_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "3", optional = "true")]
    pub(super) extensions: Option<Vec<Extension<'a>>>,
}

fn first_version() -> u8 {
    0
}

#[derive(Sequence)]
pub(super) struct Validity {
    pub(super) not_before: Time,
    pub(super) not_after: Time,
}

/// A time in either form, in the years 1970 to 9999.
#[derive(Choice)]
pub(super) enum Time {
    #[asn1(type = "UTCTime")]
    Utc(UtcTime),
    #[asn1(type = "GeneralizedTime")]
    General(GeneralizedTime),
}

impl Time {
    pub(super) fn read(value: AnyRef<'_>) -> der::Result<Self> {
        match value.tag() {
            Tag::UtcTime => value.decode_as().map(Self::Utc),
            _ => value.decode_as().map(Self::General),
        }
    }

    /// Unix seconds.
    pub(super) fn seconds(&self) -> i64 {
        let time = match self {
            Self::Utc(time) => time.to_unix_duration(),
            Self::General(time) => time.to_unix_duration(),
        };
        i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
    }
}

#[derive(Sequence)]
pub(super) struct Extension<'a> {
    pub(super) kind: Oid<'a>,
    #[asn1(default = "Default::default")]
    pub(super) critical: bool,
    pub(super) value: &'a OctetStringRef,
}

#[derive(Sequence)]
pub(super) struct BasicConstraints {
    #[asn1(default = "Default::default")]
    pub(super) is_authority: bool,
    #[asn1(optional = "true")]
    pub(super) path_length: Option<u32>,
}

/// A part of a name.
#[derive(Sequence)]
pub(super) struct NamePart<'a> {
    pub(super) kind: Oid<'a>,
    pub(super) value: AnyRef<'a>,
}

#[derive(Sequence)]
pub(super) struct ContentInfo<'a> {
    pub(super) kind: Oid<'a>,
    #[asn1(context_specific = "0")]
    pub(super) content: SignedData<'a>,
}

#[derive(Sequence)]
pub(super) struct SignedData<'a> {
    pub(super) version: u8,
    pub(super) digest_algorithms: Set<'a>,
    pub(super) content: EncapsulatedContent<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) certificates: Option<Set<'a>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) revocations: Option<Set<'a>>,
    pub(super) signers: Set<'a>,
}

#[derive(Sequence)]
pub(super) struct EncapsulatedContent<'a> {
    pub(super) kind: Oid<'a>,
    #[asn1(context_specific = "0", optional = "true")]
    pub(super) content: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
pub(super) struct SignerInfo<'a> {
    pub(super) version: u8,
    /// Issuer and serial number of the certificate, or the identifier of its key.
    pub(super) id: AnyRef<'a>,
    pub(super) digest_algorithm: AnyRef<'a>,
    /// Of [`Attribute`]
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) attributes: Option<Set<'a>>,
    pub(super) signature_algorithm: AnyRef<'a>,
    pub(super) signature: &'a OctetStringRef,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) unsigned: Option<Set<'a>>,
}

#[derive(Sequence)]
pub(super) struct Attribute<'a> {
    pub(super) kind: Oid<'a>,
    pub(super) values: Set<'a>,
}
