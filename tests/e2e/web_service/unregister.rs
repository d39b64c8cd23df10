//! `DELETE /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`

use crate::util::{Card, ask, is_refused_pass, new_phone, new_type, seen, send, used};
use edgepass_support::{http::Body, pass::Pass};

#[test]
fn it_is_200_and_never_204_with_or_without_a_registration() {
    let card = Card::published();
    let mut phone = new_phone();
    assert_eq!(phone.unregister(&card.pass).status(), 200, "never registered");
    assert_eq!(phone.register(&card.pass).status(), 201);
    for _ in 0..2 {
        let exchange = phone.unregister(&card.pass);
        assert_eq!(exchange.status(), 200);
        assert_eq!(exchange.complaints(), [""; 0]);
    }
}

#[test]
fn the_registration_is_gone_after_it() {
    let card = Card::published();
    let mut phone = card.register_phone();
    assert_eq!(phone.unregister(&card.pass).status(), 200);
    assert_eq!(card.registrations().len(), 0);
    assert_eq!(phone.list_since(card.pass_type(), None).status(), 204);
    assert_eq!(phone.register(&card.pass).status(), 201, "the pass came back");
}

#[test]
fn it_ends_only_this_device_s_registration_of_this_pass() {
    let pass_type = new_type();
    let (card, other_card) = (Card::published_as(&pass_type, "A"), Card::published_as(&pass_type, "B"));
    let (mut phone, mut other_phone) = (new_phone(), new_phone());
    for pass in [&card.pass, &other_card.pass] {
        assert_eq!(phone.register(pass).status(), 201);
        assert_eq!(other_phone.register(pass).status(), 201);
    }
    assert_eq!(phone.unregister(&card.pass).status(), 200);
    assert_eq!(phone.list(&pass_type).serials(), ["B"]);
    let mut others = other_phone.list(&pass_type).serials();
    others.sort();
    assert_eq!(others, ["A", "B"]);
}

#[test]
fn it_asks_the_database_once() {
    let card = Card::published();
    let mut phone = card.register_phone();
    // The removal is noted on the pass.
    used(phone.unregister(&card.pass).answer(), 1, 2);
    used(phone.unregister(&card.pass).answer(), 1, 0);
}

#[test]
fn wrong_token_unknown_pass_and_no_credentials_are_the_same_401_and_delete_nothing() {
    let card = Card::published();
    let mut phone = card.register_phone();
    let refused = [
        card.pass.clone().with_token("another token of 16"),
        card.pass.clone().with_token(&card.pass.token.to_uppercase()),
        Pass::new(card.pass_type(), "S-2", &card.pass.token),
        Pass::new(&new_type(), card.serial(), &card.pass.token),
    ];
    let path = card.registration_path(phone.device());
    let expected = ask("DELETE", &path);
    is_refused_pass(&expected);
    used(&expected, 0, 0);
    for pass in &refused {
        let exchange = phone.unregister(pass);
        assert_eq!(seen(exchange.answer()), seen(&expected));
    }
    for authorization in [format!("Bearer {}", card.pass.token), card.pass.token.clone()] {
        let answer = send("DELETE", &path, &[("Authorization", &authorization)], Body::Empty);
        assert_eq!(seen(&answer), seen(&expected));
    }
    assert_eq!(card.registrations().len(), 1);
}

#[test]
fn a_withdrawn_pass_can_be_left() {
    let card = Card::published();
    let mut phone = card.register_phone();
    card.withdraw();
    assert_eq!(phone.unregister(&card.pass).status(), 200);
    assert_eq!(card.registrations().len(), 0);
}

#[test]
fn a_body_is_not_asked_for_and_does_no_harm() {
    let card = Card::published();
    let mut phone = new_phone();
    let headers = [("Authorization", &*card.credentials())];
    for body in [Body::Empty, Body::Bytes(b""), Body::Bytes(b"{}"), Body::Chunked(b"\xFF")] {
        let _ = phone.register(&card.pass);
        let path = card.registration_path(phone.device());
        send("DELETE", &path, &headers, body).expect(200);
        assert_eq!(card.registrations().len(), 0);
    }
}
