//! The keys of `pass.json` that Apple documents, and what their values look like (Apple, `Pass`, `PassFields`,
//! `PassFieldContent`, `UpcomingPassInformationEntry`; apple/pass-builder).

use super::{
    rules,
    semantics::{EVENT_DATE, SEMANTICS},
    shape::{Object, Shape},
};

/// The lists of fields that a style may have.
pub(super) const FIELD_LISTS: [&str; 7] = [
    "headerFields",
    "primaryFields",
    "secondaryFields",
    "auxiliaryFields",
    "backFields",
    "footerFields",
    "additionalInfoFields",
];

pub(super) const ANY: usize = usize::MAX;

/// Most `locations` that the system takes; and `beacons` likewise.
const PLACES: usize = 10;

/// The whole document, but for the keys with codes of their own and the URLs.
pub(super) static PASS: Object = Object {
    required: &[],
    keys: &[
        (Shape::Date, &["expirationDate", "relevantDate"]),
        (Shape::Object(&FIELDS), &["boardingPass", "coupon", "eventTicket", "generic", "posterGeneric", "storeCard"]),
        (Shape::Color, &["backgroundColor", "foregroundColor", "labelColor", "stripColor", "footerBackgroundColor"]),
        (Shape::List(&Shape::Object(&BARCODE), ANY), &["barcodes"]),
        (Shape::Object(&BARCODE), &["barcode"]),
        (Shape::List(&Shape::Object(&LOCATION), PLACES), &["locations"]),
        (Shape::List(&Shape::Object(&BEACON), PLACES), &["beacons"]),
        (Shape::List(&Shape::Object(&RELEVANT), ANY), &["relevantDates"]),
        (Shape::Object(&SEMANTICS), &["semantics"]),
        (Shape::Object(&NFC), &["nfc"]),
        (Shape::List(&Shape::Object(&ACTION), ANY), &["featuredActions"]),
        (Shape::List(&Shape::Object(&UPCOMING), ANY), &["upcomingPassInformation"]),
        (Shape::List(&Shape::Text, ANY), &["preferredStyleSchemes"]),
        (Shape::List(&Shape::Number, ANY), &["associatedStoreIdentifiers", "auxiliaryStoreIdentifiers"]),
        (Shape::Number, &["maxDistance"]),
        (
            Shape::Boolean,
            &["sharingProhibited", "voided", "suppressStripShine", "suppressHeaderDarkening", "useAutomaticColors"],
        ),
        (
            Shape::Text,
            &[
                "appLaunchURL",
                "contactVenueEmail",
                "contactVenuePhoneNumber",
                "contactVenueWebsite",
                "eventLogoText",
                "groupingIdentifier",
                "logoSymbolName",
                "logoText",
                "relevantText",
                "transitProviderEmail",
                "transitProviderPhoneNumber",
            ],
        ),
    ],
    rule: rules::none,
};

static FIELDS: Object = Object {
    required: &[],
    keys: &[
        (Shape::List(&Shape::Object(&FIELD), ANY), &FIELD_LISTS),
        (Shape::OneOf("PKTransitType", &["Air", "Boat", "Bus", "Generic", "Train"]), &["transitType"]),
    ],
    rule: rules::none,
};

static FIELD: Object = Object {
    required: &["key", "value"],
    keys: &[
        (Shape::TextOrNumber, &["value", "attributedValue"]),
        (Shape::Text, &["key", "label", "changeMessage", "currencyCode"]),
        (Shape::OneOf("PKTextAlignment", &["Left", "Center", "Right", "Natural"]), &["textAlignment"]),
        (Shape::OneOf("PKDateStyle", &["None", "Short", "Medium", "Long", "Full"]), &["dateStyle", "timeStyle"]),
        (Shape::OneOf("PKNumberStyle", &["Decimal", "Percent", "Scientific", "SpellOut"]), &["numberStyle"]),
        (
            Shape::List(&Shape::OneOf("PKDataDetectorType", &["PhoneNumber", "Link", "Address", "CalendarEvent"]), ANY),
            &["dataDetectorTypes"],
        ),
        (Shape::Boolean, &["ignoresTimeZone", "isRelative"]),
        (Shape::Number, &["row"]),
        (Shape::Object(&SEMANTICS), &["semantics"]),
    ],
    rule: rules::field,
};

static BARCODE: Object = Object {
    required: &["format", "message", "messageEncoding"],
    keys: &[
        (
            Shape::OneOf("PKBarcodeFormat", &["QR", "PDF417", "Aztec", "Code128", "Code39", "Codabar", "EAN13", "I2of5"]),
            &["format"],
        ),
        (Shape::Text, &["message", "messageEncoding", "altText"]),
    ],
    rule: rules::barcode,
};

pub(super) static LOCATION: Object = Object {
    required: &["latitude", "longitude"],
    keys: &[
        (Shape::Range(90, true), &["latitude"]),
        (Shape::Range(180, true), &["longitude"]),
        (Shape::Number, &["altitude"]),
        (Shape::Text, &["relevantText"]),
    ],
    rule: rules::none,
};

static BEACON: Object = Object {
    required: &["proximityUUID"],
    keys: &[
        (Shape::Uuid, &["proximityUUID"]),
        (Shape::Range(0xFFFF, false), &["major", "minor"]),
        (Shape::Text, &["relevantText"]),
    ],
    rule: rules::none,
};

/// iOS 18 called the first key `relevantDate`.
static RELEVANT: Object =
    Object { required: &[], keys: &[(Shape::Date, &["date", "startDate", "endDate", "relevantDate"])], rule: rules::none };

static NFC: Object = Object {
    required: &["message", "encryptionPublicKey"],
    keys: &[(Shape::Text, &["message", "encryptionPublicKey"]), (Shape::Boolean, &["requiresAuthentication"])],
    rule: rules::nfc,
};

static ACTION: Object =
    Object { required: &["identifier", "type"], keys: &[(Shape::Text, &["identifier", "type", "url"])], rule: rules::none };

static UPCOMING: Object = Object {
    required: &["identifier", "name", "type"],
    keys: &[
        (Shape::Text, &["identifier", "name", "type"]),
        (Shape::List(&Shape::Object(&FIELD), ANY), &["additionalInfoFields", "backFields"]),
        (Shape::Object(&EVENT_DATE), &["dateInformation"]),
        (Shape::Boolean, &["isActive"]),
        (Shape::Object(&SEMANTICS), &["semantics"]),
    ],
    rule: rules::none,
};
