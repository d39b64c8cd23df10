//! What a change of a pass causes.

use super::shop::{Shop, tokens, tokens_of};
use crate::util::Made;
use edgepass_support::clock;
use serde_json::json;
use std::{collections::HashSet, time::Duration};

const SOON: Duration = Duration::from_secs(2);

#[test]
fn each_device_is_pushed_once_within_two_seconds() {
    let shop = Shop::shared();
    let (card, phones) = shop.card(3);
    card.change(1);
    let published = clock::instant();
    let pushes = shop.pushes(card.pass_type(), 3);
    assert_eq!(tokens(&pushes), tokens_of(&phones));
    for push in &pushes {
        let took = push.raw.when.saturating_duration_since(published);
        assert!(took < SOON, "{took:?}:\n{}", shop.server.log());
    }
    shop.fence();
    assert_eq!(shop.pushes(card.pass_type(), 0).len(), 3);
    let progress = shop.progress_with(&card, &json!({ "pushed": 3 }));
    assert_eq!(progress["errors"], json!({}));
}

#[test]
fn a_push_is_what_wallet_and_apple_expect() {
    let shop = Shop::shared();
    let (card, phones) = shop.card(1);
    card.change(1);
    let push = &shop.pushes(card.pass_type(), 1)[0];
    assert_eq!(push.problems, []);
    assert_eq!(push.outcome, "200");
    assert_eq!(push.raw.method, "POST");
    assert_eq!(push.raw.path, format!("/3/device/{}", phones[0].push_token()));
    assert_eq!(push.raw.body, b"{}");
    assert_eq!(push.topic.as_deref(), Some(card.pass_type()));
    assert_eq!(push.push_type.as_deref(), Some("background"));
    assert_eq!(push.priority.as_deref(), Some("5"));
    // The platform speaks HTTP/2 where TLS agrees on it; here there is none.
    assert_eq!(push.raw.version, "HTTP/1.1");
    let names: HashSet<&str> = push.raw.headers.iter().map(|(name, _)| name.as_str()).collect();
    let apple = names.iter().filter(|name| name.starts_with("apns-")).count();
    assert_eq!(apple, 3, "{names:?}");
    let claims = push.claims.as_ref().expect("a provider token that holds");
    assert_eq!((&*claims.key_id, &*claims.team_id), (shop.apns.key_id(), shop.apns.team_id()));
    assert_eq!(shop.apns.problems(), []);
}

#[test]
fn a_phone_that_is_pushed_finds_the_change_and_has_nothing_to_complain_about() {
    let shop = Shop::shared();
    let (card, mut phones) = shop.card(1);
    let phone = &mut phones[0];
    let _ = phone.update(card.pass_type());
    for cups in 1..6 {
        card.change(cups);
        shop.pushes_to(phone.push_token(), usize::try_from(cups).unwrap());
        let exchanges = phone.update(card.pass_type());
        assert_eq!(exchanges.len(), 2);
        for exchange in exchanges {
            assert_eq!(exchange.complaints(), [""; 0], "{exchange}");
        }
        let content = &phone.pass(card.pass_type(), card.serial()).unwrap().content;
        assert_eq!(content["storeCard"]["primaryFields"][0]["value"], cups);
    }
}

#[test]
fn the_same_manifest_again_pushes_nothing() {
    let shop = Shop::shared();
    let (card, _) = shop.card(1);
    card.change(1);
    shop.pushes(card.pass_type(), 1);
    for _ in 0..3 {
        assert_eq!(card.publish(&card.file_with(1)).expect(200).json()["changed"], false);
    }
    shop.fence();
    assert_eq!(shop.pushes(card.pass_type(), 1).len(), 1);
}

#[test]
fn only_the_newest_push_token_is_pushed_to() {
    let shop = Shop::shared();
    let (card, mut phones) = shop.card(1);
    let phone = &mut phones[0];
    let old = phone.push_token().to_owned();
    phone.rotate_push_token();
    assert_eq!(phone.register(&card.pass).status(), 200);
    card.change(1);
    assert_eq!(tokens(&shop.pushes(card.pass_type(), 1)), [phone.push_token()]);
    shop.fence();
    assert_eq!(shop.pushes_to(&old, 0).len(), 0);
}

#[test]
fn a_device_that_unregistered_is_not_pushed_to() {
    let shop = Shop::shared();
    let (card, mut phones) = shop.card(2);
    assert_eq!(phones[0].unregister(&card.pass).status(), 200);
    card.change(1);
    assert_eq!(tokens(&shop.pushes(card.pass_type(), 1)), [phones[1].push_token()]);
    assert_eq!(phones[1].unregister(&card.pass).status(), 200);
    card.change(2);
    shop.fence();
    assert_eq!(shop.pushes(card.pass_type(), 1).len(), 1);
}

#[test]
fn withdrawing_a_pass_pushes_nothing_and_publishing_it_again_does() {
    let shop = Shop::shared();
    let (card, _) = shop.card(1);
    card.withdraw();
    shop.fence();
    assert_eq!(shop.pushes(card.pass_type(), 0).len(), 0);
    card.change(1);
    assert_eq!(shop.pushes(card.pass_type(), 1).len(), 1);
}

#[test]
fn registering_never_pushes() {
    let shop = Shop::shared();
    let (card, mut phones) = shop.card(1);
    let phone = &mut phones[0];
    card.change(1);
    shop.pushes(card.pass_type(), 1);
    for _ in 0..3 {
        assert_eq!(phone.register(&card.pass).status(), 200);
        phone.rotate_push_token();
        assert_eq!(phone.register(&card.pass).status(), 200);
    }
    let mut late = shop.server.phone();
    assert_eq!(late.register(&card.pass).status(), 201);
    shop.fence();
    assert_eq!(shop.pushes(card.pass_type(), 1).len(), 1);
}

#[test]
fn a_made_pass_pushes_when_it_is_made_again_patched_or_republished() {
    let shop = Shop::shared();
    let made = Made::ready_at(&shop.server);
    let sibling = made.sibling("S-2");
    let mut phones = [shop.server.phone(), shop.server.phone()];
    for (made, phone) in [&made, &sibling].into_iter().zip(&mut phones) {
        made.make(&"{}").expect(201);
        assert_eq!(phone.register(&made.pass()).status(), 201);
    }
    let [first, second] = [phones[0].push_token(), phones[1].push_token()];
    made.make(&json!({ "description": "made" })).expect(200);
    assert_eq!(tokens(&shop.pushes(&made.pass_type, 1)), [first]);
    made.patch(&json!({ "description": "patched" })).expect(200);
    assert_eq!(tokens(&shop.pushes(&made.pass_type, 2)), [first, first]);
    made.patch(&json!({ "description": "patched" })).expect(200);
    made.make(&json!({ "description": "patched" })).expect(200);

    made.template.clone().field("backgroundColor", "rgb(1, 2, 3)").store().expect(200);
    shop.fence();
    assert_eq!(shop.pushes(&made.pass_type, 2).len(), 2, "what changed nothing was pushed");
    made.issuer.republish(&made.template.name).expect(202);
    shop.pushes_to(first, 3);
    shop.pushes_to(second, 1);
    shop.fence();
    let mut expected = [first, first, first, second];
    expected.sort_unstable();
    assert_eq!(tokens(&shop.pushes(&made.pass_type, 4)), expected);
}
