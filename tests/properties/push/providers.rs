//! The push services together: who is served, and that each gets its own push tokens only.

use super::{NOW, answer, pem, pkcs8};
use edgepass::{
    push::{Answer, Cause, Providers, Request, Scope, Verdict},
    wallet::Wallet,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const PASS_TYPE: &str = "pass.com.example.coffee";

/// All services are configured, but for these changes. An empty setting is none.
fn providers_with(changes: &[(&str, &str)], certificate: bool) -> Providers {
    let key = pem("PRIVATE KEY", &pkcs8());
    let settings = [
        ("APNS_KEY", key.as_str()),
        ("APNS_KEY_ID", "ABC123DEFG"),
        ("APNS_TEAM_ID", "TEAM567890"),
        ("WALLET_PASSES_KEY", "passes-key"),
        ("WALLET_UNION_KEY", "union-key"),
        ("PASSHUB_KEY", "hub-key"),
        ("PASS2U_KEY", " 2u-key\n"),
    ];
    let find = |name: &str| changes.iter().chain(&settings).find(|(set, _)| *set == name);
    Providers::new(&|name| find(name).map(|(_, value)| (*value).to_owned()).filter(|value| !value.is_empty()), certificate)
}

fn providers() -> Providers {
    providers_with(&[], false)
}

/// No service is configured.
fn no_providers(certificate: bool) -> Providers {
    Providers::new(&|name| (name == "WALLET_PASSES_KEY").then(|| " ".to_owned()), certificate)
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let mut values = request.headers.iter().filter(|(given, _)| *given == name).map(|(_, value)| value.as_str());
    let value = values.next();
    assert_eq!(values.next(), None, "{name} twice");
    value
}

#[test]
fn each_wallet_is_told_as_its_maker_documents_it() {
    let providers = providers();
    for (client, url, key, body) in [
        (
            Wallet::WalletPasses,
            "https://walletpasses.appspot.com/api/v1/push",
            ("authorization", "passes-key"),
            json!({ "passTypeIdentifier": PASS_TYPE, "pushTokens": ["t:\"1"] }),
        ),
        (
            Wallet::WalletUnion,
            "https://push.walletunion.com/send",
            ("authorization", "union-key"),
            json!({ "passTypeIdentifier": PASS_TYPE, "pushTokens": ["t:\"1"], "hms": false }),
        ),
        (
            Wallet::WalletUnionHms,
            "https://push.walletunion.com/send",
            ("authorization", "union-key"),
            json!({ "passTypeIdentifier": PASS_TYPE, "pushTokens": ["t:\"1"], "hms": true }),
        ),
        (
            Wallet::Telegram,
            "https://api.passhub.io/v1/push",
            ("authorization", "Bearer hub-key"),
            json!({ "pass_type_id": PASS_TYPE, "push_tokens": ["t:\"1"] }),
        ),
        (
            Wallet::Pass2U,
            "https://api.passesalliance.com/v2/registrations/pass.com.example.coffee/push",
            ("x-api-key", "2u-key"),
            json!({ "registrationIds": ["t:\"1"] }),
        ),
    ] {
        let request = providers.request(client, PASS_TYPE, "t:\"1", NOW).unwrap();
        assert_eq!(request.url, url);
        assert_eq!(header(&request, key.0), Some(key.1), "{client:?}");
        assert_eq!(header(&request, "content-type"), Some("application/json"));
        assert_eq!(serde_json::from_str::<Value>(&request.body).unwrap(), body, "{client:?}");
    }
}

#[test]
fn apple_is_told_with_a_token_or_with_the_certificate() {
    let send = |providers: Providers| {
        assert!(providers.serves(Wallet::Apple));
        let request = providers.request(Wallet::Apple, PASS_TYPE, "ff00", NOW).unwrap();
        (providers.needs_certificate(), header(&request, "authorization").is_some(), request.url)
    };
    let url = "https://api.push.apple.com/3/device/ff00".to_owned();
    assert_eq!(send(providers()), (false, true, url.clone()));
    assert_eq!(send(no_providers(true)), (true, false, url.clone()));
    assert_eq!(send(providers_with(&[], true)), (false, true, url));
    assert_eq!(send(providers_with(&[("APNS_URL", "http://127.0.0.1:9/")], false)).2, "http://127.0.0.1:9/3/device/ff00");
}

fn not_configured() -> Verdict {
    let (cause, scope) = (Cause::Configuration, Scope::Service);
    Verdict::Held { cause, scope, reason: "NotConfigured".into(), retry_after: None }
}

#[test]
fn one_device_with_a_push_token_that_cannot_be_apples_stops_no_other() {
    let providers = providers();
    for token in ["..", "a/b", "APA91b"] {
        let verdict = providers.request(Wallet::Apple, PASS_TYPE, token, NOW).unwrap_err();
        assert_eq!(verdict, Verdict::Never { reason: "NoDeviceToken".into() }, "{token}");
    }
}

#[test]
fn what_is_not_set_up_is_not_served_and_not_broken() {
    let providers = no_providers(false);
    for client in Wallet::ALL {
        assert!(!providers.serves(client));
        assert!(providers.unusable(client).unwrap().contains("is not set up"), "{client:?}");
        assert_eq!(providers.broken(client), None);
        assert_eq!(providers.request(client, PASS_TYPE, "ff00", NOW), Err(not_configured()));
    }
    assert!(!providers.needs_certificate() && !providers.change_credentials(&Verdict::ExpiredCredentials, NOW));
}

#[test]
fn what_is_wrong_is_said_and_touches_no_other_service() {
    let (apple, url) = (|setting| (Wallet::Apple, setting), |url| (Wallet::Apple, ("APNS_URL", url)));
    for ((client, setting), words) in [
        (apple(("APNS_KEY", "x")), "no private key in PEM"),
        (apple(("APNS_KEY", "")), "APNS_KEY is missing"),
        (apple(("APNS_KEY_ID", "")), "APNS_KEY_ID"),
        (apple(("APNS_TEAM_ID", "team")), "APNS_TEAM_ID"),
        (url("api.push.apple.com"), "APNS_URL is no address"),
        (url("https://"), "APNS_URL is no address"),
        (url("https://user:secret@api.push.apple.com"), "APNS_URL is no address"),
        (url("https://api.push.apple.com@example.com"), "APNS_URL is no address"),
        (url("https://api%2Esandbox.push.apple.com"), "APNS_URL is no address"),
        (url("https://api.sandbox.push.apple.com\\x"), "APNS_URL is no address"),
        (url("HTTPS://API.Sandbox.Push.APPLE.com"), "development server"),
        (url("https://api.DEVELOPMENT.push.apple.com"), "development server"),
        (url("https://api.sandbox.push.apple.com"), "development server"),
        (url("https://api.development.push.apple.com:443"), "development server"),
        ((Wallet::Pass2U, ("PASS2U_KEY", "two words")), "PASS2U_KEY has characters"),
        ((Wallet::WalletPasses, ("WALLET_PASSES_URL", "x")), "WALLET_PASSES_URL is no address"),
        ((Wallet::Telegram, ("PASSHUB_URL", "ftp://x")), "PASSHUB_URL is no address"),
    ] {
        // A wrong key does not fall back to the certificate.
        let providers = providers_with(&[setting], words.contains("PEM"));
        for other in Wallet::ALL {
            assert_eq!(providers.serves(other), other != client, "{other:?}: {words}");
        }
        assert!(providers.broken(client).unwrap().contains(words), "{words}");
        assert_eq!(providers.broken(client), providers.unusable(client));
        assert_eq!(providers.request(client, PASS_TYPE, "ff00", NOW), Err(not_configured()));
    }
}

#[test]
fn statuses_of_the_other_services_delete_nothing() {
    let providers = providers();
    for client in Wallet::ALL.into_iter().filter(|client| *client != Wallet::Apple) {
        let of = |status| {
            let answer = Answer { retry_after: Some("30".into()), ..answer(status, "{\"reason\":\"BadDeviceToken\"}") };
            providers.verdict(client, &answer, NOW)
        };
        for status in 0..=999 {
            assert!(!matches!(of(status), Verdict::Dead { .. } | Verdict::ExpiredCredentials), "{client:?} {status}");
        }
        assert_eq!(of(200), Verdict::Delivered);
        for (status, cause) in [(401, Cause::Configuration), (403, Cause::Configuration), (429, Cause::Outage)] {
            let (scope, reason) = (Scope::Service, format!("Status{status}").into());
            assert_eq!(of(status), Verdict::Held { cause, scope, reason, retry_after: Some(30) });
        }
        for status in [302, 400, 404, 500, 502, 503] {
            let reason = format!("Status{status}").into();
            assert_eq!(of(status), Verdict::Later { reason, retry_after: Some(30) }, "{client:?}");
        }
    }
}

#[test]
fn wallet_union_says_in_the_body_what_became_of_a_token() {
    let providers = providers();
    for client in [Wallet::WalletUnion, Wallet::WalletUnionHms] {
        let of = |status: &str, unknown: Value, expired: Value| {
            let body = json!({ "status": status, "unknown_push_tokens": unknown, "expired_push_tokens": expired });
            providers.verdict(client, &answer(200, &body.to_string()), NOW)
        };
        let dead = Verdict::Dead { reason: "ExpiredPushToken".into(), before_ms: None };
        let later = |reason: &'static str| Verdict::Later { reason: reason.into(), retry_after: None };
        assert_eq!(of("OK", json!([]), json!([])), Verdict::Delivered);
        assert_eq!(of("ERROR", json!([]), json!(["t"])), dead);
        assert_eq!(of("ERROR", json!(["t"]), json!(["t"])), dead);
        assert_eq!(of("ERROR", json!(["t"]), json!([])), later("UnknownPushToken"));
        assert_eq!(of("FCM_FAILED", json!(["t"]), json!([])), later("UnknownPushToken"));
        assert_eq!(of("FCM_FAILED", json!([]), json!(["t"])), later("Failed"));
        assert_eq!(of("ERROR", json!([]), json!([])), later("Failed"));
        assert_eq!(of("ERROR", json!([]), json!(["s", "t"])), later("Failed"), "more than were asked about");
        for body in ["", " ", "{}"] {
            assert_eq!(providers.verdict(client, &answer(200, body), NOW), Verdict::Delivered);
        }
        for body in ["OK", "<html>expired_push_tokens</html>", r#"{"status":"#] {
            assert_eq!(providers.verdict(client, &answer(200, body), NOW), later("Failed"), "{body}");
        }
    }
}

#[test]
fn a_certificate_cannot_be_renewed() {
    let expired = answer(403, r#"{"reason":"ExpiredProviderToken"}"#);
    let with_token = providers();
    assert_eq!(with_token.verdict(Wallet::Apple, &expired, NOW), Verdict::ExpiredCredentials);
    assert!(
        with_token.change_credentials(&Verdict::ExpiredCredentials, NOW)
            && !with_token.change_credentials(&Verdict::ExpiredCredentials, NOW)
    );
    let with_certificate = no_providers(true);
    assert!(!with_certificate.change_credentials(&Verdict::ExpiredCredentials, NOW));
    assert!(matches!(
        with_certificate.verdict(Wallet::Apple, &expired, NOW),
        Verdict::Held { cause: Cause::Configuration, scope: Scope::Service, .. }
    ));
}

proptest! {
    #[test]
    fn a_push_token_goes_to_the_service_of_its_wallet_only(token in "\\PC{1,60}|[0-9a-f]{64}") {
        let hosts = [
            "api.push.apple.com", "walletpasses.appspot.com", "push.walletunion.com", "push.walletunion.com",
            "api.passhub.io", "api.passesalliance.com",
        ];
        let providers = providers();
        for (client, host) in Wallet::ALL.into_iter().zip(hosts) {
            if let Ok(request) = providers.request(client, PASS_TYPE, &token, NOW) {
                prop_assert!(request.url.starts_with(&format!("https://{host}/")), "{}", request.url);
                prop_assert_eq!(header(&request, "apns-topic").is_some(), client == Wallet::Apple);
            } else {
                prop_assert_eq!(client, Wallet::Apple);
            }
        }
    }
}
