//! `PUSH_MIN_INTERVAL`: phones that are pushed too often stop listening.

use super::shop::Shop;
use crate::util::{Card, Made, new_type, until};
use edgepass_support::clock;
use serde_json::json;
use std::{sync::LazyLock, thread, time::Duration};

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

#[test]
fn for_fifty_increments_at_once_on_one_card_its_phones_are_pushed_to_once_an_interval() {
    const AT_ONCE: usize = 50;
    let shop = shop();
    let made = Made::loyalty_at(&shop.server);
    made.make_with(&json!({ "points": 0 })).expect(201);
    let mut phone = shop.server.phone();
    assert_eq!(phone.register(&made.pass()).status(), 201);
    let add = json!({ "increment": { "points": 1 } });
    let first = clock::instant();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| made.change(&add).expect(200));
        }
    });
    let last = clock::instant();
    assert_eq!(made.metadata()["values"], json!({ "points": AT_ONCE }));
    until("the last change was pushed", || {
        let progress = shop.get(&format!("{}/push", made.path())).json();
        (progress["jobsWaiting"] == 0 && progress["devices"]["pushed"] == 1).then_some(())
    });
    let room = usize::try_from((last - first).as_secs() / SECONDS).unwrap();
    let pushes = shop.pushes(&made.pass_type, 1);
    assert!(pushes.len() <= 2 + room, "{} pushes", pushes.len());
    for pair in pushes.windows(2) {
        assert!(pair[1].raw.when - pair[0].raw.when > LEAST);
    }
    let _ = phone.update(&made.pass_type);
    let content = &phone.pass(&made.pass_type, &made.serial).unwrap().content;
    assert_eq!(content["storeCard"]["primaryFields"][0]["value"], AT_ONCE);
}
