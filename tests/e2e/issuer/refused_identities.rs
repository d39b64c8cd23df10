//! `PUT /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity`: what is refused

use crate::util::{
    Folder, Made, defects, identity, is_defect, is_problem_about, is_refused_early, issuer, new_type, stranger, used,
};
use edgepass_support::{http::Body, issuer::Pem, pass::DEFAULT_TEAM};
use serde_json::json;

/// Checks that an identity is refused with exactly these defects, and that each names a part of the upload.
#[track_caller]
fn is_refused(pass_type: &str, identity: &Pem, codes: &[&str]) {
    let answer = issuer().store_identity(pass_type, identity);
    assert_eq!(defects(&answer, 400), codes, "{answer:#}");
    for defect in answer.json()["defects"].as_array().into_iter().flatten() {
        let file = defect["file"].as_str().unwrap_or_default();
        assert!(["certificate", "privateKey", "intermediate"].contains(&file), "{defect}");
    }
    used(&answer, 0, 0);
    issuer().identity(pass_type).expect(404);
}

#[test]
fn a_key_that_is_not_the_certificate_s_is_refused() {
    let pass_type = new_type();
    let good = identity(&pass_type);
    let other = stranger().identity(&pass_type, DEFAULT_TEAM);
    is_refused(&pass_type, &Pem { private_key: other.key_pem(), ..good.clone() }, &["private_key_mismatch"]);

    // The public numbers are right, the private ones are not: only a signature shows it.
    let folder = Folder::new();
    folder.write("key.pem", &good.private_key);
    folder.run("openssl", &["rsa", "-in", "key.pem", "-traditional", "-outform", "DER", "-out", "key.der"]);
    let mut der = folder.bytes("key.der");
    let at = der.len() / 2;
    der[at] ^= 1;
    folder.write("key.der", der);
    let private_key = folder.run("openssl", &["base64", "-in", "key.der"]);
    let private_key = format!("-----BEGIN RSA PRIVATE KEY-----\n{private_key}-----END RSA PRIVATE KEY-----\n");
    is_refused(&pass_type, &Pem { private_key, ..good }, &["private_key_mismatch"]);
}

#[test]
fn an_intermediate_that_is_none_or_another_is_refused() {
    let pass_type = new_type();
    let good = identity(&pass_type);
    // The second has the right name, and only a signature shows that it is another.
    for (intermediate, code) in
        [(&good.certificate, "intermediate_mismatch"), (&stranger().intermediate_pem(), "certificate_untrusted")]
    {
        is_refused(&pass_type, &Pem { intermediate: intermediate.clone(), ..good.clone() }, &[code]);
    }
}

#[test]
fn a_refused_one_leaves_what_there_was() {
    let made = Made::published();
    let before = made.issuer.identity(&made.pass_type).expect(200).json();
    let answer = made.issuer.store_identity(&made.pass_type, &identity(&new_type()));
    is_defect(&answer, 400, "certificate_pass_type");
    assert_eq!(made.issuer.identity(&made.pass_type).expect(200).json(), before);
    made.make(&json!({ "description": "another" })).expect(200);
}

#[test]
fn a_body_of_another_form_is_400_and_tells_nothing_of_it() {
    let (pass_type, issuer) = (new_type(), issuer());
    let good = identity(&pass_type).to_json();
    let without = |member: &str| {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(member);
        body.to_string()
    };
    let mut no_text = good.clone();
    no_text["privateKey"] = json!([good["privateKey"]]);
    for body in [
        String::new(),
        "[]".to_owned(),
        "null".to_owned(),
        good.to_string().replace('}', ""),
        without("certificate"),
        without("privateKey"),
        without("intermediate"),
        no_text.to_string(),
        good["privateKey"].as_str().unwrap().to_owned(),
    ] {
        let answer = issuer.send_identity(&pass_type, body.as_bytes());
        is_refused_early(&answer, 400);
        assert!(!answer.text().contains("MII"), "{answer:#}");
    }
    issuer.identity(&pass_type).expect(404);
}

#[test]
fn a_body_beyond_64_kib_is_413_however_it_is_sent() {
    let (pass_type, issuer) = (new_type(), issuer());
    let body = vec![b' '; 64 * 1024 + 1];
    let path = format!("/issuer/v1/pass-types/{pass_type}/signing-identity");
    for sent in [Body::Bytes(&body), Body::Chunked(&body)] {
        let answer = issuer.send("PUT", &path, &[("Content-Type", "application/json")], sent);
        is_refused_early(&answer, 413);
    }
}

#[test]
fn a_key_twice_in_a_json_body_is_400_that_names_it() {
    let (issuer, pass_type) = (issuer(), new_type());
    let identity = identity(&pass_type).to_json().to_string();
    let body = format!("{{\"certificate\":\"x\",{}", &identity[1..]);
    let answer = issuer.send_identity(&pass_type, body.as_bytes());
    is_problem_about(&answer, 400, &["\"certificate\" twice"]);
    used(&answer, 0, 0);
    issuer.identity(&pass_type).expect(404);
    for (path, body, key) in [
        (format!("/issuer/v1/passes/{pass_type}/S-1/links"), r#"{"expiresIn":1,"expiresIn":2}"#, "expiresIn"),
        (
            "/issuer/v1/links".to_owned(),
            r#"{"passes":[{"passTypeIdentifier":"p","serialNumber":"1","serialNumber":"2"}]}"#,
            "serialNumber",
        ),
        ("/issuer/v1/push/test".to_owned(), r#"{"client":"Passes","passTypeIdentifier":"p","client":"ApplePass"}"#, "client"),
    ] {
        let answer = issuer.send("POST", &path, &[], Body::Bytes(body.as_bytes()));
        is_problem_about(&answer, 400, &[&format!("\"{key}\" twice")]);
    }
    for body in [r#"{"template":"a","template":"b"}"#, r#"{"template":"a","pass":{"a":1,"a":2}}"#] {
        is_problem_about(&issuer.send_order(&pass_type, "S-1", body.as_bytes(), &[]), 400, &["twice"]);
    }
    is_problem_about(&issuer.patch(&pass_type, "S-1", &r#"{"a":1,"a":2}"#), 400, &["twice"]);
}
