//! Passes for NFC, whose certificate must be one for it.

use super::republish::republish;
use crate::util::{Card, Made, codes, is_defect, used};
use edgepass_support::{
    issuer::Pem,
    pass::{Change, DEFAULT_TEAM, Identity, PassBuilder, TestAuthority, Validity},
};
use serde_json::{Value, json};
use std::sync::Arc;

fn nfc() -> Value {
    json!({ "nfc": { "message": "S-1", "encryptionPublicKey": "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgAC" } })
}

fn identity_for_nfc(pass_type: &str) -> Arc<Identity> {
    TestAuthority::shared().issue_changed(pass_type, DEFAULT_TEAM, Validity::current(), &[Change::NFC])
}

#[test]
fn an_upload_is_signed_with_a_certificate_for_nfc() {
    let card = Card::unpublished();
    let with_nfc = |identity: Option<Arc<Identity>>| {
        card.edited(|pass| {
            let pass = pass.field("nfc", nfc()["nfc"].clone());
            identity.into_iter().fold(pass, PassBuilder::identity)
        })
    };
    let personalized = card.edited(|pass| pass.file("personalization.json", "{}"));
    for file in [with_nfc(None), personalized] {
        is_defect(&card.publish(&file), 400, "certificate_nfc");
    }
    card.is_unknown();
    card.publish(&with_nfc(Some(identity_for_nfc(card.pass_type())))).expect(201);
}

#[test]
fn a_pass_is_made_changed_and_made_again_with_a_certificate_for_nfc() {
    let made = Made::published();
    let before = made.metadata();
    for answer in [made.make(&nfc()), made.patch(&nfc())] {
        is_defect(&answer, 400, "certificate_nfc");
        used(&answer, 1, 0);
    }
    let personalized = made.template.clone().file("personalization.json", "{}");
    assert_eq!(codes(&personalized.store().expect(200), "warnings"), ["nfc_certificate"]);
    is_defect(&made.sibling("S-2").make(&"{}"), 400, "certificate_nfc");
    assert_eq!(made.metadata(), before);

    let run = republish(&made.template);
    assert_eq!((run["failed"].clone(), run["changed"].clone()), (json!(1), json!(0)), "{run}");
    assert!(run["failures"][0]["reason"].as_str().unwrap().contains("NFC"), "{run}");

    let identity = Pem::new(&identity_for_nfc(&made.pass_type), TestAuthority::shared());
    made.issuer.store_identity(&made.pass_type, &identity).expect(200);
    made.make(&nfc()).expect(200);
    made.patch(&json!({ "description": "another" })).expect(200);
    assert!(made.content()["nfc"].is_object());
}
