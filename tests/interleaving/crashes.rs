//! Increments whose requests crash after they are stored, and those that are overtaken again and again.

use crate::{
    increments::{points_of, settle},
    schedule::crash_after,
    shop::{SERIAL, Shop, finished},
};
use edgepass::jobs::Applied;
use serde_json::{Value, json};
use std::task::{Context, Poll, Waker};

/// Crashes later and later, until the increment is stored and not applied.
fn crash_when_stored(shop: &Shop, change: &Value) {
    let mut turns = 0;
    while shop.count("increments") == 0 {
        turns += 1;
        let _ = finished(crash_after(turns, shop.change(change, "the key".to_owned(), turns.to_string())));
    }
}

#[test]
fn one_that_crashed_is_found_by_the_cron_trigger_after_a_minute_and_not_before() {
    let shop = Shop::open_loyalty(0, 0);
    let change = json!({ "increment": { "points": 5 } });
    crash_when_stored(&shop, &change);
    assert_eq!((points_of(&shop), shop.count("increments WHERE applied_at IS NULL")), (0, 1));
    for (seconds, made) in [(59, 0), (60, 0), (61, 1), (62, 0)] {
        let applied = finished(shop.apply_increments(seconds, &format!("cron-{seconds}"))).unwrap();
        assert_eq!(applied, Applied { made, failed: 0 }, "{seconds}");
    }
    assert_eq!(points_of(&shop), 5);
    assert_eq!(finished(shop.change(&change, "the key".to_owned(), "again".to_owned())), Some(200));
    assert_eq!(points_of(&shop), 5);
}

#[test]
fn a_new_version_of_the_pass_ends_what_is_pending() {
    let shop = Shop::open_loyalty(0, 0);
    let change = json!({ "increment": { "points": 5 } });
    crash_when_stored(&shop, &change);
    assert_eq!(finished(shop.order_with(SERIAL, &json!({ "points": 64 }))), 200);
    settle(&shop, "settle");
    assert_eq!(points_of(&shop), 64, "the request did not get an answer before the pass was made anew");
}

#[test]
fn one_that_is_refused_after_a_crash_does_not_count() {
    let shop = Shop::open_loyalty(0, 0);
    let change = json!({ "increment": { "points": 5 } });
    crash_when_stored(&shop, &change);
    shop.remove_identity();
    assert_eq!(finished(shop.change(&change, "the key".to_owned(), "again".to_owned())), Some(409));
    assert_eq!(shop.count("increments"), 0);
}

#[test]
fn increments_are_forgotten_a_day_after_they_were_applied() {
    let shop = Shop::open_loyalty(0, 0);
    for till in 0..3 {
        let key = format!("till {till}");
        let change = json!({ "increment": { "points": 1 } });
        assert_eq!(finished(shop.change(&change, key.clone(), key)), Some(200));
    }
    for (seconds, left) in [(0, 3), (86_400, 3), (2 * 86_400 + 1, 0)] {
        shop.sweep_increments(seconds);
        assert_eq!(shop.count("increments"), left, "{seconds}");
    }
}

/// Carries out a change while another writer publishes before each of its steps.
fn change_overtaken(shop: &Shop, change: &Value) -> Option<u16> {
    let mut sent = Box::pin(shop.change(change, "the key".to_owned(), "overtaken".to_owned()));
    let mut context = Context::from_waker(Waker::noop());
    for step in 0.. {
        shop.overtake(step);
        if let Poll::Ready(status) = sent.as_mut().poll(&mut context) {
            return status;
        }
    }
    None
}

#[test]
fn one_that_is_overtaken_again_and_again_is_202_and_counts() {
    let shop = Shop::open_loyalty(0, 0);
    let add = json!({ "increment": { "points": 5 } });
    assert_eq!(change_overtaken(&shop, &add), Some(202));
    settle(&shop, "settle");
    assert_eq!(points_of(&shop), 5);
    assert_eq!(finished(shop.change(&add, "the key".to_owned(), "again".to_owned())), Some(200));
    assert_eq!(points_of(&shop), 5);
}

#[test]
fn one_with_values_that_is_overtaken_again_and_again_is_409_and_changes_nothing() {
    let shop = Shop::open_loyalty(0, 0);
    let change = json!({ "increment": { "points": 5 }, "values": { "level": "Gold" } });
    assert_eq!(change_overtaken(&shop, &change), Some(409));
    assert_eq!(shop.count("increments"), 0);
    settle(&shop, "settle");
    assert_eq!(points_of(&shop), 0);
}

#[test]
fn one_that_cannot_be_applied_is_forgotten_after_30_days() {
    let shop = Shop::open_loyalty(0, 0);
    crash_when_stored(&shop, &json!({ "increment": { "points": 5 } }));
    finished(shop.withdraw(SERIAL));
    for (days, left) in [(29, 1), (31, 0)] {
        shop.sweep_increments(days * 86_400);
        assert_eq!(shop.count("increments"), left, "{days} days");
    }
}
