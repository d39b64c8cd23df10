//! What an upload is checked for.

use crate::util::{Card, Made, defects, is_defect, used};
use edgepass_support::pass::{PassBuilder, RawEntry};
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn another_token_than_the_one_on_the_phones_is_409() {
    let card = Card::published();
    let before = card.metadata();
    let other = card.edited(|pass| pass.token("another token of 16"));
    let none = card.edited(PassBuilder::without_service);
    let mut phone = card.register_phone();
    for file in [other, none] {
        let answer = card.publish(&file);
        assert_eq!(defects(&answer, 409), ["authentication_token_changed"]);
        assert!(!answer.text().contains(&card.pass.token));
    }
    assert_eq!(card.metadata()["etag"], before["etag"]);
    assert_eq!(phone.register(&card.pass).status(), 200, "the token is what it was");
}

#[test]
fn another_serial_or_type_than_in_the_address_is_409() {
    let card = Card::published();
    let before = card.metadata();
    let serial = card.publish(&card.edited(|pass| pass.field("serialNumber", "S-2")));
    assert_eq!(defects(&serial, 409), ["serial_conflict"]);
    let lowercase = card.publish(&card.edited(|pass| pass.field("serialNumber", "s-1")));
    assert_eq!(defects(&lowercase, 409), ["serial_conflict"]);
    let pass_type = card.publish(&card.edited(|pass| pass.field("passTypeIdentifier", "pass.com.example.other")));
    assert_eq!(defects(&pass_type, 409), ["pass_type_conflict"]);
    assert_eq!(card.metadata(), before);
}

#[test]
fn a_defective_pass_is_400_with_all_defects_at_once() {
    let card = Card::unpublished();
    let file = card.edited(|pass| {
        pass.without_field("description")
            .without_field("teamIdentifier")
            .without_field("authenticationToken")
            .field("formatVersion", "1")
            .field("serialNumber", "S-2")
            .omit("icon.png")
            .omit("icon@2x.png")
            .omit("icon@3x.png")
            .manifest_entry("logo.png", "0000000000000000000000000000000000000000")
            .tamper("pass.strings", b"not in the manifest".to_vec())
            .field("webServiceURL", "https://example.com/v1")
    });
    let answer = card.publish(&file);
    let expected = [
        "description", "format_version", "icon_missing", "manifest_absent", "manifest_unlisted", "serial_conflict",
        "service_keys", "team_identifier", "web_service_url",
    ];
    assert_eq!(defects(&answer, 400), expected);
    let problem = answer.json();
    let of_files: BTreeSet<_> = problem["defects"].as_array().unwrap().iter().map(|d| d["file"].as_str()).collect();
    assert_eq!(of_files, [None, Some("manifest.json"), Some("pass.json"), Some("pass.strings")].into());
    used(&answer, 0, 0);
    card.is_unknown();
}

/// `crates/pkpass/tests` has a case for each defect.
#[test]
fn a_defect_of_the_archive_of_a_file_or_of_the_service_s_address_is_named() {
    let card = Card::unpublished();
    let mut twice = PassBuilder::new(card.pass_type(), card.serial()).raw();
    twice.entries.push(RawEntry::stored("icon.png", "x"));
    let service_at = |url: &str| card.edited(|pass| pass.web_service_url(url));
    for (code, file) in [
        ("not_an_archive", Vec::new()),
        ("not_an_archive", card.file()[..card.file().len() / 2].to_vec()),
        ("entry_duplicate", twice.build()),
        ("entry_name", card.edited(|pass| pass.file("../evil.png", "x"))),
        ("manifest_mismatch", card.edited(|pass| pass.tamper("icon.png", b"another".to_vec()))),
        ("signature_empty", card.edited(|pass| pass.tamper("signature", Vec::new()))),
        ("pass_json", card.edited(|pass| pass.content(b"not JSON".to_vec()))),
        ("web_service_url", service_at("http://example.com")),
        ("web_service_url", service_at("ftp://example.com")),
        ("web_service_url", service_at("https://example.com/wallet/v1/")),
    ] {
        let answer = card.publish(&file);
        assert!(defects(&answer, 400).iter().any(|found| found == code), "{code}: {answer:#}");
        used(&answer, 0, 0);
    }
    card.is_unknown();
}

#[test]
fn a_serial_number_with_a_part_that_clients_remove_from_an_address_is_refused_however_it_is_published() {
    let made = Made::published();
    for serial in ["a/../b", "a/./b", "../a", "./a", "a/..", "a/.", "a//.."] {
        let pass = made.sibling(serial);
        let upload = PassBuilder::new(&pass.pass_type, serial).build();
        for answer in [pass.issuer.publish(&pass.pass_type, serial, &upload), pass.make(&"{}")] {
            is_defect(&answer, 400, "serial_number");
        }
        assert_eq!(made.patch(&json!({ "serialNumber": serial })).status, 409, "{serial}");
        pass.is_unknown();
    }
}

#[test]
fn http_is_accepted_for_a_service_on_this_machine() {
    for url in ["http://127.0.0.1:8787", "http://localhost:8787/wallet", "https://example.com/a/b"] {
        let card = Card::unpublished();
        card.publish(&card.edited(|pass| pass.web_service_url(url))).expect(201);
    }
}

#[test]
fn an_archive_that_inflates_beyond_measure_is_refused_and_costs_nothing() {
    let card = Card::unpublished();
    let mut raw = PassBuilder::new(card.pass_type(), card.serial()).raw();
    let zeros = vec![0; 64 << 20];
    raw.entries.extend((0..40).map(|number| RawEntry::deflated(format!("{number}.png"), &zeros)).take(4));
    let file = raw.build();
    assert!(file.len() < 5 * 1024 * 1024, "{} bytes", file.len());
    let answer = card.publish(&file);
    let found = defects(&answer, 400);
    let expected = ["archive_too_large", "entry_too_large"];
    assert!(found.iter().any(|code| expected.contains(&code.as_str())), "{found:?}");
    card.is_unknown();
}
