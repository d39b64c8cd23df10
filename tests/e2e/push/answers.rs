//! What an answer of Apple's push service does to a device.

use super::shop::{NO_DEVICE, Shop, is_date, tokens, tokens_of};
use crate::util::{Card, new_type, next_second, until};
use edgepass_support::{apns::Behaviour, clock, phone::Phone, random};
use serde_json::json;

fn now_ms() -> i64 {
    i64::try_from(clock::unix_now().as_millis()).expect("the present")
}

#[track_caller]
fn is_held_by(card: &Card, phones: &[&Phone]) {
    let mut held: Vec<String> = card
        .registrations()
        .iter()
        .map(|known| known["deviceLibraryIdentifier"].as_str().unwrap_or_default().trim_end_matches('…').to_owned())
        .collect();
    let mut expected: Vec<String> = phones.iter().map(|phone| phone.device()[..8].to_owned()).collect();
    held.sort();
    expected.sort();
    assert_eq!(held, expected);
}

#[test]
fn a_token_that_died_after_it_was_registered_goes_and_one_that_died_before_is_tried_again() {
    let shop = Shop::shared();
    let (card, phones) = shop.card(4);
    next_second();
    let [gone, expired, returned, fine] = [0, 1, 2, 3].map(|index| &phones[index]);
    shop.apns.script(gone.push_token(), [Behaviour::unregistered(now_ms())]);
    shop.apns.script(expired.push_token(), [Behaviour::expired_token(now_ms())]);
    shop.apns.script(returned.push_token(), [Behaviour::unregistered(now_ms() - 3_600_000)]);
    card.change(1);
    let progress = shop.progress_with(&card, &json!({ "pushed": 1, "failing": 1 }));
    assert_eq!(progress["deadTokensDropped"], 2);
    assert_eq!(progress["errors"], json!({ "Unregistered": 1 }));
    is_held_by(&card, &[returned, fine]);

    card.change(2);
    shop.pushes_to(fine.push_token(), 2);
    shop.fence();
    let dead = [gone, expired, returned].map(|phone| shop.pushes_to(phone.push_token(), 1).len());
    assert_eq!(dead, [1, 1, 1]);
}

#[test]
fn a_token_from_the_future_of_apple_s_clock_takes_no_later_registration_along() {
    let shop = Shop::shared();
    let (card, mut phones) = shop.card(1);
    next_second();
    shop.apns.script(phones[0].push_token(), [Behaviour::unregistered(now_ms() + 86_400_000)]);
    card.change(1);
    until("the registration is gone", || card.registrations().is_empty().then_some(()));
    assert_eq!(phones[0].register(&card.pass).status(), 201);
    shop.fence();
    is_held_by(&card, &[&phones[0]]);
}

#[test]
fn a_bad_token_goes_with_all_registrations_of_its_device_for_this_type_and_with_no_others() {
    let shop = Shop::shared();
    for reason in ["BadDeviceToken", "DeviceTokenNotForTopic"] {
        let pass_type = new_type();
        let mut phones = [shop.server.phone(), shop.server.phone()];
        let cards = ["S-1", "S-2"].map(|serial| shop.card_as(&pass_type, serial, &mut phones));
        let elsewhere = shop.card_as(&new_type(), "S-1", &mut phones[1..]);
        let [bad, fine] = &phones;
        shop.apns.script(bad.push_token(), [Behaviour::refuse(reason)]);
        cards[0].change(1);
        for card in &cards {
            until("the registration is gone", || (card.registrations().len() == 1).then_some(()));
            is_held_by(card, &[fine]);
        }
        let progress = shop.progress_with(&cards[0], &json!({ "pushed": 1 }));
        assert_eq!((&progress["deadTokensDropped"], &progress["errors"]), (&json!(1), &json!({})), "{reason}");
        is_held_by(&elsewhere, &[fine]);
        assert_eq!(tokens(&shop.pushes(&pass_type, 2)), tokens_of(&phones));
    }
}

#[test]
fn a_device_whose_newest_token_is_dead_is_pushed_to_with_the_one_before() {
    let shop = Shop::shared();
    let (pass_type, mut phones) = (new_type(), [shop.server.phone()]);
    let first = shop.card_as(&pass_type, "S-1", &mut phones);
    let old = phones[0].push_token().to_owned();
    next_second();
    phones[0].rotate_push_token();
    let second = shop.card_as(&pass_type, "S-2", &mut phones);
    shop.apns.script(phones[0].push_token(), [Behaviour::refuse("BadDeviceToken")]);
    first.change(1);
    shop.pushes_to(&old, 1);
    assert_eq!(shop.pushes_to(phones[0].push_token(), 1).len(), 1);
    is_held_by(&first, &[&phones[0]]);
    is_held_by(&second, &[]);
}

#[test]
fn a_topic_that_is_refused_stops_this_type_alone_and_goes_on_after_a_trial() {
    let shop = Shop::shared();
    for reason in ["TopicDisallowed", "BadTopic", "MissingTopic", "InvalidPushType"] {
        let (card, phones) = shop.card(1);
        shop.apns.script(phones[0].push_token(), [Behaviour::refuse(reason), Behaviour::Deliver]);
        card.change(1);
        let hold = until("the type is held", || shop.hold(&json!(card.pass_type())));
        assert_eq!((&hold["cause"], &hold["reason"]), (&json!("configuration"), &json!(reason)));
        for moment in ["since", "retryAt"] {
            assert!(is_date(&hold[moment]), "{hold}");
        }
        assert_eq!(shop.health(), "held");
        shop.fence();
        assert_eq!(shop.pushes(card.pass_type(), 1).len(), 1, "{reason}");
        is_held_by(&card, &[&phones[0]]);

        assert_eq!(shop.try_out(card.pass_type()), json!([true, 400, "BadDeviceToken"]));
        shop.pushes(card.pass_type(), 2);
        shop.progress_with(&card, &json!({ "pushed": 1 }));
        assert_eq!(shop.hold(&json!(card.pass_type())), None);
    }
    let trials = shop.pushes_to(NO_DEVICE, 4);
    assert!(trials.iter().all(|trial| trial.problems.is_empty()));
}

#[test]
fn hex_in_capitals_is_another_device_and_another_token_than_in_small_letters() {
    let shop = Shop::shared();
    let small = shop.server.phone();
    let [device, token] = [small.device(), small.push_token()].map(str::to_ascii_uppercase);
    let capitals = shop.server.phone().with_device(&device).with_push_token(&token);
    let mut phones = [small, capitals];
    // Both registrations are new, which `card_as` checks.
    let card = shop.card_as(&new_type(), "S-1", &mut phones);
    is_held_by(&card, &[&phones[0], &phones[1]]);
    card.change(1);
    assert_eq!(tokens(&shop.pushes(card.pass_type(), 2)), tokens_of(&phones));
    shop.progress_with(&card, &json!({ "pushed": 2 }));

    shop.apns.script(&token, [Behaviour::refuse("BadDeviceToken")]);
    card.change(2);
    until("the registration is gone", || (card.registrations().len() == 1).then_some(()));
    is_held_by(&card, &[&phones[0]]);
    assert_eq!(phones[1].unregister(&card.pass).status(), 200);
    is_held_by(&card, &[&phones[0]]);
    assert_eq!(phones[0].unregister(&card.pass).status(), 200);
    is_held_by(&card, &[]);
}

#[test]
fn a_push_token_that_is_no_hex_is_another_wallet_s_and_never_goes_to_apple() {
    let shop = Shop::shared();
    let (card, mut phones) = shop.card(1);
    phones.push(shop.server.phone().with_push_token(&format!("{}ABC", random::hex(2))));
    assert_eq!(phones[1].register(&card.pass).status(), 201);
    let mut others = ["APA91bHun4MxP5:x", "a/b", "..", "a b", "ü", "%2e", "?", "0x0f"]
        .map(|token| shop.server.phone().with_push_token(token));
    for phone in &mut others {
        assert_eq!(phone.register(&card.pass).status(), 201);
    }
    let unknown = || card.registrations().iter().filter(|registration| registration["client"] == "unknown").count();
    assert_eq!(unknown(), others.len());

    card.change(1);
    assert_eq!(tokens(&shop.pushes(card.pass_type(), 2)), tokens_of(&phones));
    for phone in &mut others {
        let listed = phone.list(card.pass_type());
        assert_eq!((listed.serials(), listed.complaints()), (vec![card.serial().to_owned()], &[][..]));
    }

    // It has Apple's push token now, and then another wallet's again.
    let [mut moved, mut left, ..] = others.clone();
    moved = moved.with_push_token(&random::hex(32));
    assert_eq!(moved.register(&card.pass).status(), 200);
    assert_eq!(left.unregister(&card.pass).status(), 200);
    card.change(2);
    shop.pushes_to(moved.push_token(), 1);
    assert_eq!(others[0].register(&card.pass).status(), 200);
    card.change(3);
    shop.fence();
    assert_eq!(shop.pushes_to(moved.push_token(), 1).len(), 1);
    assert_eq!((unknown(), card.registrations().len()), (others.len() - 1, others.len() + 1));
}
