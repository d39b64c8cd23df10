//! `PUT /issuer/v1/templates/{name}`: what is refused

use crate::util::{Template, defects, is_problem, is_refused_early, issuer, used};
use edgepass_support::{
    http::Body,
    issuer::ZIP,
    pass::{Layout, write_archive},
    random,
};
use serde_json::{Value, json};

const LIMIT: usize = 5 * 1024 * 1024;

#[track_caller]
fn shown(template: &Template) -> Value {
    issuer().template(&template.name).expect(200).json()
}

#[track_caller]
fn is_unknown(template: &Template) {
    is_problem(&issuer().template(&template.name), 404);
}

fn without_icons(template: &Template) -> Template {
    ["icon.png", "icon@2x.png", "icon@3x.png"].iter().fold(template.clone(), |template, name| template.omit(name))
}

#[test]
fn each_defect_is_named() {
    let template = Template::new();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("not_an_archive", Vec::new()),
        ("not_an_archive", b"this is no archive".to_vec()),
        ("not_an_archive", template.zip()[..template.zip().len() / 2].to_vec()),
        ("icon_missing", without_icons(&template).zip()),
        ("file_missing", write_archive(&[("icon.png".to_owned(), b"x".to_vec())], Layout::Deflated)),
        ("style", template.clone().without_field("storeCard").zip()),
        ("style", template.clone().field("storeCard", json!([])).zip()),
        ("style", template.clone().field("coupon", json!({})).zip()),
        ("description", template.clone().without_field("description").zip()),
        ("organization_name", template.clone().field("organizationName", "").zip()),
        ("entry_name", template.clone().file("../evil.png", "x").zip()),
    ];
    for (code, file) in cases {
        let answer = template.send(&file);
        assert_eq!(defects(&answer, 400), [code], "{answer:#}");
        assert_eq!(answer.json()["title"], "Defective Template");
        used(&answer, 0, 0);
    }
    for (content, code) in [
        ("", "pass_json"),
        ("{", "pass_json"),
        ("[]", "pass_json"),
        ("null", "pass_json"),
        ("{\"a\":1,\"a\":2}", "pass_duplicate_key"),
        ("{\"a\":{\"b\":1,\"b\":2}}", "pass_duplicate_key"),
    ] {
        let entries = [("pass.json", content.as_bytes()), ("icon.png", b"x")];
        let entries = entries.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
        let answer = template.send(&write_archive(&entries, Layout::Deflated));
        assert!(defects(&answer, 400).iter().any(|found| found == code), "{content}: {answer:#}");
    }
    is_unknown(&template);
}

#[test]
fn all_defects_are_listed_at_once_and_nothing_is_replaced() {
    let template = Template::stored();
    let before = shown(&template);
    let bad = without_icons(&template).without_field("description").without_field("storeCard");
    let expected = ["description", "icon_missing", "style"];
    assert_eq!(defects(&bad.store(), 400), expected);
    assert_eq!(shown(&template), before);
}

#[test]
fn another_content_type_is_415() {
    let template = Template::new();
    let file = template.zip();
    for headers in [&[][..], &[("Content-Type", "application/json")], &[("Content-Type", "application/vnd.apple.pkpass")]] {
        let answer = issuer().send("PUT", &template.path(), headers, Body::Bytes(&file));
        is_problem(&answer, 415);
        assert_eq!(answer.header("accept"), Some(ZIP));
        used(&answer, 0, 0);
    }
    is_unknown(&template);
    let headers = [("Content-Type", "Application/ZIP; x=y")];
    issuer().send("PUT", &template.path(), &headers, Body::Chunked(&file)).expect(201);
}

#[test]
fn a_file_beyond_5_mib_is_413_however_it_is_sent() {
    let template = Template::new();
    let too_large = vec![0; LIMIT + 1];
    for sent in [Body::Bytes(&too_large), Body::Chunked(&too_large)] {
        let answer = issuer().send("PUT", &template.path(), &[("Content-Type", ZIP)], sent);
        is_refused_early(&answer, 413);
    }
    is_unknown(&template);
    let noise = template.clone().file("noise.bin", random::hex(LIMIT / 2 - 10_000));
    template.send(&write_archive(&noise.entries(), Layout::Stored)).expect(201);
}
