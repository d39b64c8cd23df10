//! Provider tokens: one for all isolates in half an hour, and signed so that others believe it.

use super::{NOW, pem, pkcs8};
use base64ct::{Base64UrlUnpadded, Encoding};
use edgepass::push::apns::{Key, ProviderToken};
use proptest::prelude::*;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, thread};

/// Half an hour, in milliseconds.
const WINDOW: i64 = 1_800_000;

/// The moment at which the window of [`NOW`] begins.
const START: i64 = NOW / WINDOW * WINDOW;

fn minter(pkcs8: &[u8]) -> ProviderToken {
    let key = Key::parse(&pem("PRIVATE KEY", pkcs8)).unwrap();
    ProviderToken::new(key, "ABC123DEFG", "TEAM567890").unwrap()
}

fn part(token: &str, index: usize) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(token.split('.').nth(index).unwrap()).unwrap()
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(&part(token, 1)).unwrap()
}

fn issued_at(token: &str) -> i64 {
    claims(token)["iat"].as_i64().unwrap()
}

/// Verifies a token as Apple does, with another library.
fn is_signed(token: &str, pkcs8: &[u8]) -> bool {
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &SystemRandom::new()).unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key());
    let (signed, _) = token.rsplit_once('.').unwrap();
    public.verify(signed.as_bytes(), &part(token, 2)).is_ok()
}

#[test]
fn a_token_says_who_sends_and_is_signed_with_the_key() {
    let pkcs8 = pkcs8();
    let token = minter(&pkcs8).at(NOW);
    assert_eq!(token.split('.').count(), 3);
    let header: Value = serde_json::from_slice(&part(&token, 0)).unwrap();
    assert_eq!(header, json!({ "alg": "ES256", "kid": "ABC123DEFG" }));
    assert_eq!(claims(&token), json!({ "iss": "TEAM567890", "iat": START / 1000 }));
    assert!(is_signed(&token, &pkcs8));
    assert!(!is_signed(&token, &super::pkcs8()));
    let tampered = token.replacen('.', "x.", 1);
    assert!(!is_signed(&tampered, &pkcs8));
}

#[test]
fn twenty_isolates_make_one_token_in_half_an_hour_whenever_they_begin() {
    let pkcs8 = pkcs8();
    let tokens: BTreeSet<String> = thread::scope(|scope| {
        let isolates: Vec<_> = (0..20)
            .map(|index| {
                let pkcs8 = &pkcs8;
                scope.spawn(move || {
                    let minter = minter(pkcs8);
                    [0, index * 90_000, WINDOW - 1].map(|after| minter.at(START + after).to_string())
                })
            })
            .collect();
        isolates.into_iter().flat_map(|isolate| isolate.join().unwrap()).collect()
    });
    assert_eq!(tokens.len(), 1, "{tokens:?}");
}

#[test]
fn another_half_hour_has_another_token_and_going_back_is_the_first_again() {
    let pkcs8 = pkcs8();
    let minter = minter(&pkcs8);
    let tokens: Vec<_> = [START - 1, START, START + WINDOW, START].map(|now| minter.at(now).to_string()).into();
    assert_eq!(tokens[1], tokens[3]);
    assert_eq!(tokens.iter().collect::<BTreeSet<_>>().len(), 3);
    assert!(tokens.iter().all(|token| is_signed(token, &pkcs8)));
}

#[test]
fn a_token_that_is_too_old_for_apple_is_made_anew_once_in_half_an_hour() {
    let pkcs8 = pkcs8();
    let (one, other) = (minter(&pkcs8), minter(&pkcs8));
    let now = START + 25 * 60_000 + 59_000;
    let before = one.at(now);
    assert!(one.renew(now));
    let renewed = one.at(now + 1000);
    assert!(is_signed(&renewed, &pkcs8));
    assert_eq!(issued_at(&renewed), START / 1000 + 25 * 60);
    assert_ne!(renewed, before);
    assert!(!one.renew(now + 1000), "a second time");
    assert_eq!(one.at(now + 1000), renewed);
    assert!(other.renew(now - 50_000), "an isolate that used none before");
    assert_eq!(other.at(now), renewed, "in the same minute");
    assert_eq!(issued_at(&one.at(START + WINDOW)), (START + WINDOW) / 1000);
    assert!(one.renew(START + WINDOW));
}

#[test]
fn a_token_that_comes_too_soon_for_apple_gives_way_to_the_one_before_while_that_is_good() {
    let pkcs8 = pkcs8();
    let minter = minter(&pkcs8);
    let before = minter.at(START + WINDOW - 1);
    assert_ne!(minter.at(START + WINDOW), before);
    assert!(minter.keep(START + WINDOW));
    assert!(!minter.keep(START + WINDOW + 1), "a second time");
    for minute in 0..25 {
        assert_eq!(minter.at(START + WINDOW + minute * 60_000), before, "{minute}");
    }
    let own = minter.at(START + WINDOW + 25 * 60_000);
    assert_eq!(issued_at(&own), (START + WINDOW) / 1000);
    assert!(!minter.keep(START + WINDOW + 26 * 60_000), "it is too old now");
    assert_eq!(issued_at(&minter.at(START + 2 * WINDOW)), (START + 2 * WINDOW) / 1000);
}

#[test]
fn identifiers_are_checked() {
    let pkcs8 = pkcs8();
    let new = |key_id: &str, team_id: &str| {
        let key = Key::parse(&pem("PRIVATE KEY", &pkcs8)).unwrap();
        ProviderToken::new(key, key_id, team_id).err()
    };
    assert_eq!(new(" ABC123DEFG\n", "TEAM567890 "), None);
    for wrong in ["", "ABC123DEF", "ABC123DEFGH", "abc123defg", "ABC-123DEF", "ABC123DE\"F", "ABC123DÉG"] {
        assert!(new(wrong, "TEAM567890").unwrap().contains("APNS_KEY_ID"), "{wrong}");
        assert!(new("ABC123DEFG", wrong).unwrap().contains("APNS_TEAM_ID"), "{wrong}");
    }
}

proptest! {
    #[test]
    fn a_token_is_never_from_the_future_and_never_older_than_half_an_hour(now in 0..4_102_444_800_000_i64, renewed: bool) {
        let minter = minter(&pkcs8());
        let _ = renewed && minter.renew(now);
        let age = now / 1000 - issued_at(&minter.at(now));
        // One that is to be newer than a window that just began is of its next second: by then Apple's clock is ahead.
        let youngest = if renewed { -1 } else { 0 };
        prop_assert!((youngest..1800).contains(&age), "{age}");
    }

    #[test]
    fn any_clock_will_do(now: i64) {
        let minter = minter(&pkcs8());
        let _ = minter.at(now);
        let _ = minter.renew(now);
    }
}
