//! Many lines, their order, and the end of a job that was cancelled.

use super::{done, end, line, name, outcomes, statuses};
use crate::util::{Made, is_problem};
use edgepass_support::issuer::NDJSON;
use serde_json::json;

/// More lines than a chunk has, and no multiple of what is done for one message.
const LINES: usize = 519;

#[test]
fn outcomes_are_in_the_order_of_the_lines_over_several_chunks() {
    let made = Made::ready();
    let lines: Vec<_> = (1..=LINES).map(|place| line("withdraw", &made, &format!("S-{place}"), &json!({}))).collect();
    let outcomes = done(&made.issuer, &lines);
    assert_eq!(outcomes.len(), LINES);
    for (place, outcome) in (1..).zip(&outcomes) {
        assert_eq!((&outcome["line"], &outcome["status"]), (&json!(place), &json!(404)));
        assert_eq!(outcome["serialNumber"], format!("S-{place}"));
    }
}

#[test]
fn lines_of_one_pass_are_done_in_their_order() {
    let made = Made::ready();
    let patch = |number: usize| line("patch", &made, "S-1", &json!({ "pass": { "userInfo": { "last": number } } }));
    let mut lines = vec![patch(0), line("create", &made, "S-1", &json!({}))];
    lines.extend((1..=30).map(patch));
    let outcomes = done(&made.issuer, &lines);
    assert_eq!(statuses(&outcomes)[..3], [404, 201, 200]);
    assert_eq!(made.content()["userInfo"]["last"], 30);
    let revisions: Vec<_> = outcomes[1..].iter().map(|outcome| outcome["answer"]["revision"].as_i64().unwrap()).collect();
    assert!(revisions.windows(2).all(|pair| pair[0] < pair[1]), "{revisions:?}");
}

#[test]
fn a_job_that_is_cancelled_leaves_the_lines_that_are_done_and_says_which() {
    let made = Made::ready();
    let lines: Vec<_> = (1..=LINES).map(|place| line("create", &made, &format!("S-{place}"), &json!({}))).collect();
    let job = name(&made.issuer.start_job(&lines).expect(202).json());
    is_problem(&made.issuer.job_results(&job, NDJSON), 409);
    let state = made.issuer.cancel_job(&job).expect(200).json()["state"].clone();
    assert_eq!(state, "cancelling");
    let ended = end(&made.issuer, &job);
    assert_eq!(
        (&ended["state"], &ended["total"], &ended["failed"]),
        (&json!("cancelled"), &json!(LINES), &json!(0)),
        "{ended}"
    );
    let outcomes = outcomes(&made.issuer, &job);
    assert!(outcomes.len() < LINES, "{}", outcomes.len());
    assert_eq!(ended["done"], outcomes.len());
    let mut created: Vec<_> = outcomes.iter().map(|outcome| outcome["serialNumber"].as_str().unwrap().to_owned()).collect();
    let page = made.issuer.list(&made.pass_type, None, Some(1000)).expect(200).json();
    let mut there: Vec<_> =
        page["passes"].as_array().unwrap().iter().map(|pass| pass["serialNumber"].as_str().unwrap().to_owned()).collect();
    created.sort();
    there.sort();
    assert_eq!(created, there, "each pass that there is has an outcome");
    assert_eq!(made.issuer.cancel_job(&job).expect(200).json()["state"], "cancelled");
}
