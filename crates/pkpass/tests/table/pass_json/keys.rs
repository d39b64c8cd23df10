//! The keys that Apple documents.

use super::*;

#[test]
fn barcodes() {
    let barcode = |format: &str, encoding: &str, message: &str| {
        let barcode = json!({"format": format, "message": message, "messageEncoding": encoding});
        format!(r#""barcodes": [{barcode}]"#)
    };
    let qr = |encoding, message| barcode("PKBarcodeFormatQR", encoding, message);
    for format in ["QR", "PDF417", "Aztec", "Code128", "Code39", "Codabar", "EAN13", "I2of5"] {
        assert_warned([(&*barcode(&format!("PKBarcodeFormat{format}"), "iso-8859-1", "1"), &[][..])]);
    }
    for encoding in [
        "UTF-8",
        "utf8",
        "utf-16",
        "UTF-16LE",
        "iso-8859-1",
        "ISO-8859-15",
        "ISO8859-1",
        "ISO_8859-1",
        "latin1",
        "US-ASCII",
        "ascii",
        "windows-1251",
        "cp1252",
        "Shift_JIS",
        "EUC-JP",
        "ISO-2022-JP",
        "GB2312",
        "gb18030",
        "GBK",
        "Big5",
        "KOI8-R",
    ] {
        assert_warned([(&*qr(encoding, "1"), &[][..])]);
    }
    assert_warned([
        (&*barcode("QR", "utf-8", "1"), &[UnknownValue][..]),
        (&*barcode("PKBarcodeFormatDataMatrix", "utf-8", "1"), &[UnknownValue]),
        (&*barcode("PKBarcodeFormat", "utf-8", "1"), &[UnknownValue]),
        (&*qr("iso-8859-1", "ÿ é"), &[]),
        (&*qr("iso-8859-1", "Ā"), &[BarcodeEncoding]),
        (&*qr("ISO-8859-1", "10 €"), &[BarcodeEncoding]),
        (&*qr("us-ascii", "~"), &[]),
        (&*qr("us-ascii", "é"), &[BarcodeEncoding]),
        (&*qr("utf-8", "€ 😀"), &[]),
        (&*qr("windows-1252", "€"), &[]),
        (&*qr("klingon", "1"), &[UnknownValue]),
        (&*qr("", "1"), &[UnknownValue]),
        (&*qr("utf-8 utf-16", "1"), &[UnknownValue]),
        (&*qr("iso-8859", "1"), &[UnknownValue]),
        (&*qr("utf-8", ""), &[KeyMissing]),
        (r#""barcode": {"format": "PKBarcodeFormatQR", "message": "1"}"#, &[KeyMissing]),
        (r#""barcode": {"format": "PKBarcodeFormatQR", "messageEncoding": "utf-8"}"#, &[KeyMissing]),
        (r#""barcodes": [{}]"#, &[KeyMissing, KeyMissing, KeyMissing]),
        (r#""barcodes": {"format": "PKBarcodeFormatQR"}"#, &[KeyType]),
        (r#""barcode": {"format": "PKBarcodeFormatQR", "message": 1, "messageEncoding": "utf-8"}"#, &[KeyType]),
    ]);
}

#[test]
fn places() {
    let location = |latitude: &str, longitude: &str| {
        format!(r#""locations": [{{"latitude": {latitude}, "longitude": {longitude}, "relevantText": "x"}}]"#)
    };
    let many = |key: &str, item: &str, count: usize| format!(r#""{key}": [{}]"#, vec![item; count].join(","));
    let beacon = |members: &str| format!(r#""beacons": [{{{members}}}]"#);
    let uuid = r#""proximityUUID": "b9407f30-f5f8-466e-aff9-25556b57fe6d""#;
    assert_warned([
        (&*location("90", "-180.0"), &[][..]),
        (&*location("-89.999", "179.9999999"), &[]),
        (&*location("9e1", "0"), &[]),
        (&*location("90.000001", "0"), &[OutOfRange]),
        (&*location("-91", "181"), &[OutOfRange, OutOfRange]),
        (&*location("4294967296", "0"), &[OutOfRange]),
        (&*location(r#""48.1""#, "0"), &[KeyType]),
        (&*many("locations", r#"{"latitude": 1, "longitude": 1}"#, 10), &[]),
        (&*many("locations", r#"{"latitude": 1, "longitude": 1}"#, 11), &[TooManyItems]),
        (&*many("beacons", &format!("{{{uuid}}}"), 10), &[]),
        (&*many("beacons", &format!("{{{uuid}}}"), 11), &[TooManyItems]),
        (&*beacon(&format!(r#"{uuid}, "major": 65535, "minor": 0"#)), &[]),
        (&*beacon(&format!(r#"{uuid}, "major": 65536, "minor": -1"#)), &[OutOfRange, OutOfRange]),
        (&*beacon(r#""proximityUUID": "b9407f30f5f8466eaff925556b57fe6d""#), &[UnknownValue]),
        (&*beacon(r#""major": 1"#), &[KeyMissing]),
        (r#""maxDistance": 100.5"#, &[]),
        (r#""maxDistance": "100""#, &[KeyType]),
        (r#""semantics": {"venueLocation": {"latitude": 200, "longitude": 0}}"#, &[OutOfRange]),
    ]);
    assert_rows([
        (r#""locations": [{"latitude": 48.1}]"#, &[DefectCode::Location][..], &[][..]),
        (r#""locations": [{"latitude": null, "longitude": null}]"#, &[DefectCode::Location, DefectCode::Location], &[]),
        (r#""semantics": {"venueLocation": {}}"#, &[DefectCode::Location, DefectCode::Location], &[]),
    ]);
}

#[test]
fn types_and_colors() {
    let color = |color: &str| format!(r#""backgroundColor": "{color}""#);
    assert_warned([
        (&*color("rgb(0, 128, 255)"), &[][..]),
        (&*color("rgb(0,0,0)"), &[]),
        (&*color(" RGB( 1 , 2 , 3 ) "), &[]),
        (&*color("#FF8000"), &[]),
        (&*color("#f80"), &[]),
        (&*color("rgb(0,0,256)"), &[Color]),
        (&*color("rgb(0,0)"), &[Color]),
        (&*color("rgb(0,0,0,0)"), &[Color]),
        (&*color("rgb(80-159-209)"), &[Color]),
        (&*color("rgba(0,0,0,1)"), &[Color]),
        (&*color("#FF80001"), &[Color]),
        (&*color("#ff80"), &[Color]),
        (r#""semantics": {"seats": [{"seatSectionColor": "red"}]}"#, &[Color]),
        (r#""labelColor": [0, 0, 0]"#, &[KeyType]),
        (r#""logoText": 1, "groupingIdentifier": []"#, &[KeyType, KeyType]),
        (r#""voided": "true", "sharingProhibited": 1"#, &[KeyType, KeyType]),
        (r#""associatedStoreIdentifiers": [1], "userInfo": {"a": 1}"#, &[]),
        (r#""userInfo": "x""#, &[KeyType]),
        (r#""userInfo": []"#, &[KeyType]),
        (r#""relevantDates": [{}, {"endDate": "2026-12-31T23:59Z"}]"#, &[KeyMissing, KeyMissing]),
        (r#""relevantdates": [], "Voided": 1"#, &[UnknownValue, UnknownValue]),
        (r#""semantics": {"totalPrice": {"amount": "1", "currencyCode": "€"}}"#, &[UnknownValue]),
        (r#""associatedStoreIdentifiers": ["1"]"#, &[KeyType]),
        (r#""appLaunchURL": "app://x""#, &[KeyMissing]),
        (r#""appLaunchURL": "app://x", "associatedStoreIdentifiers": [1]"#, &[]),
        (r#""semantics": []"#, &[KeyType]),
        (r#""semantics": {"flightNumber": "12", "boardingGroup": 1, "seats": {}}"#, &[KeyType, KeyType, KeyType]),
        (r#""semantics": {"seats": [{"seatNumber": 1}], "performerNames": "x"}"#, &[KeyType, KeyType]),
        (r#""semantics": {"balance": {"amount": 1}, "eventType": "PKEventTypeParty"}"#, &[KeyType, UnknownValue]),
        (r#""featuredActions": [{"identifier": "a", "type": "url"}]"#, &[]),
        (r#""featuredActions": [{"identifier": "a"}]"#, &[KeyMissing]),
    ]);
    for word in ["red", "Black", ""] {
        assert_rows([(&*color(word), &[DefectCode::Color][..], &[][..])]);
    }
}

#[test]
fn fields() {
    let field = |members: &str| format!(r#""generic": {{"backFields": [{{"key": "a", "value": "x"{members}}}]}}"#);
    let number =
        |value: &str, members: &str| format!(r#""generic": {{"backFields": [{{"key": "a", "value": {value}, {members}}}]}}"#);
    let row = |style: &str, list: &str, count: usize| {
        let fields: Vec<_> = (0..count).map(|number| json!({"key": format!("{number}"), "value": 1})).collect();
        let style = json!({style: {list: fields, "transitType": "PKTransitTypeAir"}, "generic": null}).to_string();
        style.strip_prefix('{').and_then(|members| members.strip_suffix('}')).unwrap().to_owned()
    };
    for (style, name, most) in [
        ("boardingPass", "primaryFields", 2),
        ("boardingPass", "auxiliaryFields", 5),
        ("coupon", "secondaryFields", 4),
        ("eventTicket", "primaryFields", 1),
        ("eventTicket", "auxiliaryFields", 8),
        ("storeCard", "headerFields", 3),
        ("storeCard", "backFields", 0),
    ] {
        let free = name == "backFields";
        assert_warned([
            (&*row(style, name, most), &[][..]),
            (&*row(style, name, most.saturating_add(1)), if free { &[] } else { &[TooManyFields] }),
        ]);
    }
    // The small fields of cards are all in one row.
    for style in ["coupon", "storeCard"] {
        let beside = |count: usize| {
            let others: Vec<_> = (0..count).map(|number| json!({"key": format!("s{number}"), "value": 1})).collect();
            row(style, "auxiliaryFields", 2).replacen('{', &format!(r#"{{"secondaryFields": {},"#, json!(others)), 1)
        };
        assert_warned([(&*beside(2), &[][..]), (&*beside(3), &[TooManyFields])]);
    }
    let poster = |fields: &str| format!(r#""posterGeneric": {{{fields}}}"#);
    let card = |fields: &str| format!(r#""generic": null, "coupon": {{{fields}}}"#);
    let [a, b] = ["a", "b"].map(|key| format!(r#"{{"key": "{key}", "value": 1}}"#));
    assert_warned([
        (&*poster(&format!(r#""footerFields": [{a}, {b}]"#)), &[][..]),
        (&*poster(&format!(r#""headerFields": [{a}, {b}]"#)), &[TooManyFields]),
        (&*poster(&format!(r#""secondaryFields": [{a}]"#)), &[TooManyFields]),
        (&*card(&format!(r#""secondaryFields": [{a}], "auxiliaryFields": [{b}]"#)), &[]),
        (&*card(&format!(r#""secondaryFields": [{a}], "backFields": [{a}]"#)), &[FieldDuplicateKey]),
        (&*card(&format!(r#""backFields": [{a}, {a}]"#)), &[FieldDuplicateKey]),
        (&*poster(&format!(r#""primaryFields": [{a}, {a}]"#)), &[FieldDuplicateKey]),
        (&*format!(r#""posterGeneric": {{"primaryFields": [{a}]}}, "generic": {{"primaryFields": [{a}]}}"#), &[]),
        (r#""generic": {"backFields": [{"value": "x"}, {"value": "y"}]}"#, &[KeyMissing, KeyMissing]),
        (r#""generic": {"backFields": [{"key": "a"}]}"#, &[KeyMissing]),
        (r#""generic": {"backFields": [{"key": "a", "value": ""}]}"#, &[]),
        (r#""generic": {"backFields": ["x"], "headerFields": {}}"#, &[KeyType, KeyType]),
        (&*field(r#", "label": 1, "changeMessage": true"#), &[KeyType, KeyType]),
        (r#""generic": {"primaryfields": [{"key": 1}]}"#, &[UnknownValue]),
        (r#""generic": {"primaryFieldss": 1, "primary": 1}"#, &[]),
        (&*field(r#", "Changemessage": 1"#), &[UnknownValue]),
        (&*field(r#", "changeMessage": "without the new value""#), &[]),
        (&*field(r#", "textAlignment": "PKTextAlignmentCenter", "row": 1"#), &[]),
        (&*field(r#", "textAlignment": "center""#), &[UnknownValue]),
        (&*field(r#", "textAlignment": "PKTextAlignmentcenter""#), &[UnknownValue]),
        (&*field(r#", "dataDetectorTypes": ["PKDataDetectorTypeLink", "Link"]"#), &[UnknownValue]),
        (&*number("1.5", r#""currencyCode": "EUR""#), &[]),
        (&*number("1.5", r#""currencyCode": "eur""#), &[]),
        (&*number("1.5", r#""currencyCode": "EURO""#), &[UnknownValue]),
        (&*number("1.5", r#""currencyCode": "€""#), &[UnknownValue]),
        (&*number("1.5", r#""currencyCode": "E1R""#), &[UnknownValue]),
        (&*number("1.5", r#""currencyCode": 978"#), &[KeyType]),
        (&*number("1.5", r#""numberStyle": "PKNumberStylePercent""#), &[]),
        (&*number("1.5", r#""currencyCode": "EUR", "numberStyle": "PKNumberStyleDecimal""#), &[NumberFormat]),
        (&*number(r#""1.5""#, r#""currencyCode": "EUR""#), &[KeyType]),
        (&*number(r#""1.5""#, r#""numberStyle": "PKNumberStylePercent""#), &[KeyType]),
        (&*number(r#""1.5""#, r#""numberStyle": null"#), &[]),
    ]);
    for fields in [format!(r#""secondaryFields": [{a}], "auxiliaryFields": [{a}]"#), format!(r#""headerFields": [{a}, {a}]"#)] {
        assert_rows([(&*card(&fields), &[DefectCode::FieldDuplicateKey][..], &[][..])]);
    }
}

#[test]
fn nfc() {
    let nfc = |message: String| format!(r#""nfc": {{"message": "{message}", "encryptionPublicKey": "MDkw"}}"#);
    assert_warned([
        (&*nfc("x".repeat(64)), &[][..]),
        (&*nfc("x".repeat(65)), &[NfcMessage]),
        (&*nfc("ü".repeat(33)), &[NfcMessage]),
        (r#""nfc": {}"#, &[KeyMissing, KeyMissing]),
        (r#""nfc": "x""#, &[KeyType]),
    ]);
    for (members, needs_nfc) in [(r#""nfc": {}"#, true), (r#""nfc": null"#, false), ("", false), (r#""nfc": 1"#, false)] {
        assert_eq!(check_content(pass_with(members).as_bytes(), None).unwrap().needs_nfc, needs_nfc, "{members}");
    }
}
