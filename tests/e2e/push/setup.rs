//! Push that is not set up, or wrongly. Everything else works, and no change is lost.

use super::shop::{RESUME, Shop, apns, health, is_date, overview, tokens};
use crate::util::{Card, calls, is_not_configured, logged, new_type};
use edgepass_support::{
    apns::Apns,
    server::{Options, Server},
};
use serde_json::{Value, json};

/// Checks that devices are served. Returns a changed card, and the push token to tell.
fn changed_card(server: &Server) -> (Card, [String; 1]) {
    let card = Card::new(&new_type(), "S-1").at(server.issuer());
    card.publish(&card.file()).expect(201);
    let mut phone = server.phone();
    assert_eq!(phone.register(&card.pass).status(), 201);
    card.change(1);
    assert_eq!(phone.update(card.pass_type()).len(), 2);
    assert_eq!(phone.register(&card.pass).status(), 200);
    (card, [phone.push_token().to_owned()])
}

/// Checks that push says what is wrong with it, and that its jobs wait.
fn waits(server: &Server, jobs: usize, words: &[&str]) {
    let state = overview(server, "ApplePass");
    let problem = state["problem"].as_str().unwrap_or_default();
    assert!(words.iter().all(|word| problem.contains(word)), "{words:?}: {state}");
    assert_eq!((&state["configured"], &state["jobsWaiting"]), (&json!(false), &json!(jobs)), "{state}");
    assert!(is_date(&state["oldestWaiting"]), "{state}");
    assert_eq!(health(server), "notConfigured");
    server.trigger(RESUME).expect(200);
    let line = logged(server, "\"cron\":\"resume\"");
    assert_eq!(line["pushNotConfigured"], json!(["ApplePass"]), "{line}");
    assert_eq!(line["resumed"], 0, "{line}");
}

fn again(server: Server, apns: &Apns, vars: &[(&str, &str)]) -> Server {
    let url = apns.url();
    let usual = [("APNS_URL", &*url), ("APNS_KEY_ID", apns.key_id()), ("APNS_TEAM_ID", apns.team_id())];
    let kept = usual.into_iter().filter(|(name, _)| vars.iter().all(|(given, _)| given != name));
    let vars: Vec<_> = kept.chain(vars.iter().copied()).collect();
    server.restart(Options { vars: &vars, ..Options::default() })
}

#[test]
fn what_changes_before_push_is_set_up_right_is_told_afterwards() {
    let apns = apns();
    let sandbox = [("APNS_URL", "https://api.sandbox.push.apple.com")];
    let server = Server::start(Options { vars: &sandbox, ..Options::default() });
    server.trigger(RESUME).expect(200);
    assert_eq!(health(&server), "ok", "who has no devices needs no push");
    assert!(!server.log().contains("\"cron\":\"resume\""), "{}", server.log());
    let (first, first_tokens) = changed_card(&server);
    waits(&server, 1, &["APNS_URL", "development server"]);

    let damaged = apns.key_pem().replacen("MIGT", "MIGU", 1);
    let server = again(server, &apns, &[("APNS_KEY", &damaged)]);
    let (second, second_tokens) = changed_card(&server);
    waits(&server, 2, &["APNS_KEY", "damaged", "wrangler secret put APNS_KEY"]);
    for line in apns.key_pem().lines().filter(|line| line.len() == 64).skip(1) {
        assert!(!server.log().contains(line) && !overview(&server, "ApplePass").to_string().contains(line));
    }

    let wrong = [("APNS_KEY", apns.key_pem()), ("APNS_KEY_ID", "AuthKey"), ("PUSH_MIN_INTERVAL", "abc")];
    let server = again(server, &apns, &wrong);
    let state = overview(&server, "ApplePass");
    assert!(state["problem"].as_str().unwrap().contains("APNS_KEY_ID must be"), "{state}");
    let refused = server.issuer().publish(first.pass_type(), first.serial(), &first.file_with(2));
    is_not_configured(&refused, &["PUSH_MIN_INTERVAL", "0 to 86400"]);
    assert_eq!(calls(&refused), 0);
    let mut phone = server.phone();
    assert_eq!(phone.register(&first.pass).status(), 201);
    assert_eq!(phone.fetch(&first.pass).status(), 200);
    assert_eq!(phone.unregister(&first.pass).status(), 200);

    assert_eq!(apns.requests().len(), 0);
    let shop = Shop { server: again(server, &apns, &[("APNS_KEY", apns.key_pem())]), apns };
    assert_eq!(shop.overview("ApplePass")["problem"], Value::Null);
    shop.server.trigger(RESUME).expect(200);
    for (card, expected) in [(&first, first_tokens), (&second, second_tokens)] {
        assert_eq!(tokens(&shop.pushes(card.pass_type(), 1)), expected);
        shop.progress_with(card, &json!({ "pushed": 1 }));
    }
    shop.fence();
    assert_eq!(shop.apns.count(), 3, "each once");
    assert_eq!(health(&shop.server), "ok");
}

#[test]
fn without_a_key_the_overview_says_what_push_takes() {
    let state = overview(Server::shared(), "ApplePass");
    let problem = state["problem"].as_str().unwrap();
    for word in ["APNS_KEY", "APNS_KEY_ID", "APNS_TEAM_ID"] {
        assert!(problem.contains(word), "{problem}");
    }
}
