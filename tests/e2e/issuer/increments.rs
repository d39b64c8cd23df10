//! `PATCH` with `increment`: each counts once.

use crate::util::{Made, is_defect, is_problem_about, logged, loyalty, used};
use edgepass_support::server::{Options, Server, database};
use serde_json::{Value, json};
use std::thread;

/// The number of increments at the same time.
const AT_ONCE: usize = 50;

fn points(made: &Made) -> Value {
    made.content()["storeCard"]["primaryFields"][0]["value"].clone()
}

#[test]
fn it_adds_to_the_pass_s_own_value_or_to_the_template_s() {
    let made = Made::loyalty();
    made.make_with(&json!({})).expect(201);
    let answer = made.change(&json!({ "increment": { "points": 10 } })).expect(200);
    assert_eq!((answer.json()["changed"].clone(), answer.json()["values"].clone()), (json!(true), json!({ "points": 10 })));
    // The increment, the version of the pass, and that the increment is applied.
    used(&answer, 3, 8);
    made.change(&json!({ "increment": { "points": -2.5 } })).expect(200);
    assert_eq!(points(&made), json!(7.5));
    made.change(&json!({ "increment": { "points": 0.1 }, "values": { "level": "Gold" } })).expect(200);
    assert_eq!(made.metadata()["values"], json!({ "points": 7.6, "level": "Gold" }));
}

#[test]
fn what_was_applied_before_costs_nothing_more() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 64 })).expect(201);
    let add = || made.change(&json!({ "increment": { "points": 10 } })).expect(200).database().unwrap().read;
    let (_, second) = (add(), add());
    for number in 3..9 {
        assert_eq!(add(), second, "increment {number}");
    }
}

#[test]
fn what_is_no_number_cannot_be_added_to() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 999_999_999_999_999_i64 })).expect(201);
    let before = made.metadata();
    is_defect(&made.change(&json!({ "increment": { "level": 1 } })), 400, "value_type");
    is_defect(&made.change(&json!({ "increment": { "points": 1 } })), 400, "value_range");
    assert_eq!(made.metadata(), before);
    made.change(&json!({ "increment": { "points": -999 } })).expect(200);
}

#[test]
fn what_the_pass_would_not_be_good_with_is_400_and_does_not_count() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 1 })).expect(201);
    let before = made.metadata();
    let change = json!({ "increment": { "points": 1 }, "pass": { "description": 17 } });
    assert_eq!(made.change(&change).status, 400);
    assert_eq!(made.metadata(), before);
    made.change(&json!({ "increment": { "points": 1 } })).expect(200);
    assert_eq!(points(&made), json!(2));
}

#[test]
fn the_same_idempotency_key_counts_once_and_with_another_request_it_is_422() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 64 })).expect(201);
    let (key, add) = ([("Idempotency-Key", "till 7, receipt 12")], json!({ "increment": { "points": 10 } }));
    assert_eq!(made.change_if(&add, &key).expect(200).json()["changed"], true);
    for _ in 0..2 {
        let answer = made.change_if(&add, &key).expect(200).json();
        assert_eq!((&answer["changed"], &answer["values"]), (&json!(false), &json!({ "points": 74 })));
    }
    for other in
        [json!({ "increment": { "points": 11 } }), json!({ "increment": { "points": 10 }, "values": { "level": "x" } })]
    {
        is_problem_about(&made.change_if(&other, &key), 422, &["Idempotency-Key"]);
    }
    assert_eq!(points(&made), json!(74));
    made.change_if(&add, &[("Idempotency-Key", "another")]).expect(200);
    let sibling = made.sibling("S-2");
    sibling.make_with(&json!({ "points": 0 })).expect(201);
    sibling.change_if(&add, &key).expect(200);
    assert_eq!((points(&made), points(&sibling)), (json!(84), json!(10)));
    for wrong in ["", &"k".repeat(256)] {
        is_problem_about(&made.change_if(&add, &[("Idempotency-Key", wrong)]), 400, &["Idempotency-Key"]);
    }
}

#[test]
fn a_value_that_the_template_dropped_is_kept() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 64 })).expect(201);
    let without = json!({ "secondaryFields": [{ "key": "level", "label": "Level", "value": "Bronze" }] });
    made.template.clone().field("storeCard", without).without_field("barcodes").store().expect(200);
    made.change(&json!({ "values": { "level": "Gold" } })).expect(200);
    is_defect(&made.change(&json!({ "increment": { "points": 1 } })), 400, "value_unknown");
    made.template.clone().field("storeCard", loyalty("Stars")).store().expect(200);
    made.change(&json!({ "increment": { "points": 1 } })).expect(200);
    assert_eq!(points(&made), json!(65));
}

#[test]
fn of_fifty_at_once_on_one_card_all_count() {
    let made = Made::loyalty();
    made.make_with(&json!({ "points": 100 })).expect(201);
    let add = json!({ "increment": { "points": 1 } });
    let statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| made.change(&add).status)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
    });
    assert_eq!(statuses, [200; AT_ONCE]);
    assert_eq!((points(&made), made.metadata()["values"].clone()), (json!(150), json!({ "points": 150 })));
}

#[test]
fn an_increment_whose_request_crashed_is_applied_by_the_cron_trigger_within_two_minutes() {
    let server = Server::start(Options::default());
    let made = Made::loyalty_at(&server);
    made.make_with(&json!({ "points": 64 })).expect(201);
    let crashed = "INSERT INTO increments (pass_type, serial, id, request, deltas, added_at, due_at)
        SELECT pass_type, serial, 'crashed', '', '{\"points\":10}', unixepoch() - 90, unixepoch() + ?1 FROM passes";
    assert_eq!(database(server.state()).execute(crashed, [100]).expect("the columns are there"), 1);
    server.trigger("* * * * *").expect(200);
    assert_eq!(points(&made), json!(64), "its request may still be under way");
    database(server.state()).execute("UPDATE increments SET due_at = unixepoch() - 1", ()).expect("the column is there");
    server.trigger("* * * * *").expect(200);
    assert_eq!(logged(&server, "\"cron\":\"increments\"")["incremented"], 1);
    assert_eq!(points(&made), json!(74));
    server.trigger("* * * * *").expect(200);
    assert_eq!(points(&made), json!(74));
}
