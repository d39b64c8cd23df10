//! The semantic tags that Apple documents (Apple, `SemanticTags`; apple/pass-builder).

use super::{
    keys::{ANY, LOCATION},
    rules,
    shape::{Object, Shape},
};

pub(super) static EVENT_DATE: Object = Object {
    required: &[],
    keys: &[
        (Shape::SoftDate, &["date"]),
        (Shape::Text, &["timeZone"]),
        (
            Shape::Boolean,
            &["ignoreTimeComponents", "isAllDay", "isUnannounced", "isUndetermined", "unannounced", "undetermined"],
        ),
    ],
    rule: rules::none,
};

pub(super) static SEMANTICS: Object = Object {
    required: &[],
    keys: &[
        (
            Shape::Date,
            &[
                "currentArrivalDate",
                "currentBoardingDate",
                "currentDepartureDate",
                "eventEndDate",
                "eventStartDate",
                "originalArrivalDate",
                "originalBoardingDate",
                "originalDepartureDate",
                "venueBoxOfficeOpenDate",
                "venueCloseDate",
                "venueDoorsOpenDate",
                "venueFanZoneOpenDate",
                "venueGatesOpenDate",
                "venueOpenDate",
                "venueParkingLotsOpenDate",
            ],
        ),
        (Shape::Number, &["duration", "flightNumber"]),
        (Shape::Boolean, &["internationalDocumentsAreVerified", "silenceRequested", "tailgatingAllowed"]),
        (Shape::Object(&EVENT_DATE), &["eventStartDateInfo"]),
        (Shape::Object(&LOCATION), &["departureLocation", "destinationLocation", "venueLocation"]),
        (Shape::Object(&MONEY), &["balance", "totalPrice"]),
        (Shape::Object(&PERSON), &["passengerName"]),
        (Shape::List(&Shape::Object(&SEAT), ANY), &["seats"]),
        (Shape::List(&Shape::Object(&WIFI), ANY), &["wifiAccess"]),
        (
            Shape::List(&Shape::Text, ANY),
            &[
                "albumIDs",
                "artistIDs",
                "departureAirportSecurityPrograms",
                "destinationAirportSecurityPrograms",
                "passengerAirlineSSRs",
                "passengerCapabilities",
                "passengerEligibleSecurityPrograms",
                "passengerInformationSSRs",
                "passengerServiceSSRs",
                "performerNames",
                "playlistIDs",
            ],
        ),
        (
            Shape::OneOf(
                "PKEventType",
                &["Generic", "LivePerformance", "Movie", "Sports", "Conference", "Convention", "Workshop", "SocialGathering"],
            ),
            &["eventType"],
        ),
        (Shape::Text, SEMANTIC_TEXTS),
    ],
    rule: rules::none,
};

static MONEY: Object = Object { required: &[], keys: &[(Shape::Text, &["amount", "currencyCode"])], rule: rules::none };

static WIFI: Object = Object { required: &[], keys: &[(Shape::Text, &["password", "ssid"])], rule: rules::none };

static PERSON: Object = Object {
    required: &[],
    keys: &[(
        Shape::Text,
        &["familyName", "givenName", "middleName", "namePrefix", "nameSuffix", "nickname", "phoneticRepresentation"],
    )],
    rule: rules::none,
};

static SEAT: Object = Object {
    required: &[],
    keys: &[
        (
            Shape::Text,
            &[
                "seatAisle",
                "seatDescription",
                "seatIdentifier",
                "seatLevel",
                "seatNumber",
                "seatRow",
                "seatSection",
                "seatType",
            ],
        ),
        (Shape::Color, &["seatSectionColor"]),
    ],
    rule: rules::none,
};

/// The semantic tags that are plain text.
const SEMANTIC_TEXTS: &[&str] = &[
    "additionalTicketAttributes",
    "admissionLevel",
    "admissionLevelAbbreviation",
    "airlineCode",
    "attendeeName",
    "awayTeamAbbreviation",
    "awayTeamLocation",
    "awayTeamName",
    "boardingGroup",
    "boardingSequenceNumber",
    "boardingZone",
    "carNumber",
    "confirmationNumber",
    "departureAirportCode",
    "departureAirportName",
    "departureAirportTimeZone",
    "departureCityName",
    "departureGate",
    "departureLocationDescription",
    "departureLocationTimeZone",
    "departurePlatform",
    "departureStationName",
    "departureTerminal",
    "destinationAirportCode",
    "destinationAirportName",
    "destinationAirportTimeZone",
    "destinationCityName",
    "destinationGate",
    "destinationLocationDescription",
    "destinationLocationTimeZone",
    "destinationPlatform",
    "destinationStationName",
    "destinationTerminal",
    "entranceDescription",
    "eventName",
    "flightCode",
    "genre",
    "homeTeamAbbreviation",
    "homeTeamLocation",
    "homeTeamName",
    "leagueAbbreviation",
    "leagueName",
    "membershipProgramName",
    "membershipProgramNumber",
    "priorityStatus",
    "securityScreening",
    "sportName",
    "ticketFareClass",
    "transitProvider",
    "transitStatus",
    "transitStatusReason",
    "vehicleName",
    "vehicleNumber",
    "vehicleType",
    "venueEntrance",
    "venueName",
    "venuePhoneNumber",
    "venueRegionName",
    "venueRoom",
];
