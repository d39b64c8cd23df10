//! The libraries, and what is peculiar to the files of each.

use super::{
    archive::{BEHIND, Sizes, Style},
    signature::{BOUNCY_CASTLE, Cms, FORGE, PYCA},
};

/// A library and its passes.
pub(super) struct Library {
    pub(super) name: &'static str,
    pub(super) text: &'static Text,
    /// The names in the archive, in their order.
    pub(super) entries: &'static str,
    pub(super) archive: Style,
    pub(super) sign: Sign,
    /// The code and the file of each warning.
    pub(super) warnings: &'static [(&'static str, Option<&'static str>)],
}

/// Who signs.
#[derive(Clone, Copy)]
pub(super) enum Sign {
    Openssl(&'static str),
    Cms(Cms),
}

/// A language's way of writing JSON.
pub(super) struct Text {
    pub(super) pass: &'static str,
    /// What opens an object, separates its keys and members, and closes it.
    pub(super) punctuation: [&'static str; 4],
    pub(super) slash: &'static str,
}

const JAVASCRIPT: Text = Text {
    pass: concat!(
        r#"{"formatVersion":1,"passTypeIdentifier":"pass.com.example.coupon","teamIdentifier":"A1B2C3D4E5","#,
        r#""organizationName":"Café","description":"Coupon","serialNumber":"S-1","#,
        r#""webServiceURL":"https://passes.example.com/","authenticationToken":"vxwxd7J8AlNNFPS8k0a0FfUF","#,
        r#""expirationDate":"2100-01-01T00:00:00.000Z","#,
        r#""relevantDates":[{"relevantDate":"2100-01-01T00:00:00.000Z","date":"2100-01-01T00:00:00.000Z"}],"#,
        r#""barcodes":[{"format":"PKBarcodeFormatQR","message":"12345","messageEncoding":"iso-8859-1"}],"#,
        r#""coupon":{"headerFields":[],"primaryFields":[{"key":"a","label":"Grüße","value":"5 €"}],"#,
        r#""secondaryFields":[],"auxiliaryFields":[],"backFields":[]}}"#
    ),
    punctuation: ["{", ":", ",", "}"],
    slash: "/",
};

/// pass-js cuts dates off after the minute.
const PASS_JS: Text = Text {
    pass: concat!(
        r#"{"formatVersion":1,"coupon":{"primaryFields":[{"key":"a","label":"Grüße","value":"2100-01-01T00:00+00:00","#,
        r#""dateStyle":"PKDateStyleShort"}]},"passTypeIdentifier":"pass.com.example.coupon","#,
        r#""teamIdentifier":"A1B2C3D4E5","organizationName":"Café","description":"Coupon","serialNumber":"S-1","#,
        r#""expirationDate":"2100-01-01T00:00+00:00"}"#
    ),
    ..JAVASCRIPT
};

/// Everything beyond ASCII is escaped, and what is not set is `null` or empty.
const PYTHON: Text = Text {
    pass: concat!(
        r#"{"description": "Coupon", "formatVersion": 1, "organizationName": "Caf\u00e9", "#,
        r#""passTypeIdentifier": "pass.com.example.coupon", "serialNumber": "S-1", "teamIdentifier": "A1B2C3D4E5", "#,
        r#""suppressStripShine": false, "coupon": {"primaryFields": [{"key": "a", "value": "5 \u20ac", "#,
        r#""label": "Gr\u00fc\u00dfe", "changeMessage": "", "textAlignment": "PKTextAlignmentLeft"}]}, "#,
        r#""barcode": {"format": "PKBarcodeFormatQR", "message": "12345", "messageEncoding": "iso-8859-1", "#,
        r#""altText": ""}, "locations": [{"latitude": 1.0, "longitude": 2.0, "altitude": 0.0, "distance": null, "#,
        r#""relevantText": ""}], "expirationDate": "2100-01-01T00:00:00Z", "#,
        r#""webServiceURL": "https://passes.example.com/", "authenticationToken": "vxwxd7J8AlNNFPS8k0a0FfUF"}"#
    ),
    punctuation: ["{", ": ", ", ", "}"],
    slash: "/",
};

/// Slashes are escaped too, in the manifest as well.
const PHP: Text = Text {
    pass: concat!(
        r#"{"formatVersion":1,"passTypeIdentifier":"pass.com.example.coupon","teamIdentifier":"A1B2C3D4E5","#,
        r#""organizationName":"Caf\u00e9","description":"Coupon","serialNumber":"S-1","#,
        r#""webServiceURL":"https:\/\/passes.example.com\/","authenticationToken":"vxwxd7J8AlNNFPS8k0a0FfUF","#,
        r#""coupon":{"primaryFields":[{"key":"a","label":"Gr\u00fc\u00dfe","value":"5 \u20ac"}]},"#,
        r#""expirationDate":"2100-03-17T17:46:40+00:00"}"#
    ),
    punctuation: ["{", ":", ",", "}"],
    slash: "\\/",
};

/// By hand, on a Mac or on Windows; the manifest as Apple's `signpass` writes it.
const BY_HAND: Text = Text {
    pass: "{\r\n\t\"formatVersion\" : 1,\r\n\t\"passTypeIdentifier\" : \"pass.com.example.coupon\",\r\n\t\
           \"teamIdentifier\" : \"A1B2C3D4E5\",\r\n\t\"organizationName\" : \"Café\",\r\n\t\
           \"description\" : \"Coupon\",\r\n\t\"serialNumber\" : \"S-1\",\r\n\t\"relevantDate\" : \
           \"2100-07-22T14:25-08:00\",\r\n\t\"coupon\" : { }\r\n}\r\n",
    punctuation: ["{\n  ", " : ", ",\n  ", "\n}"],
    slash: "\\/",
};

/// A comma that no standard has, before a bracket or two.
const APPLE_SAMPLE: Text = Text {
    pass: "{\n  \"formatVersion\" : 1,\n  \"passTypeIdentifier\" : \"pass.com.example.coupon\",\n  \
           \"serialNumber\" : \"S-1\",\n  \"teamIdentifier\" : \"A1B2C3D4E5\",\n  \
           \"relevantDate\" : \"2100-07-22T14:25-08:00\",\n  \"organizationName\" : \"Skyport Airways\",\n  \
           \"description\" : \"Skyport Boarding Pass\",\n  \"boardingPass\" : {\n    \
           \"transitType\" : \"PKTransitTypeAir\",\n    \"primaryFields\" : [\n      \
           { \"key\" : \"origin\", \"label\" : \"San Francisco\", \"value\" : \"SFO\" },\n    ]\n  }\n}\n",
    ..BY_HAND
};

const OPENSSL: Sign = Sign::Openssl("smime -binary -sign");

/// do-not-zip writes the least that a ZIP archive is.
const DO_NOT_ZIP: Style = Style {
    versions: [20, 10],
    flags: 0,
    deflated: false,
    attributes: 0,
    extra: [b"", b""],
    sizes: [Sizes::Here; 2],
    zip64_end: None,
};

const PYTHON_ZIPFILE: Style = Style { versions: [0x314, 20], attributes: 0x0180_0000, ..DO_NOT_ZIP };

const LIBZIP: Style = Style { versions: [0x33F, 20], flags: 2, deflated: true, attributes: 0x81B6_0000, ..DO_NOT_ZIP };

const RUBYZIP: Style = Style { versions: [0x334, 20], deflated: true, attributes: 0x81A4_0000, ..DO_NOT_ZIP };

/// Modification and access times (0x5455), user and group (0x7875).
const INFO_ZIP: Style = Style {
    versions: [0x31E, 20],
    extra: [
        b"UT\x09\0\x03\xeb\xbf\x0c\x6b\xec\xbf\x0c\x6bux\x0b\0\x01\x04\0\0\0\0\x04\0\0\0\0",
        b"UT\x05\0\x03\xeb\xbf\x0c\x6bux\x0b\0\x01\x04\0\0\0\0\x04\0\0\0\0",
    ],
    ..RUBYZIP
};

const JAVA: Style = Style { versions: [20, 20], flags: 1 << 11, deflated: true, sizes: [BEHIND, Sizes::Here], ..DO_NOT_ZIP };

const ARCHIVER: Style = Style { versions: [0x32D, 20], attributes: 0x81A4_0020, sizes: [BEHIND, Sizes::Here], ..RUBYZIP };

const ZIP_JS: Style =
    Style { versions: [0x300, 20], extra: [b"UT\x05\0\x01\x01\xc0\x0c\x6b"; 2], sizes: [BEHIND, Sizes::Here], ..RUBYZIP };

/// The end records of ZIP64 in front of an old one that still has its numbers.
const KEPT_END: Style = Style { zip64_end: Some([false; 3]), ..RUBYZIP };

/// The old end record has no numbers.
const BLANK_END: Style = Style { versions: [0x300, 45], zip64_end: Some([true; 3]), ..ZIP_JS };

const JS_ENTRIES: &str = "pass.json icon.png icon@2x.png icon@3x.png de.lproj/pass.strings manifest.json signature";
const PY_ENTRIES: &str = "signature manifest.json pass.json icon.png icon@2x.png icon@3x.png de.lproj/logo.png";

const PLAIN: Library =
    Library { name: "", text: &JAVASCRIPT, entries: JS_ENTRIES, archive: DO_NOT_ZIP, sign: OPENSSL, warnings: &[] };

pub(super) const LIBRARIES: &[Library] = &[
    Library {
        name: "passkit-generator 3.6",
        entries: "en.lproj/icon.png icon.png icon@2x.png icon@3x.png pass.json de.lproj/pass.strings manifest.json signature",
        sign: Sign::Cms(Cms { authority_first: true, ..FORGE }),
        ..PLAIN
    },
    Library { name: "pass-js 6.9", text: &PASS_JS, sign: Sign::Cms(FORGE), ..PLAIN },
    Library {
        name: "py-pkpass 1.0",
        text: &PYTHON,
        entries: PY_ENTRIES,
        archive: PYTHON_ZIPFILE,
        sign: Sign::Cms(PYCA),
        ..PLAIN
    },
    Library { name: "wallet-py3k 0.0.4", text: &PYTHON, entries: PY_ENTRIES, archive: PYTHON_ZIPFILE, ..PLAIN },
    Library {
        name: "php-pkpass 2",
        text: &PHP,
        entries: "signature manifest.json pass.json de.lproj/ de.lproj/pass.strings icon.png icon@2x.png icon@3x.png",
        archive: LIBZIP,
        ..PLAIN
    },
    Library {
        name: "passbook, the gem, with rubyzip 2",
        entries: "pass.json manifest.json signature icon.png icon@2x.png icon@3x.png",
        // The place of a ZIP64 field, if one is needed.
        archive: Style { extra: [b"\x99\x99\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", b""], ..RUBYZIP },
        ..PLAIN
    },
    Library {
        name: "jpasskit",
        entries: "de.lproj/ de.lproj/pass.strings icon.png icon@2x.png icon@3x.png pass.json manifest.json signature",
        archive: JAVA,
        sign: Sign::Cms(BOUNCY_CASTLE),
        ..PLAIN
    },
    Library {
        name: "signpass, or openssl and zip",
        text: &BY_HAND,
        entries: "icon@3x.png icon.png de.lproj/ de.lproj/pass.strings signature icon@2x.png pass.json manifest.json",
        archive: INFO_ZIP,
        sign: Sign::Openssl("smime -binary -sign -stream"),
        ..PLAIN
    },
    Library {
        name: "zip -fd",
        archive: Style {
            sizes: [Sizes::Behind { signature: super::archive::SIGNATURE, size_is_here: true }, Sizes::Here],
            ..INFO_ZIP
        },
        ..PLAIN
    },
    Library { name: "archiver 8", archive: ARCHIVER, ..PLAIN },
    Library { name: "zip.js 2.24", archive: ZIP_JS, ..PLAIN },
    Library {
        name: "zip.js 2.24, dataDescriptorSignature: false",
        archive: Style { sizes: [Sizes::Behind { signature: b"", size_is_here: false }, Sizes::Here], ..ZIP_JS },
        ..PLAIN
    },
    Library { name: "zipstream-ng 1.9", archive: Style { sizes: [BEHIND, Sizes::Here], ..PYTHON_ZIPFILE }, ..PLAIN },
    Library { name: "rubyzip 3", archive: Style { versions: [0x334, 45], sizes: [Sizes::Zip64; 2], ..KEPT_END }, ..PLAIN },
    Library { name: "zip.js 2.24, zip64", archive: Style { sizes: [Sizes::Zip64Behind, Sizes::Zip64], ..BLANK_END }, ..PLAIN },
    Library {
        name: "zip.js 2.24, of streams",
        archive: Style { versions: [0x300, 45], sizes: [Sizes::Zip64Behind, Sizes::Here], ..ZIP_JS },
        ..PLAIN
    },
    Library { name: "archiver 8, forceZip64", archive: Style { versions: [0x32D, 20], ..BLANK_END }, ..PLAIN },
    Library {
        name: "zipstream-ng 1.9, of iterators",
        archive: Style { versions: [0x32D, 45], sizes: [Sizes::Zip64Behind, Sizes::Here], ..PYTHON_ZIPFILE },
        ..PLAIN
    },
    Library {
        name: "zipfile, force_zip64",
        archive: Style { versions: [0x32D, 45], sizes: [Sizes::Zip64, Sizes::Here], ..PYTHON_ZIPFILE },
        ..PLAIN
    },
    Library {
        name: "zip -fz",
        archive: Style {
            versions: [0x31E, 45],
            sizes: [Sizes::Zip64, Sizes::Zip64Size],
            zip64_end: Some([false, false, true]),
            ..INFO_ZIP
        },
        ..PLAIN
    },
    Library {
        name: "an attached manifest",
        sign: Sign::Openssl("smime -binary -sign -nodetach"),
        warnings: &[("signature_attached", Some("signature"))],
        ..PLAIN
    },
    Library {
        name: "an attached manifest in pieces",
        sign: Sign::Openssl("smime -binary -sign -nodetach -stream"),
        warnings: &[("signature_attached", Some("signature"))],
        ..PLAIN
    },
    Library {
        name: "BouncyCastle's attached manifest",
        archive: JAVA,
        sign: Sign::Cms(Cms { attached: true, ..BOUNCY_CASTLE }),
        warnings: &[("signature_attached", Some("signature"))],
        ..PLAIN
    },
    Library {
        name: "Apple's sample boarding pass",
        text: &APPLE_SAMPLE,
        archive: INFO_ZIP,
        warnings: &[("json_trailing_comma", Some("pass.json"))],
        ..PLAIN
    },
    Library {
        name: "passkit-generator's and php-pkpass's examples, with icons for old phones",
        entries: "pass.json icon.png icon@2x.png manifest.json signature",
        warnings: &[("icon_scale", Some("icon@3x.png"))],
        ..PLAIN
    },
    Library {
        name: "an icon for new phones",
        entries: "pass.json icon@3x.png manifest.json signature",
        warnings: &[("icon_scale", Some("icon@2x.png"))],
        ..PLAIN
    },
];
