//! `PUT`, `GET`, `DELETE /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity`

use crate::util::{
    Folder, Made, Template, calls, date, identity, identity_ending_in, is_defect, is_problem, is_problem_about, issuer,
    members, new_type, stranger, until, used,
};
use edgepass_support::{
    http::Body,
    issuer::Pem,
    pass::{DEFAULT_TEAM, TestAuthority, Validity},
};
use serde_json::{Value, json};

const DAY: u64 = 24 * 60 * 60;

const MEMBERS: [&str; 8] =
    ["daysLeft", "notAfter", "notBefore", "serialNumber", "stored", "subject", "teamIdentifier", "warning"];

#[test]
fn a_new_one_is_201_a_replacement_200_and_both_tell_all_but_the_key() {
    let (pass_type, issuer) = (new_type(), issuer());
    let first = identity(&pass_type);
    let second = identity_ending_in(&pass_type, 100 * DAY + 3600);
    for (identity, status) in [(&first, 201), (&second, 200), (&second, 200)] {
        let answer = issuer.store_identity(&pass_type, identity).expect(status);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let stored = answer.json();
        assert_eq!(members(&stored), MEMBERS);
        assert_eq!(calls(&answer), 1);
        let shown = issuer.identity(&pass_type).expect(200);
        assert_eq!(shown.json(), stored);
        used(&shown, 1, 0);
    }
}

#[test]
fn it_shows_subject_team_serial_number_and_end_of_the_certificate() {
    let (pass_type, issuer) = (new_type(), issuer());
    let identity = identity_ending_in(&pass_type, 100 * DAY + 3600);
    issuer.store_identity(&pass_type, &identity).expect(201);
    let shown = issuer.identity(&pass_type).expect(200).json();
    assert_eq!(shown["teamIdentifier"], DEFAULT_TEAM);
    for part in [format!("Pass Type ID: {pass_type}"), format!("OU={DEFAULT_TEAM}"), format!("UID={pass_type}")] {
        assert!(shown["subject"].as_str().unwrap().contains(&part), "{part}: {shown}");
    }
    assert_eq!((&shown["daysLeft"], &shown["warning"]), (&json!(100), &Value::Null));
    let [before, stored, after] = ["notBefore", "stored", "notAfter"].map(|member| date(&shown, member));
    assert!(before < stored && stored < after, "{shown}");

    let folder = Folder::new();
    folder.write("certificate.pem", &identity.certificate);
    let printed = folder.run("openssl", &["x509", "-in", "certificate.pem", "-noout", "-serial"]);
    let serial_number = printed.trim().trim_start_matches("serial=").to_ascii_lowercase();
    assert_eq!(shown["serialNumber"], serial_number);
}

#[test]
fn head_has_no_body() {
    let made = Made::ready();
    let path = format!("/issuer/v1/pass-types/{}/signing-identity", made.pass_type);
    let answer = made.issuer.send("HEAD", &path, &[], Body::Empty).expect(200);
    assert_eq!(answer.body, b"");
}

#[test]
fn an_end_that_is_near_is_warned_of() {
    let issuer = issuer();
    for (days, warned) in [(10, true), (29, true), (30, false), (300, false)] {
        let pass_type = new_type();
        let stored = issuer.store_identity(&pass_type, &identity_ending_in(&pass_type, days * DAY + 3600)).expect(201).json();
        assert_eq!(stored["daysLeft"], days);
        assert_eq!(stored["warning"].as_str().is_some_and(|text| text.contains("soon")), warned, "{stored}");
        assert_eq!(issuer.identity(&pass_type).expect(200).json(), stored);
    }
}

#[test]
fn one_that_has_expired_meanwhile_signs_nothing_more() {
    let (pass_type, issuer) = (new_type(), issuer());
    issuer.store_identity(&pass_type, &identity_ending_in(&pass_type, 6)).expect(201);
    let template = Template::stored();
    let _ = issuer.make(&pass_type, "S-1", &template.name, &"{}");
    let shown = until("the certificate has expired", || {
        let shown = issuer.identity(&pass_type).expect(200).json();
        (shown["daysLeft"] == -1).then_some(shown)
    });
    assert!(shown["warning"].as_str().unwrap().contains("has expired"), "{shown}");
    let answer = issuer.make(&pass_type, "S-2", &template.name, &"{}");
    is_problem_about(&answer, 409, &["has expired", "PUT /issuer/v1/pass-types/"]);
    issuer.store_identity(&pass_type, &identity(&pass_type)).expect(200);
    issuer.make(&pass_type, "S-2", &template.name, &"{}").expect(201);
}

#[test]
fn removing_it_is_204_and_then_404() {
    let made = Made::published();
    let file = made.file();
    assert_eq!(made.issuer.remove_identity(&made.pass_type).expect(204).body, b"");
    for answer in [made.issuer.identity(&made.pass_type), made.issuer.remove_identity(&made.pass_type)] {
        is_problem(&answer, 404);
    }
    assert!(made.file() == file, "a pass that was signed with it is gone");
    made.issuer.store_identity(&made.pass_type, &identity(&made.pass_type)).expect(201);
}

#[test]
fn the_key_is_taken_as_pkcs_8_and_as_pkcs_1_with_any_text_around() {
    let pass_type = new_type();
    let (authority, issuer) = (TestAuthority::shared(), issuer());
    let signer = authority.identity(&pass_type, DEFAULT_TEAM);
    let plain = identity(&pass_type);
    let around = |pem: &str| format!("Bag Attributes\r\n    friendlyName: x\r\n{}\r\n", pem.replace('\n', "\r\n"));
    for (number, key) in [signer.key_pem(), signer.key_pkcs1_pem(), around(&plain.private_key)].into_iter().enumerate() {
        let pem = Pem {
            certificate: around(&plain.certificate),
            private_key: key,
            intermediate: format!("{}{}", around(&plain.intermediate), authority.root_pem()),
        };
        issuer.store_identity(&pass_type, &pem).expect(if number == 0 { 201 } else { 200 });
        let made = Made::ready();
        issuer.make(&pass_type, &number.to_string(), &made.template.name, &"{}").expect(201);
    }
}

#[test]
fn the_intermediate_may_be_in_the_certificate_s_text_and_line_breaks_may_be_written_out() {
    let (pass_type, pem) = (new_type(), identity(&new_type()));
    let pem = Pem { certificate: identity(&pass_type).certificate, ..pem };
    let chain = format!("{}{}", pem.intermediate, pem.certificate).replace('\n', "\\n");
    let body = json!({ "certificate": chain, "privateKey": pem.private_key });
    issuer().send_identity(&pass_type, body.to_string().as_bytes()).expect(201);
    issuer().make(&pass_type, "1", &Made::ready().template.name, &"{}").expect(201);
    let alone = json!({ "certificate": pem.certificate, "privateKey": pem.private_key });
    is_defect(&issuer().send_identity(&pass_type, alone.to_string().as_bytes()), 400, "intermediate_mismatch");
}

#[test]
fn a_replaced_identity_signs_the_next_pass_and_a_removed_one_none() {
    let made = Made::published();
    let signs = |serial: &str, certificate: &[u8]| {
        let next = made.sibling(serial);
        next.make(&"{}").expect(201);
        let signature = next.entry("signature");
        signature.windows(certificate.len()).any(|window| window == certificate)
    };
    let authority = TestAuthority::shared();
    let first = authority.identity(&made.pass_type, DEFAULT_TEAM);
    assert!(signs("S-2", &first.certificate_der()));

    // Another certificate for the same key, then other keys altogether.
    let renewed = authority.issue(&made.pass_type, DEFAULT_TEAM, Validity::current());
    let other = stranger().issue(&made.pass_type, DEFAULT_TEAM, Validity::current());
    for (number, (identity, authority)) in [(&renewed, authority), (&other, stranger())].into_iter().enumerate() {
        let pem = Pem::new(identity, authority);
        made.issuer.store_identity(&made.pass_type, &pem).expect(200);
        let serial = format!("R-{number}");
        assert!(signs(&serial, &identity.certificate_der()));
        assert!(!signs(&format!("{serial}b"), &first.certificate_der()));
        // The service itself says that it is a good signature.
        let upload = made.sibling(&serial).file();
        assert_eq!(made.issuer.publish(&made.pass_type, &serial, &upload).expect(200).json()["changed"], false);
    }

    made.issuer.remove_identity(&made.pass_type).expect(204);
    is_problem_about(&made.make(&json!({ "description": "x" })), 409, &["signing-identity"]);
    is_problem_about(&made.patch(&json!({ "description": "x" })), 409, &["signing-identity"]);
    made.issuer.store_identity(&made.pass_type, &identity(&made.pass_type)).expect(201);
    made.make(&json!({ "description": "x" })).expect(200);
}
