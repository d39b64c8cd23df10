//! What a certificate is for: passes of one type and team, passes with NFC, or issuing others.

use der::{
    AnyRef, Decode as _,
    asn1::{BitStringRef, ObjectIdentifier},
};

use super::{
    Certificate,
    asn1::{BasicConstraints, Oid},
    name,
    oid::{self, oid},
};

/// The common name of a pass certificate begins with one of these; Apple's for passes with NFC with the second.
const COMMON_NAME_PREFIXES: [&str; 2] = ["Pass Type ID: ", "Pass Type ID with NFC: "];

/// The bits of the extension "key usage" that allow the key to sign documents and certificates (RFC 5280, section 4.2.1.3),
/// counted from the highest.
const DIGITAL_SIGNATURE: u8 = 0x80;
const KEY_CERT_SIGN: u8 = 0x80 >> 5;

/// Extension: the uses of the key (RFC 5280, section 4.2.1.3).
const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
/// Extension: whether the holder may issue certificates (RFC 5280, section 4.2.1.9).
const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
/// Extension: the purposes of the key (RFC 5280, section 4.2.1.12).
const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
/// The extensions that may be critical: these, and alternative names, policies and revocation lists (RFC 5280, section 4.2.1).
/// Name constraints may not, because nothing here checks names against them.
const KNOWN: [ObjectIdentifier; 9] = [
    KEY_USAGE,
    BASIC_CONSTRAINTS,
    EXTENDED_KEY_USAGE,
    oid("2.5.29.17"),
    oid("2.5.29.31"),
    oid("2.5.29.32"),
    oid("2.5.29.33"),
    oid("2.5.29.36"),
    oid("2.5.29.54"),
];
/// Extensions of Apple's own begin with this.
const APPLE: ObjectIdentifier = oid("1.2.840.113635.100.6");
/// Extension: the pass type, in Apple's certificates.
const PASS_TYPE: ObjectIdentifier = oid("1.2.840.113635.100.6.1.16");
/// Extension: the certificate is for passes with NFC.
const NFC: ObjectIdentifier = oid("1.2.840.113635.100.6.1.26");
/// A purpose of other certificates of Apple's.
struct Purpose {
    /// What such a certificate is.
    what: &'static str,
    /// How its common name begins.
    names: &'static [&'static str],
    /// Its extensions below [`APPLE`].
    extensions: &'static [&'static [u8]],
}

/// Sources: Apple, "Worldwide Developer Relations Certification Practice Statement", section 4.11, and TN3127. A pass
/// certificate has the extensions for pushes too, so it has to be known first.
const OTHERS: [Purpose; 6] = [
    Purpose {
        what: "a certificate for push notifications (APNs)",
        names: &[
            "Apple Push Services: ",
            "Apple Sandbox Push ",
            "Apple Development IOS Push ",
            "Apple Production IOS Push ",
            "VoIP Services: ",
        ],
        extensions: &[b"\x03\x01", b"\x03\x02", b"\x03\x04", b"\x03\x06"],
    },
    Purpose { what: "a certificate for push notifications of websites", names: &["Website Push ID: "], extensions: &[] },
    Purpose {
        what: "a developer's certificate for apps",
        names: &["Apple Development: ", "iPhone Developer: ", "Mac Developer: "],
        extensions: &[b"\x01\x02", b"\x01\x0c"],
    },
    Purpose {
        what: "a certificate for the distribution of apps",
        names: &["Apple Distribution: ", "iPhone Distribution: ", "3rd Party Mac Developer ", "Developer ID "],
        extensions: &[b"\x01\x04", b"\x01\x07", b"\x01\x08", b"\x01\x0d", b"\x01\x0e"],
    },
    Purpose { what: "a certificate for Apple Pay", names: &["Merchant ID: ", "Apple Pay "], extensions: &[b"\x20"] },
    Purpose { what: "a certificate for orders", names: &["Order Type ID: "], extensions: &[] },
];

/// Purpose: signing passes.
const SIGN_PASSES: ObjectIdentifier = oid("1.2.840.113635.100.4.14");

impl Certificate {
    /// The pass type that it may sign for: the text after `Pass Type ID: ` in the `CN` of its subject, or the `UID` if Apple's
    /// extension 1.2.840.113635.100.6.1.16 has the same value. A `UID` alone is not enough, because certificates for pushing to
    /// apps have one too. `None` when it names none, or when the three differ.
    #[must_use]
    pub fn pass_type(&self) -> Option<String> {
        let mut common = self.common_names();
        let mut users = self.subject.values(oid::USER_ID);
        let mut extended = self.extended_pass_types();
        let pass_type = match common.next() {
            Some(name) => name,
            None => users.next().filter(|user| extended.next().is_some_and(|value| value == *user))?,
        };
        let all_agree = common.chain(users).all(|other| other == pass_type) && extended.all(|other| other == pass_type);
        (all_agree && !pass_type.is_empty()).then(|| pass_type.to_owned())
    }

    /// What it is for, if it is no pass certificate but another one that Apple issues.
    pub(super) fn other_purpose(&self) -> Option<&'static str> {
        if self.pass_type().is_some() {
            return None;
        }
        if self.is_authority() {
            return Some(if self.names_as_issuer(self) {
                "the root certificate of an authority, such as Apple's"
            } else {
                "the certificate of an authority, such as Apple's intermediate"
            });
        }
        let is_named = |purpose: &&Purpose| {
            self.subject.values(oid::COMMON_NAME).any(|name| purpose.names.iter().any(|beginning| name.starts_with(beginning)))
        };
        let is_marked = |purpose: &&Purpose| {
            let mut marks = self.extensions.iter().filter_map(|extension| extension.kind.strip_prefix(APPLE.as_bytes()));
            marks.any(|mark| purpose.extensions.contains(&mark))
        };
        // A name tells more than an extension, which several kinds may have.
        let found = OTHERS.iter().find(is_named).or_else(|| OTHERS.iter().find(is_marked));
        found.map(|purpose| purpose.what)
    }

    /// The pass types in its name and in Apple's extension, if they differ.
    pub(super) fn contradiction(&self) -> Option<(String, String)> {
        let named = self.common_names().chain(self.subject.values(oid::USER_ID)).next()?;
        self.extended_pass_types().find(|extended| extended != named).map(|extended| (named.to_owned(), extended))
    }

    fn common_names(&self) -> impl Iterator<Item = &str> {
        let names = self.subject.values(oid::COMMON_NAME);
        names.filter_map(|name| COMMON_NAME_PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)))
    }

    fn extended_pass_types(&self) -> impl Iterator<Item = String> {
        self.extensions(PASS_TYPE).map(|value| AnyRef::from_der(value).ok().and_then(name::text).unwrap_or_default())
    }

    /// The holder's team: the `OU` of its subject, 10 letters and digits in Apple's certificates. `None` when it names none, or
    /// several.
    #[must_use]
    pub fn team(&self) -> Option<String> {
        let mut units = self.subject.values(oid::UNIT);
        units.next().filter(|team| !team.is_empty() && units.next().is_none()).map(str::to_owned)
    }

    /// Whether its holder may issue certificates (RFC 5280, sections 4.2.1.3 and 4.2.1.9).
    #[must_use]
    pub fn is_authority(&self) -> bool {
        let mut constraints = self.extensions(BASIC_CONSTRAINTS).map(BasicConstraints::from_der);
        let is_authority = matches!(constraints.next(), Some(Ok(BasicConstraints { is_authority: true, .. })));
        is_authority && constraints.next().is_none() && self.allows(KEY_CERT_SIGN)
    }

    /// Whether it says, or may say, that its holder is an authority, which no holder of a pass certificate is.
    pub(super) fn claims_authority(&self) -> bool {
        let no_authority =
            |value| matches!(BasicConstraints::from_der(value), Ok(BasicConstraints { is_authority: false, .. }));
        !self.extensions(BASIC_CONSTRAINTS).all(no_authority)
    }

    /// Whether its key may sign documents: by the key usage, if it has one.
    pub(super) fn may_sign_documents(&self) -> bool {
        self.allows(DIGITAL_SIGNATURE)
    }

    fn allows(&self, usage: u8) -> bool {
        let allowed = |value| {
            BitStringRef::from_der(value).is_ok_and(|bits| bits.raw_bytes().first().is_some_and(|first| first & usage != 0))
        };
        self.extensions(KEY_USAGE).all(allowed)
    }

    /// Whether its key may sign passes by the extended key usage, if it has one. Apple's pass certificates have one with
    /// 1.2.840.113635.100.4.14, and its security framework asks for it (`SecPolicyCreatePassbookCardSigner`).
    pub(super) fn may_sign_passes(&self) -> bool {
        let allowed = |value| Vec::<Oid<'_>>::from_der(value).is_ok_and(|all| all.contains(&Oid(SIGN_PASSES.as_bytes())));
        self.extensions(EXTENDED_KEY_USAGE).all(allowed)
    }

    /// Whether it may sign passes with `nfc` or `personalization.json`: it has Apple's extension 1.2.840.113635.100.6.1.26.
    #[must_use]
    pub fn may_use_nfc(&self) -> bool {
        self.extensions(NFC).next().is_some()
    }

    /// An extension that is critical and that nobody knows who checks passes. Such a certificate must be refused (RFC 5280,
    /// section 4.2). Those of Apple's own are known.
    pub(super) fn unknown_critical_extension(&self) -> Option<String> {
        let is_known = |kind: &[u8]| KNOWN.iter().any(|known| known.as_bytes() == kind) || kind.starts_with(APPLE.as_bytes());
        let unknown = self.extensions.iter().find(|extension| extension.critical && !is_known(&extension.kind))?;
        Some(ObjectIdentifier::from_bytes(&unknown.kind).map_or_else(|_| "?".to_owned(), |kind| kind.to_string()))
    }
}
