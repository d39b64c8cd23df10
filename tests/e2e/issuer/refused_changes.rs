//! `PUT` and `PATCH /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`: what is refused, and changes nothing

use crate::util::{Card, Made, Template, defects, is_defect, is_problem, is_problem_about, is_refused_early, new_type, used};
use edgepass_support::{
    http::Body,
    issuer::{MERGE_PATCH, PKPASS},
    random,
};
use serde_json::{Value, json};

const LIMIT: usize = 256 * 1024;

#[test]
fn another_value_of_a_filled_key_is_refused_with_its_code_and_changes_nothing() {
    let made = Made::published();
    let (before, new, token) = (made.metadata(), made.sibling("S-2"), made.pass().token);
    for (key, value, status, code) in [
        ("passTypeIdentifier", json!("pass.com.example.other"), 409, "pass_type_conflict"),
        ("serialNumber", json!("s-1"), 409, "serial_conflict"),
        ("serialNumber", Value::Null, 409, "serial_conflict"),
        ("teamIdentifier", json!("ZZZZZZZZZZ"), 409, "team_conflict"),
        ("webServiceURL", json!("https://example.com"), 409, "web_service_url_conflict"),
        ("webServiceURL", Value::Null, 409, "web_service_url_conflict"),
        ("authenticationToken", json!(12_345_678_901_234_567_u64), 409, "authentication_token_conflict"),
        ("authenticationToken", Value::Null, 409, "authentication_token_conflict"),
        ("formatVersion", json!(2), 400, "format_version"),
    ] {
        let change = json!({ key: value, "description": "another" });
        for answer in [made.make(&change), new.make(&change), made.patch(&change)] {
            is_defect(&answer, status, code);
            used(&answer, 1, 0);
            assert!(!answer.text().contains(&token), "the token is a secret");
        }
    }
    let another_token = json!({ "authenticationToken": random::hex(16) });
    is_defect(&made.patch(&another_token), 409, "authentication_token_conflict");
    is_defect(&made.patch(&json!({ "formatVersion": null })), 400, "format_version");
    let several = made.make(&json!({ "serialNumber": "x", "teamIdentifier": "y" }));
    assert_eq!(defects(&several, 409), ["serial_conflict", "team_conflict"]);
    assert_eq!(made.metadata(), before);
    new.is_unknown();
}

#[test]
fn a_pass_that_would_be_defective_is_400_with_all_defects() {
    let made = Made::ready();
    let answer = made.make(&json!({ "description": null, "organizationName": "", "storeCard": null }));
    let expected = ["description", "organization_name", "style"];
    assert_eq!(defects(&answer, 400), expected);
    for defect in answer.json()["defects"].as_array().unwrap() {
        assert_eq!(defect["file"], "pass.json");
    }
    is_defect(&made.make(&json!({ "coupon": {} })), 400, "style");
    made.is_unknown();
    // A serial number is checked like any other key, wherever it comes from.
    let long = made.sibling("a\u{85}b");
    assert_eq!(long.make(&"{}").status, 400);
}

#[test]
fn a_body_of_another_form_is_400_and_asks_no_database() {
    let made = Made::ready();
    let name = &made.template.name;
    for body in [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        "{}".to_owned(),
        r#"{"pass":{}}"#.to_owned(),
        r#"{"template":17,"pass":{}}"#.to_owned(),
        format!(r#"{{"template":"{name}","pass":[]}}"#),
        format!(r#"{{"template":"{name}","pass":null}}"#),
        format!(r#"{{"template":"{name}","pass":{{}},"more":1}}"#),
        format!(r#"{{"template":"{name}","pass":{{"a":1,"a":2}}}}"#),
        format!(r#"{{"template":"{name}","pass":{{}}}} x"#),
        format!(r#"{{"template":"{name}","pass":{}1{}}}"#, "[".repeat(1000), "]".repeat(1000)),
    ] {
        let answer = made.issuer.send_order(&made.pass_type, &made.serial, body.as_bytes(), &[]);
        is_refused_early(&answer, 400);
    }
    let not_utf_8 = [br#"{"template":""#.as_slice(), name.as_bytes(), b"\",\"pass\":{\"a\":\"\xff\"}}"].concat();
    is_problem(&made.issuer.send_order(&made.pass_type, &made.serial, &not_utf_8, &[]), 400);
    made.is_unknown();
}

#[test]
fn a_body_beyond_256_kib_is_413_however_it_is_sent() {
    let made = Made::ready();
    let order = format!("{{\"template\":\"{}\",\"pass\":{{\"userInfo\":{{\"x\":\"", made.template.name);
    for (method, content_type, before, after, status) in [
        ("PUT", "application/json", order.as_str(), "\"}}}", 201),
        ("PATCH", MERGE_PATCH, "{\"userInfo\":{\"x\":\"", "\"}}", 200),
    ] {
        let body = |length: usize| format!("{before}{}{after}", "x".repeat(length - before.len() - after.len()));
        let headers = [("Content-Type", content_type)];
        let too_large = body(LIMIT + 1);
        for sent in [Body::Bytes(too_large.as_bytes()), Body::Chunked(too_large.as_bytes())] {
            is_refused_early(&made.issuer.send(method, &made.path(), &headers, sent), 413);
        }
        made.issuer.send(method, &made.path(), &headers, Body::Chunked(body(LIMIT).as_bytes())).expect(status);
    }
}

#[test]
fn another_content_type_is_415_and_names_those_that_are_known() {
    let made = Made::ready();
    let order = json!({ "template": made.template.name, "pass": {} }).to_string();
    let patch = "{\"description\":\"x\"}";
    for (method, body, others, known, good, status) in [
        (
            "PUT",
            order.as_str(),
            [None, Some("text/json"), Some(MERGE_PATCH)],
            "application/vnd.apple.pkpass, application/json",
            "Application/JSON; charset=utf-8",
            201,
        ),
        (
            "PATCH",
            patch,
            [Some("text/json"), Some("application/json-patch+json"), Some(PKPASS)],
            "application/merge-patch+json, application/json",
            "Application/Merge-Patch+JSON;charset=utf-8",
            200,
        ),
    ] {
        let send = |content_type: Option<&str>| {
            let headers: Vec<_> = content_type.map(|value| ("Content-Type", value)).into_iter().collect();
            made.issuer.send(method, &made.path(), &headers, Body::Bytes(body.as_bytes()))
        };
        for other in [None].into_iter().chain(others) {
            is_problem(&send(other), 415);
            assert_eq!(send(other).header("accept"), Some(known));
        }
        send(Some(good)).expect(status);
    }
}

#[test]
fn conditions_that_do_not_hold_are_412() {
    let made = Made::ready();
    is_problem(&made.make_if(&"{}", &[("If-Match", "*")]), 412);
    made.is_unknown();
    made.make_if(&"{}", &[("If-None-Match", "*")]).expect(201);
    let before = made.metadata();
    let etag = before["etag"].as_str().unwrap().to_owned();
    for condition in [("If-None-Match", "*"), ("If-None-Match", &*etag), ("If-Match", "\"other\"")] {
        is_problem(&made.make_if(&"{}", &[condition]), 412);
        is_problem(&made.make_if(&json!({ "description": "another" }), &[condition]), 412);
    }
    assert_eq!(made.metadata(), before);
    made.make_if(&json!({ "description": "another" }), &[("If-Match", &etag)]).expect(200);
    is_problem(&made.make_if(&json!({ "description": "third" }), &[("If-Match", &etag)]), 412);
}

#[test]
fn an_unknown_template_or_no_signing_identity_is_409_and_says_what_to_store() {
    let made = Made::ready();
    let absent = Template::new();
    let answer = made.issuer.make(&made.pass_type, &made.serial, &absent.name, &"{}");
    is_problem_about(&answer, 409, &["PUT /issuer/v1/templates/"]);
    used(&answer, 1, 0);
    let answer = made.issuer.make(&new_type(), &made.serial, &made.template.name, &"{}");
    is_problem_about(&answer, 409, &["PUT /issuer/v1/pass-types/", "/signing-identity"]);
    used(&answer, 1, 0);
    for name in ["", "..", "a/b", "\\u0000"] {
        is_problem(&made.issuer.make(&made.pass_type, &made.serial, name, &"{}"), 400);
    }
    made.is_unknown();
}

#[test]
fn a_patch_that_would_make_it_defective_is_400_with_all_defects_and_changes_nothing() {
    for made in [Made::published(), Made::uploaded()] {
        let before = made.metadata();
        let answer = made.patch(&json!({ "description": null, "organizationName": 1, "generic": {} }));
        let expected = ["description", "organization_name", "style"];
        assert_eq!(defects(&answer, 400), expected);
        assert_eq!(made.metadata(), before);
    }
}

#[test]
fn a_patch_that_is_no_json_object_is_400_and_asks_no_database() {
    let made = Made::published();
    let before = made.metadata();
    for body in ["", "{", "[]", "null", "17", "\"text\"", "{}x", r#"{"a":1,"a":2}"#, "{\"a\":\"\u{1}\"}"] {
        let answer = made.patch(&body);
        is_refused_early(&answer, 400);
    }
    let deep = format!("{{\"userInfo\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    is_problem(&made.patch(&deep), 400);
    let headers = [("Content-Type", MERGE_PATCH)];
    is_problem(&made.issuer.send("PATCH", &made.path(), &headers, Body::Bytes(b"{\"a\":\"\xff\"}")), 400);
    is_problem(&made.issuer.send("PATCH", &made.path(), &headers, Body::Empty), 400);
    assert_eq!(made.metadata(), before);
}

#[test]
fn if_match_of_a_patch_holds_only_for_the_version_that_is_stored() {
    let made = Made::published();
    let first = made.etag();
    let patch = |cups: u32| json!({ "userInfo": { "cups": cups } });
    made.patch_if(&patch(11), &[("If-Match", &first)]).expect(200);
    let before = made.metadata();
    for patch in [patch(12), patch(11), json!({})] {
        is_problem(&made.patch_if(&patch, &[("If-Match", &first)]), 412);
        is_problem(&made.patch_if(&patch, &[("If-None-Match", "*")]), 412);
    }
    assert_eq!(made.metadata(), before);
    made.patch_if(&patch(12), &[("If-Match", "*")]).expect(200);
    let third = made.etag();
    made.patch_if(&patch(13), &[("If-Match", &format!("\"x\", {third}"))]).expect(200);
}

#[test]
fn a_patch_of_an_unknown_pass_is_404_and_one_without_a_signing_identity_409() {
    let made = Made::ready();
    is_problem(&made.patch(&json!({ "description": "x" })), 404);
    let card = Card::published();
    let patch = json!({ "description": "x" });
    let answer = made.issuer.patch(card.pass_type(), card.serial(), &patch);
    is_problem_about(&answer, 409, &["PUT /issuer/v1/pass-types/", "/signing-identity"]);
    is_problem(&made.issuer.patch(&new_type(), "S-1", &patch), 404);
}
