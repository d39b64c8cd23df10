//! Wallets besides Apple's: their push tokens go to their own push services, and never to Apple's.

use super::shop::{PATIENCE, RESUME, Shop};
use crate::util::{Card, logged, until};
use edgepass_support::{apns::Behaviour, http::Body, random};
use serde_json::{Value, json};

/// A wallet, its header fields, and the path of its push service.
struct Wallet {
    client: &'static str,
    scheme: &'static str,
    announced: Option<&'static str>,
    path: &'static str,
}

const fn wallet(client: &'static str, path: &'static str) -> Wallet {
    Wallet { client, scheme: client, announced: None, path }
}

const WALLETS: [Wallet; 4] = [
    wallet("AndroidPass", "/walletpasses/api/v1/push"),
    wallet("WalletUnionPass", "/walletunion/send"),
    wallet("WalletUnionHMSPass", "/walletunion/send"),
    Wallet { client: "Passes", scheme: "ApplePass", announced: Some("Passes"), path: "/pass2u/v2/registrations/{type}/push" },
];

/// Registers a wallet for a card. Returns its push token, which looks like one of Apple's.
fn register(shop: &Shop, card: &Card, scheme: &str, announced: Option<&str>) -> String {
    let push_token = random::hex(32);
    let body = json!({ "pushToken": push_token }).to_string();
    let authorization = format!("{scheme} {}", card.pass.token);
    let mut headers = vec![("Authorization", authorization.as_str())];
    headers.extend(announced.map(|name| ("X-Pass-Client", name)));
    let path = card.registration_path(&random::hex(16));
    shop.server.request("POST", &path, &headers, Body::Bytes(body.as_bytes())).expect(201);
    push_token
}

/// Waits for the request that tells a push service of this token. Returns its body.
#[track_caller]
fn told(shop: &Shop, path: &str, push_token: &str) -> Value {
    until(push_token, || {
        let requests = shop.apns.others();
        let mut of_token = requests
            .iter()
            .filter(|request| request.path == path && String::from_utf8_lossy(&request.body).contains(push_token));
        of_token.next().map(|request| serde_json::from_slice(&request.body).unwrap_or_default())
    })
}

#[test]
fn each_wallet_is_pushed_to_through_its_own_service_and_apple_sees_none_of_their_tokens() {
    let shop = Shop::shared();
    let (card, phones) = shop.card(1);
    let path_of = |wallet: &Wallet| wallet.path.replace("{type}", card.pass_type());
    for wallet in &WALLETS {
        shop.apns.accept(&path_of(wallet));
    }
    let mut tokens: Vec<String> = WALLETS.iter().map(|wallet| register(shop, &card, wallet.scheme, wallet.announced)).collect();
    tokens.push(register(shop, &card, "TelegramPass", None));
    tokens.push(register(shop, &card, "ApplePass", Some("Passworks")));
    assert_eq!(card.registrations().len(), 1 + tokens.len());

    card.change(1);
    shop.pushes(card.pass_type(), 1);
    for (wallet, token) in WALLETS.iter().zip(&tokens) {
        let body = told(shop, &path_of(wallet), token);
        let named = if wallet.client == "Passes" { "registrationIds" } else { "pushTokens" };
        assert_eq!(body[named], json!([token]), "{body}");
        if wallet.client != "Passes" {
            assert_eq!(body["passTypeIdentifier"], card.pass_type(), "{body}");
        }
        assert_eq!(body["hms"] == true, wallet.client == "WalletUnionHMSPass", "{body}");
        until("it is counted", || (shop.overview(wallet.client)["devicesPushed"] == 1).then_some(()));
    }
    for request in shop.apns.others() {
        let key = request.header("authorization").or(request.header("x-api-key")).unwrap_or_default();
        assert!(key.starts_with("key-of-") && request.header("apns-topic").is_none(), "{request:?}");
    }

    let telegram = shop.overview("TelegramPass");
    assert_eq!((&telegram["configured"], &telegram["jobsWaiting"]), (&json!(false), &json!(1)));
    assert!(telegram["problem"].as_str().unwrap().contains("PASSHUB_KEY"), "{telegram}");
    shop.server.trigger(RESUME).expect(200);
    let line = logged(&shop.server, "\"pushNotConfigured\"");
    assert_eq!(line["pushNotConfigured"], json!(["TelegramPass"]), "{line}");

    another_service_s_refusal_stops_only_its_own_wallet(shop, &card);
    shop.fence();
    let apple: Vec<_> = shop.pushes(card.pass_type(), 2).into_iter().map(|push| push.token).collect();
    assert_eq!(apple, [phones[0].push_token(); 2]);
    assert!(tokens.iter().all(|token| shop.pushes_to(token, 0).is_empty()));
    assert_eq!(shop.apns.wait_for_others(8, PATIENCE).len(), 8, "each wallet's service once for each change");
    assert_eq!(shop.progress(&card)["jobsWaiting"], 1);
    assert_eq!(shop.apns.problems(), []);
}

/// A wrong key of one wallet, a dead token of another.
fn another_service_s_refusal_stops_only_its_own_wallet(shop: &Shop, card: &Card) {
    let dead = r#"{"status":"ERROR","expired_push_tokens":["x"]}"#;
    shop.apns.accept_with("/walletpasses/api/v1/push", [Behaviour::raw(401, "{}")]);
    shop.apns.accept_with("/walletunion/send", [Behaviour::raw(200, dead)]);
    let before = card.registrations().len();
    card.change(2);
    until("the wallet is held", || (shop.overview("AndroidPass")["held"][0]["reason"] == "Status401").then_some(()));
    until("dead tokens are gone", || (card.registrations().len() == before - 2).then_some(()));
    let dead = ["WalletUnionPass", "WalletUnionHMSPass"].map(|client| shop.overview(client)["deadTokens"].clone());
    assert_eq!(dead, [1, 1]);
    let apple = shop.overview("ApplePass")["held"].clone();
    let mut held = apple.as_array().into_iter().flatten();
    assert!(held.all(|held| held["passTypeIdentifier"].is_string()), "{apple}");
}
