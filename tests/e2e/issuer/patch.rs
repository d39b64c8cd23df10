//! `PATCH /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/merge-patch+json`

use crate::util::{Made, calls, is_defect, is_problem_about, new_phone, used, went_well};
use edgepass_support::{
    pass::{DEFAULT_TEAM, PassBuilder, unpack},
    server::PUBLIC_URL,
};
use serde_json::json;

#[test]
fn a_change_is_200_and_tells_what_phones_will_see() {
    let made = Made::published();
    let before = made.metadata();
    let answer = made.patch(&json!({ "description": "another" })).expect(200);
    let published = answer.json();
    assert_eq!(published["changed"], true);
    assert!(published["revision"].as_i64() > before["revision"].as_i64());
    let metadata = made.metadata();
    for member in ["passTypeIdentifier", "serialNumber", "revision", "lastModified", "etag", "registrations"] {
        assert_eq!(published[member], metadata[member], "{member}");
    }
    assert_ne!(metadata["etag"], before["etag"]);
    assert_eq!(answer.header("etag"), None);
}

#[test]
fn it_costs_two_calls_of_the_database_and_one_when_nothing_changes() {
    for made in [Made::published(), Made::uploaded()] {
        assert_eq!(calls(&made.patch(&json!({ "description": "another" })).expect(200)), 2);
        used(&made.patch(&json!({ "description": "another" })).expect(200), 1, 0);
        used(&made.patch(&json!({ "description": 17 })).expect(400), 1, 0);
    }
}

#[test]
fn members_are_merged_and_nulls_remove() {
    let made = Made::ready();
    made.make(&json!({ "userInfo": { "a": { "b": 1, "c": 2 }, "list": [1, 2], "gone": 1 } })).expect(201);
    let patch = json!({
        "backgroundColor": null,
        "userInfo": { "a": { "b": null, "d": [null] }, "list": [3], "gone": null, "absent": null },
        "logoText": "new",
    });
    made.patch(&patch).expect(200);
    let mut expected = made.expected(PUBLIC_URL, &made.pass().token);
    expected.as_object_mut().unwrap().remove("backgroundColor");
    expected["userInfo"] = json!({ "template": 1, "a": { "c": 2, "d": [null] }, "list": [3] });
    expected["logoText"] = json!("new");
    assert_eq!(made.content(), expected);
}

#[test]
fn numbers_keep_their_digits_and_unknown_keys_are_kept() {
    let made = Made::ready();
    let upload = format!(
        r#"{{"formatVersion":1,"passTypeIdentifier":"{}","serialNumber":"{}","teamIdentifier":"{DEFAULT_TEAM}",
        "organizationName":"o","description":"d","storeCard":{{}},"aKeyOfTheFuture":{{"big":12345678901234567890}},
        "price":1.50,"text":"\u00fc\ud83c\udfab\u0001"}}"#,
        made.pass_type, made.serial
    );
    let file = PassBuilder::new(&made.pass_type, &made.serial).content(upload).build();
    made.issuer.publish(&made.pass_type, &made.serial, &file).expect(201);
    made.patch(&r#"{"userInfo":{"more":0.10,"huge":1E400,"precise":3.1415926535897932384626433}}"#).expect(200);
    let pass_json = String::from_utf8(made.entry("pass.json")).unwrap();
    for kept in
        ["12345678901234567890", "1.50", "0.10", "1e+400", "3.1415926535897932384626433", r#""ü🎫\u0001""#, "aKeyOfTheFuture"]
    {
        assert!(pass_json.contains(kept), "{kept}: {pass_json}");
    }
}

#[test]
fn a_phone_sees_the_change_after_listing_and_gets_304_afterwards() {
    let made = Made::published();
    let mut phone = new_phone();
    let pass = made.pass();
    let _ = (phone.register(&pass), phone.list(&made.pass_type), phone.fetch(&pass));
    for cups in 11..14 {
        made.patch(&json!({ "userInfo": { "cups": cups } })).expect(200);
        let exchanges = phone.update(&made.pass_type);
        assert_eq!(exchanges.len(), 2);
        went_well(&exchanges);
        assert_eq!(phone.pass(&made.pass_type, &made.serial).unwrap().content["userInfo"]["cups"], cups);
        assert_eq!(phone.list(&made.pass_type).status(), 204);
        assert_eq!(phone.fetch_conditionally(&pass).status(), 304);
    }
}

#[test]
fn a_patch_with_no_effect_changes_nothing_and_lists_nothing() {
    for made in [Made::published(), Made::uploaded()] {
        let mut phone = new_phone();
        let _ = (phone.register(&made.pass()), phone.list(&made.pass_type));
        let (before, file) = (made.version(), made.file());
        for patch in [
            json!({}),
            json!({ "description": made.content()["description"] }),
            json!({ "absent": null }),
            json!({ "storeCard": {} }),
            json!({ "serialNumber": made.serial, "authenticationToken": made.pass().token }),
        ] {
            let published = made.patch(&patch).expect(200).json();
            assert_eq!(published["changed"], false, "{patch}");
            for member in ["revision", "lastModified", "etag"] {
                assert_eq!(published[member], before[member], "{patch}: {member}");
            }
        }
        assert_eq!(made.version(), before);
        assert!(made.file() == file, "it was signed again");
        assert_eq!(phone.list(&made.pass_type).status(), 204);
    }
}

#[test]
fn an_uploaded_pass_keeps_its_token_its_address_and_its_files() {
    let made = Made::uploaded();
    let (before, files) = (made.pass(), unpack(&made.file()));
    let mut phone = new_phone();
    let _ = (phone.register(&before), phone.list(&made.pass_type), phone.fetch(&before));
    made.patch(&json!({ "description": "another" })).expect(200);
    let mut expected = before.content.clone();
    expected["description"] = json!("another");
    assert_eq!(made.content(), expected);
    assert_ne!(before.web_service_url.as_deref(), Some(PUBLIC_URL));
    let after = unpack(&made.file());
    assert_eq!(after.keys().collect::<Vec<_>>(), files.keys().collect::<Vec<_>>());
    for shared in ["icon.png", "logo.png"] {
        assert_eq!(after[shared], files[shared], "{shared}");
    }
    went_well(&phone.update(&made.pass_type));
}

#[test]
fn an_uploaded_pass_without_a_web_service_stays_without_one() {
    let made = Made::ready();
    let upload = PassBuilder::new(&made.pass_type, &made.serial).without_service().build();
    made.issuer.publish(&made.pass_type, &made.serial, &upload).expect(201);
    made.patch(&json!({ "description": "another" })).expect(200);
    assert_eq!(made.metadata()["webService"], false);
    assert_eq!(made.content().get("webServiceURL"), None);
    is_defect(&made.patch(&json!({ "webServiceURL": PUBLIC_URL })), 409, "web_service_url_conflict");
}

#[test]
fn a_withdrawn_pass_is_409_until_it_is_published_again() {
    let made = Made::published();
    made.withdraw();
    let before = made.metadata();
    for patch in [json!({}), json!({ "description": "another" })] {
        is_problem_about(&made.patch(&patch), 409, &["withdrawn", "PUT"]);
    }
    assert_eq!(made.metadata(), before);
    made.make(&"{}").expect(200);
    made.patch(&json!({ "description": "another" })).expect(200);
}

#[test]
fn a_pass_is_voided_by_a_patch() {
    let made = Made::published();
    let mut phone = new_phone();
    let _ = (phone.register(&made.pass()), phone.list(&made.pass_type), phone.fetch(&made.pass()));
    made.patch(&json!({ "voided": true, "expirationDate": "2026-01-01T00:00:00Z" })).expect(200);
    went_well(&phone.update(&made.pass_type));
    assert_eq!(phone.pass(&made.pass_type, &made.serial).unwrap().content["voided"], true);
}

#[test]
fn a_patch_does_not_look_at_the_template() {
    let made = Made::published();
    made.template.clone().field("userInfo", json!({ "template": 2 })).store().expect(200);
    made.patch(&json!({ "description": "another" })).expect(200);
    assert_eq!(made.content()["userInfo"]["template"], 1);
    made.issuer.remove_template(&made.template.name).expect(204);
    made.patch(&json!({ "description": "third" })).expect(200);
    assert_eq!(made.content()["description"], "third");
}

#[test]
fn what_a_pass_has_of_its_own_has_at_most_512_kib() {
    let made = Made::published();
    let part = "x".repeat(200_000);
    for number in ["0", "1"] {
        made.patch(&json!({ "userInfo": { number: part } })).expect(200);
    }
    let before = made.metadata();
    is_problem_about(&made.patch(&json!({ "userInfo": { "2": part } })), 409, &["512 KiB", "PUT"]);
    assert_eq!(made.metadata(), before);
    // It is no history: what is replaced or taken away takes no room.
    made.patch(&json!({ "userInfo": { "0": part, "1": null } })).expect(200);
    made.patch(&json!({ "userInfo": { "2": part } })).expect(200);
}

#[test]
fn a_pass_json_that_would_be_larger_than_1_mib_is_400_and_changes_nothing() {
    let made = Made::uploaded();
    let part = "x".repeat(200_000);
    for number in 0..5 {
        made.patch(&json!({ "userInfo": { number.to_string(): part } })).expect(200);
    }
    let before = made.metadata();
    let refused = made.patch(&json!({ "userInfo": { "5": part } }));
    assert_eq!(made.metadata(), before);
    is_defect(&refused, 400, "entry_too_large");
    assert!(refused.text().contains("1048576"), "{refused:#}");
}
