//! The document as a whole: its text, its style, and the keys that are filled in.

use super::*;

#[test]
fn styles() {
    assert_rows([
        (r#""generic": {}"#, &[][..], &[][..]),
        (r#""generic": null, "coupon": {}"#, &[], &[]),
        (r#""generic": null, "storeCard": {}"#, &[], &[]),
        (r#""generic": null, "eventTicket": {}"#, &[], &[]),
        (r#""generic": null, "boardingPass": {"transitType": "PKTransitTypeBus"}"#, &[], &[]),
        (r#""generic": null, "boardingPass": {"transitType": null}"#, &[TransitType], &[]),
        (r#""generic": null, "boardingPass": {"transitType": "PKTransitTypeRocket"}"#, &[], &[UnknownValue]),
        (r#""posterGeneric": {}"#, &[], &[]),
        (r#""posterGeneric": {}, "generic": null"#, &[], &[StyleFallback]),
        (r#""posterGeneric": {}, "coupon": {}"#, &[Style], &[]),
        (r#""posterGeneric": []"#, &[Style], &[]),
        (r#""coupon": {}"#, &[Style], &[]),
        (r#""coupon": null"#, &[], &[]),
        (r#""generic": null"#, &[Style], &[]),
        (r#""generic": "x""#, &[Style], &[]),
        (r#""generic": null, "storecard": {}"#, &[Style], &[UnknownValue]),
        (r#""generic": null, "boardingPass": {"transitType": "PKTransitTypeAir Boat"}"#, &[], &[UnknownValue]),
        (r#""expirationDate relevantDate": "x", "": 1"#, &[], &[]),
        (r#""styleOfNextYear": {"primaryFields": 1}, "keyOfNextYear": 1"#, &[], &[]),
    ]);
}

#[test]
fn null_is_absence() {
    assert_rows([
        (r#""webServiceURL": null, "authenticationToken": null"#, &[][..], &[][..]),
        (r#""webServiceURL": null, "authenticationToken": "0123456789abcdef""#, &[ServiceKeys], &[]),
        (r#""expirationDate": null, "relevantDates": null, "barcodes": null, "nfc": null"#, &[], &[]),
        (r#""locations": [{"latitude": 1, "longitude": 1, "altitude": null}]"#, &[], &[]),
        (r#""locations": [null]"#, &[], &[KeyType]),
        (r#""description": null"#, &[DefectCode::Description], &[]),
        (r#""serialNumber": null"#, &[DefectCode::SerialNumber], &[]),
        (r#""formatVersion": null"#, &[DefectCode::FormatVersion], &[]),
        (r#""generic": {"primaryFields": [{"key": "a", "value": "x", "dateStyle": null}]}"#, &[], &[]),
        (r#""generic": {"primaryFields": [{"key": null, "value": "x"}]}"#, &[], &[KeyMissing]),
    ]);
}

/// The good pass as text, with one part replaced.
fn text_with(from: &str, to: &str) -> String {
    Value::Object(good()).to_string().replacen(from, to, 1)
}

#[test]
fn json_as_phones_read_it() {
    for (text, defects, warnings) in [
        (text_with("", ""), &[][..], &[][..]),
        (text_with("{", "\u{feff}{"), &[], &[JsonByteOrderMark][..]),
        (text_with("{", "\u{feff}\u{feff}{"), &[PassJson], &[]),
        (text_with("{}", "{},\n"), &[PassJson], &[]),
        (text_with("\"}", "\",}"), &[], &[JsonTrailingComma]),
        (text_with("\"}", "\" , \r\n\t }"), &[], &[JsonTrailingComma]),
        (text_with("{}", r#"{"primaryFields":[],}"#), &[], &[JsonTrailingComma]),
        (text_with("{}", r#"{"primaryFields":[{"key":"a","value":"x, }",},],}"#), &[], &[JsonTrailingComma]),
        (text_with("{", "\u{feff}{\"a\":[1,],"), &[], &[JsonByteOrderMark, JsonTrailingComma]),
        (text_with("{}", "{,}"), &[PassJson], &[]),
        (text_with("{}", r#"{"primaryFields":[,]}"#), &[PassJson], &[]),
        (text_with("\"}", "\",,}"), &[PassJson], &[]),
        (text_with("\"}", "\"}}"), &[PassJson], &[]),
        (text_with("{}", r#"{"primaryFields":,}"#), &[PassJson], &[]),
        (text_with("Pass", ",}"), &[], &[]),
        (text_with("Pass", "\\\",]\\\\"), &[], &[]),
        (text_with("Pass", "\u{feff}"), &[], &[]),
        (text_with("{", "{\"a\":{\"b\":1,\"b\":2,},"), &[PassDuplicateKey], &[JsonTrailingComma]),
        (text_with("{", "{\"a\":{\"b\":1,\"b\":2,\"b\":3},\"a\":1,\"a\":2,"), &[PassDuplicateKey, PassDuplicateKey], &[]),
        (text_with("{", &format!("{{{}", "\"a\":1,".repeat(9000))), &[PassDuplicateKey], &[]),
        (String::new(), &[PassJson], &[]),
        (text_with("{", "// comment\n{"), &[PassJson], &[]),
        (text_with("\"Pass\"", "'Pass'"), &[PassJson], &[]),
    ] {
        assert_eq!(codes_of(text.as_bytes()), (defects.to_vec(), warnings.to_vec()), "{text}");
    }
    for utf16 in [u16::to_le_bytes, u16::to_be_bytes] {
        for text in [text_with("", ""), text_with("{", "\u{feff}{")] {
            let bytes: Vec<_> = text.encode_utf16().flat_map(utf16).collect();
            let report = check_content(&bytes, None).err().unwrap();
            assert!(report.defects.iter().all(|defect| defect.message.contains("UTF-16")), "{report:?}");
            assert_eq!(codes(report), (vec![PassJson], vec![]));
        }
    }
}

#[test]
fn a_pass_json_alone_has_the_limit_of_one_in_an_archive() {
    let pass = |length: usize| format!("{}{}", pass_with(""), " ".repeat(length - pass_with("").len()));
    assert!(check_content(pass(MAX_JSON_BYTES).as_bytes(), None).is_ok());
    let report = check_content(pass(MAX_JSON_BYTES + 1).as_bytes(), None).err().unwrap();
    assert_eq!(codes(report), (vec![DefectCode::EntryTooLarge], vec![]));
}

#[test]
fn hosts_of_web_services() {
    for (url, told) in [
        ("https://xn--bcher-kva.example/", None),
        ("https://example.com/b%C3%BCcher", None),
        ("https://bücher.example/", Some("xn--")),
        ("https://b%C3%BCcher.example/", Some("xn--")),
        ("https://example.com/bücher", Some("percent-encode")),
    ] {
        let members = format!(r#""webServiceURL": "{url}", "authenticationToken": "0123456789abcdef""#);
        let checked = check_content(pass_with(&members).as_bytes(), None);
        let defects = checked.err().unwrap_or_default().defects;
        assert_eq!(defects.first().map(|defect| defect.code), told.map(|_| WebServiceUrl), "{url}");
        assert!(defects.iter().all(|defect| defect.message.contains(told.unwrap_or_default())), "{defects:?}");
    }
}

/// In a patch, null asks to remove a key.
#[test]
fn only_the_value_that_is_filled_in_is_no_conflict() {
    let filled = pkpass::filled::Filled {
        pass_type: "pass.com.example",
        serial: "1",
        team: "A1B2C3D4E5",
        web_service: Some(("https://example.com", "0123456789abcdef")),
    };
    let given = json!({"serialNumber": "1", "teamIdentifier": "A1B2C3D4E5"});
    assert_eq!(filled.conflicts(given.as_object().unwrap()), []);
    let given = json!({"webServiceURL": "https://example.org", "serialNumber": null});
    let codes: Vec<_> = filled.conflicts(given.as_object().unwrap()).into_iter().map(|defect| defect.code).collect();
    assert_eq!(codes, [DefectCode::SerialConflict, DefectCode::WebServiceUrlConflict]);
}

#[test]
fn the_address_of_the_upload_counts_only_where_there_is_one() {
    let pass = pass_with("");
    for (serial, defects) in [("1", &[][..]), ("2", &[DefectCode::SerialConflict][..])] {
        let expected = Expected { pass_type: "pass.com.example", serial };
        let report = check_content(pass.as_bytes(), Some(&expected)).err().unwrap_or_default();
        assert_eq!(codes(report), (defects.to_vec(), vec![]));
    }
}
