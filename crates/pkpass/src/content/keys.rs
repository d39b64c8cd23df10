//! The keys of `pass.json` that Apple documents, and what their values look like (Apple, `Pass`, `PassFields`,
//! `PassFieldContent`, `SemanticTags`, `UpcomingPassInformationEntry`; apple/pass-builder).
//!
//! Each row has its keys in one string: a slice of strings would take eight more bytes of the Worker for each of them. Left out
//! are URLs, and semantic tags that nobody would write as anything but text.

/// What a value has to look like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Boolean,
    TextOrNumber,
    /// A date for which Wallet refuses the whole pass when it cannot parse it.
    Date,
    /// A date of which that is not known.
    SoftDate,
    Color,
    Uuid,
    Currency,
    Encoding,
    StyleScheme,
    Latitude,
    Longitude,
    /// An integer of 16 bits.
    Short,
    // One of some words.
    TransitType,
    TextAlignment,
    DateStyle,
    NumberStyle,
    DataDetector,
    BarcodeFormat,
    EventType,
    // Objects.
    Pass,
    Fields,
    /// A field of the face as every iOS knows it, without the footer of posters.
    FaceField,
    Field,
    Barcode,
    Location,
    Beacon,
    Relevance,
    Nfc,
    Action,
    Upcoming,
    EventDate,
    Semantics,
    Texts,
    /// An object with the issuer's own keys.
    UserInfo,
}

/// How many values there are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Many {
    One,
    /// An array.
    List,
    /// An array of which the system takes the first ten.
    Ten,
}

/// A kind of value, how many, and the keys that have such.
pub(super) type Row = (Kind, Many, &'static str);

/// The keys of an object, and those that Apple's reference calls required while their absence is no defect. `|` stands between
/// keys of which one is enough.
#[derive(Clone, Copy)]
pub(super) struct Object {
    pub(super) rows: &'static [Row],
    pub(super) required: &'static str,
}

/// The keys of a kind of object. `None` for any other kind.
pub(super) fn object(kind: Kind) -> Option<Object> {
    let (rows, required) = match kind {
        Kind::Pass => (PASS, ""),
        Kind::Fields => (FIELDS, ""),
        Kind::FaceField | Kind::Field => (FIELD, "key value"),
        Kind::Barcode => (BARCODE, "format message messageEncoding"),
        Kind::Location => (LOCATION, "latitude longitude"),
        Kind::Beacon => (BEACON, "proximityUUID"),
        Kind::Relevance => (RELEVANCE, "date|startDate|relevantDate"),
        Kind::Nfc => (NFC, "message encryptionPublicKey"),
        Kind::Action => (TEXTS, "identifier type"),
        Kind::Upcoming => (UPCOMING, "identifier name type"),
        Kind::EventDate => (EVENT_DATE, ""),
        Kind::Semantics => (SEMANTICS, ""),
        Kind::Texts => (TEXTS, ""),
        _ => return None,
    };
    Some(Object { rows, required })
}

/// The beginning and the ends of the words that a value may be.
pub(super) fn words(kind: Kind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        Kind::TransitType => ("PKTransitType", "Air Boat Bus Generic Train"),
        Kind::TextAlignment => ("PKTextAlignment", "Left Center Right Natural"),
        Kind::DateStyle => ("PKDateStyle", "None Short Medium Long Full"),
        Kind::NumberStyle => ("PKNumberStyle", "Decimal Percent Scientific SpellOut"),
        Kind::DataDetector => ("PKDataDetectorType", "PhoneNumber Link Address CalendarEvent"),
        Kind::BarcodeFormat => ("PKBarcodeFormat", "QR PDF417 Aztec Code128 Code39 Codabar EAN13 I2of5"),
        Kind::EventType => {
            ("PKEventType", "Generic LivePerformance Movie Sports Conference Convention Workshop SocialGathering")
        }
        _ => return None,
    })
}

/// The names of encodings without the digits at their end: those of IANA that are in use, and short forms of
/// them.
pub(super) const ENCODINGS: &str = "utf- iso-8859- us-ascii windows- shift_jis utf iso_8859- iso8859- latin ascii cp utf-16be \
                                    utf-16le euc-jp euc-kr iso-2022-jp gb gbk big koi8-r macintosh";

/// What a pass may want to be (apple/pass-builder; a style is the fallback).
pub(super) const STYLE_SCHEMES: &str =
    "posterEventTicket semanticBoardingPass eventTicket boardingPass posterGeneric generic coupon storeCard";

const PASS: &[Row] = &[
    (Kind::Date, Many::One, "expirationDate relevantDate"),
    (Kind::Fields, Many::One, "boardingPass coupon eventTicket generic posterGeneric storeCard"),
    (Kind::Color, Many::One, "backgroundColor foregroundColor labelColor stripColor footerBackgroundColor"),
    (Kind::Barcode, Many::List, "barcodes"),
    (Kind::Barcode, Many::One, "barcode"),
    (Kind::Text, Many::One, "logoText eventLogoText groupingIdentifier appLaunchURL"),
    (Kind::Location, Many::Ten, "locations"),
    (Kind::Number, Many::One, "maxDistance"),
    (Kind::Boolean, Many::One, "sharingProhibited voided suppressStripShine suppressHeaderDarkening useAutomaticColors"),
    (Kind::Number, Many::List, "associatedStoreIdentifiers auxiliaryStoreIdentifiers"),
    (Kind::Semantics, Many::One, "semantics"),
    (Kind::Beacon, Many::Ten, "beacons"),
    (Kind::Relevance, Many::List, "relevantDates"),
    (Kind::Nfc, Many::One, "nfc"),
    (Kind::Action, Many::List, "featuredActions"),
    (Kind::Upcoming, Many::List, "upcomingPassInformation"),
    (Kind::StyleScheme, Many::List, "preferredStyleSchemes"),
    (Kind::UserInfo, Many::One, "userInfo"),
];

const FIELDS: &[Row] = &[
    (Kind::FaceField, Many::List, "headerFields primaryFields secondaryFields auxiliaryFields"),
    (Kind::Field, Many::List, "footerFields backFields additionalInfoFields"),
    (Kind::TransitType, Many::One, "transitType"),
];

const FIELD: &[Row] = &[
    (Kind::TextOrNumber, Many::One, "value attributedValue"),
    (Kind::Text, Many::One, "key label changeMessage"),
    (Kind::Currency, Many::One, "currencyCode"),
    (Kind::TextAlignment, Many::One, "textAlignment"),
    (Kind::DateStyle, Many::One, "dateStyle timeStyle"),
    (Kind::NumberStyle, Many::One, "numberStyle"),
    (Kind::DataDetector, Many::List, "dataDetectorTypes"),
    (Kind::Boolean, Many::One, "ignoresTimeZone isRelative"),
    (Kind::Number, Many::One, "row"),
    (Kind::Semantics, Many::One, "semantics"),
];

const BARCODE: &[Row] = &[
    (Kind::BarcodeFormat, Many::One, "format"),
    (Kind::Encoding, Many::One, "messageEncoding"),
    (Kind::Text, Many::One, "message altText"),
];

const LOCATION: &[Row] = &[
    (Kind::Latitude, Many::One, "latitude"),
    (Kind::Longitude, Many::One, "longitude"),
    (Kind::Number, Many::One, "altitude"),
    (Kind::Text, Many::One, "relevantText"),
];

const BEACON: &[Row] = &[
    (Kind::Uuid, Many::One, "proximityUUID"),
    (Kind::Short, Many::One, "major minor"),
    (Kind::Text, Many::One, "relevantText"),
];

/// iOS 18 called the first key `relevantDate`.
const RELEVANCE: &[Row] = &[(Kind::Date, Many::One, "date relevantDate startDate endDate")];

const NFC: &[Row] =
    &[(Kind::Text, Many::One, "message encryptionPublicKey"), (Kind::Boolean, Many::One, "requiresAuthentication")];

const UPCOMING: &[Row] = &[
    (Kind::Text, Many::One, "identifier name type"),
    (Kind::Field, Many::List, "additionalInfoFields backFields"),
    (Kind::EventDate, Many::One, "dateInformation"),
    (Kind::Semantics, Many::One, "semantics"),
    (Kind::Boolean, Many::One, "isActive"),
];

const EVENT_DATE: &[Row] = &[(Kind::SoftDate, Many::One, "date"), (Kind::Text, Many::One, "timeZone")];

const SEMANTICS: &[Row] = &[
    (
        Kind::Date,
        Many::One,
        "currentArrivalDate currentBoardingDate currentDepartureDate eventEndDate eventStartDate originalArrivalDate \
         originalBoardingDate originalDepartureDate venueBoxOfficeOpenDate venueCloseDate venueDoorsOpenDate \
         venueFanZoneOpenDate venueGatesOpenDate venueOpenDate venueParkingLotsOpenDate",
    ),
    (Kind::Number, Many::One, "flightNumber duration"),
    (
        Kind::Text,
        Many::One,
        "boardingGroup boardingSequenceNumber boardingZone carNumber confirmationNumber departureGate departurePlatform \
         departureTerminal destinationGate destinationPlatform destinationTerminal membershipProgramNumber vehicleNumber \
         venueRoom",
    ),
    (Kind::Boolean, Many::One, "silenceRequested tailgatingAllowed internationalDocumentsAreVerified"),
    (Kind::EventDate, Many::One, "eventStartDateInfo"),
    (Kind::EventType, Many::One, "eventType"),
    (Kind::Location, Many::One, "departureLocation destinationLocation venueLocation"),
    (Kind::Texts, Many::One, "balance totalPrice passengerName"),
    (Kind::Texts, Many::List, "seats wifiAccess"),
    (
        Kind::Text,
        Many::List,
        "performerNames artistIDs albumIDs playlistIDs passengerAirlineSSRs passengerInformationSSRs passengerServiceSSRs \
         passengerCapabilities",
    ),
];

/// Objects that hold little else than text, and have no key in common: money, names of persons, seats, networks, actions.
const TEXTS: &[Row] = &[
    (
        Kind::Text,
        Many::One,
        "amount familyName givenName middleName namePrefix nameSuffix nickname seatAisle seatDescription \
         seatIdentifier seatLevel seatNumber seatRow seatSection seatType ssid password identifier type url",
    ),
    (Kind::Currency, Many::One, "currencyCode"),
    (Kind::Color, Many::One, "seatSectionColor"),
];
