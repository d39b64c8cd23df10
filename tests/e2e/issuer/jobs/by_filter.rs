//! A change of all passes that a filter finds.

use super::{done, end, line, name, outcomes, statuses};
use crate::util::{Made, is_problem, is_problem_about};
use edgepass_support::http::{Answer, Body};
use serde_json::{Value, json};

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn start(made: &Made, body: &Value) -> Answer {
    made.issuer.send("POST", "/issuer/v1/jobs", &[JSON], Body::Bytes(body.to_string().as_bytes()))
}

#[track_caller]
fn change(made: &Made, body: &Value) -> Vec<Value> {
    let job = name(&start(made, body).expect(202).json());
    end(&made.issuer, &job);
    outcomes(&made.issuer, &job)
}

/// Some loyalty cards, of which the first has one point and the last is withdrawn.
fn cards() -> Made {
    let made = Made::loyalty();
    let line = |serial, points| line("create", &made, serial, &json!({ "values": { "points": points } }));
    let mut lines = vec![line("S-1", 1), line("S-2", 2), line("S-3", 2)];
    lines.push(super::line("withdraw", &made, "S-3", &json!({})));
    assert_eq!(statuses(&done(&made.issuer, &lines)), [201, 201, 201, 204]);
    made
}

fn value(made: &Made, serial: &str) -> Value {
    made.sibling(serial).content()["storeCard"]["primaryFields"][0]["value"].clone()
}

#[test]
fn all_passes_of_a_template_are_changed_but_not_those_that_are_withdrawn() {
    let made = cards();
    let template = &made.template.name;
    let outcomes = change(&made, &json!({ "filter": { "template": template }, "increment": { "points": 10 } }));
    assert_eq!(statuses(&outcomes), [200, 200]);
    let serials: Vec<_> = outcomes.iter().map(|outcome| outcome["serialNumber"].clone()).collect();
    assert_eq!(serials, [json!("S-1"), json!("S-2")]);
    assert_eq!(["S-1", "S-2", "S-3"].map(|serial| value(&made, serial)), [json!(11), json!(12), json!(2)]);
}

#[test]
fn passes_are_chosen_by_their_values() {
    let made = cards();
    let filter = json!({ "template": made.template.name, "fields": { "points": 2 } });
    let outcomes = change(&made, &json!({ "filter": filter, "values": { "level": "Gold" }, "pass": { "logoText": "x" } }));
    assert_eq!(statuses(&outcomes), [200]);
    let content = made.sibling("S-2").content();
    assert_eq!((&content["storeCard"]["secondaryFields"][0]["value"], &content["logoText"]), (&json!("Gold"), &json!("x")));
    assert_eq!(made.sibling("S-1").content()["logoText"], Value::Null);
}

#[test]
fn all_can_get_a_message_or_a_link_or_end() {
    let made = cards();
    let filter = json!({ "passTypeIdentifier": made.pass_type });
    let outcomes = change(&made, &json!({ "filter": filter, "message": "Closed on Monday" }));
    assert_eq!(statuses(&outcomes), [200, 200]);
    let back = made.sibling("S-1").content()["storeCard"]["backFields"].clone();
    assert!(back.as_array().unwrap().iter().any(|field| field["value"] == "Closed on Monday"), "{back}");
    let links = change(&made, &json!({ "filter": filter, "link": { "expiresIn": 60 } }));
    assert!(links.iter().all(|outcome| outcome["link"].is_string()), "{links:?}");
    change(&made, &json!({ "filter": filter, "void": true }));
    assert_eq!(made.sibling("S-1").content()["voided"], true);
    assert_eq!(statuses(&change(&made, &json!({ "filter": filter, "withdraw": true }))), [204, 204]);
    assert_eq!(change(&made, &json!({ "filter": filter, "withdraw": true })).len(), 0, "all are withdrawn");
}

#[test]
fn what_is_no_change_by_filter_is_400() {
    let made = cards();
    let filter = json!({ "template": made.template.name });
    for body in [
        json!({}),
        json!({ "filter": filter }),
        json!({ "filter": {}, "void": true }),
        json!({ "filter": { "colour": "red" }, "void": true }),
        json!({ "filter": filter, "void": true, "withdraw": true }),
        json!({ "filter": filter, "void": "yes" }),
        json!({ "filter": filter, "pass": [] }),
        json!({ "filter": filter, "message": 1 }),
        json!({ "filter": filter, "other": 1 }),
    ] {
        is_problem(&start(&made, &body), 400);
    }
    is_problem_about(&start(&made, &json!({ "filter": filter, "values": { "cups": 1 } })), 400, &["cups", "points"]);
    is_problem_about(&start(&made, &json!({ "filter": filter, "increment": { "cups": 1 } })), 400, &["cups", "points"]);
    for (member, value) in [("increment", json!({ "points": 1 })), ("message", json!("Closed")), ("void", json!(true))] {
        let filter = json!({ "template": "no-such-template" });
        is_problem_about(&start(&made, &json!({ "filter": filter, member: value })), 400, &["template"]);
    }
    let path = "/issuer/v1/jobs?validate=only";
    is_problem(&made.issuer.send("POST", path, &[JSON], Body::Bytes(b"{}")), 400);
    assert_eq!(value(&made, "S-1"), 1);
}
