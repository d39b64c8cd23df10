//! `GET /issuer/v1/pass-types?cursor=&limit=`

use crate::util::{Card, Made, all_pages, identity, identity_ending_in, issuer, members, new_type};
use serde_json::{Value, json};

/// The list's entry of a pass type.
#[track_caller]
fn entry(pass_type: &str) -> Value {
    let before = pass_type.get(..pass_type.len() - 1).unwrap_or_default();
    let page = issuer().pass_types(Some(before), Some(1000)).expect(200).json();
    let types = page["passTypes"].as_array().cloned().unwrap_or_default();
    let found = types.into_iter().find(|one| one["passTypeIdentifier"] == *pass_type);
    found.unwrap_or_else(|| panic!("{pass_type} is not listed"))
}

#[test]
fn it_lists_types_with_passes_or_a_signing_identity_or_both() {
    let issuer = issuer();
    let only_passes = Card::published();
    let listed = entry(only_passes.pass_type());
    assert_eq!(listed["signingIdentity"], Value::Null);
    assert_eq!(listed["revision"], only_passes.metadata()["revision"]);

    let only_identity = new_type();
    issuer.store_identity(&only_identity, &identity(&only_identity)).expect(201);
    let listed = entry(&only_identity);
    assert_eq!(listed["revision"], Value::Null);
    assert_eq!(listed["signingIdentity"], issuer.identity(&only_identity).expect(200).json());

    let both = Made::published();
    let listed = entry(&both.pass_type);
    assert_eq!(listed["revision"], both.metadata()["revision"]);
    assert_eq!(listed["signingIdentity"], issuer.identity(&both.pass_type).expect(200).json());
    assert_eq!(members(&listed), ["certificateRequests", "passTypeIdentifier", "revision", "signingIdentity"]);
    assert_eq!(listed["certificateRequests"], 0);
}

#[test]
fn a_type_without_passes_is_gone_with_its_identity() {
    let (pass_type, issuer) = (new_type(), issuer());
    issuer.store_identity(&pass_type, &identity(&pass_type)).expect(201);
    issuer.remove_identity(&pass_type).expect(204);
    let page = issuer.pass_types(Some(&pass_type[..pass_type.len() - 1]), Some(1)).expect(200).json();
    assert_ne!(page["passTypes"][0]["passTypeIdentifier"], pass_type);
}

#[test]
fn cursors_lead_through_all_of_them_in_order() {
    let issuer = issuer();
    let mut expected: Vec<String> = (0..5).map(|_| new_type()).collect();
    for pass_type in &expected {
        issuer.store_identity(pass_type, &identity(pass_type)).expect(201);
    }
    expected.sort();
    for limit in [1, 3, 1000] {
        let entries = all_pages(limit, "passTypes", |cursor| issuer.pass_types(cursor, Some(limit)));
        let mut listed: Vec<_> = entries.iter().map(|one| one["passTypeIdentifier"].as_str().unwrap().to_owned()).collect();
        assert!(listed.is_sorted(), "limit {limit}");
        listed.retain(|pass_type| expected.contains(pass_type));
        assert_eq!(listed, expected, "limit {limit}");
    }
    let none = issuer.pass_types(Some("~"), None).expect(200).json();
    assert_eq!(none, json!({ "passTypes": [], "cursor": null }));
}

#[test]
fn a_warning_is_in_the_list_too() {
    let pass_type = new_type();
    issuer().store_identity(&pass_type, &identity_ending_in(&pass_type, 10 * 24 * 60 * 60)).expect(201);
    let listed = entry(&pass_type);
    assert!(listed["signingIdentity"]["warning"].is_string(), "{listed}");
}
