//! Phones that are not told of changes, or do not ask.

use super::{Patient, answer, finds, names, shop, turn, warns};
use crate::util::{Card, Made, issuer, new_type, next_second};
use edgepass_support::{
    apns::Behaviour,
    clock,
    server::{Options, Server, database},
};

#[test]
fn a_phone_whose_push_token_is_dead() {
    let _turn = turn();
    let patient = Patient::new();
    next_second();
    let now = i64::try_from(clock::unix_now().as_millis()).unwrap();
    shop().apns.script(patient.phone.push_token(), [Behaviour::unregistered(now)]);
    patient.change();
    let diagnosis = patient.diagnosis_with("registered", "problem");
    finds(&diagnosis, &["registered"], &["1 registrations were deleted", "push tokens dead"]);
}

#[test]
fn push_that_is_not_set_up() {
    let _turn = turn();
    let made = Made::published();
    let mut phone = Server::shared().phone();
    assert_eq!(phone.register(&made.pass()).status(), 201);
    let diagnosis = answer(&issuer(), &made.path()).expect(200).json();
    finds(&diagnosis, &["push_configured"], &["APNS_KEY", "docs/push.md"]);
}

#[test]
fn pushes_that_fail() {
    let _turn = turn();
    let patient = Patient::new();
    shop().apns.script(patient.phone.push_token(), [Behaviour::refuse("InternalServerError")]);
    patient.change();
    let diagnosis = patient.diagnosis_with("told_of_last_change", "problem");
    finds(&diagnosis, &["told_of_last_change"], &["InternalServerError 1", "docs/push.md"]);
}

#[test]
fn a_push_service_that_refuses_all_pushes() {
    let _turn = turn();
    let patient = Patient::new();
    patient.sql(
        "INSERT INTO push_holds (client, pass_type, until, since, times, cause, reason)
         VALUES ('', ?1, unixepoch() * 1000 + 600000, unixepoch() * 1000, 1, 'configuration', 'TopicDisallowed')",
    );
    finds(&patient.diagnosis(), &["push_not_held"], &["TopicDisallowed", "push/test"]);
    patient.sql("UPDATE push_holds SET cause = 'outage' WHERE pass_type = ?1");
    warns(&patient.diagnosis(), &["push_not_held"], &["outage", "tries again"]);
}

#[test]
fn a_phone_that_does_not_ask() {
    let _turn = turn();
    let mut patient = Patient::new();
    next_second();
    patient.change();
    finds(&patient.diagnosis_with("told_of_last_change", "ok"), &[], &[]);
    // One statement for each, an hour or more ago.
    patient.sql("UPDATE passes SET modified_at = modified_at - 3700 WHERE pass_type = ?1");
    patient.sql("UPDATE registrations SET registered_at = registered_at - 3800 WHERE pass_type = ?1");
    let noted = "UPDATE upkeep SET progress = '1' WHERE job = 'lists_since'";
    assert_eq!(database(shop().server.state()).execute(noted, ()), Ok(1));
    warns(&patient.diagnosis(), &["listed_since_change"], &["1 phones have not asked", "Automatic Updates"]);
    assert_eq!(patient.phone.list(&patient.made.pass_type).status(), 200);
    finds(&patient.diagnosis(), &[], &[]);
}

#[test]
fn without_notes_of_lists_nobody_knows_who_asked() {
    let _turn = turn();
    let server = Server::start(Options { vars: &[("TRACK_LISTS", "off")], ..Options::default() });
    let card = Card::new(&new_type(), "S-1").at(server.issuer());
    card.publish(&card.file()).expect(201);
    let diagnosis = answer(&server.issuer(), &card.issuer_path()).expect(200).json();
    assert!(names(&diagnosis, &["unknown"]).contains(&"listed_since_change"), "{diagnosis:#}");
}
