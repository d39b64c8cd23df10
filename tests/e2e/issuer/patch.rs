//! `PATCH /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/merge-patch+json`

use edgepass_support::{
    files::unpack,
    http::{Answer, Body},
    issuer::{MERGE_PATCH, PKPASS},
    pass::{DEFAULT_TEAM, PassBuilder},
    random,
    server::{PUBLIC_URL, Server},
};
use serde_json::{Value, json};

use crate::{
    card::{Card, new_type},
    compare::{defects, is_defect, is_problem, is_problem_about, used},
    made::Made,
};

const LIMIT: usize = 256 * 1024;

#[track_caller]
fn calls(answer: &Answer) -> u32 {
    answer.database().unwrap_or_else(|| panic!("no Server-Timing: {answer:#}")).calls
}

#[test]
fn a_change_is_200_and_tells_what_phones_will_see() {
    let made = Made::published();
    let before = made.metadata();
    let answer = made.patch(&json!({ "description": "another" })).expect(200);
    let published = answer.json();
    assert_eq!(published["changed"], true);
    assert!(published["revision"].as_i64() > before["revision"].as_i64());
    let metadata = made.metadata();
    for member in ["passTypeIdentifier", "serialNumber", "revision", "lastModified", "etag", "registrations"]
    {
        assert_eq!(published[member], metadata[member], "{member}");
    }
    assert_ne!(metadata["etag"], before["etag"]);
    assert_eq!(answer.header("etag"), None);
}

#[test]
fn it_costs_two_calls_of_the_database_and_one_when_nothing_changes() {
    for made in [Made::published(), Made::uploaded()] {
        assert_eq!(calls(&made.patch(&json!({ "description": "another" })).expect(200)), 2);
        used(&made.patch(&json!({ "description": "another" })).expect(200), 1, 0);
        used(&made.patch(&json!({ "description": 17 })).expect(400), 1, 0);
    }
}

#[test]
fn members_are_merged_and_nulls_remove() {
    let made = Made::ready();
    made.make(&json!({ "userInfo": { "a": { "b": 1, "c": 2 }, "list": [1, 2], "gone": 1 } })).expect(201);
    let patch = json!({
        "backgroundColor": null,
        "userInfo": { "a": { "b": null, "d": [null] }, "list": [3], "gone": null, "absent": null },
        "logoText": "new",
    });
    made.patch(&patch).expect(200);
    let mut expected = made.expected(PUBLIC_URL, &made.pass().token);
    expected.as_object_mut().unwrap().remove("backgroundColor");
    expected["userInfo"] = json!({ "template": 1, "a": { "c": 2, "d": [null] }, "list": [3] });
    expected["logoText"] = json!("new");
    assert_eq!(made.content(), expected);
}

#[test]
fn numbers_keep_their_digits_and_unknown_keys_are_kept() {
    let made = Made::ready();
    let upload = format!(
        r#"{{"formatVersion":1,"passTypeIdentifier":"{}","serialNumber":"{}","teamIdentifier":"{DEFAULT_TEAM}",
        "organizationName":"o","description":"d","storeCard":{{}},"aKeyOfTheFuture":{{"big":12345678901234567890}},
        "price":1.50,"text":"\u00fc\ud83c\udfab\u0001"}}"#,
        made.pass_type, made.serial
    );
    let file = PassBuilder::new(&made.pass_type, &made.serial).content(upload).build();
    made.issuer.publish(&made.pass_type, &made.serial, &file).expect(201);
    made.patch(&r#"{"userInfo":{"more":0.10,"huge":1E400,"precise":3.1415926535897932384626433}}"#)
        .expect(200);
    let pass_json = String::from_utf8(made.entry("pass.json")).unwrap();
    for kept in [
        "12345678901234567890",
        "1.50",
        "0.10",
        "1E400",
        "3.1415926535897932384626433",
        r#""ü🎫\u0001""#,
        "aKeyOfTheFuture",
    ] {
        assert!(pass_json.contains(kept), "{kept}: {pass_json}");
    }
}

#[test]
fn a_phone_sees_the_change_after_listing_and_gets_304_afterwards() {
    let made = Made::published();
    let mut phone = Server::shared().phone();
    let pass = made.pass();
    let _ = (phone.register(&pass), phone.list(&made.pass_type), phone.fetch(&pass));
    for cups in 11..14 {
        made.patch(&json!({ "userInfo": { "cups": cups } })).expect(200);
        let exchanges = phone.update(&made.pass_type);
        assert_eq!(exchanges.len(), 2);
        for exchange in &exchanges {
            assert_eq!((exchange.status(), exchange.complaints()), (200, &[][..]), "{exchange}");
        }
        assert_eq!(phone.pass(&made.pass_type, &made.serial).unwrap().content["userInfo"]["cups"], cups);
        assert_eq!(phone.list(&made.pass_type).status(), 204);
        assert_eq!(phone.fetch_conditionally(&pass).status(), 304);
    }
}

#[test]
fn a_patch_with_no_effect_changes_nothing_and_lists_nothing() {
    for made in [Made::published(), Made::uploaded()] {
        let mut phone = Server::shared().phone();
        let _ = (phone.register(&made.pass()), phone.list(&made.pass_type));
        let (before, file) = (made.metadata(), made.file());
        let description = before["description"].clone();
        for patch in [
            json!({}),
            json!({ "description": made.content()["description"] }),
            json!({ "absent": null }),
            json!({ "storeCard": {} }),
            json!({ "serialNumber": made.serial, "authenticationToken": made.pass().token }),
        ] {
            let published = made.patch(&patch).expect(200).json();
            assert_eq!(published["changed"], false, "{patch}");
            for member in ["revision", "lastModified", "etag"] {
                assert_eq!(published[member], before[member], "{patch}: {member}");
            }
        }
        assert_eq!(before["description"], description);
        assert_eq!(made.metadata(), before);
        assert!(made.file() == file, "it was signed again");
        assert_eq!(phone.list(&made.pass_type).status(), 204);
    }
}

#[test]
fn an_uploaded_pass_keeps_its_token_its_address_and_its_files() {
    let made = Made::uploaded();
    let (before, files) = (made.pass(), unpack(&made.file()));
    let mut phone = Server::shared().phone();
    let _ = (phone.register(&before), phone.list(&made.pass_type), phone.fetch(&before));
    made.patch(&json!({ "description": "another" })).expect(200);
    let mut expected = before.content.clone();
    expected["description"] = json!("another");
    assert_eq!(made.content(), expected);
    assert_ne!(before.web_service_url.as_deref(), Some(PUBLIC_URL));
    let after = unpack(&made.file());
    assert_eq!(after.keys().collect::<Vec<_>>(), files.keys().collect::<Vec<_>>());
    for shared in ["icon.png", "logo.png"] {
        assert_eq!(after[shared], files[shared], "{shared}");
    }
    for exchange in phone.update(&made.pass_type) {
        assert_eq!((exchange.status(), exchange.complaints()), (200, &[][..]), "{exchange}");
    }
}

#[test]
fn an_uploaded_pass_without_a_web_service_stays_without_one() {
    let made = Made::ready();
    let upload = PassBuilder::new(&made.pass_type, &made.serial).without_service().build();
    made.issuer.publish(&made.pass_type, &made.serial, &upload).expect(201);
    made.patch(&json!({ "description": "another" })).expect(200);
    assert_eq!(made.metadata()["webService"], false);
    assert_eq!(made.content().get("webServiceURL"), None);
    is_defect(&made.patch(&json!({ "webServiceURL": PUBLIC_URL })), 409, "web_service_url_conflict");
}

#[test]
fn another_value_of_a_filled_key_is_refused_with_its_code_and_changes_nothing() {
    let made = Made::published();
    let before = made.metadata();
    for (key, value, status, code) in [
        ("passTypeIdentifier", json!("pass.com.example.other"), 409, "pass_type_conflict"),
        ("serialNumber", json!("S-2"), 409, "serial_conflict"),
        ("serialNumber", Value::Null, 409, "serial_conflict"),
        ("teamIdentifier", json!("ZZZZZZZZZZ"), 409, "team_conflict"),
        ("webServiceURL", json!("https://example.com"), 409, "web_service_url_conflict"),
        ("webServiceURL", Value::Null, 409, "web_service_url_conflict"),
        ("authenticationToken", json!(random::hex(16)), 409, "authentication_token_conflict"),
        ("authenticationToken", Value::Null, 409, "authentication_token_conflict"),
        ("formatVersion", json!(2), 400, "format_version"),
        ("formatVersion", Value::Null, 400, "format_version"),
    ] {
        let answer = made.patch(&json!({ key: value, "description": "another" }));
        is_defect(&answer, status, code);
        used(&answer, 1, 0);
        assert!(!answer.text().contains(&made.pass().token), "the token is a secret");
    }
    assert_eq!(made.metadata(), before);
}

#[test]
fn a_pass_that_would_be_defective_is_400_with_all_defects_and_changes_nothing() {
    for made in [Made::published(), Made::uploaded()] {
        let before = made.metadata();
        let answer = made.patch(&json!({ "description": null, "organizationName": 1, "generic": {} }));
        let expected = ["description", "organization_name", "style"];
        assert_eq!(defects(&answer, 400), expected.map(str::to_owned).into());
        assert_eq!(made.metadata(), before);
    }
}

#[test]
fn a_body_that_is_no_json_object_is_400_and_asks_no_database() {
    let made = Made::published();
    let before = made.metadata();
    for body in ["", "{", "[]", "null", "17", "\"text\"", "{}x", r#"{"a":1,"a":2}"#, "{\"a\":\"\u{1}\"}"] {
        let answer = made.patch(&body);
        is_problem(&answer, 400);
        used(&answer, 0, 0);
    }
    let deep = format!("{{\"userInfo\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    is_problem(&made.patch(&deep), 400);
    let headers = [("Content-Type", MERGE_PATCH)];
    is_problem(&made.issuer.send("PATCH", &made.path(), &headers, Body::Bytes(b"{\"a\":\"\xff\"}")), 400);
    is_problem(&made.issuer.send("PATCH", &made.path(), &headers, Body::Empty), 400);
    assert_eq!(made.metadata(), before);
}

#[test]
fn a_body_beyond_256_kib_is_413_however_it_is_sent() {
    let made = Made::published();
    let body = |length: usize| format!("{{\"userInfo\":\"{}\"}}", "x".repeat(length - 15));
    let headers = [("Content-Type", MERGE_PATCH)];
    let too_large = body(LIMIT + 1);
    for sent in [Body::Bytes(too_large.as_bytes()), Body::Chunked(too_large.as_bytes())] {
        let answer = made.issuer.send("PATCH", &made.path(), &headers, sent);
        is_problem(&answer, 413);
        used(&answer, 0, 0);
    }
    made.issuer.send("PATCH", &made.path(), &headers, Body::Chunked(body(LIMIT).as_bytes())).expect(200);
}

#[test]
fn another_content_type_is_415() {
    let made = Made::published();
    let before = made.metadata();
    for headers in [
        &[][..],
        &[("Content-Type", "application/json")],
        &[("Content-Type", "application/json-patch+json")],
        &[("Content-Type", PKPASS)],
    ] {
        let answer =
            made.issuer.send("PATCH", &made.path(), headers, Body::Bytes(b"{\"description\":\"x\"}"));
        is_problem(&answer, 415);
        assert_eq!(answer.header("accept"), Some(MERGE_PATCH));
    }
    assert_eq!(made.metadata(), before);
    let headers = [("Content-Type", "Application/Merge-Patch+JSON;charset=utf-8")];
    made.issuer.send("PATCH", &made.path(), &headers, Body::Bytes(b"{\"description\":\"x\"}")).expect(200);
}

#[test]
fn if_match_holds_only_for_the_version_that_is_stored() {
    let made = Made::published();
    let first = made.metadata()["etag"].as_str().unwrap().to_owned();
    let patch = |cups: u32| json!({ "userInfo": { "cups": cups } });
    made.patch_if(&patch(11), &[("If-Match", &first)]).expect(200);
    let before = made.metadata();
    for patch in [patch(12), patch(11), json!({})] {
        is_problem(&made.patch_if(&patch, &[("If-Match", &first)]), 412);
        is_problem(&made.patch_if(&patch, &[("If-None-Match", "*")]), 412);
    }
    assert_eq!(made.metadata(), before);
    made.patch_if(&patch(12), &[("If-Match", "*")]).expect(200);
    let third = made.metadata()["etag"].as_str().unwrap().to_owned();
    made.patch_if(&patch(13), &[("If-Match", &format!("\"x\", {third}"))]).expect(200);
}

#[test]
fn an_unknown_pass_is_404_and_one_without_a_signing_identity_409() {
    let made = Made::ready();
    is_problem(&made.patch(&json!({ "description": "x" })), 404);
    let card = Card::published();
    let patch = json!({ "description": "x" });
    let answer = made.issuer.patch(card.pass_type(), card.serial(), &patch);
    is_problem_about(&answer, 409, &["PUT /issuer/v1/pass-types/", "/signing-identity"]);
    is_problem(&made.issuer.patch(&new_type(), "S-1", &patch), 404);
}

#[test]
fn a_withdrawn_pass_is_409_until_it_is_published_again() {
    let made = Made::published();
    made.withdraw();
    let before = made.metadata();
    for patch in [json!({}), json!({ "description": "another" })] {
        is_problem_about(&made.patch(&patch), 409, &["withdrawn", "PUT"]);
    }
    assert_eq!(made.metadata(), before);
    made.make(&"{}").expect(200);
    made.patch(&json!({ "description": "another" })).expect(200);
}

#[test]
fn a_pass_is_voided_by_a_patch() {
    let made = Made::published();
    let mut phone = Server::shared().phone();
    let _ = (phone.register(&made.pass()), phone.list(&made.pass_type), phone.fetch(&made.pass()));
    made.patch(&json!({ "voided": true, "expirationDate": "2026-01-01T00:00:00Z" })).expect(200);
    for exchange in phone.update(&made.pass_type) {
        assert_eq!((exchange.status(), exchange.complaints()), (200, &[][..]), "{exchange}");
    }
    assert_eq!(phone.pass(&made.pass_type, &made.serial).unwrap().content["voided"], true);
}

#[test]
fn a_patch_does_not_look_at_the_template() {
    let made = Made::published();
    made.template.clone().field("userInfo", json!({ "template": 2 })).store().expect(200);
    made.patch(&json!({ "description": "another" })).expect(200);
    assert_eq!(made.content()["userInfo"]["template"], 1);
    made.issuer.remove_template(&made.template.name).expect(204);
    made.patch(&json!({ "description": "third" })).expect(200);
    assert_eq!(made.content()["description"], "third");
}

#[test]
fn what_a_pass_has_of_its_own_has_at_most_512_kib() {
    let made = Made::published();
    let part = "x".repeat(200_000);
    for number in ["0", "1"] {
        made.patch(&json!({ "userInfo": { number: part } })).expect(200);
    }
    let before = made.metadata();
    is_problem_about(&made.patch(&json!({ "userInfo": { "2": part } })), 409, &["512 KiB", "PUT"]);
    assert_eq!(made.metadata(), before);
    // It is no history: what is replaced or taken away takes no room.
    made.patch(&json!({ "userInfo": { "0": part, "1": null } })).expect(200);
    made.patch(&json!({ "userInfo": { "2": part } })).expect(200);
}

#[test]
fn a_pass_json_that_would_be_larger_than_1_mib_is_400_and_changes_nothing() {
    let made = Made::uploaded();
    let part = "x".repeat(200_000);
    for number in 0..5 {
        made.patch(&json!({ "userInfo": { number.to_string(): part } })).expect(200);
    }
    let before = made.metadata();
    let refused = made.patch(&json!({ "userInfo": { "5": part } }));
    assert_eq!(made.metadata(), before);
    is_defect(&refused, 400, "entry_too_large");
    assert!(refused.text().contains("1048576"), "{refused:#}");
}
