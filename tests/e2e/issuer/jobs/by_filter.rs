//! A change of all passes that a filter finds.

use super::{done, end, line, name, outcomes, statuses};
use crate::util::{Made, calls, is_problem, is_problem_about, used};
use edgepass_support::http::{Answer, Body};
use serde_json::{Value, json};

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn start(made: &Made, body: &Value) -> Answer {
    start_with(made, "", body)
}

fn start_with(made: &Made, query: &str, body: &Value) -> Answer {
    made.issuer.send("POST", &format!("/issuer/v1/jobs{query}"), &[JSON], Body::Bytes(body.to_string().as_bytes()))
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
fn outcomes_have_the_external_id_of_each_pass() {
    let made = cards();
    made.sibling("S-2").change(&json!({ "externalId": "K-2" })).expect(200);
    let filter = json!({ "template": made.template.name });
    for change in [json!({ "increment": { "points": 1 } }), json!({ "message": "Hello" }), json!({ "link": true })] {
        let mut body = change;
        body["filter"] = filter.clone();
        let outcomes = self::change(&made, &body);
        let found: Vec<_> = outcomes.iter().map(|outcome| outcome["externalId"].clone()).collect();
        assert_eq!(found, [Value::Null, json!("K-2")], "{outcomes:#?}");
    }
    assert_eq!(made.sibling("S-2").metadata()["externalId"], "K-2");
}

#[test]
fn a_dry_run_counts_the_passes_and_shows_what_the_first_one_would() {
    let made = cards();
    let before = ["S-1", "S-2"].map(|serial| made.sibling(serial).metadata());
    let filter = json!({ "template": made.template.name });
    let preview = |change: &Value| {
        let mut body = change.clone();
        body["filter"] = filter.clone();
        let answer = start_with(&made, "?dryRun=true", &body).expect(200);
        used(&answer, calls(&answer), 0);
        let preview = answer.json();
        assert_eq!((&preview["dryRun"], &preview["passes"], &preview["more"]), (&json!(true), &json!(2), &json!(false)));
        assert_eq!((&preview["first"]["line"], &preview["first"]["serialNumber"]), (&json!(1), &json!("S-1")));
        preview["first"]["answer"].clone()
    };
    let changed = preview(&json!({ "increment": { "points": 10 } }));
    assert_eq!((&changed["changed"], &changed["lockScreen"]), (&json!(true), &json!(["You have 11 points"])), "{changed}");
    assert_eq!(preview(&json!({ "message": "Closed on Monday" }))["lockScreen"], json!(["Closed on Monday"]));
    assert_eq!(preview(&json!({ "pass": { "description": null } }))["defects"][0]["code"], "description");
    assert_eq!(preview(&json!({ "void": true }))["changed"], true);
    assert_eq!(preview(&json!({ "withdraw": true }))["changed"], true);
    assert_eq!(preview(&json!({ "link": true }))["changed"], false);
    assert_eq!(["S-1", "S-2"].map(|serial| made.sibling(serial).metadata()), before);
    let nobody = json!({ "filter": { "template": made.template.name, "fields": { "points": 99 } }, "void": true });
    let expected = json!({ "dryRun": true, "passes": 0, "more": false, "first": null });
    assert_eq!(start_with(&made, "?dryRun=true", &nobody).expect(200).json(), expected);
    is_problem_about(&start_with(&made, "?validate=only", &nobody), 400, &["validate", "dryRun"]);
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
