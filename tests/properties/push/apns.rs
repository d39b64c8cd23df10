//! Requests to Apple's service, and its answers. Only statuses and reasons in the table delete.

use super::{NOW, answer};
use edgepass::push::{
    Answer, Cause, Scope, Verdict,
    apns::{PRODUCTION, request, verdict},
};
use proptest::prelude::*;

/// Every reason of "Handling notification responses from APNs", that page's for broadcasts included, and some more.
const REASONS: [&str; 47] = [
    "BadCollapseId", "BadDeviceToken", "BadExpirationDate", "BadMessageId", "BadPriority", "BadTopic",
    "DeviceTokenNotForTopic", "DuplicateHeaders", "IdleTimeout", "InvalidPushType", "MissingDeviceToken", "MissingTopic",
    "PayloadEmpty", "TopicDisallowed", "BadCertificate", "BadCertificateEnvironment", "ExpiredProviderToken", "Forbidden",
    "InvalidProviderToken", "MissingProviderToken", "UnrelatedKeyIdInToken", "BadEnvironmentKeyIdInToken",
    "BadEnvironmentKeyInToken", "BadPath", "MethodNotAllowed", "ExpiredToken", "Unregistered", "PayloadTooLarge",
    "TooManyProviderTokenUpdates", "TooManyRequests", "InternalServerError", "ServiceUnavailable", "Shutdown",
    "FeatureNotEnabled", "MissingChannelId", "BadChannelId", "ChannelNotRegistered", "BadRequestParams", "BadRequestPayload",
    "MissingPushType", "CannotCreateChannelConfig", "TopicMismatch", "SomethingNew", "baddevicetoken", "Bad Device Token",
    "unregistered", "",
];

/// A body with a reason, and one with a time as well.
fn bodies(reason: &str) -> [String; 2] {
    [format!(r#"{{"reason":"{reason}"}}"#), format!(r#"{{"timestamp":{},"reason":"{reason}","more":[{{}}]}}"#, NOW - 5000)]
}

/// Bodies without a reason, whatever words are in them.
const GARBAGE: [&str; 12] = [
    "",
    " ",
    "null",
    "BadDeviceToken",
    "\"BadDeviceToken\"",
    "[\"BadDeviceToken\"]",
    "{\"Reason\":\"BadDeviceToken\"}",
    "{\"reason\":[\"BadDeviceToken\"]}",
    "{\"reason\":{\"reason\":\"BadDeviceToken\"}}",
    "{\"reason\":\"BadDeviceToken\"",
    "{\"reason\":\"BadDeviceToken\"} {}",
    "<html><body>502 BadDeviceToken</body></html>",
];

fn config(scope: Scope, reason: &str, retry_after: Option<i64>) -> Verdict {
    let reason = reason.to_owned().into();
    Verdict::Held { cause: Cause::Configuration, scope, reason, retry_after }
}

fn later(reason: &str) -> Verdict {
    Verdict::Later { reason: reason.to_owned().into(), retry_after: None }
}

#[test]
fn each_row_of_the_table() {
    let of = |status, body: &str| verdict(&answer(status, body), NOW);
    assert_eq!(of(200, ""), Verdict::Delivered);
    for reason in ["Unregistered", "ExpiredToken"] {
        let [without, with] = bodies(reason);
        let dead = Verdict::Dead { reason: reason.into(), before_ms: Some(NOW - 5000) };
        assert_eq!(of(410, &with), dead);
        assert_eq!(of(410, &without), later(reason));
    }
    for reason in ["BadDeviceToken", "DeviceTokenNotForTopic"] {
        for body in bodies(reason) {
            assert_eq!(of(400, &body), Verdict::Dead { reason: reason.into(), before_ms: None });
        }
    }
    for reason in ["TopicDisallowed", "MissingTopic", "BadTopic", "InvalidPushType"] {
        assert_eq!(of(400, &bodies(reason)[0]), config(Scope::PassType, reason, None));
    }
    assert_eq!(of(403, &bodies("ExpiredProviderToken")[0]), Verdict::ExpiredCredentials);
    for (status, reason) in [
        (403, "InvalidProviderToken"),
        (403, "MissingProviderToken"),
        (403, "BadCertificate"),
        (403, "BadCertificateEnvironment"),
        (403, "Forbidden"),
        (403, "UnrelatedKeyIdInToken"),
        (403, "BadEnvironmentKeyIdInToken"),
        (403, "BadDeviceToken"),
        (400, "BadPriority"),
        (400, "DuplicateHeaders"),
        (400, "PayloadEmpty"),
    ] {
        assert_eq!(of(status, &bodies(reason)[0]), config(Scope::Service, reason, None));
    }
    assert_eq!(of(403, ""), config(Scope::Service, "Status403", None));
    for (status, reason) in [
        // The path holds the token, so that it may be one device's matter. Several in a row are everybody's.
        (404, "BadPath"),
        (405, "MethodNotAllowed"),
        (413, "PayloadTooLarge"),
        (400, "MissingDeviceToken"),
        (429, "TooManyRequests"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
        (503, "Shutdown"),
        (400, "IdleTimeout"),
        (400, "SomethingNew"),
        (410, "SomethingNew"),
    ] {
        assert_eq!(of(status, &bodies(reason)[0]), later(reason));
    }
    for status in [100, 201, 204, 301, 307, 400, 401, 404, 405, 410, 413, 418, 429, 500, 502, 503, 599] {
        assert_eq!(of(status, "<html>"), later(&format!("Status{status}")));
    }
}

#[test]
fn new_provider_tokens_too_often_stop_all_for_twenty_minutes_or_as_long_as_apple_says() {
    let body = &bodies("TooManyProviderTokenUpdates")[0];
    for (asked, waits) in [(None, 1200), (Some("5"), 1200), (Some("3000"), 3000), (Some("soon"), 1200)] {
        let answer = Answer { retry_after: asked.map(str::to_owned), ..answer(429, body) };
        let expected = config(Scope::Service, "TooManyProviderTokenUpdates", Some(waits));
        assert_eq!(verdict(&answer, NOW), expected);
    }
}

#[test]
fn retry_after_is_passed_on_in_both_forms() {
    let date = edgepass::http::date::format(NOW / 1000 + 90);
    for status in [429, 500, 503] {
        for text in ["90", date.as_str()] {
            let answer = Answer { retry_after: Some(text.to_owned()), ..answer(status, "") };
            let reason = format!("Status{status}").into();
            assert_eq!(verdict(&answer, NOW), Verdict::Later { reason, retry_after: Some(90) });
        }
    }
}

#[test]
fn nothing_outside_the_table_says_that_a_token_is_dead() {
    let mut deadly = Vec::new();
    for status in 0..=999 {
        for reason in REASONS {
            for body in bodies(reason) {
                if matches!(verdict(&answer(status, &body), NOW), Verdict::Dead { .. }) {
                    deadly.push((status, reason, body.contains("timestamp")));
                }
            }
        }
        for body in GARBAGE {
            let verdict = verdict(&answer(status, body), NOW);
            assert!(!matches!(verdict, Verdict::Dead { .. } | Verdict::ExpiredCredentials), "{status} {body}");
        }
    }
    let table = [
        (400, "BadDeviceToken", false),
        (400, "BadDeviceToken", true),
        (400, "DeviceTokenNotForTopic", false),
        (400, "DeviceTokenNotForTopic", true),
        (410, "ExpiredToken", true),
        (410, "Unregistered", true),
    ];
    assert_eq!(deadly, table);
}

#[test]
fn a_time_that_cannot_be_read_or_is_to_come_takes_no_registration_along_that_is_newer() {
    for time in ["null", "\"1795000000000\"", "-1", "0", "1.5e12", "[]", "99999999999999999999", "true"] {
        let body = format!(r#"{{"reason":"Unregistered","timestamp":{time}}}"#);
        assert_eq!(verdict(&answer(410, &body), NOW), later("Unregistered"), "{time}");
    }
    for time in [NOW, NOW + 1, i64::MAX] {
        let body = format!(r#"{{"reason":"Unregistered","timestamp":{time}}}"#);
        let dead = Verdict::Dead { reason: "Unregistered".into(), before_ms: Some(NOW) };
        assert_eq!(verdict(&answer(410, &body), NOW), dead);
    }
}

#[test]
fn a_request_is_what_apple_asks_for() {
    let token = "0123abcdef".repeat(7);
    let sent = request(PRODUCTION, Some("a.b.c"), "pass.com.example.coffee", &token).unwrap();
    assert_eq!(sent.url, format!("https://api.push.apple.com/3/device/{token}"));
    assert_eq!(sent.body, "{}");
    let headers = [
        ("apns-topic", "pass.com.example.coffee"),
        ("apns-push-type", "background"),
        ("apns-priority", "5"),
        ("authorization", "bearer a.b.c"),
    ];
    assert_eq!(sent.headers, headers.map(|(name, value)| (name, value.to_owned())));
    let sent = request("http://127.0.0.1:8080/", None, "pass.com.example.coffee", &token).unwrap();
    assert_eq!(sent.url, format!("http://127.0.0.1:8080/3/device/{token}"));
    assert_eq!(sent.headers, headers.map(|(name, value)| (name, value.to_owned()))[..3]);
}

#[test]
fn a_push_token_that_is_no_hex_is_not_sent() {
    for token in ["", ".", "..", "a/b", "a?b", "a#b", "a b", "%2e%2e", "a\\b", "ü", "a\nb", "APA91bHun4MxP5", "0x0f", "c0ffee-"]
    {
        let verdict = request(PRODUCTION, None, "pass.com.example.coffee", token).unwrap_err();
        assert_eq!(verdict, Verdict::Never { reason: "NoDeviceToken".into() }, "{token}");
    }
}

#[test]
fn a_pass_type_that_can_be_no_header_holds_its_own_pushes_only() {
    for pass_type in ["pass.com.example.café", "pass.com example", "pass.com.example\r\napns-topic: x"] {
        let verdict = request(PRODUCTION, None, pass_type, "ff00").unwrap_err();
        assert_eq!(verdict, config(Scope::PassType, "BadTopic", None), "{pass_type}");
    }
}

proptest! {
    #[test]
    fn whatever_is_sent_goes_to_the_device_of_that_name(token in "\\PC{0,80}|[0-9A-Fa-f]{1,200}|[0-9A-Za-z._~-]{1,20}") {
        if let Ok(sent) = request(PRODUCTION, None, "pass.com.example.coffee", &token) {
            prop_assert_eq!(sent.url.strip_prefix("https://api.push.apple.com/3/device/"), Some(token.as_str()));
            prop_assert!(token.bytes().all(|byte| byte.is_ascii_hexdigit()));
        } else {
            prop_assert!(!token.bytes().all(|byte| byte.is_ascii_hexdigit()) || token.is_empty());
        }
    }

    #[test]
    fn the_word_of_an_answer_is_short_and_plain(status in 0..1000_u16, body in "\\PC*|\\{\"reason\":\"[ -~]{0,60}\"\\}") {
        let reason = match verdict(&answer(status, &body), NOW) {
            Verdict::Dead { reason, .. }
            | Verdict::Later { reason, .. }
            | Verdict::Held { reason, .. }
            | Verdict::Never { reason } => reason,
            Verdict::Delivered | Verdict::ExpiredCredentials => "None".into(),
        };
        prop_assert!((1..=40).contains(&reason.len()), "{reason}");
        prop_assert!(reason.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{reason}");
    }

    #[test]
    fn a_word_that_is_new_deletes_nothing(status in 0..1000_u16, reason in "[A-Za-z]{1,40}") {
        prop_assume!(!REASONS.contains(&reason.as_str()));
        for body in bodies(&reason) {
            let verdict = verdict(&answer(status, &body), NOW);
            let deletes = matches!(verdict, Verdict::Dead { .. } | Verdict::ExpiredCredentials);
            prop_assert!(!deletes);
        }
    }

    #[test]
    fn no_header_makes_it_fail(status: u16, retry_after in "\\PC*|[0-9]{0,25}", now: i64) {
        let _ = verdict(&Answer { retry_after: Some(retry_after), ..answer(status, "") }, now);
    }
}
