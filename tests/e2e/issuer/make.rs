//! `PUT /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/json`

use crate::util::{Made, calls, is_defect, new_phone, used, went_well};
use edgepass_support::{
    http::Answer,
    pass::{DEFAULT_TEAM, Pass, PassBuilder, unpack},
    phone::Exchange,
    random,
    server::PUBLIC_URL,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[test]
fn a_new_pass_is_201_another_version_200_and_tells_what_phones_will_see() {
    let made = Made::ready();
    let first = made.make(&"{}").expect(201);
    let second = made.make(&json!({ "description": "another" })).expect(200);
    for answer in [&first, &second] {
        let published = answer.json();
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(published["passTypeIdentifier"], made.pass_type);
        assert_eq!(published["serialNumber"], made.serial);
        assert_eq!((&published["changed"], &published["registrations"]), (&json!(true), &json!(0)));
        // RFC 9110, section 9.3.4: the body that was sent is not what is stored.
        assert_eq!(answer.header("etag"), None);
    }
    let revision = |answer: &Answer| answer.json()["revision"].as_i64().unwrap();
    assert!(revision(&second) > revision(&first));
    let metadata = made.metadata();
    for member in ["revision", "lastModified", "etag"] {
        assert_eq!(second.json()[member], metadata[member], "{member}");
    }
    assert_eq!(metadata["webService"], true);
    assert_eq!(metadata["size"], made.file().len());
}

#[test]
fn the_same_again_changes_nothing() {
    let made = Made::published();
    let (before, file) = (made.version(), made.file());
    for fields in ["{}", " { } ", r#"{"userInfo":{}}"#, r#"{"absent":null}"#] {
        let published = made.make(&fields).expect(200).json();
        assert_eq!(published["changed"], false, "{fields}");
        assert_eq!(published["revision"], before["revision"], "{fields}");
    }
    assert_eq!(made.version(), before);
    assert!(made.file() == file, "it was signed again");
}

#[test]
fn it_costs_two_calls_of_the_database_and_one_when_nothing_changes() {
    let made = Made::ready();
    assert_eq!(calls(&made.make(&"{}").expect(201)), 2);
    assert_eq!(calls(&made.make(&json!({ "description": "another" })).expect(200)), 2);
    used(&made.make(&json!({ "description": "another" })).expect(200), 1, 0);
    let refused = made.make(&json!({ "description": 17 })).expect(400);
    used(&refused, 1, 0);
}

#[test]
fn what_a_pass_has_of_its_own_is_merged_into_its_template() {
    let made = Made::ready();
    let fields = json!({
        "backgroundColor": null,
        "organizationName": "Another",
        "userInfo": { "own": [1, null, { "a": null }], "template": null },
        "storeCard": { "backFields": [] },
    });
    made.make(&fields).expect(201);
    let mut expected = made.expected(PUBLIC_URL, &made.pass().token);
    expected.as_object_mut().unwrap().remove("backgroundColor");
    expected["organizationName"] = json!("Another");
    expected["userInfo"] = json!({ "own": [1, null, { "a": null }] });
    expected["storeCard"]["backFields"] = json!([]);
    assert_eq!(made.content(), expected);

    // It replaces what the pass was, so nothing of that is left.
    made.make(&"{}").expect(200);
    assert_eq!(made.content(), made.expected(PUBLIC_URL, &made.pass().token));
}

#[test]
fn the_pass_member_may_be_left_out() {
    let made = Made::ready();
    let body = json!({ "template": made.template.name }).to_string();
    made.issuer.send_order(&made.pass_type, &made.serial, body.as_bytes(), &[]).expect(201);
    assert_eq!(made.content(), made.expected(PUBLIC_URL, &made.pass().token));
}

#[test]
fn the_files_of_the_template_are_in_the_pass_and_no_others() {
    let made = Made::published();
    let mut files = unpack(&made.file());
    for own in ["pass.json", "manifest.json", "signature"] {
        assert!(files.remove(own).is_some_and(|bytes| !bytes.is_empty()), "{own} is missing");
    }
    let template: BTreeMap<_, _> = made.template.entries().into_iter().collect();
    let shared = template.into_iter().filter(|(name, _)| name != "pass.json").collect();
    assert_eq!(files, shared);
}

#[test]
fn numbers_keep_their_digits_and_unknown_keys_are_kept() {
    let made = Made::ready();
    let fields = r#"{"userInfo":{"big":12345678901234567890,"price":1.50,"tiny":1e-400,"ü\u0000":"\ud83c\udfab"},"aKeyOfTheFuture":[null,-0]}"#;
    made.make(&fields).expect(201);
    let pass_json = String::from_utf8(made.entry("pass.json")).unwrap();
    for digits in ["12345678901234567890", "1.50", "1e-400", "\"aKeyOfTheFuture\":[null,-0]", "🎫"] {
        assert!(pass_json.contains(digits), "{digits}: {pass_json}");
    }
}

#[test]
fn a_phone_registers_a_made_pass_and_sees_its_changes() {
    let made = Made::published();
    let mut phone = new_phone();
    let pass = made.pass();
    assert_eq!(phone.register(&pass).complaints(), [""; 0]);
    assert_eq!(phone.list(&made.pass_type).serials(), [&*made.serial]);
    assert_eq!(phone.fetch(&pass).complaints(), [""; 0]);
    assert_eq!(phone.pass(&made.pass_type, &made.serial), Some(&pass));
    assert_eq!(phone.list(&made.pass_type).status(), 204);

    let published = made.make(&json!({ "description": "another" })).expect(200).json();
    assert_eq!(published["registrations"], 1);
    let exchanges = phone.update(&made.pass_type);
    assert_eq!(exchanges.iter().map(Exchange::status).collect::<Vec<_>>(), [200, 200]);
    for exchange in &exchanges {
        assert_eq!(exchange.complaints(), [""; 0], "{exchange}");
    }
    assert_eq!(phone.pass(&made.pass_type, &made.serial).unwrap().content["description"], "another");
    assert_eq!(phone.fetch_conditionally(&pass).status(), 304);

    // Nothing changes, so nothing is listed.
    made.make(&json!({ "description": "another" })).expect(200);
    assert_eq!(phone.list(&made.pass_type).status(), 204);
    assert_eq!(phone.unregister(&pass).status(), 200);
}

#[test]
fn each_pass_has_a_token_of_its_own_that_stays() {
    let made = Made::published();
    let other = made.sibling("S-2");
    other.make(&"{}").expect(201);
    let token = made.pass().token;
    assert!(token.len() >= 32 && token != other.pass().token);
    made.make(&json!({ "description": "another" })).expect(200);
    assert_eq!(made.pass().token, token);
    assert_eq!(new_phone().register(&made.pass().with_token(&other.pass().token)).status(), 401);
}

#[test]
fn a_new_pass_may_bring_its_own_token_and_keeps_it() {
    let made = Made::ready();
    let own = random::hex(16);
    made.make(&json!({ "authenticationToken": own })).expect(201);
    assert_eq!(made.pass().token, own);
    made.make(&json!({ "description": "another" })).expect(200);
    assert_eq!(made.pass().token, own);
    let answer = made.make(&json!({ "authenticationToken": random::hex(16) }));
    is_defect(&answer, 409, "authentication_token_conflict");
    assert!(!answer.text().contains(&own), "the token is a secret");
    let short = made.sibling("S-2").make(&json!({ "authenticationToken": "too short" }));
    is_defect(&short, 400, "authentication_token");
}

#[test]
fn over_an_uploaded_pass_the_token_stays_and_phones_go_on() {
    let made = Made::uploaded();
    let uploaded = made.pass();
    let mut phone = new_phone();
    let (_, _, _) = (phone.register(&uploaded), phone.list(&made.pass_type), phone.fetch(&uploaded));
    made.make(&"{}").expect(200);
    assert_eq!(made.content(), made.expected(PUBLIC_URL, &uploaded.token));
    went_well(&phone.update(&made.pass_type));
    made.make(&json!({ "authenticationToken": uploaded.token, "description": "another" })).expect(200);
    is_defect(&made.make(&json!({ "authenticationToken": random::hex(16) })), 409, "authentication_token_conflict");
}

#[test]
fn an_uploaded_pass_without_a_web_service_gains_one() {
    let made = Made::ready();
    let upload = PassBuilder::new(&made.pass_type, &made.serial).without_service().build();
    made.issuer.publish(&made.pass_type, &made.serial, &upload).expect(201);
    made.make(&"{}").expect(200);
    assert_eq!(made.metadata()["webService"], true);
    assert_eq!(new_phone().register(&made.pass()).status(), 201);
}

#[test]
fn a_made_pass_can_be_replaced_by_an_upload_with_its_token() {
    let made = Made::published();
    let upload = PassBuilder::new(&made.pass_type, &made.serial);
    let answer = made.issuer.publish(&made.pass_type, &made.serial, &upload.build());
    is_defect(&answer, 409, "authentication_token_changed");
    let upload = upload.token(&made.pass().token).build();
    made.issuer.publish(&made.pass_type, &made.serial, &upload).expect(200);
    assert!(made.file() == upload, "the bytes differ");
}

#[test]
fn keys_that_the_service_fills_in_may_be_given_as_they_are() {
    let made = Made::published();
    let fields = json!({
        "formatVersion": 1,
        "passTypeIdentifier": made.pass_type,
        "serialNumber": made.serial,
        "teamIdentifier": DEFAULT_TEAM,
        "webServiceURL": PUBLIC_URL,
        "authenticationToken": made.pass().token,
    });
    assert_eq!(made.make(&fields).expect(200).json()["changed"], false);
}

#[test]
fn a_withdrawn_pass_is_published_again() {
    let made = Made::published();
    let mut phone = new_phone();
    let _ = (phone.register(&made.pass()), phone.list(&made.pass_type), phone.fetch(&made.pass()));
    for fields in [json!({}), json!({ "description": "another" })] {
        made.withdraw();
        assert_eq!(made.make(&fields).expect(200).json()["changed"], true);
        assert_eq!(made.metadata()["withdrawn"], Value::Null);
        assert_eq!(phone.list(&made.pass_type).serials(), [&*made.serial]);
    }
}

#[test]
fn a_replaced_template_is_what_the_next_pass_is_made_of() {
    let made = Made::published();
    let first = made.file();
    for number in 2..5 {
        made.template.clone().field("userInfo", json!({ "template": number })).store().expect(200);
        let next = made.sibling(&format!("S-{number}"));
        next.make(&"{}").expect(201);
        assert_eq!(next.content()["userInfo"]["template"], number);
    }
    assert!(made.file() == first, "a pass changed that nobody asked to change");
    assert_eq!(made.make(&"{}").expect(200).json()["changed"], true);
    assert_eq!(made.content()["userInfo"]["template"], 4);
}

#[test]
fn serial_numbers_are_free_text() {
    let made = Made::ready();
    for serial in ["a/b", "with space", "ä ö", "🎫", "100%", "a\"b\\c", "..."] {
        let pass = made.sibling(serial);
        pass.make(&"{}").expect(201);
        assert_eq!(pass.pass().serial, serial);
        assert_eq!(new_phone().register(&pass.pass()).status(), 201, "{serial}");
    }
}

#[test]
fn what_is_made_is_accepted_as_an_upload() {
    let made = Made::published();
    let file = made.file();
    assert!(Pass::read(&file).is_ok());
    let published = made.issuer.publish(&made.pass_type, &made.serial, &file).expect(200).json();
    assert_eq!(published["changed"], false);
}
