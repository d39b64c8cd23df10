//! Provider tokens, made by hand.

use crate::client::{Push, Version, now, provider_token, provider_token_of};
use edgepass_support::apns::{Apns, Behaviour, Check, Credentials, Options};
use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);

/// The outcome of a push with this provider token.
fn outcome(apns: &Apns, provider_token: &str) -> String {
    Push::to("0a1b", provider_token).send(apns, Version::Two).unwrap();
    apns.requests().pop().unwrap().outcome
}

fn changed(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{text} has no {from}");
    text.replacen(from, to, 1)
}

#[test]
fn each_part_is_verified() {
    let apns = Apns::start();
    let header = format!(r#"{{"alg":"ES256","kid":"{}"}}"#, apns.key_id());
    let claims = format!(r#"{{"iss":"{}","iat":{}}}"#, apns.team_id(), now());
    let cases = [
        (changed(&header, "ES256", "none"), claims.clone(), "its alg is not ES256"),
        (changed(&header, "kid", "key"), claims.clone(), "its kid is no string"),
        (changed(&header, apns.key_id(), "ABCDE12345"), claims.clone(), "its key ABCDE12345 is another one"),
        (header.clone(), changed(&claims, apns.team_id(), "ABCDE12345"), "its team ABCDE12345 is another one"),
        (header.clone(), changed(&claims, "iss", "sub"), "its iss is no string"),
        (header.clone(), changed(&claims, "}", r#","exp":1}"#), "it claims exp, besides iss and iat"),
        (header.clone(), changed(&claims, r#""iat":"#, r#""iat":0."#), "its iat is no whole number"),
        (header.clone(), "[]".to_owned(), "its claims is no JSON object"),
    ];
    for (header, claims, wrong) in cases {
        let jwt = apns.credentials().provider_token(&header, &claims);
        assert_eq!(outcome(&apns, &jwt), "403 InvalidProviderToken", "{wrong}");
        assert_eq!(apns.requests().pop().unwrap().problems[0].wrong, wrong);
    }
    let good = provider_token(&apns);
    let (signed, _) = good.rsplit_once('.').unwrap();
    let others = Credentials::random().provider_token(&header, &claims);
    for bad in [signed, &format!("{signed}."), &format!("{good}="), &others, "abc", ""] {
        assert_eq!(outcome(&apns, bad), "403 InvalidProviderToken", "{bad}");
    }
    assert_eq!(outcome(&apns, &good), "200");
    assert_eq!(apns.requests().pop().unwrap().claims, Some(apns.provider_tokens()[0].claims.clone()));
}

#[test]
fn they_last_for_an_hour_and_are_not_of_the_future() {
    // The limits themselves would be a matter of the second in which a request comes.
    for (age, expected) in [(3590, "200"), (3610, "403 ExpiredProviderToken"), (-60, "403 ExpiredProviderToken")] {
        let apns = Apns::start();
        assert_eq!(outcome(&apns, &provider_token_of(&apns, age)), expected, "{age}");
    }
}

#[test]
fn a_new_one_within_20_minutes_is_refused_unless_the_one_before_was_called_expired() {
    let apns = Apns::start();
    let [first, second, third] = [0, 1, 2].map(|age| provider_token_of(&apns, age));
    assert_eq!(outcome(&apns, &first), "200");
    apns.advance(19 * MINUTE);
    assert_eq!(outcome(&apns, &second), "429 TooManyProviderTokenUpdates");
    assert_eq!(outcome(&apns, &first), "200");
    apns.advance(2 * MINUTE);
    assert_eq!(outcome(&apns, &second), "200");
    assert_eq!(outcome(&apns, &first), "200");
    assert_eq!(outcome(&apns, &third), "429 TooManyProviderTokenUpdates");

    apns.script_once("0a1b", [Behaviour::refuse("ExpiredProviderToken")]);
    assert_eq!(outcome(&apns, &second), "403 ExpiredProviderToken");
    assert_eq!(outcome(&apns, &third), "200");
    let counts: Vec<_> = apns.provider_tokens().iter().map(|token| (token.requests, token.taken)).collect();
    assert_eq!(counts, [(3, true), (3, true), (2, true)]);
}

#[test]
fn without_the_key_only_the_form_is_verified() {
    let apns = Apns::with(Options { check: Check::Form, ..Options::default() }).unwrap();
    let claims = format!(r#"{{"iss":"ABCDE12345","iat":{}}}"#, now());
    let jwt = Credentials::random().provider_token(r#"{"alg":"ES256","kid":"ABCDE12345"}"#, &claims);
    assert_eq!(outcome(&apns, &jwt), "200");
    assert_eq!(outcome(&apns, "abc"), "403 InvalidProviderToken");
}

#[test]
fn the_key_has_the_form_of_apple_s_files() {
    let apns = Apns::start();
    let pem = apns.key_pem();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\nMIGTAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBHkwdwIBAQQg"), "{pem}");
    let lengths: Vec<_> = pem.lines().map(str::len).collect();
    assert_eq!(lengths, [27, 64, 64, 64, 8, 25]);

    let credentials = Credentials::from_pem(pem, Some(apns.key_id()), Some(apns.team_id())).unwrap();
    let same = Apns::with(Options { credentials, ..Options::default() }).unwrap();
    assert_eq!(outcome(&same, &provider_token(&apns)), "200");
    assert!(Credentials::from_pem("no key", None, None).is_err());
}
