//! `GET …/diagnosis`: set-ups that are broken, each named by the check that finds it.

mod files;
mod pushes;

use crate::{
    push::shop::Shop,
    util::{Card, Made, identity_ending_in, is_problem, issuer, members, until, used},
};
use edgepass_support::{
    http::{Answer, Body},
    issuer::Issuer,
    pass::Pass,
    phone::Phone,
    server::database,
};
use serde_json::{Value, json};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// A service with push, whose database these tests change.
fn shop() -> &'static Shop {
    static SHOP: LazyLock<Shop> = LazyLock::new(|| Shop::open(&[("PUSH_MIN_INTERVAL", "0")]));
    &SHOP
}

/// One test after the other: the Worker answers 503 while another process writes to its database.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(issuer: &Issuer, pass: &str) -> Answer {
    issuer.send("GET", &format!("{pass}/diagnosis"), &[], Body::Empty)
}

#[track_caller]
fn diagnose(pass: &str) -> Value {
    answer(&shop().server.issuer(), pass).expect(200).json()
}

/// The checks with this state.
fn checks<'a>(diagnosis: &'a Value, states: &[&str]) -> Vec<&'a Value> {
    let checks = diagnosis["checks"].as_array().into_iter().flatten();
    checks.filter(|check| states.iter().any(|state| check["state"] == *state)).collect()
}

fn names<'a>(diagnosis: &'a Value, states: &[&str]) -> Vec<&'a str> {
    checks(diagnosis, states).iter().filter_map(|check| check["check"].as_str()).collect()
}

/// Checks that the diagnosis finds these problems and no warning, and says why in the first. Each says what to do.
#[track_caller]
fn finds(diagnosis: &Value, problems: &[&str], words: &[&str]) {
    assert_eq!(names(diagnosis, &["problem", "warning"]), problems, "{diagnosis:#}");
    assert_eq!(names(diagnosis, &["problem"]), problems, "{diagnosis:#}");
    says(diagnosis, words);
    let verdict = diagnosis["verdict"].as_str().unwrap_or_default();
    let evidence =
        checks(diagnosis, &["problem"]).first().map_or("no problem", |check| check["evidence"].as_str().unwrap_or_default());
    assert!(verdict.starts_with(evidence) || verdict.contains("no problem"), "{diagnosis:#}");
}

/// Checks that the diagnosis finds nothing but something to look at.
#[track_caller]
fn warns(diagnosis: &Value, warnings: &[&str], words: &[&str]) {
    assert_eq!(names(diagnosis, &["problem", "warning"]), warnings, "{diagnosis:#}");
    assert_eq!(names(diagnosis, &["warning"]), warnings, "{diagnosis:#}");
    says(diagnosis, words);
    assert!(diagnosis["verdict"].as_str().is_some_and(|verdict| verdict.contains("no problem")), "{diagnosis:#}");
}

#[track_caller]
fn says(diagnosis: &Value, words: &[&str]) {
    let found = checks(diagnosis, &["problem", "warning"]);
    let first = found.first().map(ToString::to_string).unwrap_or_default();
    for word in words {
        assert!(first.contains(word), "{word} is not in {first}");
    }
    for check in found {
        assert!(check["remedy"].as_str().is_some_and(|remedy| remedy.len() > 20), "{check}");
    }
}

/// A pass that the service made, on a phone that registered it.
struct Patient {
    made: Made,
    phone: Phone,
    pass: Pass,
}

impl Patient {
    fn new() -> Self {
        let made = Made::ready_at(&shop().server);
        made.make(&"{}").expect(201);
        let (mut phone, pass) = (shop().server.phone(), made.pass());
        assert_eq!(phone.register(&pass).status(), 201);
        Self { made, phone, pass }
    }

    #[track_caller]
    fn diagnosis(&self) -> Value {
        diagnose(&self.made.path())
    }

    /// Waits until a check has this state.
    #[track_caller]
    fn diagnosis_with(&self, check: &str, state: &str) -> Value {
        until(&format!("{check} is {state}"), || {
            let diagnosis = self.diagnosis();
            names(&diagnosis, &[state]).contains(&check).then_some(diagnosis)
        })
    }

    #[track_caller]
    fn change(&self) {
        self.made.patch(&json!({ "userInfo": { "changed": true } })).expect(200);
    }

    #[track_caller]
    fn sql(&self, statement: &str) {
        let database = database(shop().server.state());
        let changed = database.execute(statement, [&self.made.pass_type]);
        assert_eq!(changed, Ok(1), "{statement}");
    }
}

#[test]
fn a_healthy_card_has_no_findings_costs_one_call_and_tells_no_secret() {
    let _turn = turn();
    let patient = Patient::new();
    let answer = answer(&shop().server.issuer(), &patient.made.path()).expect(200);
    used(&answer, 1, 0);
    let diagnosis = answer.json();
    assert_eq!(members(&diagnosis), ["checks", "passTypeIdentifier", "serialNumber", "verdict"]);
    finds(&diagnosis, &[], &[]);
    for check in diagnosis["checks"].as_array().unwrap() {
        assert_eq!(members(check), ["check", "evidence", "remedy", "state"]);
    }
    for secret in [patient.pass.token.as_str(), patient.phone.device(), patient.phone.push_token()] {
        assert!(!answer.text().contains(secret), "{answer:#}");
    }
    assert!(answer.text().contains(&patient.phone.device()[..8]), "{answer:#}");

    patient.change();
    let diagnosis = patient.diagnosis_with("told_of_last_change", "ok");
    finds(&diagnosis, &[], &[]);
}

#[test]
fn a_pass_that_was_never_published_is_404() {
    let _turn = turn();
    is_problem(&answer(&issuer(), &Card::unpublished().issuer_path()), 404);
}

#[test]
fn a_card_that_nobody_has_added() {
    let _turn = turn();
    let made = Made::ready_at(&shop().server);
    made.make(&"{}").expect(201);
    finds(&diagnose(&made.path()), &["registered"], &["No device has ever registered it"]);
}

#[test]
fn a_card_that_was_removed_from_the_phone() {
    let _turn = turn();
    let mut patient = Patient::new();
    assert_eq!(patient.phone.unregister(&patient.pass).status(), 200);
    finds(&patient.diagnosis(), &["registered"], &["removed from a device"]);
}

#[test]
fn another_token_on_the_phone() {
    let _turn = turn();
    let made = Made::ready_at(&shop().server);
    made.make(&"{}").expect(201);
    let sent_around = Pass { token: "a-token-that-was-never-this-pass-s".to_owned(), ..made.pass() };
    assert_eq!(shop().server.phone().register(&sent_around).status(), 401);
    let diagnosis = until("the refusal is counted", || {
        let diagnosis = diagnose(&made.path());
        names(&diagnosis, &["problem"]).contains(&"token_on_phones").then_some(diagnosis)
    });
    finds(&diagnosis, &["token_on_phones", "registered"], &["another token", "links"]);
    assert!(diagnosis["verdict"].as_str().unwrap().contains("one more problem"), "{diagnosis:#}");

    let mut phone = shop().server.phone();
    assert_eq!(phone.register(&made.pass()).status(), 201);
    warns(&diagnose(&made.path()), &["token_on_phones"], &["another token"]);
    let old = "UPDATE token_refusals SET last_at = last_at - 8 * 86400 WHERE pass_type = ?1";
    assert_eq!(database(shop().server.state()).execute(old, [&made.pass_type]), Ok(1));
    finds(&diagnose(&made.path()), &[], &[]);
}

#[test]
fn an_identity_that_ends_takes_the_certificate_in_the_file_along() {
    let _turn = turn();
    let made = Made::ready_at(&shop().server);
    made.issuer.store_identity(&made.pass_type, &identity_ending_in(&made.pass_type, 3)).expect(200);
    made.make(&"{}").expect(201);
    assert_eq!(shop().server.phone().register(&made.pass()).status(), 201);
    let diagnosis = until("the certificate has expired", || {
        let diagnosis = diagnose(&made.path());
        (names(&diagnosis, &["problem"]).len() == 2).then_some(diagnosis)
    });
    finds(&diagnosis, &["certificate_validity", "signing_identity"], &["expired", "signing-identity", "republish"]);
}

#[test]
fn a_signing_identity_that_is_gone_has_ended_or_ends_soon() {
    let _turn = turn();
    let patient = Patient::new();
    let day = 86_400;
    let ends = |seconds: u64| format!("UPDATE signing_identities SET not_after = unixepoch() + {seconds} WHERE pass_type = ?1");
    patient.sql(&ends(20 * day));
    warns(&patient.diagnosis(), &["signing_identity"], &["ends on"]);
    patient.sql("UPDATE signing_identities SET not_after = unixepoch() - 5 WHERE pass_type = ?1");
    finds(&patient.diagnosis(), &["signing_identity"], &["ended on", "no new version"]);
    patient.sql("DELETE FROM signing_identities WHERE pass_type = ?1");
    finds(&patient.diagnosis(), &["signing_identity"], &["no signing identity"]);
}

#[test]
fn a_withdrawn_pass() {
    let _turn = turn();
    let patient = Patient::new();
    patient.made.withdraw();
    finds(&patient.diagnosis(), &["in_service"], &["withdrawn", "PUT /issuer/v1/passes/"]);
}

#[test]
fn a_pass_that_is_voided_or_has_ended() {
    let _turn = turn();
    let patient = Patient::new();
    patient.made.patch(&json!({ "voided": true })).expect(200);
    warns(&patient.diagnosis_with("told_of_last_change", "ok"), &["not_expired"], &["voided"]);
    patient.made.patch(&json!({ "voided": null, "expirationDate": "2020-01-01T00:00Z" })).expect(200);
    warns(&patient.diagnosis_with("told_of_last_change", "ok"), &["not_expired"], &["ended on Wed, 01 Jan 2020"]);
}

#[test]
fn a_phone_that_complains() {
    let _turn = turn();
    let patient = Patient::new();
    let (pass_type, serial) = (&patient.made.pass_type, &patient.made.serial);
    let line = format!(
        "[2016-08-28 11:57:01 -0400] Get pass task (pass type {pass_type}, serial number {serial}; with web service url \
         https://passes.example.com) encountered error: Received invalid pass data"
    );
    assert_eq!(patient.phone.log(&[&line]).status(), 200);
    warns(&patient.diagnosis(), &["device_log"], &["invalid-pass-data 1", "troubleshooting"]);
}
