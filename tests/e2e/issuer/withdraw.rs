//! `DELETE /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`

use crate::util::{Card, is_problem, is_refused_pass, issuer, new_phone, new_type, used};
use edgepass_support::http::Body;

#[test]
fn it_is_204_also_the_second_time_and_keeps_the_first_date() {
    let card = Card::published();
    let issuer = issuer();
    let first = issuer.withdraw(card.pass_type(), card.serial()).expect(204);
    assert_eq!(first.body, b"");
    used(&first, 1, 1);
    let withdrawn = card.metadata();
    let second = issuer.withdraw(card.pass_type(), card.serial()).expect(204);
    used(&second, 1, 0);
    assert_eq!(card.metadata(), withdrawn);
}

#[test]
fn an_unknown_pass_is_404() {
    let card = Card::published();
    is_problem(&issuer().withdraw(card.pass_type(), "S-2"), 404);
    is_problem(&issuer().withdraw(&new_type(), card.serial()), 404);
}

#[test]
fn if_match_holds_only_for_the_version_that_is_stored() {
    let card = Card::published();
    let etag = card.etag();
    let delete = |tag: &str| {
        let headers = [("If-Match", tag)];
        issuer().send("DELETE", &card.issuer_path(), &headers, Body::Empty)
    };
    is_problem(&delete("\"other\""), 412);
    assert_eq!(card.metadata()["withdrawn"], serde_json::Value::Null);
    delete(&etag).expect(204);
}

#[test]
fn registering_ends_but_the_registrations_the_pass_and_the_way_out_stay() {
    let card = Card::published();
    let mut phone = card.register_phone();
    card.withdraw();
    is_refused_pass(new_phone().register(&card.pass).answer());
    is_refused_pass(phone.register(&card.pass).answer());
    assert_eq!(phone.list(card.pass_type()).status(), 204);
    assert_eq!(card.registrations().len(), 1);
    assert_eq!(phone.fetch(&card.pass).status(), 200);
    assert_eq!(phone.unregister(&card.pass).status(), 200);
    assert_eq!(card.registrations().len(), 0);
}

#[test]
fn publishing_again_ends_it_whatever_is_published() {
    for cups in [10, 11] {
        let card = Card::published();
        let mut phone = card.register_phone();
        card.withdraw();
        card.publish(&card.file_with(cups)).expect(200);
        assert_eq!(card.metadata()["withdrawn"], serde_json::Value::Null);
        assert_eq!(phone.register(&card.pass).status(), 200, "the registration was kept");
        assert_eq!(phone.list(card.pass_type()).serials(), [card.serial()]);
        assert_eq!(phone.fetch(&card.pass).status(), 200);
        assert_eq!(new_phone().register(&card.pass).status(), 201);
    }
}

#[test]
fn a_pass_that_returns_is_listed_to_phones_that_listed_without_it() {
    let pass_type = new_type();
    let cards = ["A", "B"].map(|serial| Card::published_as(&pass_type, serial));
    let mut phone = new_phone();
    for card in &cards {
        assert_eq!(phone.register(&card.pass).status(), 201);
    }
    cards[0].withdraw();
    cards[1].change(11);
    assert_eq!(phone.list(&pass_type).serials(), ["B"]);
    cards[0].publish(&cards[0].file()).expect(200);
    assert_eq!(phone.list(&pass_type).serials(), ["A"]);
}
