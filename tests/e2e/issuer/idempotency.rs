//! The header field `Idempotency-Key` of requests that create something

use super::republish::republish;
use crate::util::{Card, Made, Template, is_problem, is_problem_about, issuer, next_second, until, used};
use edgepass_support::{
    http::{Answer, Body},
    issuer::Issuer,
    random,
    server::{ISSUER_KEY, Options, Server, database},
};
use serde_json::{Value, json};
use std::thread;

#[track_caller]
fn post(issuer: &Issuer, path: &str, key: &str, body: &str) -> Answer {
    issuer.send("POST", path, &[("Idempotency-Key", key)], Body::Bytes(body.as_bytes()))
}

fn is_replayed(answer: &Answer) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

fn links(card: &Card) -> String {
    format!("{}/links", card.issuer_path())
}

/// A server of its own, whose database a test changes, with a card.
fn with_card() -> (Server, Card) {
    let server = Server::start(Options::default());
    let card = Card::unpublished().at(server.issuer());
    card.publish(&card.file()).expect(201);
    (server, card)
}

#[track_caller]
fn change(server: &Server, assignment: &str) {
    let statement = format!("UPDATE idempotency_keys SET {assignment}");
    assert_eq!(database(server.state()).execute(&statement, ()), Ok(1), "{statement}");
}

#[test]
fn a_repetition_gets_the_first_answer_and_is_marked() {
    let card = Card::published();
    let bundle = json!({ "passes": [{ "passTypeIdentifier": card.pass_type(), "serialNumber": "S-1" }] }).to_string();
    for (path, body) in [(links(&card), "{\"expiresIn\":600}"), ("/issuer/v1/links".to_owned(), &bundle)] {
        let key = random::hex(16);
        let first = post(&issuer(), &path, &key, body).expect(201);
        assert!(!is_replayed(&first), "{first:#}");
        used(&first, 3, 3);
        next_second();
        let again = post(&issuer(), &path, &key, body).expect(201);
        assert!(is_replayed(&again), "{again:#}");
        used(&again, 1, 0);
        assert_eq!(again.body, first.body);
        assert_eq!(again.header("content-type"), Some("application/json"));
        let other = post(&issuer(), &path, &random::hex(16), body).expect(201);
        assert_ne!(other.body, first.body, "another key is another request");
    }
}

#[test]
fn without_the_header_nothing_is_asked_or_kept() {
    let card = Card::published();
    let answer = issuer().send("POST", &links(&card), &[], Body::Empty).expect(201);
    used(&answer, 1, 0);
    assert_eq!(answer.header("idempotent-replayed"), None);
}

#[test]
fn a_repeated_start_of_a_run_starts_none() {
    let made = Made::published();
    let path = format!("{}/republish", made.template.path());
    let key = random::hex(16);
    let first = post(&made.issuer, &path, &key, "").expect(202);
    let finished = until("the run is finished", || {
        let run = made.issuer.republication(&made.template.name).expect(200).json();
        (run["state"] == "finished").then_some(run)
    });
    let again = post(&made.issuer, &path, &key, "").expect(202);
    assert!(is_replayed(&again), "{again:#}");
    assert_eq!((&again.body, again.header("location")), (&first.body, Some("republish")));
    assert_eq!(made.issuer.republication(&made.template.name).expect(200).json(), finished);
    assert_eq!(republish(&made.template)["state"], "finished", "another request starts another run");
}

#[test]
fn a_repeated_message_is_sent_once_and_a_dry_run_uses_up_no_key() {
    let made = Made::published();
    let (path, key) = (format!("{}/messages", made.path()), random::hex(16));
    let (dry, open) = (format!("{path}?dryRun=true"), "{\"text\":\"We open at nine.\"}");
    post(&made.issuer, &dry, &key, open).expect(200);
    let first = post(&made.issuer, &path, &key, open).expect(200);
    assert!(!is_replayed(&first) && first.json()["changed"] == true, "{first:#}");
    let second = post(&made.issuer, &path, &random::hex(16), "{\"text\":\"We open at ten.\"}").expect(200);
    let again = post(&made.issuer, &path, &key, open).expect(200);
    assert!(is_replayed(&again) && again.body == first.body, "{again:#}");
    assert_eq!(made.metadata()["revision"], second.json()["revision"], "the newest message stays");
}

#[test]
fn the_same_key_with_another_request_is_422_and_at_another_address_it_is_another_key() {
    let (card, other) = (Card::published(), Card::published());
    let key = random::hex(16);
    let first = post(&issuer(), &links(&card), &key, "{\"expiresIn\":600}").expect(201);
    for body in ["{\"expiresIn\":601}", "{\"expiresIn\": 600}", "{}", ""] {
        let answer = post(&issuer(), &links(&card), &key, body);
        is_problem_about(&answer, 422, &["Idempotency-Key", "another request"]);
        used(&answer, 1, 0);
    }
    let again = post(&issuer(), &links(&card), &key, "{\"expiresIn\":600}").expect(201);
    assert_eq!(again.body, first.body);
    assert!(!is_replayed(&post(&issuer(), &links(&other), &key, "{\"expiresIn\":600}").expect(201)));
}

#[test]
fn a_key_that_is_empty_too_long_or_not_printable_is_400() {
    let card = Card::published();
    let (long, longest) = ("k".repeat(256), "k".repeat(255));
    for key in ["", &*long, "ü", "a\tb"] {
        let answer = post(&issuer(), &links(&card), key, "");
        is_problem_about(&answer, 400, &["Idempotency-Key"]);
        used(&answer, 0, 0);
    }
    for key in ["\"8e03978e-40d5-43e6-bc93-6894a57f9324\"", "a b~", &longest] {
        post(&issuer(), &links(&card), key, "").expect(201);
    }
}

#[test]
fn a_refusal_leaves_the_key_free() {
    let card = Card::unpublished();
    let key = random::hex(16);
    is_problem(&post(&issuer(), &links(&card), &key, "{}"), 404);
    is_problem(&post(&issuer(), &links(&card), &key, "{\"expiresIn\":0}"), 400);
    card.publish(&card.file()).expect(201);
    assert!(!is_replayed(&post(&issuer(), &links(&card), &key, "").expect(201)));
    let template = Template::new();
    let path = format!("{}/republish", template.path());
    is_problem(&post(&issuer(), &path, &key, ""), 404);
    template.store().expect(201);
    post(&issuer(), &path, &key, "").expect(202);
}

#[test]
fn of_requests_at_once_one_is_carried_out_and_the_others_get_its_answer_or_409() {
    let card = Card::published();
    let (key, path) = (random::hex(16), links(&card));
    let answers: Vec<Answer> = thread::scope(|scope| {
        let requests = (0..12).map(|_| scope.spawn(|| post(&issuer(), &path, &key, "")));
        let requests: Vec<_> = requests.collect();
        requests.into_iter().map(|request| request.join().unwrap()).collect()
    });
    let carried_out = answers.iter().filter(|answer| answer.status == 201 && !is_replayed(answer));
    assert_eq!(carried_out.count(), 1);
    let last = post(&issuer(), &path, &key, "").expect(201);
    for answer in &answers {
        if answer.status == 409 {
            is_problem_about(answer, 409, &["under way"]);
            assert_eq!(answer.header("retry-after"), Some("5"));
        } else {
            assert_eq!((answer.status, &answer.body), (201, &last.body), "{answer:#}");
        }
    }
}

#[test]
fn an_attempt_without_an_answer_is_under_way_for_a_minute_and_then_taken_over() {
    let (server, card) = with_card();
    let issuer = server.issuer();
    post(&issuer, &links(&card), "k", "{}").expect(201);
    change(&server, "status = NULL, answer = NULL");
    is_problem_about(&post(&issuer, &links(&card), "k", "{}"), 409, &["under way"]);
    is_problem(&post(&issuer, &links(&card), "k", ""), 422);
    change(&server, "attempted_at = attempted_at - 61");
    is_problem(&post(&issuer, &links(&card), "k", ""), 422);
    assert!(!is_replayed(&post(&issuer, &links(&card), "k", "{}").expect(201)));
    assert!(is_replayed(&post(&issuer, &links(&card), "k", "{}").expect(201)));
}

#[test]
fn an_attempt_that_is_taken_over_after_its_effect_has_the_effect_once() {
    let server = Server::start(Options::default());
    let made = Made::ready_at(&server);
    made.make(&"{}").expect(201);
    let path = format!("{}/republish", made.template.path());
    post(&made.issuer, &path, "k", "").expect(202);
    let run = |state: &str| {
        until(state, || {
            let run = made.issuer.republication(&made.template.name).expect(200).json();
            (run["state"] == state).then_some(run)
        })
    };
    let finished = run("finished");
    change(&server, "status = NULL, answer = NULL, attempted_at = 0");
    let again = post(&made.issuer, &path, "k", "").expect(202);
    assert!(!is_replayed(&again), "{again:#}");
    assert_eq!((&again.json()["state"], &again.json()["started"]), (&json!("finished"), &finished["started"]));
    assert_eq!(run("finished"), finished);

    change(&server, "created_at = created_at - 86401");
    next_second();
    let anew = post(&made.issuer, &path, "k", "").expect(202);
    assert_ne!(anew.json()["started"], finished["started"], "after a day the key is a new one: {anew:#}");
}

#[test]
fn keys_are_kept_for_24_hours_and_deleted_by_the_sweep() {
    let (server, card) = with_card();
    let rows = || {
        let count = "SELECT count(*) FROM idempotency_keys";
        database(server.state()).query_row(count, (), |row| row.get::<_, i64>(0)).expect("the table is there")
    };
    let first = post(&server.issuer(), &links(&card), "k", "").expect(201);
    change(&server, "created_at = created_at - 86390");
    server.trigger("17 * * * *").expect(200);
    assert_eq!(post(&server.issuer(), &links(&card), "k", "").expect(201).body, first.body);
    change(&server, "created_at = created_at - 20");
    assert!(!is_replayed(&post(&server.issuer(), &links(&card), "k", "{}").expect(201)), "the key is a new one");
    change(&server, "created_at = created_at - 86420");
    server.trigger("17 * * * *").expect(200);
    assert_eq!(rows(), 0);
}

#[test]
fn an_answer_is_sealed_and_after_a_change_of_the_issuer_key_it_is_not_read() {
    let (server, card) = with_card();
    let answer = post(&server.issuer(), &links(&card), "a-key-to-look-for", "").expect(201);
    let row = "SELECT json_array(key_sha256, request_sha256, attempt, answer) FROM idempotency_keys";
    let row: String = database(server.state()).query_row(row, (), |row| row.get(0)).expect("it is kept");
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    let row: Value = serde_json::from_str(&row).unwrap();
    for needle in [url.as_str(), "a-key-to-look-for", "/links/", ISSUER_KEY] {
        assert!(!row.to_string().contains(needle), "{needle} is in {row}");
    }
    let other = "another-issuer-key-0123456789abcdef";
    let server = server.restart(Options { vars: &[("ISSUER_KEY", other)], ..Options::default() });
    let answer = post(&Issuer::new(server.base(), other), &links(&card), "a-key-to-look-for", "");
    is_problem_about(&answer, 409, &["ISSUER_KEY was replaced"]);
}
