//! `?dryRun=true`: what a write would do.

use crate::util::{Made, Template, calls, is_problem, is_problem_about, loyalty, new_phone, used};
use edgepass_support::{
    http::{Answer, Body},
    issuer::{MERGE_PATCH, PKPASS, ZIP},
    pass::PassBuilder,
};
use serde_json::{Value, json};

const JSON: &str = "application/json";

#[track_caller]
fn dry(made: &Made, method: &str, media_type: &str, body: &[u8]) -> Answer {
    let path = format!("{}?dryRun=true", made.path());
    made.issuer.send(method, &path, &[("Content-Type", media_type)], Body::Bytes(body))
}

/// The answer to a dry run, which changed nothing.
#[track_caller]
fn preview(made: &Made, method: &str, media_type: &str, body: &Value) -> Value {
    let before = made.issuer.inspect(&made.pass_type, &made.serial).text();
    let answer = dry(made, method, media_type, body.to_string().as_bytes()).expect(200);
    used(&answer, calls(&answer), 0);
    assert_eq!(made.issuer.inspect(&made.pass_type, &made.serial).text(), before);
    assert_eq!(answer.json()["dryRun"], true);
    answer.json()
}

#[test]
fn it_answers_what_a_phone_would_show() {
    let made = Made::loyalty();
    let order = json!({ "template": made.template.name, "values": { "points": 64 } });
    let first = preview(&made, "PUT", JSON, &order);
    assert_eq!((&first["valid"], &first["changed"], &first["defects"]), (&json!(true), &json!(true), &json!([])));
    made.is_unknown();
    made.order(&order).expect(201);
    assert_eq!(preview(&made, "PUT", JSON, &order)["changed"], false);
    let mut phone = new_phone();
    let _ = (phone.register(&made.pass()), phone.update(&made.pass_type));
    for (media_type, body) in [
        (JSON, json!({ "values": { "points": 74 } })),
        (JSON, json!({ "increment": { "points": 10 } })),
        (JSON, json!({ "pass": { "storeCard": { "primaryFields": [{ "key": "points", "value": 74 }] } } })),
        (MERGE_PATCH, json!({ "storeCard": { "primaryFields": [{ "key": "points", "value": 74 }] } })),
    ] {
        let shown = preview(&made, "PATCH", media_type, &body);
        assert_eq!((&shown["valid"], &shown["changed"]), (&json!(true), &json!(true)), "{shown}");
        assert_eq!(shown["lockScreen"], json!(["You have 74 points"]), "{body}: {shown}");
        let fields = shown["difference"]["fields"].as_array().unwrap();
        assert_eq!(fields.len(), 1, "{shown}");
        assert_eq!((&fields[0]["key"], &fields[0]["from"], &fields[0]["to"]), (&json!("points"), &json!(64), &json!(74)));
    }
    assert_eq!(phone.list(&made.pass_type).status(), 204);
}

#[test]
fn defects_are_200_and_other_refusals_are_as_without_it() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 64 })).expect(201);
    for (body, code) in [
        (json!({ "values": { "coins": 1 } }), "value_unknown"),
        (json!({ "pass": { "backgroundColor": "red" } }), "color"),
        (json!({ "increment": { "level": 1 } }), "value_type"),
    ] {
        let shown = preview(&made, "PATCH", JSON, &body);
        assert_eq!((&shown["valid"], &shown["changed"]), (&json!(false), &json!(false)), "{shown}");
        assert_eq!(shown["defects"][0]["code"], code, "{shown}");
    }
    is_problem(&dry(&made, "PATCH", JSON, b"{"), 400);
    let path = format!("{}?dryRun=true", made.path());
    let headers = [("Content-Type", JSON), ("If-Match", "\"0\"")];
    for body in [r#"{"values":{}}"#, r#"{"increment":{"points":1}}"#] {
        is_problem(&made.issuer.send("PATCH", &path, &headers, Body::Bytes(body.as_bytes())), 412);
    }
    is_problem(&dry(&made.sibling("S-2"), "PATCH", JSON, br#"{"values":{"points":1}}"#), 404);
    for value in ["dryRun=yes", "dryRun="] {
        let path = format!("{}?{value}", made.path());
        let answer = made.issuer.send("PATCH", &path, &[("Content-Type", JSON)], Body::Bytes(br#"{"values":{}}"#));
        is_problem_about(&answer, 400, &["dryRun"]);
    }
}

#[test]
fn an_upload_is_compared_with_the_stored_file() {
    let made = Made::uploaded();
    let file = made.file();
    let same = dry(&made, "PUT", PKPASS, &file).expect(200).json();
    assert_eq!((&same["valid"], &same["changed"]), (&json!(true), &json!(false)), "{same}");
    let another = PassBuilder::new(&made.pass_type, &made.serial).description("another");
    let shown = dry(&made, "PUT", PKPASS, &another.clone().build()).expect(200).json();
    assert_eq!((&shown["changed"], &shown["difference"]["keys"]), (&json!(true), &json!(["description"])), "{shown}");
    let broken = dry(&made, "PUT", PKPASS, b"no archive").expect(200).json();
    assert_eq!((&broken["valid"], &broken["defects"][0]["code"]), (&json!(false), &json!("not_an_archive")));
    let new = dry(&made.sibling("S-2"), "PUT", PKPASS, &PassBuilder::new(&made.pass_type, "S-2").build()).expect(200).json();
    assert_eq!(new["changed"], true);
    made.sibling("S-2").is_unknown();
    assert!(made.file() == file);
}

#[test]
fn a_withdrawal_changes_nothing_that_a_phone_shows() {
    let made = Made::published();
    for changed in [true, false] {
        let answer = made.issuer.send("DELETE", &format!("{}?dryRun=true", made.path()), &[], Body::Empty).expect(200);
        used(&answer, 1, 0);
        assert_eq!((answer.json()["changed"].clone(), answer.json()["lockScreen"].clone()), (json!(changed), json!([])));
        assert_eq!(made.metadata()["withdrawn"].is_null(), changed);
        made.withdraw();
    }
    let unknown = made.sibling("S-2");
    is_problem(&made.issuer.send("DELETE", &format!("{}?dryRun=true", unknown.path()), &[], Body::Empty), 404);
}

#[test]
fn a_template_is_compared_with_the_stored_one() {
    let made = Made::loyalty();
    let send = |template: &Template| {
        let path = format!("{}?dryRun=true", template.path());
        let answer = made.issuer.send("PUT", &path, &[("Content-Type", ZIP)], Body::Bytes(&template.zip())).expect(200);
        used(&answer, calls(&answer), 0);
        answer.json()
    };
    assert_eq!(send(&made.template)["changed"], false);
    let shown = send(&made.template.clone().field("storeCard", loyalty("Stars")));
    assert_eq!((&shown["valid"], &shown["changed"]), (&json!(true), &json!(true)), "{shown}");
    let shown = send(&made.template.clone().without_field("storeCard"));
    assert_eq!((&shown["valid"], &shown["defects"][0]["code"]), (&json!(false), &json!("style")), "{shown}");
    let new = Template::new();
    assert_eq!(send(&new)["changed"], true);
    is_problem(&made.issuer.send("GET", &new.path(), &[], Body::Empty), 404);
}
