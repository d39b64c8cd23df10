//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`

use crate::util::{Card, Made, date, is_problem, issuer, new_phone, new_type, used, without_details};
use edgepass_support::{
    http::{Answer, Body},
    issuer::PKPASS,
};
use serde_json::{Value, json};

fn get(card: &Card, headers: &[(&str, &str)]) -> Answer {
    issuer().send("GET", &card.issuer_path(), headers, Body::Empty)
}

#[test]
fn it_tells_what_the_service_knows_of_a_pass() {
    let card = Card::unpublished();
    let file = card.file();
    let published = card.publish(&file).expect(201).json();
    let answer = get(&card, &[]).expect(200);
    used(&answer, 1, 0);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("vary"), Some("accept"));
    let mut expected = published.clone();
    let members = expected.as_object_mut().unwrap();
    members.remove("changed");
    members.remove("warnings");
    members.extend([
        ("size".to_owned(), file.len().into()),
        ("webService".to_owned(), true.into()),
        ("withdrawn".to_owned(), Value::Null),
        ("template".to_owned(), Value::Null),
        ("externalId".to_owned(), Value::Null),
        ("registered".to_owned(), json!({ "now": 0, "ever": false, "first": null, "lastRemoved": null, "lastListed": null })),
    ]);
    assert_eq!(without_details(answer.json()), expected);
    // The tag is the file's, not that of this description of it.
    assert_eq!(answer.header("etag"), None);
    assert!(!answer.text().contains(&card.pass.token));
}

#[test]
fn registrations_are_counted_and_a_withdrawal_has_its_date() {
    let card = Card::published();
    for _ in 0..3 {
        let _ = new_phone().register(&card.pass);
    }
    assert_eq!(card.metadata()["registrations"], 3);
    card.withdraw();
    let metadata = card.metadata();
    date(&metadata, "withdrawn");
}

#[test]
fn with_accept_it_sends_the_file() {
    let card = Card::unpublished();
    let file = card.file();
    card.publish(&file).expect(201);
    for accept in [PKPASS, "text/html, application/vnd.apple.pkpass;q=0.9"] {
        let answer = get(&card, &[("Accept", accept)]).expect(200);
        used(&answer, 1, 0);
        assert_eq!(answer.header("content-type"), Some(PKPASS));
        assert_eq!(answer.header("content-length"), Some(&*file.len().to_string()));
        assert_eq!(answer.header("vary"), Some("accept"));
        assert!(answer.body == file, "the bytes differ");
    }
    for accept in ["*/*", "application/json", ""] {
        let answer = get(&card, &[("Accept", accept)]).expect(200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[test]
fn the_file_is_304_for_those_who_have_it() {
    let card = Card::published();
    let file = get(&card, &[("Accept", PKPASS)]).expect(200);
    let date = file.header("last-modified").unwrap();
    for condition in [("If-None-Match", file.header("etag").unwrap()), ("If-Modified-Since", date)] {
        let answer = get(&card, &[("Accept", PKPASS), condition]).expect(304);
        assert_eq!(answer.body, b"");
    }
    card.change(11);
    get(&card, &[("Accept", PKPASS), ("If-None-Match", file.header("etag").unwrap())]).expect(200);
}

#[test]
fn head_has_no_body() {
    let card = Card::published();
    let etag = card.metadata()["etag"].as_str().map(str::to_owned);
    for (accept, etag) in [(PKPASS, etag.as_deref()), ("application/json", None)] {
        let headers = [("Accept", accept)];
        let answer = issuer().send("HEAD", &card.issuer_path(), &headers, Body::Empty).expect(200);
        assert_eq!(answer.header("etag"), etag);
        assert_eq!(answer.body, b"");
    }
}

#[test]
fn an_unknown_pass_is_404() {
    let card = Card::published();
    for (pass_type, serial) in [(card.pass_type(), "S-2"), (card.pass_type(), "s-1"), (&*new_type(), "S-1")] {
        is_problem(&issuer().inspect(pass_type, serial), 404);
        is_problem(&issuer().download(pass_type, serial), 404);
    }
}

#[test]
fn a_withdrawn_pass_is_still_shown_with_its_file() {
    let card = Card::published();
    card.withdraw();
    get(&card, &[]).expect(200);
    get(&card, &[("Accept", PKPASS)]).expect(200);
}

#[test]
fn it_tells_what_a_pass_is_made_from_and_its_content_without_the_token() {
    let made = Made::loyalty();
    made.order(&json!({
        "template": made.template.name,
        "values": { "points": 64 },
        "pass": { "logoText": "own" },
        "externalId": "customer 7",
    }))
    .expect(201);
    let answer = made.issuer.inspect(&made.pass_type, &made.serial).expect(200);
    used(&answer, 1, 0);
    let shown = answer.json();
    assert_eq!((&shown["template"], &shown["externalId"]), (&json!(made.template.name), &json!("customer 7")));
    assert_eq!((&shown["values"], &shown["patches"]), (&json!({ "points": 64 }), &json!([{ "logoText": "own" }])));
    let pass = made.pass();
    let mut content = pass.content;
    content.as_object_mut().unwrap().remove("authenticationToken");
    assert_eq!(shown["pass"], content);
    assert!(!answer.text().contains(&pass.token));
}

#[test]
fn an_upload_has_neither_template_nor_values() {
    let card = Card::published();
    let shown = card.metadata();
    assert_eq!((&shown["template"], &shown["externalId"]), (&Value::Null, &Value::Null));
    assert_eq!((&shown["values"], &shown["patches"]), (&json!({}), &json!([])));
    assert_eq!(shown["pass"]["serialNumber"], card.serial());
}
