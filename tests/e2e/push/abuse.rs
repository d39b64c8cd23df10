//! One holder's push tokens, or one wrong setting, must not cost everybody push: who is pushed to, and who waits for whom.

use super::shop::{Shop, is_date, tokens};
use crate::util::{Card, next_second, until};
use edgepass_support::{apns::Behaviour, phone::Phone, random};
use serde_json::json;
use std::time::Duration;

/// Registers a card under many device identifiers with one push token.
fn register_again_and_again(shop: &Shop, card: &Card, push_token: &str, times: usize) {
    for _ in 0..times {
        let mut phone = shop.server.phone().with_push_token(push_token);
        assert_eq!(phone.register(&card.pass).status(), 201);
    }
}

#[test]
fn device_identifiers_that_share_a_push_token_are_one_phone() {
    let shop = Shop::shared();
    let (card, phones) = shop.card(1);
    let shared = random::hex(32);
    register_again_and_again(shop, &card, &shared, 60);
    card.change(1);
    shop.progress_with(&card, &json!({ "pushed": 2 }));
    let mut expected = vec![shared.as_str(), phones[0].push_token()];
    expected.sort_unstable();
    shop.fence();
    assert_eq!(tokens(&shop.pushes(card.pass_type(), 2)), expected);

    shop.apns.script(&shared, [Behaviour::refuse("TooManyRequests")]);
    card.change(2);
    let progress = shop.progress_with(&card, &json!({ "pushed": 1, "failing": 1 }));
    assert_eq!(progress["errors"], json!({ "TooManyRequests": 1 }));

    let dead = random::hex(32);
    let (other, _) = shop.card(1);
    register_again_and_again(shop, &other, &dead, 5);
    shop.apns.script(&dead, [Behaviour::refuse("BadDeviceToken")]);
    // Its own phone is delivered to: the configuration is right.
    other.change(1);
    until("all registrations of the token are gone", || (other.registrations().len() == 1).then_some(()));
}

#[test]
fn made_up_tokens_of_one_pass_do_not_keep_phones_of_another_type_waiting() {
    let minute = Duration::from_mins(1);
    let shop = Shop::open(&[]);
    for answer in [Behaviour::refuse("BadPath"), Behaviour::refuse("InternalServerError"), Behaviour::Hang] {
        let (made_up, _) = card_of_bad_tokens(&shop, 60, &answer);
        made_up.change(1);
        shop.pushes(made_up.pass_type(), 1);
        let (card, phones) = shop.card(1);
        card.change(1);
        let token = phones[0].push_token();
        let pushed = shop.apns.wait_for_those(1, minute, |push| push.token == token);
        assert_eq!(pushed.len(), 1, "{answer:?}:\n{}", shop.server.log());
        assert_eq!(shop.overview("ApplePass")["held"], json!([]), "{answer:?}");
        assert_eq!(made_up.registrations().len(), 60);
    }
}

/// A card on phones whose push tokens all get this answer.
fn card_of_bad_tokens(shop: &Shop, phones: usize, answer: &Behaviour) -> (Card, Vec<Phone>) {
    let (card, phones) = shop.card(phones);
    for phone in &phones {
        shop.apns.script(phone.push_token(), [answer.clone()]);
    }
    (card, phones)
}

#[test]
fn a_wrong_configuration_deletes_no_registration_until_an_issuer_says_so() {
    let shop = Shop::open(&[("PUSH_MIN_INTERVAL", "0")]);
    for reason in ["BadDeviceToken", "DeviceTokenNotForTopic"] {
        let (card, phones) = card_of_bad_tokens(&shop, 24, &Behaviour::refuse(reason));
        card.change(1);
        let held = until("the type is held", || shop.hold(&json!(card.pass_type())));
        assert_eq!((&held["cause"], &held["reason"]), (&json!("configuration"), &json!(reason)));
        assert_eq!(shop.health(), "held");
        assert_eq!(card.registrations().len(), 24);

        for phone in &phones {
            shop.apns.script(phone.push_token(), [Behaviour::Deliver, Behaviour::refuse(reason)]);
        }
        assert_eq!(shop.try_out(card.pass_type()), json!([true, 400, "BadDeviceToken"]));
        shop.progress_with(&card, &json!({ "pushed": 24 }));
        assert_eq!(shop.health(), "ok");

        card.change(2);
        until("the type is held again", || shop.hold(&json!(card.pass_type())));
        assert_eq!(card.registrations().len(), 24);
        shop.say(&json!({ "passTypeIdentifier": card.pass_type(), "deleteBadTokens": true }));
        until("the registrations are gone", || card.registrations().is_empty().then_some(()));
        assert_eq!(shop.health(), "ok", "an issuer's word is no hold");
        let told = shop.overview("ApplePass")["badTokensDeleted"].clone();
        let mut told = told.as_array().into_iter().flatten();
        assert!(told.any(|told| told["passTypeIdentifier"] == card.pass_type() && is_date(&told["until"])));
    }
}

#[test]
fn some_bad_tokens_go_where_others_are_delivered_and_so_do_any_number_that_died_at_a_known_time() {
    let shop = Shop::shared();
    let (few, _) = card_of_bad_tokens(shop, 19, &Behaviour::refuse("BadDeviceToken"));
    assert_eq!(shop.server.phone().register(&few.pass).status(), 201);
    few.change(1);
    until("the registrations are gone", || (few.registrations().len() == 1).then_some(()));
    next_second();
    let (many, phones) = shop.card(24);
    next_second();
    let now = i64::try_from(edgepass_support::clock::unix_now().as_millis()).expect("the present");
    for phone in &phones {
        shop.apns.script(phone.push_token(), [Behaviour::unregistered(now)]);
    }
    many.change(1);
    until("the registrations are gone", || many.registrations().is_empty().then_some(()));
    assert_eq!(shop.hold(&json!(many.pass_type())), None);
}

/// No cron trigger runs in these tests but where one is asked for. A phone that failed is due first, so that the message for
/// it must
/// not be the last.
#[test]
fn a_phone_that_waits_for_its_interval_is_pushed_to_without_the_cron_trigger() {
    // Longer than the wait after a first failure.
    let shop = Shop::open(&[("PUSH_MIN_INTERVAL", "45")]);
    let (failing, unreached) = shop.card(1);
    shop.apns.script(unreached[0].push_token(), [Behaviour::Reset, Behaviour::Deliver]);
    failing.change(1);
    shop.progress_with(&failing, &json!({ "failing": 1 }));
    let (first, mut phones) = shop.card(1);
    first.change(1);
    shop.pushes(first.pass_type(), 1);
    let second = shop.card_as(first.pass_type(), "S-2", &mut phones);
    second.change(1);
    let token = phones[0].push_token();
    let pushes = shop.apns.wait_for_those(2, Duration::from_secs(75), |push| push.token == token);
    assert_eq!(pushes.len(), 2, "{}", shop.server.log());
    assert_eq!(shop.pushes_to(unreached[0].push_token(), 2).len(), 2);
}
