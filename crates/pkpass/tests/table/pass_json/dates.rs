//! Dates.

use super::*;

const DATES: [&str; 8] = [
    "2012-07-22T14:25-08:00",
    "1980-05-07T10:30-05:00",
    "2026-12-31T23:59:59Z",
    "2026-12-31T23:59Z",
    "2026-12-31T00:00:00.000Z",
    "2026-12-31T00:00:00.1234567+14:00",
    "2024-02-29T12:00:00+05:45",
    "1911-01-01T12:00Z",
];

/// The first six are from Wallet's log.
const NO_DATES: [&str; 28] = [
    "2019-09-14T16:00:00+0000",
    "2020-02-01T08:00:00.000+0000",
    "2022-01-21T00:00:00ZZ",
    "2017-04-05T20:00:00",
    "2022-03-05T13:30:00 11:00",
    "/Date(1487415600000-0000)/",
    "",
    "tomorrow",
    "2026-12-31",
    "2026-12",
    "20261231T235959Z",
    "2026-12-31 23:59:59Z",
    "2026-12-31t23:59:59z",
    "2026-12-31T23Z",
    "2026-12-31T24:00Z",
    "2026-12-31T23:60Z",
    "2026-12-31T23:59:60Z",
    "2026-12-31T23:59:59.Z",
    "2026-12-31T23:59.5Z",
    "2026-12-31T23:59:59,5Z",
    "2026-12-31T23:59+24:00",
    "2026-12-31T23:59+1:00",
    "2026-12-31T23:59+01:60",
    "2026-12-31T23:59-0100",
    "2026-02-30T12:00Z",
    "2025-02-29T12:00Z",
    "2026-13-01T12:00Z",
    "+2026-12-31T23:59Z",
];

/// Every place where Wallet parses a date; `@` stands for it.
const PLACES_OF_DATES: [&str; 17] = [
    r#""expirationDate": @"#,
    r#""relevantDate": @"#,
    r#""relevantDates": [{"date": @}]"#,
    r#""relevantDates": [{"startDate": @, "endDate": "2026-12-31T23:59Z"}]"#,
    r#""relevantDates": [{"startDate": "2026-12-31T23:59Z", "endDate": @}]"#,
    r#""relevantDates": [{"relevantDate": @}]"#,
    r#""semantics": {"eventStartDate": @}"#,
    r#""semantics": {"originalDepartureDate": @}"#,
    r#""generic": {"backFields": [{"key": "a", "value": "x", "semantics": {"venueDoorsOpenDate": @}}]}"#,
    r#""generic": {"headerFields": [{"key": "a", "value": @, "timeStyle": "PKDateStyleNone"}]}"#,
    r#""generic": {"primaryFields": [{"key": "a", "value": @, "dateStyle": "PKDateStyleShort"}]}"#,
    r#""generic": {"secondaryFields": [{"key": "a", "value": @, "isRelative": false}]}"#,
    r#""generic": {"auxiliaryFields": [{"key": "a", "value": @, "ignoresTimeZone": false}]}"#,
    r#""generic": {"backFields": [{"key": "a", "value": @, "dateStyle": "PKDateStyleShort"}]}"#,
    r#""generic": {"additionalInfoFields": [{"key": "a", "value": @, "timeStyle": "PKDateStyleShort"}]}"#,
    r#""generic": {"footerFields": [{"key": "a", "value": @, "timeStyle": "PKDateStyleShort"}]}"#,
    r#""upcomingPassInformation": [{"identifier": "a", "name": "a", "type": "event", "semantics": {"eventEndDate": @}}]"#,
];

#[test]
fn dates() {
    let put = |place: &str, date: &str| place.replace('@', &Value::from(date).to_string());
    let [first, ..] = PLACES_OF_DATES;
    for date in DATES {
        assert_rows([(&*put(first, date), &[][..], &[][..])]);
    }
    for date in NO_DATES {
        assert_rows([(&*put(first, date), &[DateFormat][..], &[][..])]);
    }
    for place in PLACES_OF_DATES {
        assert_rows([
            (&*put(place, "2026-12-31T23:59:59+01:00"), &[][..], &[][..]),
            (&*put(place, "31.12.2026"), &[DateFormat], &[]),
            (&*place.replace('@', "1798761599"), &[DateFormat], &[]),
        ]);
    }
}

#[test]
fn days_and_times_that_do_not_exist() {
    for (date, reason) in [
        ("2026-02-30T10:00Z", "there is no such date or time"),
        ("2026-12-31T24:00:00Z", "there is no such date or time"),
        ("2026-12-31T23:59:60Z", "there is no such date or time"),
        ("2026-12-31T23:59+24:00", "there is no such date or time"),
        ("2026-12-31T23:59+0100", "with a colon"),
        ("2026-02-30", "with a colon"),
    ] {
        let report = check_content(pass_with(&format!(r#""expirationDate": "{date}""#)).as_bytes(), None).err().unwrap();
        assert!(report.defects.iter().all(|defect| defect.message.contains(reason)), "{report:?}");
    }
}

/// Places of dates for which Wallet is not known to refuse a pass; `@` stands for the date.
const PLACES_OF_SOFT_DATES: [&str; 4] = [
    r#""semantics": {"eventStartDateInfo": {"date": @}}"#,
    r#""upcomingPassInformation": [{"identifier": "a", "name": "a", "type": "event", "dateInformation": {"date": @}}]"#,
    r#""generic": {"backFields": [{"key": "a", "value": @, "isRelative": false}]}"#,
    r#""generic": {"backFields": [{"key": "a", "value": @, "ignoresTimeZone": false}]}"#,
];

#[test]
fn dates_that_are_not_known_to_matter() {
    for place in PLACES_OF_SOFT_DATES {
        assert_warned([
            (&*place.replace('@', r#""2026-12-31T23:59Z""#), &[][..]),
            (&*place.replace('@', r#""soon""#), &[WarningCode::DateFormat]),
            (&*place.replace('@', "1798761599"), &[WarningCode::DateFormat]),
        ]);
    }
    let unknown = r#""semantics": {"dateOfNextYear": "soon"}, "generic": {"backFields": [{"key": "a", "value": "31.12."}]}"#;
    assert_warned([(unknown, &[][..])]);
}
