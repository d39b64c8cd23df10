//! Files that an earlier version of the service took, or that somebody put into the bucket.

use super::{diagnose, finds, shop, turn};
use crate::util::{Card, new_type};
use edgepass_support::{
    pass::{DEFAULT_TEAM, PassBuilder, TestAuthority, Validity},
    server::{PUBLIC_URL, replace_object},
};
use serde_json::Value;

/// The diagnosis of a registered card whose file in the bucket was replaced by another one.
#[track_caller]
fn with_file(edit: impl FnOnce(PassBuilder, &str) -> Option<PassBuilder>) -> Value {
    let card = Card::new(&new_type(), "S-1").at(shop().server.issuer());
    card.publish(&card.edited(|pass| pass.web_service_url(PUBLIC_URL))).expect(201);
    assert_eq!(shop().server.phone().register(&card.pass).status(), 201);
    finds(&diagnose(&card.issuer_path()), &[], &[]);
    let good = PassBuilder::new(card.pass_type(), card.serial()).web_service_url(PUBLIC_URL);
    let file = edit(good, card.pass_type()).map(|pass| pass.build());
    replace_object(shop().server.state(), card.pass_type(), file.as_deref());
    diagnose(&card.issuer_path())
}

#[track_caller]
fn with_url(url: &str) -> Value {
    with_file(|pass, _| Some(pass.web_service_url(url)))
}

#[test]
fn an_address_without_tls() {
    let _turn = turn();
    let diagnosis = with_url("http://passes.example.com/wallet");
    finds(&diagnosis, &["web_service_url_form"], &["https://", "http://passes.example.com/wallet"]);
}

#[test]
fn an_address_that_ends_in_v1() {
    let _turn = turn();
    finds(&with_url(&format!("{PUBLIC_URL}/v1")), &["web_service_url_form"], &["must not end in /v1"]);
}

#[test]
fn an_address_on_a_private_network() {
    let _turn = turn();
    for url in ["https://192.168.178.20/wallet", "https://macbook.local:8787", "http://localhost:8787"] {
        finds(&with_url(url), &["web_service_url_is_public", "web_service_url_is_ours"], &[url, "PUBLIC_URL"]);
    }
}

#[test]
fn an_address_of_another_service() {
    let _turn = turn();
    finds(&with_url("https://old.example.com"), &["web_service_url_is_ours"], &["https://old.example.com", PUBLIC_URL]);
}

#[test]
fn a_pass_without_one_or_both_of_the_service_keys() {
    let _turn = turn();
    let one = with_file(|pass, _| Some(pass.without_field("authenticationToken")));
    finds(&one, &["service_keys"], &["only one of"]);
    let none = with_file(|pass, _| Some(pass.without_service()));
    finds(&none, &["service_keys"], &["neither"]);
}

#[test]
fn another_token_in_the_file() {
    let _turn = turn();
    let diagnosis = with_file(|pass, _| Some(pass.token("another-token-than-the-service-has")));
    finds(&diagnosis, &["pass_token"], &["not the one that the service expects"]);
}

#[test]
fn a_certificate_of_another_pass_type() {
    let _turn = turn();
    let other = TestAuthority::shared().identity(&new_type(), DEFAULT_TEAM);
    finds(&with_file(|pass, _| Some(pass.identity(other))), &["certificate"], &["is for the pass type"]);
}

#[test]
fn a_certificate_of_another_team() {
    let _turn = turn();
    let diagnosis = with_file(|pass, own| Some(pass.identity(TestAuthority::shared().identity(own, "ZZZZZZZZZZ"))));
    finds(&diagnosis, &["certificate"], &["ZZZZZZZZZZ"]);
}

#[test]
fn an_expired_certificate() {
    let _turn = turn();
    let expired = |own: &str| TestAuthority::shared().issue(own, DEFAULT_TEAM, Validity::past());
    let diagnosis = with_file(|pass, own| Some(pass.identity(expired(own))));
    finds(&diagnosis, &["certificate_validity"], &["expired"]);
}

#[test]
fn a_certificate_that_its_intermediate_did_not_issue() {
    let _turn = turn();
    let other = TestAuthority::generate();
    let mixed = |own: &str| {
        let identity = TestAuthority::shared().identity(own, DEFAULT_TEAM);
        identity.with_intermediate_of(&other.identity(own, DEFAULT_TEAM)).into()
    };
    let diagnosis = with_file(|pass, own| Some(pass.identity(mixed(own))));
    finds(&diagnosis, &["certificate_chain"], &["was not issued by the intermediate"]);
}

#[test]
fn a_file_that_was_changed_after_it_was_signed() {
    let _turn = turn();
    let diagnosis = with_file(|pass, _| Some(pass.tamper("icon.png", *b"no image")));
    finds(&diagnosis, &["content"], &["icon.png"]);
}

#[test]
fn a_file_that_is_gone_or_is_no_pass() {
    let _turn = turn();
    finds(&with_file(|_, _| None), &["file"], &["does not have the file", "503"]);
    let card = Card::new(&new_type(), "S-1").at(shop().server.issuer());
    card.publish(&card.edited(|pass| pass.web_service_url(PUBLIC_URL))).expect(201);
    assert_eq!(shop().server.phone().register(&card.pass).status(), 201);
    replace_object(shop().server.state(), card.pass_type(), Some(b"garbage"));
    finds(&diagnose(&card.issuer_path()), &["file", "content"], &["cannot be read"]);
}
