//! Placeholders in templates, and the same texts in an upload.

use super::{
    Row, assert_rows,
    inputs::{check, good},
    pass_files::PassFiles,
    template,
    writer::archive,
};
use pkpass::{Parts, template::prepare};
use serde_json::Value;

/// A good pass with these members.
fn with(members: &str) -> PassFiles {
    let mut files = good();
    let members: Value = format!("{{{members}}}").parse().unwrap();
    for (key, value) in members.as_object().unwrap() {
        files.pass[key] = value.clone();
    }
    files
}

fn template_of(files: &PassFiles) -> Vec<u8> {
    let mut items = files.items();
    items.retain(|item| !matches!(item.central.name.as_slice(), b"manifest.json" | b"signature"));
    archive(&items)
}

/// Members of `pass.json` with placeholders, and what is wrong with them in an upload.
const OPEN: [(&str, &str); 13] = [
    (r#""expirationDate": "{{ends}}""#, "date_format"),
    (r#""relevantDates": [{"date": "{{day}}T12:00Z"}]"#, "date_format"),
    (r#""backgroundColor": "{{color}}""#, "color"),
    (r##""backgroundColor": "#{{color}}""##, "| color"),
    (r#""beacons": [{"proximityUUID": "{{beacon}}"}]"#, "| unknown_value"),
    (r#""semantics": {"eventStartDate": "{{start}}"}"#, "date_format"),
    (r#""barcodes": [{"format": "{{f}}", "message": "{{m}}", "messageEncoding": "utf-8"}]"#, "| unknown_value"),
    (r#""barcodes": [{"format": "PKBarcodeFormatQR", "message": "{{m}}", "messageEncoding": "{{e}}"}]"#, "| unknown_value"),
    (r#""coupon": {"primaryFields": [{"key": "a", "value": "{{a}}", "dateStyle": "PKDateStyleShort"}]}"#, "date_format"),
    (r#""coupon": {"primaryFields": [{"key": "a", "value": "{{a}}", "numberStyle": "PKNumberStylePercent"}]}"#, "| key_type"),
    (r#""coupon": {"backFields": [{"key": "a", "value": "x", "textAlignment": "{{align}}"}]}"#, "| unknown_value"),
    (
        r#""nfc": {"encryptionPublicKey": "{{k}}", "message": "{{member}} of the club of all who drink coffee from 9 to 17 o'clock"}"#,
        "| nfc_message",
    ),
    (r#""organizationName": "{{shop}}", "description": "{{shop}}", "logoText": "{{shop}}""#, ""),
];

#[test]
fn what_a_placeholder_makes_is_checked_when_a_pass_is_made() {
    assert_rows(OPEN.map(|(members, _)| (members, template_of(&with(members)), nfc(members))), template::check);
    assert_rows(OPEN.map(|(members, codes)| (members, with(members).packed(), codes)), check);
}

/// A template for NFC has a warning of its own.
fn nfc(members: &str) -> &'static str {
    if members.contains("nfc") { "| nfc_certificate" } else { "" }
}

#[test]
fn other_braces_are_checked_and_so_is_what_a_text_cannot_stand_for() {
    let rows: [(&str, &str); 6] = [
        (r#""expirationDate": "{{ ends }}""#, "date_format"),
        (r#""expirationDate": "{ends}""#, "date_format"),
        (r#""expirationDate": "{{{{ends}}""#, "date_format"),
        (r#""locations": [{"latitude": "{{latitude}}", "longitude": 1}]"#, "| key_type"),
        (r#""voided": "{{voided}}""#, "| key_type"),
        (r#""coupon": "{{style}}""#, "style"),
    ];
    assert_rows(rows.map(|(members, codes)| -> Row { (members, template_of(&with(members)), codes) }), template::check);
}

#[test]
fn a_prepared_template_keeps_its_placeholders() {
    let text = "{{points}} and {{{{ and {{";
    let prepared = prepare(&template_of(&with(&format!(r#""logoText": "{text}""#)))).unwrap();
    assert_eq!(Parts::from_file(&prepared.file).unwrap().content["logoText"], text);
}
