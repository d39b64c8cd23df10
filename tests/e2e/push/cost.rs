//! What push costs those who wait for an answer: nothing.

use super::shop::Shop;
use crate::util::{Made, used};
use edgepass_support::http::Answer;
use serde_json::json;

#[track_caller]
fn calls(answer: &Answer, expected: u32) {
    assert_eq!(answer.database().map(|used| used.calls), Some(expected), "{answer:#}");
}

#[test]
fn a_publication_stays_at_one_call_of_the_database_and_a_made_pass_at_two() {
    let shop = Shop::shared();
    let (card, _) = shop.card(5);
    calls(&card.publish(&card.file_with(1)).expect(200), 1);
    calls(&card.publish(&card.file_with(1)).expect(200), 1);
    calls(&card.publish(&card.file_with(2)).expect(200), 1);

    let made = Made::ready_at(&shop.server);
    calls(&made.make(&"{}").expect(201), 2);
    assert_eq!(shop.server.phone().register(&made.pass()).status(), 201);
    calls(&made.make(&json!({ "description": "x" })).expect(200), 2);
    calls(&made.patch(&json!({ "description": "y" })).expect(200), 2);
    shop.pushes(&made.pass_type, 1);
    calls(&made.patch(&json!({ "description": "z" })).expect(200), 2);
}

#[test]
fn device_requests_stay_at_one_call_of_the_database_and_push_adds_no_row() {
    let shop = Shop::shared();
    let (card, mut phones) = shop.card(1);
    card.change(1);
    shop.pushes(card.pass_type(), 1);
    shop.progress_with(&card, &json!({ "pushed": 1 }));
    let phone = &mut phones[0];
    used(phone.register(&card.pass).answer(), 1, 0);
    phone.rotate_push_token();
    calls(phone.register(&card.pass).answer(), 1);
    // What the device is told is noted.
    used(phone.list(card.pass_type()).answer(), 1, 1);
    used(phone.fetch(&card.pass).answer(), 1, 0);
    used(shop.server.phone().register(&card.pass).answer(), 1, 2);
    calls(phone.unregister(&card.pass).answer(), 1);
}
