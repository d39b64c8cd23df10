//! What becomes of everything when Apple's push service takes nothing from us.

use super::shop::{NO_DEVICE, RESUME, Shop};
use crate::util::until;
use edgepass_support::apns::Behaviour;
use serde_json::{Value, json};

/// Checks that after this answer all pushes wait and no token is lost, and that a trial lets them go on.
fn holds_everything(shop: &Shop, reason: &str, cause: &str) {
    let (card, phones) = shop.card(1);
    let (other, _) = shop.card(2);
    shop.apns.script(phones[0].push_token(), [Behaviour::refuse(reason), Behaviour::Deliver]);
    card.change(1);
    let hold = until("the service is held", || shop.hold(&Value::Null));
    assert_eq!((&hold["cause"], &hold["reason"]), (&json!(cause), &json!(reason)), "{hold}");
    assert_eq!(shop.health(), "held");

    let so_far = shop.apns.count();
    other.change(1);
    shop.server.trigger(RESUME).expect(200);
    assert_eq!(shop.progress(&other)["jobsWaiting"], 1);
    assert_eq!(shop.apns.count(), so_far, "{reason}");
    for (card, devices) in [(&card, 1), (&other, 2)] {
        assert_eq!(card.registrations().len(), devices);
        assert_eq!(shop.progress(card)["deadTokensDropped"], 0);
    }

    let refused = [Behaviour::refuse(reason), Behaviour::Reset, Behaviour::refuse("BadDeviceToken")];
    shop.apns.script(NO_DEVICE, refused);
    let tried = shop.try_out(card.pass_type());
    assert_eq!((&tried[0], &tried[2]), (&json!(false), &json!(reason)));
    assert_eq!(shop.try_out(card.pass_type()), json!([false, null, "NoAnswer"]));
    assert_eq!(shop.pushes(other.pass_type(), 0).len(), 0, "a trial that failed let it go on");
    assert_eq!(shop.try_out(card.pass_type()), json!([true, 400, "BadDeviceToken"]));
    shop.pushes(card.pass_type(), 2);
    shop.pushes(other.pass_type(), 2);
    shop.progress_with(&card, &json!({ "pushed": 1 }));
    shop.progress_with(&other, &json!({ "pushed": 2 }));
    assert_eq!(shop.health(), "ok");
}

#[test]
fn what_is_wrong_with_all_pushes_holds_them_and_costs_no_token_until_a_trial_succeeds() {
    let shop = Shop::open(&[("PUSH_MIN_INTERVAL", "0")]);
    for reason in ["InvalidProviderToken", "MissingProviderToken", "Forbidden"] {
        holds_everything(&shop, reason, "configuration");
    }
    let errors = shop.overview("ApplePass")["errors"].clone();
    assert_eq!((&errors["MissingProviderToken"], &errors["Forbidden"]), (&json!(1), &json!(1)), "{errors}");

    a_service_that_is_out_of_order_is_left_alone(&shop);
    a_provider_token_that_expired_is_made_anew_once(&shop);
    assert_eq!(shop.apns.problems(), []);
}

fn a_provider_token_that_expired_is_made_anew_once(shop: &Shop) {
    let expired = || Behaviour::refuse("ExpiredProviderToken");
    let (card, phones) = shop.card(1);
    let token = phones[0].push_token();
    shop.apns.script(token, [expired(), Behaviour::Deliver]);
    card.change(1);
    let pushes = shop.pushes_to(token, 2);
    shop.fence();
    assert_eq!(shop.pushes_to(token, 2).len(), 2);
    assert_ne!(pushes[0].raw.header("authorization"), pushes[1].raw.header("authorization"));
    assert_eq!(shop.progress_with(&card, &json!({ "pushed": 1 }))["errors"], json!({}));
    assert_eq!(shop.health(), "ok");

    shop.apns.script(token, [expired()]);
    card.change(2);
    let held = until("the service is held", || shop.hold(&Value::Null));
    assert_eq!(held["reason"], "ExpiredProviderToken");
}

/// Ten failures in a row, and a probe that fails, are the service's. The other phones are not tried, but for those under way.
fn a_service_that_is_out_of_order_is_left_alone(shop: &Shop) {
    let (card, _) = shop.card(18);
    let down = || Behaviour::refuse("ServiceUnavailable");
    shop.apns.otherwise(down());
    shop.apns.script(NO_DEVICE, [down(), Behaviour::refuse("BadDeviceToken")]);
    card.change(1);
    let held = until("the service is held", || shop.hold(&Value::Null));
    assert_eq!((&held["cause"], &held["reason"]), (&json!("outage"), &json!("ServiceUnavailable")));
    shop.apns.otherwise(Behaviour::Deliver);
    assert_eq!(shop.try_out(card.pass_type()), json!([true, 400, "BadDeviceToken"]));
    let devices = until("those that were left are pushed to", || {
        let devices = shop.progress(&card)["devices"].clone();
        (devices["waiting"] == 0).then_some(devices)
    });
    let [pushed, failing] = ["pushed", "failing"].map(|state| devices[state].as_u64().unwrap_or_default());
    assert!((10..16).contains(&failing) && pushed + failing == 18, "{devices}");
}
