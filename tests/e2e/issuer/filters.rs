//! `GET /issuer/v1/passes?template=&externalId=&withdrawn=&changedSince=&registered=&push=&behind=`

use crate::util::{Card, Made, is_refused_early, issuer, new_type, next_second, used};
use edgepass_support::http::{Answer, Body, segment};
use serde_json::{Value, json};

fn get(query: &str) -> Answer {
    issuer().send("GET", &format!("/issuer/v1/passes?{query}"), &[], Body::Empty)
}

/// The serial numbers that a query lists.
fn serials(query: &str) -> Vec<String> {
    let answer = get(query).expect(200);
    used(&answer, 1, 0);
    let page = answer.json();
    assert_eq!(page["cursor"], Value::Null, "{query}");
    let passes = page["passes"].as_array().into_iter().flatten();
    passes.filter_map(|pass| pass["serialNumber"].as_str()).map(str::to_owned).collect()
}

/// A type of five passes: one that nobody took, one that is held, one that was removed, one that was withdrawn, and one whose
/// phone does not know of the newest change.
fn shop() -> String {
    let pass_type = new_type();
    let card = |serial: &str| Card::published_as(&pass_type, serial);
    let (_never, held, removed, withdrawn, behind) =
        (card("never"), card("held"), card("removed"), card("withdrawn"), card("behind"));
    let _ = held.register_phone();
    assert_eq!(removed.register_phone().unregister(&removed.pass).status(), 200);
    let _ = withdrawn.register_phone();
    let _ = behind.register_phone();
    // A phone that registered in the second of a change has it.
    next_second();
    behind.change(1);
    withdrawn.change(1);
    withdrawn.withdraw();
    pass_type
}

#[test]
fn each_condition_lists_what_meets_it() {
    let pass_type = shop();
    for (query, expected) in [
        ("", &["behind", "held", "never", "removed", "withdrawn"][..]),
        ("registered=never", &["never"]),
        ("registered=removed", &["removed"]),
        ("registered=now", &["behind", "held", "withdrawn"]),
        ("withdrawn=true", &["withdrawn"]),
        ("withdrawn=false&registered=now", &["behind", "held"]),
        ("behind=true", &["behind"]),
        ("behind=true&registered=never", &[]),
        ("push=failing", &[]),
    ] {
        assert_eq!(serials(&format!("passTypeIdentifier={pass_type}&{query}")), expected, "{query}");
    }
}

#[test]
fn a_phone_that_lists_is_no_longer_behind() {
    let card = Card::published();
    let mut phone = card.register_phone();
    next_second();
    card.change(1);
    let query = format!("passTypeIdentifier={}&behind=true", card.pass_type());
    assert_eq!(serials(&query), ["S-1"]);
    let _ = phone.list(card.pass_type());
    assert_eq!(serials(&query), [""; 0]);
}

#[test]
fn a_revision_and_a_date_ask_for_what_changed_after_them() {
    let (pass_type, before) = (new_type(), Card::published().metadata()["lastModified"].clone());
    let [first, _second] = ["S-1", "S-2"].map(|serial| Card::published_as(&pass_type, serial));
    let of = |since: &str| serials(&format!("passTypeIdentifier={pass_type}&changedSince={}", segment(since)));
    let revision = first.metadata()["revision"].as_i64().unwrap();
    assert_eq!(of(&revision.to_string()), ["S-2"]);
    assert_eq!(of(&(revision - 1).to_string()), ["S-1", "S-2"]);
    for date in [before.as_str().unwrap(), "2024-07-08T10:22:35+02:00", "2024-07-08", "1720426955"] {
        assert_eq!(of(date), ["S-1", "S-2"], "{date}");
    }
    assert_eq!(of("2099-01-01"), [""; 0]);
}

#[test]
fn a_template_and_an_external_identifier_narrow_the_list() {
    let (made, customer) = (Made::published(), new_type());
    for serial in ["S-2", "S-3"] {
        made.sibling(serial).make(&"{}").expect(201);
    }
    let template = &made.template.name;
    assert_eq!(serials(&format!("template={template}")), ["S-1", "S-2", "S-3"]);
    assert_eq!(serials(&format!("template={template}&passTypeIdentifier={}", new_type())), [""; 0]);
    let uploaded = Card::published_as(&made.pass_type, "S-0");
    assert_eq!(serials(&format!("template={template}")), ["S-1", "S-2", "S-3"], "an upload has none");
    assert_eq!((&uploaded.metadata()["template"], &made.metadata()["template"]), (&Value::Null, &json!(template)));

    let elsewhere = Made::published();
    for named in [&made, &made.sibling("S-3"), &elsewhere] {
        named.change(&json!({ "externalId": customer })).expect(200);
    }
    assert_eq!(serials(&format!("externalId={customer}")).len(), 3);
    assert_eq!(serials(&format!("externalId={customer}&template={template}")), ["S-1", "S-3"]);
    assert_eq!(serials(&format!("externalId={customer}&passTypeIdentifier={}", elsewhere.pass_type)), ["S-1"]);
    assert_eq!(serials(&format!("externalId={customer}&template={template}&withdrawn=true")), [""; 0]);
    let first = get(&format!("externalId={customer}&template={template}&limit=1")).expect(200).json();
    assert_eq!(first["passes"][0]["externalId"], json!(customer));
    let cursor = first["cursor"].as_str().unwrap();
    assert_eq!(serials(&format!("externalId={customer}&template={template}&limit=1&cursor={cursor}")), ["S-3"]);
}

#[test]
fn a_value_that_a_condition_does_not_know_is_400() {
    for query in [
        "withdrawn=yes", "withdrawn=", "changedSince=yesterday", "changedSince=", "registered=maybe", "registered=Never",
        "push=fine", "behind=false", "behind=", "serialNumber=S-1", "fields=%7B%7D",
    ] {
        is_refused_early(&get(query), 400);
    }
}
