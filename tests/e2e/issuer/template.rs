//! `PUT`, `GET`, `DELETE /issuer/v1/templates/{name}` and `GET /issuer/v1/templates`

use crate::util::{
    Made, Template, all_pages, calls, date, is_problem, is_problem_about, is_refused_early, issuer, members, new_phone, used,
};
use edgepass_support::{
    http::{Answer, Body},
    issuer::ZIP,
    pass::{DEFAULT_TEAM, Layout, RawArchive, RawEntry, unpack, write_archive},
    random,
    server::PUBLIC_URL,
};
use serde_json::{Value, json};

#[track_caller]
fn shown(template: &Template) -> Value {
    issuer().template(&template.name).expect(200).json()
}

/// The answer to an upload that left this state: passes are not counted, and there are no warnings.
#[track_caller]
fn answered(template: &Template) -> Value {
    let mut summary = summary(template);
    summary["warnings"] = json!([]);
    summary
}

/// The same object as in the list, where passes are not counted.
#[track_caller]
fn summary(template: &Template) -> Value {
    let mut summary = shown(template);
    assert!(summary.as_object_mut().is_some_and(|members| members.remove("passes").is_some()), "{summary}");
    summary
}

#[track_caller]
fn is_unknown(template: &Template) {
    is_problem(&issuer().template(&template.name), 404);
}

#[test]
fn a_new_one_is_201_a_replacement_200() {
    let template = Template::new();
    let first = template.store().expect(201);
    let second = template.clone().field("logoText", "new").store().expect(200);
    for answer in [&first, &second] {
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let stored = answer.json();
        assert_eq!(members(&stored), ["etag", "lastModified", "name", "size", "warnings"]);
        assert_eq!(stored["name"], template.name);
        date(&stored, "lastModified");
        assert_eq!(calls(answer), 1);
        // RFC 9110, section 9.3.4: what is stored is not what was sent.
        assert_eq!(answer.header("etag"), None);
    }
    assert_ne!(first.json()["etag"], second.json()["etag"]);
    assert_eq!(answered(&template), second.json());
    assert_eq!(shown(&template)["passes"], 0);
}

#[test]
fn the_same_content_again_keeps_its_etag() {
    let template = Template::stored();
    let before = answered(&template);
    assert_eq!(template.store().expect(200).json(), before);
    let reversed: Vec<_> = template.entries().into_iter().rev().collect();
    assert_eq!(template.send(&write_archive(&reversed, Layout::Deflated)).expect(200).json(), before);
    // Placeholders for what is filled in are no content.
    let placeholders = template.clone().field("serialNumber", "another").field("authenticationToken", "x");
    assert_eq!(placeholders.store().expect(200).json(), before);
    assert_ne!(template.clone().field("logoText", "new").store().expect(200).json()["etag"], before["etag"]);
    assert_eq!(template.store().expect(200).json()["etag"], before["etag"]);
}

#[test]
fn it_counts_its_passes() {
    let made = Made::ready();
    for expected in 1..3 {
        made.sibling(&expected.to_string()).make(&"{}").expect(201);
        assert_eq!(shown(&made.template)["passes"], expected);
    }
    let other = Template::stored();
    made.issuer.make(&made.pass_type, "1", &other.name, &"{}").expect(200);
    assert_eq!((shown(&made.template)["passes"].clone(), shown(&other)["passes"].clone()), (json!(1), json!(1)));
}

#[test]
fn what_macos_leaves_in_an_archive_and_what_a_signed_pass_has_is_dropped() {
    let made = Made::ready();
    let extra = made
        .template
        .clone()
        .file("__MACOSX/._icon.png", "x")
        .file("__MACOSX/en.lproj/._pass.strings", "x")
        .file(".DS_Store", "x")
        .file("en.lproj/.DS_Store", "x")
        .file("manifest.json", "{}")
        .file("signature", "x");
    let before = shown(&made.template);
    assert_eq!(extra.store().expect(200).json()["etag"], before["etag"]);
    made.make(&"{}").expect(201);
    let names: Vec<_> = unpack(&made.file()).into_keys().collect();
    assert_eq!(
        names,
        ["en.lproj/pass.strings", "icon.png", "icon@2x.png", "icon@3x.png", "manifest.json", "pass.json", "signature"]
    );
}

#[test]
fn folders_in_the_archive_do_no_harm() {
    let made = Made::ready();
    let mut folder = RawEntry::stored("en.lproj/", "");
    folder.mode = 0o040_755;
    let entries = made.template.entries();
    let files = entries.iter().map(|(name, bytes)| RawEntry::stored(name, bytes));
    let raw = RawArchive::new([folder].into_iter().chain(files));
    made.template.send(&raw.build()).expect(200);
    made.make(&"{}").expect(201);
    assert!(made.pass().content["storeCard"].is_object());
}

#[test]
fn placeholders_of_filled_keys_are_overridden() {
    let made = Made::ready();
    let strange = made
        .template
        .clone()
        .field("formatVersion", "one")
        .field("passTypeIdentifier", 17)
        .field("serialNumber", Value::Null)
        .field("teamIdentifier", json!([]))
        .field("webServiceURL", "ftp://example.com/v1")
        .field("authenticationToken", "short");
    strange.store().expect(200);
    made.make(&"{}").expect(201);
    let content = made.content();
    assert_eq!(content, made.expected(PUBLIC_URL, &made.pass().token));
    assert_eq!((&content["formatVersion"], &content["teamIdentifier"]), (&json!(1), &json!(DEFAULT_TEAM)));
}

#[test]
fn with_accept_it_sends_the_prepared_file_and_304_to_those_who_have_it() {
    let template = Template::stored();
    let issuer = issuer();
    let answer = issuer.download_template(&template.name, &[]).expect(200);
    used(&answer, 1, 0);
    assert_eq!(answer.header("content-type"), Some(ZIP));
    assert_eq!(answer.header("vary"), Some("accept"));
    let metadata = shown(&template);
    assert_eq!(answer.header("etag"), metadata["etag"].as_str());
    assert_eq!(answer.header("last-modified"), metadata["lastModified"].as_str());
    assert_eq!(metadata["size"], answer.body.len());
    let files = unpack(&answer.body);
    for (name, bytes) in template.entries().iter().filter(|(name, _)| name != "pass.json") {
        assert_eq!(&files[name], bytes, "{name}");
    }
    let content: Value = serde_json::from_slice(&files["pass.json"]).unwrap();
    let mut expected = template.content().clone();
    for key in ["formatVersion", "passTypeIdentifier", "serialNumber", "teamIdentifier"] {
        expected.as_object_mut().unwrap().remove(key);
    }
    assert_eq!(content, expected);

    let etag = answer.header("etag").unwrap();
    for condition in [("If-None-Match", etag), ("If-Modified-Since", answer.header("last-modified").unwrap())] {
        let unchanged = issuer.download_template(&template.name, &[condition]).expect(304);
        assert_eq!(unchanged.body, b"");
        assert_eq!(unchanged.header("etag"), Some(etag));
    }
    template.clone().field("logoText", "new").store().expect(200);
    issuer.download_template(&template.name, &[("If-None-Match", etag)]).expect(200);
}

#[test]
fn what_is_downloaded_can_be_stored_again() {
    let template = Template::stored();
    let file = issuer().download_template(&template.name, &[]).expect(200).body;
    let before = answered(&template);
    assert_eq!(template.send(&file).expect(200).json(), before);
}

#[test]
fn head_has_no_body() {
    let template = Template::stored();
    for accept in [ZIP, "application/json"] {
        let headers = [("Accept", accept)];
        let answer = issuer().send("HEAD", &template.path(), &headers, Body::Empty).expect(200);
        assert_eq!(answer.body, b"");
        assert_eq!(answer.header("etag").is_some(), accept == ZIP);
    }
}

#[test]
fn removing_it_is_204_and_then_404_and_its_passes_stay() {
    let made = Made::published();
    let file = made.file();
    assert_eq!(made.issuer.remove_template(&made.template.name).expect(204).body, b"");
    is_problem(&made.issuer.remove_template(&made.template.name), 404);
    is_unknown(&made.template);
    is_problem(&made.issuer.download_template(&made.template.name, &[]), 404);
    is_problem_about(&made.make(&"{}"), 409, &["PUT /issuer/v1/templates/"]);
    assert!(made.file() == file, "the pass is another");
    assert_eq!(new_phone().register(&made.pass()).status(), 201);
    made.template.store().expect(201);
    assert_eq!(shown(&made.template)["passes"], 1, "it is its template again");
}

#[test]
fn names_are_plain_ascii_and_not_too_long() {
    let (file, issuer) = (Template::new().zip(), issuer());
    let put = |name: &str| -> Answer {
        let path = format!("/issuer/v1/templates/{name}");
        issuer.send("PUT", &path, &[("Content-Type", ZIP)], Body::Bytes(&file))
    };
    let unique = random::hex(8);
    for name in [format!("{unique}_A.b-c"), format!("-{unique}"), format!("..{unique}"), unique.repeat(4)] {
        put(&name).expect(201);
        assert_eq!(issuer.template(&name).expect(200).json()["name"], name);
    }
    let long = "x".repeat(65);
    for name in ["a%20b", "a%2Fb", "%C3%BC", "a+b", "a%00", "...", &long, "~"] {
        is_problem(&put(name), 400);
        for method in ["GET", "DELETE"] {
            let answer = issuer.send(method, &format!("/issuer/v1/templates/{name}"), &[], Body::Empty);
            is_refused_early(&answer, 400);
        }
    }
}

#[test]
fn cursors_lead_through_all_of_them_in_order() {
    let issuer = issuer();
    let mut expected: Vec<String> = (0..5).map(|_| Template::stored().name).collect();
    expected.sort();
    for limit in [1, 3, 1000] {
        let entries = all_pages(limit, "templates", |cursor| issuer.templates(cursor, Some(limit)));
        let mut listed: Vec<_> = entries.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
        assert!(listed.is_sorted(), "limit {limit}");
        listed.retain(|name| expected.contains(name));
        assert_eq!(listed, expected, "limit {limit}");
    }
}

#[test]
fn an_entry_is_what_the_template_s_own_address_shows() {
    let template = Template::stored();
    let before = &template.name[..template.name.len() - 1];
    let page = issuer().templates(Some(before), Some(1000)).expect(200).json();
    let listed = page["templates"].as_array().unwrap().iter().find(|one| one["name"] == template.name);
    assert_eq!(listed, Some(&summary(&template)));
}
