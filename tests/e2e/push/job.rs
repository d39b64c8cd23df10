//! Pushes of a job: phones are told at its end, and each one once.

use super::shop::Shop;
use crate::{
    issuer::jobs::{done, line},
    util::{Made, went_well},
};
use serde_json::json;

/// A phone that holds some cards of one type.
fn cards(shop: &Shop, count: usize) -> (Vec<Made>, edgepass_support::phone::Phone) {
    let (first, mut phone) = (Made::loyalty_at(&shop.server), shop.server.phone());
    let cards: Vec<_> = (1..=count).map(|number| first.sibling(&format!("S-{number}"))).collect();
    for card in &cards {
        card.make(&"{}").expect(201);
        assert_eq!(phone.register(&card.pass()).status(), 201);
    }
    let _ = phone.update(&first.pass_type);
    (cards, phone)
}

#[test]
fn a_phone_with_three_cards_of_a_job_is_pushed_once_and_finds_all_changes() {
    let shop = Shop::shared();
    let (cards, mut phone) = cards(shop, 3);
    // The lines of the three cards are far apart, in two chunks.
    let unknown = |place: usize| line("withdraw", &cards[0], &format!("unknown {place}"), &json!({}));
    let mut lines: Vec<_> = (0..520).map(unknown).collect();
    for (card, place) in cards.iter().zip([0, 200, 519]) {
        lines[place] = line("patch", card, &card.serial, &json!({ "increment": { "points": 10 } }));
    }
    done(&shop.server.issuer(), &lines);
    let pushes = shop.pushes_to(phone.push_token(), 1);
    let pass_type = &cards[0].pass_type;
    let exchanges = phone.update(pass_type);
    went_well(&exchanges);
    assert_eq!(exchanges.len(), 1 + 3, "one list, and each of the cards");
    for card in &cards {
        let content = &phone.pass(pass_type, &card.serial).unwrap().content;
        assert_eq!(content["storeCard"]["primaryFields"][0]["value"], 10);
    }
    // Nothing of the job is left to be told.
    for card in &cards {
        crate::util::until("all are told", || {
            let progress = shop.get(&format!("{}/push", card.path())).json();
            (progress["jobsWaiting"] == 0 && progress["devices"]["pushed"] == 1).then_some(())
        });
    }
    shop.fence();
    assert_eq!((pushes.len(), shop.pushes_to(phone.push_token(), 0).len()), (1, 1));
}

#[test]
fn a_line_that_changes_nothing_or_withdraws_tells_nobody() {
    let shop = Shop::shared();
    let (cards, phone) = cards(shop, 2);
    let lines = [
        line("patch", &cards[0], &cards[0].serial, &json!({ "values": { "points": 0 } })),
        line("patch", &cards[1], &cards[1].serial, &json!({ "values": { "points": 7 } })),
        line("withdraw", &cards[1], &cards[1].serial, &json!({})),
    ];
    let outcomes = done(&shop.server.issuer(), &lines);
    assert_eq!((&outcomes[0]["answer"]["changed"], &outcomes[1]["answer"]["changed"]), (&json!(false), &json!(true)));
    shop.fence();
    assert_eq!(shop.pushes_to(phone.push_token(), 0).len(), 0);
}
