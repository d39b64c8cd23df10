//! An issuer's own identifier of a pass.

use crate::util::{Made, is_problem_about};
use edgepass_support::random;
use serde_json::{Value, json};

/// A body that makes a pass with this identifier.
fn order(made: &Made, external_id: &Value, unique: bool) -> Value {
    json!({ "template": made.template.name, "externalId": external_id, "uniqueExternalId": unique })
}

#[test]
fn it_is_shown_kept_replaced_and_removed() {
    let made = Made::loyalty();
    let id = random::hex(8);
    made.order(&order(&made, &json!(id), false)).expect(201);
    let version = made.metadata()["revision"].clone();
    assert_eq!(made.metadata()["externalId"], json!(id));
    made.make_with(&json!({ "points": 1 })).expect(200);
    made.change(&json!({ "values": { "points": 2 } })).expect(200);
    made.patch(&json!({ "logoText": "own" })).expect(200);
    made.issuer.publish(&made.pass_type, &made.serial, &made.file()).expect(200);
    assert_eq!(made.metadata()["externalId"], json!(id), "what does not name it keeps it");
    assert_ne!(made.metadata()["revision"], version);
    let revision = made.metadata()["revision"].clone();
    for other in [json!("customer 7"), Value::Null] {
        assert_eq!(made.change(&json!({ "externalId": other })).expect(200).json()["changed"], false);
        assert_eq!((&made.metadata()["externalId"], &made.metadata()["revision"]), (&other, &revision));
    }
    made.order(&order(&made, &json!("customer 8"), false)).expect(200);
    made.order(&order(&made, &json!("customer 9"), false)).expect(200);
    assert_eq!(made.metadata()["externalId"], "customer 9");
}

#[test]
fn a_unique_one_is_409_for_another_pass_of_the_template_only() {
    let made = Made::loyalty();
    let (other, id) = (made.sibling("S-2"), json!(random::hex(8)));
    made.order(&order(&made, &id, true)).expect(201);
    is_problem_about(&other.order(&order(&made, &id, true)), 409, &["externalId", "S-1"]);
    other.is_unknown();
    made.order(&order(&made, &id, true)).expect(200);
    other.make_with(&json!({})).expect(201);
    is_problem_about(&other.order(&order(&made, &id, true)), 409, &["externalId", "S-1"]);
    assert_eq!(other.metadata()["externalId"], Value::Null);
    other.order(&order(&made, &id, false)).expect(200);
    let elsewhere = Made::loyalty();
    elsewhere.order(&order(&elsewhere, &id, true)).expect(201);
}

#[test]
fn what_cannot_be_one_is_400() {
    let made = Made::loyalty();
    for id in [json!(""), json!("a\nb"), json!("x".repeat(256)), json!(7), json!([])] {
        is_problem_about(&made.order(&order(&made, &id, false)), 400, &["externalId"]);
    }
    is_problem_about(&made.order(&json!({ "template": "t", "uniqueExternalId": true })), 400, &["externalId"]);
    made.is_unknown();
}
