//! `PUSH_MIN_INTERVAL`: phones that are pushed too often stop listening.

use super::shop::Shop;
use crate::util::{Card, new_type};
use edgepass_support::clock;
use serde_json::json;
use std::{sync::LazyLock, time::Duration};

const SECONDS: u64 = 3;

/// What lies between two pushes at least, as they arrive: the first may take a second longer than the other.
const LEAST: Duration = Duration::from_secs(SECONDS - 1);

/// A shop that pushes a pass, and a phone, at most every three seconds.
fn shop() -> &'static Shop {
    static SHOP: LazyLock<Shop> = LazyLock::new(|| Shop::open(&[("PUSH_MIN_INTERVAL", &SECONDS.to_string())]));
    &SHOP
}

#[test]
fn a_pass_that_changes_often_is_pushed_at_once_and_again_when_the_interval_is_over() {
    let shop = shop();
    let (card, phones) = shop.card(1);
    card.change(1);
    let published = clock::instant();
    let first = shop.pushes(card.pass_type(), 1)[0].raw.when;
    assert!(first.saturating_duration_since(published) < Duration::from_secs(2));
    let mut last = published;
    for cups in 2..8 {
        last = clock::instant();
        card.change(cups);
    }
    let pushes = shop.pushes(card.pass_type(), 2);
    shop.progress_with(&card, &json!({ "pushed": 1 }));
    shop.fence();
    let pushes = shop.pushes(card.pass_type(), pushes.len());
    let second = pushes[1].raw.when;
    assert!(second - first > LEAST, "{:?}", second - first);
    let newest = pushes.last().unwrap().raw.when;
    assert!(newest > last);
    // A third one only if the changes themselves took longer than the interval.
    let room = usize::from(last - first > LEAST);
    assert!(pushes.len() <= 2 + room, "{} pushes", pushes.len());
    assert!(pushes.iter().all(|push| push.token == phones[0].push_token()));
}

#[test]
fn a_phone_with_nine_changed_passes_of_a_type_is_pushed_once_for_all_that_change_in_an_interval() {
    let shop = shop();
    let pass_type = new_type();
    let mut phones = [shop.server.phone()];
    let cards: Vec<Card> = (1..=9).map(|number| shop.card_as(&pass_type, &format!("S-{number}"), &mut phones)).collect();
    let _ = phones[0].update(&pass_type);
    let first = clock::instant();
    let mut last = first;
    for card in &cards {
        last = clock::instant();
        card.change(1);
    }
    for card in &cards {
        shop.progress_with(card, &json!({ "pushed": 1 }));
    }
    shop.fence();
    let pushes = shop.pushes(&pass_type, 1);
    assert!(pushes.last().unwrap().raw.when > last, "nobody told it of the last change");
    let room = (last - first).as_secs() / SECONDS;
    assert!(pushes.len() as u64 <= 2 + room, "{} pushes", pushes.len());
    assert_eq!(phones[0].update(&pass_type).len(), 10, "a list and nine passes");
}
