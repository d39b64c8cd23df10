//! What outlives a failure: nothing that is to be told is lost.

use super::shop::{PATIENCE, RESUME, Shop, tokens};
use crate::util::{Card, until};
use edgepass_support::{apns::Behaviour, server::database};
use serde_json::json;
use std::path::Path;

/// Makes all pages and devices due, and returns how many of each there are.
fn let_time_pass(state: &Path) -> (usize, usize) {
    let database = database(state);
    let run = |sql| database.execute(sql, []).expect("the tables are there");
    let pages = run("UPDATE push_pages SET due_at = 0");
    (pages, run("UPDATE push_devices SET due_at = 0 WHERE due_at IS NOT NULL"))
}

/// Each failure, with the reason that is counted.
fn failures() -> Vec<(Behaviour, &'static str)> {
    vec![
        (Behaviour::refuse("TooManyRequests"), "TooManyRequests"),
        (Behaviour::refuse("InternalServerError"), "InternalServerError"),
        (Behaviour::refuse("ServiceUnavailable"), "ServiceUnavailable"),
        (Behaviour::unregistered(1_000), "Unregistered"),
        (Behaviour::refuse("Unregistered"), "Unregistered"),
        (Behaviour::raw(418, "<html>"), "Status418"),
        (Behaviour::Deliver.after(PATIENCE), "NoAnswer"),
        (Behaviour::Half(410), "Status410"),
        (Behaviour::Reset, "NoAnswer"),
        (Behaviour::Garbage, "NoAnswer"),
        // What the path has may be to blame, which is the token.
        (Behaviour::refuse("BadPath"), "BadPath"),
        (Behaviour::refuse("MethodNotAllowed"), "MethodNotAllowed"),
        (Behaviour::refuse("PayloadTooLarge"), "PayloadTooLarge"),
        (Behaviour::Hang, "NoAnswer"),
    ]
}

/// Changes a card of which all devices but the last fail, and checks that each will be tried again.
fn failing(shop: &Shop) -> Card {
    let failures = failures();
    let (card, phones) = shop.card(failures.len() + 1);
    let mut errors = json!({});
    for ((behaviour, word), phone) in failures.iter().zip(&phones) {
        shop.apns.script(phone.push_token(), [behaviour.clone(), Behaviour::Deliver]);
        errors[word] = json!(errors[word].as_i64().unwrap_or_default() + 1);
    }
    card.change(1);
    let progress = shop.progress_with(&card, &json!({ "pushed": 1, "failing": failures.len() }));
    assert_eq!(progress["errors"], errors);
    assert_eq!(progress["deadTokensDropped"], 0);
    assert_eq!(card.registrations().len(), phones.len());
    let overview = shop.overview("ApplePass");
    assert_eq!(overview["held"], json!([]), "some devices that fail are no outage");
    assert_eq!(overview["devicesWaiting"], failures.len());
    for (word, number) in errors.as_object().into_iter().flatten() {
        assert_eq!(&overview["errors"][word], number, "{overview}");
    }
    card
}

#[test]
fn what_failed_and_what_a_worker_died_over_is_pushed_later_and_counters_go_on() {
    let shop = Shop::open(&[]);
    let failing = failing(&shop);
    let (dying, phones) = shop.card(1);
    shop.apns.script(phones[0].push_token(), [Behaviour::Hang, Behaviour::Deliver]);
    dying.change(1);
    shop.pushes_to(phones[0].push_token(), 1);
    let before = shop.overview("ApplePass");

    let mut waiting = (0, 0);
    let shop = shop.restart(&[], |state| waiting = let_time_pass(state));
    assert_eq!(waiting, (1, failures().len()), "pages that nobody concluded, and devices that failed");
    let after = shop.overview("ApplePass");
    for counter in ["devicesPushed", "errors", "lastRun"] {
        assert_eq!(after[counter], before[counter]);
    }
    assert_eq!(after["devicesPushed"], 1);
    shop.server.trigger(RESUME).expect(200);
    assert_eq!(tokens(&shop.pushes(dying.pass_type(), 2)), [phones[0].push_token(); 2]);
    shop.pushes(failing.pass_type(), 2 * failures().len() + 1);
    let progress = shop.progress_with(&failing, &json!({ "pushed": failures().len() + 1 }));
    assert_eq!(progress["errors"], json!({}));
    shop.progress_with(&dying, &json!({ "pushed": 1 }));
    let pushed = 2 + failures().len();
    until("all are counted", || (shop.overview("ApplePass")["devicesPushed"] == pushed).then_some(()));

    by_default_a_pass_that_was_pushed_waits_for_a_minute(&shop);
}

fn by_default_a_pass_that_was_pushed_waits_for_a_minute(shop: &Shop) {
    let (card, _) = shop.card(1);
    card.change(1);
    shop.pushes(card.pass_type(), 1);
    card.change(2);
    shop.server.trigger(RESUME).expect(200);
    shop.fence();
    assert_eq!(shop.pushes(card.pass_type(), 1).len(), 1);
    let progress = shop.progress(&card);
    assert_eq!((&progress["jobsWaiting"], &progress["devices"]["queued"]), (&json!(1), &json!(1)), "{progress}");
    let moment = |name: &str| httpdate::parse_http_date(progress[name].as_str().unwrap_or_default());
    let [due, run] = ["oldestWaiting", "lastRun"].map(|name| moment(name).expect("a date"));
    assert_eq!(due.duration_since(run).expect("it is later").as_secs(), 60);
}
