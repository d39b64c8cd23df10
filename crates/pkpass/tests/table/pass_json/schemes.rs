//! The semantic style of boarding passes and event tickets.

use super::*;

#[test]
fn semantic_boarding_passes() {
    let semantics = json!({
        "airlineCode": "EX", "flightNumber": 123, "passengerName": {"givenName": "A"},
        "originalBoardingDate": "2026-12-31T10:00Z", "originalDepartureDate": "2026-12-31T10:30Z",
        "originalArrivalDate": "2026-12-31T12:00Z", "departureAirportCode": "MUC", "departureCityName": "Munich",
        "departureLocationTimeZone": "Europe/Berlin", "destinationAirportCode": "LHR", "destinationCityName": "London",
        "destinationAirportTimeZone": "Europe/London", "seats": [{"seatNumber": "1A"}]
    });
    let boarding = |semantics: &Value, schemes: &str| {
        let style = r#"{"transitType": "PKTransitTypeAir"}"#;
        format!(r#""generic": null, "boardingPass": {style}, "preferredStyleSchemes": [{schemes}], "semantics": {semantics}"#)
    };
    let scheme = r#""semanticBoardingPass", "boardingPass""#;
    assert_warned([
        (&*boarding(&semantics, scheme), &[][..]),
        (&*boarding(&semantics, scheme).replace("TypeAir", "TypeBus"), &[SchemeRequires]),
        (&*boarding(&json!({}), r#""boardingPass""#), &[]),
        (&*boarding(&json!({}), scheme), &[[SchemeRequires; 9].as_slice(), &[SchemeRecommends; 4]].concat()),
    ]);
    let recommended = ["departureCityName", "destinationCityName", "destinationAirportTimeZone", "seats"];
    for (key, _) in semantics.as_object().unwrap() {
        let code = if recommended.contains(&key.as_str()) { SchemeRecommends } else { SchemeRequires };
        for empty in [Value::Null, json!("")] {
            // An empty string is no date, number, list or object.
            if empty.is_null() || key.ends_with("Code") {
                let mut semantics = semantics.clone();
                semantics.as_object_mut().unwrap().insert(key.clone(), empty);
                assert_warned([(&*boarding(&semantics, scheme), &[code][..])]);
            }
        }
    }
}

#[test]
fn schemes_have_names() {
    for (scheme, warnings) in [
        ("semanticBoardingPass", &[][..]),
        ("posterGeneric", &[]),
        ("storeCard", &[]),
        ("foo", &[UnknownValue]),
        ("eventticket", &[UnknownValue]),
        ("", &[UnknownValue]),
    ] {
        assert_warned([(&*format!(r#""preferredStyleSchemes": ["{scheme}"]"#), warnings)]);
    }
    assert_warned([(r#""preferredStyleSchemes": [1]"#, &[KeyType][..]), (r#""preferredStyleSchemes": "x""#, &[KeyType])]);
}

#[test]
fn poster_event_tickets() {
    let tags = json!({
        "eventName": "A", "venueName": "B", "venueRegionName": "C", "venueRoom": "D",
        "eventStartDate": "2026-12-31T20:00Z", "eventEndDate": "2026-12-31T21:00:00+01:00", "seats": [{"seatRow": "1"}]
    });
    let event = |changes: Value, nfc: Value| {
        let mut tags = tags.as_object().unwrap().clone();
        tags.extend(changes.as_object().unwrap().clone());
        let pass = json!({
            "generic": null, "eventTicket": {}, "preferredStyleSchemes": ["posterEventTicket", "eventTicket"],
            "semantics": tags, "nfc": nfc
        });
        pass.to_string().strip_prefix('{').and_then(|members| members.strip_suffix('}')).unwrap().to_owned()
    };
    let nfc = json!({"message": "1", "encryptionPublicKey": "MDkw"});
    let with = |changes: Value| event(changes, nfc.clone());
    assert_warned([
        (&*with(json!({"eventEndDate": "2026-12-31T20:00Z"})), &[][..]),
        (&*with(json!({})), &[]),
        (&*with(json!({"eventEndDate": "2026-12-31T20:59:59+01:00"})), &[EventDates]),
        (&*with(json!({"eventName": null})), &[SchemeRequires]),
        (&*with(json!({"venueName": ""})), &[SchemeRequires]),
        (&*with(json!({"venueRoom": null, "seats": []})), &[SchemeRecommends, SchemeRecommends]),
        (&*with(json!({"eventStartDate": null})), &[SchemeRecommends]),
        (&*with(json!({"eventStartDate": null, "eventStartDateInfo": {"unannounced": true}})), &[]),
        (&*with(json!({"eventType": "PKEventTypeSports"})), &[SchemeRequires, SchemeRequires]),
        (&*with(json!({"eventType": "PKEventTypeSports", "homeTeamAbbreviation": "A", "awayTeamAbbreviation": "B"})), &[]),
        (&*with(json!({"eventType": "PKEventTypeLivePerformance"})), &[SchemeRequires]),
        (&*with(json!({"eventType": "PKEventTypeLivePerformance", "performerNames": ["A"]})), &[]),
        (&*event(json!({}), Value::Null), &[SchemeRequires]),
    ]);
    // Tags of fields count as well.
    let in_field = with(json!({"eventName": null}));
    let field = r#""eventTicket":{"primaryFields":[{"key":"a","value":"A","semantics":{"eventName":"A"}}]}"#;
    assert_warned([(&*in_field.replace(r#""eventTicket":{}"#, field), &[][..])]);
}
