//! `Idempotency-Key`: a client without an answer sends its job again.

use super::{end, line, name};
use crate::util::{Made, is_problem};
use edgepass_support::{
    http::{Answer, Body},
    issuer::{NDJSON, to_ndjson},
    random,
};
use serde_json::{Value, json};

fn start(made: &Made, key: &str, lines: &[Value]) -> Answer {
    let headers = [("Content-Type", NDJSON), ("Idempotency-Key", key)];
    made.issuer.send("POST", "/issuer/v1/jobs", &headers, Body::Bytes(to_ndjson(lines).as_bytes()))
}

#[test]
fn a_job_that_is_sent_again_with_its_key_is_the_same_job() {
    let (made, key) = (Made::published(), random::hex(8));
    let lines = [line("patch", &made, "S-1", &json!({ "increment": { "balance": 1 } }))];
    let first = start(&made, &key, &lines).expect(202);
    let again = start(&made, &key, &lines).expect(202);
    assert_eq!(name(&again.json()), name(&first.json()));
    assert_eq!(again.header("location"), first.header("location"));
    end(&made.issuer, &name(&first.json()));
    start(&made, &key, &lines).expect(202);
    assert_eq!(made.content()["storeCard"]["primaryFields"][0]["value"], 11);
    is_problem(&start(&made, &key, &[line("withdraw", &made, "S-1", &json!({}))]), 422);
    assert_eq!(made.metadata()["withdrawn"], Value::Null);
}
