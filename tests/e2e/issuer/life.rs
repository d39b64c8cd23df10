//! The member `registered` of a pass: what phones did with it.

use crate::{
    rebound::rebound,
    util::{Card, date, is_problem_about, issuer, new_phone, new_type, next_second, used},
};
use edgepass_support::{
    http::{Answer, Body},
    server::{ISSUER_KEY, Server},
};
use serde_json::{Value, json};

fn life(card: &Card) -> Value {
    let life = card.metadata()["registered"].clone();
    let listed = issuer().list(card.pass_type(), None, None).expect(200).json();
    assert_eq!(listed["passes"][0]["registered"], life, "the listing says the same");
    life
}

#[test]
fn a_pass_that_nobody_took_has_no_life() {
    let card = Card::published();
    let none = json!({ "now": 0, "ever": false, "first": null, "lastRemoved": null, "lastListed": null });
    assert_eq!(life(&card), none);
    let stolen = card.pass.clone().with_token("another token of 16");
    assert_eq!(new_phone().register(&stolen).status(), 401);
    assert_eq!(new_phone().unregister(&stolen).status(), 401);
    assert_eq!(new_phone().unregister(&card.pass).status(), 200, "there is no such registration");
    assert_eq!(life(&card), none);
}

#[test]
fn the_first_registration_stays_the_first_and_a_removal_is_dated() {
    let card = Card::published();
    let mut phone = card.register_phone();
    let first = date(&life(&card), "first");
    next_second();
    let mut other = card.register_phone();
    phone.rotate_push_token();
    assert_eq!(phone.register(&card.pass).status(), 200);
    let now = life(&card);
    assert_eq!((&now["now"], &now["ever"], &now["lastRemoved"]), (&json!(2), &json!(true), &Value::Null));
    assert_eq!(date(&now, "first"), first);

    let stolen = card.pass.clone().with_token("another token of 16");
    assert_eq!(phone.unregister(&stolen).status(), 401);
    assert_eq!(life(&card)["lastRemoved"], Value::Null);
    assert_eq!(phone.unregister(&card.pass).status(), 200);
    let removed = date(&life(&card), "lastRemoved");
    assert!(removed > first);
    next_second();
    assert_eq!(phone.unregister(&card.pass).status(), 200, "a repetition");
    assert_eq!(date(&life(&card), "lastRemoved"), removed);
    assert_eq!(other.unregister(&card.pass).status(), 200);
    let gone = life(&card);
    assert_eq!((&gone["now"], &gone["ever"]), (&json!(0), &json!(true)));
    assert!(date(&gone, "lastRemoved") > removed && date(&gone, "first") == first, "{gone}");
}

#[test]
fn a_registration_that_the_issuer_deletes_was_not_removed_by_its_owner() {
    let card = Card::published();
    let _phone = card.register_phone();
    issuer().send("DELETE", &format!("{}/registrations", card.issuer_path()), &[], Body::Empty).expect(200);
    let life = life(&card);
    assert_eq!((&life["now"], &life["ever"], &life["lastRemoved"]), (&json!(0), &json!(true), &Value::Null));
}

#[test]
fn a_list_tells_of_the_newest_change_until_the_next_one() {
    let card = Card::published();
    let mut phone = card.register_phone();
    assert_eq!(life(&card)["lastListed"], Value::Null, "nothing changed since");
    card.change(1);
    assert_eq!(life(&card)["lastListed"], Value::Null);
    let told = phone.list(card.pass_type()).answer().clone().expect(200);
    used(&told, 1, 1);
    let listed = date(&life(&card), "lastListed");
    next_second();
    used(phone.list(card.pass_type()).answer(), 1, 0);
    assert_eq!(date(&life(&card), "lastListed"), listed, "a list without changes tells nothing");
    card.change(2);
    assert_eq!(life(&card)["lastListed"], Value::Null);
    let _ = phone.list(card.pass_type());
    assert!(date(&life(&card), "lastListed") > listed);
    assert_eq!(phone.unregister(&card.pass).status(), 200);
    assert_eq!(life(&card)["lastListed"], Value::Null, "of devices that are registered now");
}

/// Sends a request to a Worker with this value of `TRACK_LISTS`.
fn with_setting(value: &str, method: &str, path: &str) -> Answer {
    let (bindings, key) = (json!({ "TRACK_LISTS": value }).to_string(), format!("Bearer {ISSUER_KEY}"));
    let headers = [("X-Bindings", bindings.as_str()), ("Authorization", key.as_str())];
    rebound().request(method, path, &headers, Body::Empty)
}

#[test]
fn lists_are_not_noted_where_the_operator_does_not_want_it() {
    let server: &Server = rebound();
    let card = Card::new(&new_type(), "S-1").at(server.issuer());
    card.publish(&card.file()).expect(201);
    let mut phone = server.phone();
    assert_eq!(phone.register(&card.pass).status(), 201);
    card.change(1);
    let list = card.list_path(phone.device());
    let told = with_setting("off", "GET", &list).expect(200);
    used(&told, 1, 0);
    assert_eq!(card.metadata()["registered"]["lastListed"], Value::Null);
    let same = with_setting("on", "GET", &list).expect(200);
    used(&same, 1, 1);
    assert_eq!(same.body, told.body);
    assert!(card.metadata()["registered"]["lastListed"].is_string());
    let inspected = with_setting("off", "GET", &card.issuer_path()).expect(200).json();
    assert_eq!(inspected["registered"]["lastListed"], Value::Null, "it may be old");
    for query in [format!("?passTypeIdentifier={}&behind=true", card.pass_type()), "?behind=true".to_owned()] {
        let path = format!("/issuer/v1/passes{query}");
        is_problem_about(&with_setting("off", "GET", &path), 400, &["`behind`", "TRACK_LISTS"]);
        with_setting("on", "GET", &path).expect(200);
    }
}

#[test]
fn a_setting_that_is_neither_on_nor_off_is_told_and_lists_are_noted() {
    let health = with_setting("no", "GET", "/healthz?deep").expect(200).json();
    assert_eq!(health["status"], "warning", "{health}");
    assert!(health["toDo"].to_string().contains("TRACK_LISTS"), "{health}");
    with_setting("no", "GET", "/issuer/v1/passes?behind=true&limit=1").expect(200);
}
