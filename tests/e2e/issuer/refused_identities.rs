//! `PUT /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity`: what is refused

use edgepass_support::{
    http::Body,
    issuer::Pem,
    pass::{DEFAULT_TEAM, TestAuthority, Validity},
};
use serde_json::json;

use crate::util::{
    Folder, Made, defects, identity, is_defect, is_problem_about, is_refused_early, issuer, new_type,
    stranger, used,
};

/// Checks that an identity is refused with exactly these defects, each of which names its part of the upload.
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
fn what_is_no_pem_is_refused_part_by_part() {
    let pass_type = new_type();
    let good = identity(&pass_type);
    let broken = |pem: &str| pem.replace("MII", "!!!");
    let cut = |pem: &str| pem.lines().filter(|line| line.len() < 64).collect::<Vec<_>>().join("\n");
    for damage in [&|_: &str| String::new(), &broken as &dyn Fn(&str) -> String, &cut] {
        let certificate = Pem { certificate: damage(&good.certificate), ..good.clone() };
        is_refused(&pass_type, &certificate, &["certificate_unreadable"]);
        let intermediate = Pem { intermediate: damage(&good.intermediate), ..good.clone() };
        is_refused(&pass_type, &intermediate, &["intermediate_unreadable"]);
        let private_key = Pem { private_key: damage(&good.private_key), ..good.clone() };
        is_refused(&pass_type, &private_key, &["private_key_unreadable"]);
    }
    let nothing =
        Pem { certificate: String::new(), private_key: String::new(), intermediate: "x".to_owned() };
    let all = ["certificate_unreadable", "intermediate_unreadable", "private_key_unreadable"];
    is_refused(&pass_type, &nothing, &all);
}

#[test]
fn a_key_that_is_encrypted_or_not_of_rsa_is_refused() {
    let pass_type = new_type();
    let good = identity(&pass_type);
    let folder = Folder::new();
    folder.write("key.pem", &good.private_key);
    let encrypted = ["pkcs8", "-topk8", "-in", "key.pem", "-v2", "aes-256-cbc", "-passout", "pass:secret"];
    let old = ["rsa", "-in", "key.pem", "-traditional", "-aes256", "-passout", "pass:secret"];
    for command in [&encrypted[..], &old] {
        let private_key = folder.run("openssl", command);
        is_refused(&pass_type, &Pem { private_key, ..good.clone() }, &["private_key_encrypted"]);
    }
    let curve = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let old = ["ecparam", "-name", "prime256v1", "-genkey", "-noout"];
    for command in [&curve[..], &old, &["genpkey", "-algorithm", "ED25519"]] {
        let private_key = folder.run("openssl", command);
        is_refused(&pass_type, &Pem { private_key, ..good.clone() }, &["private_key_algorithm"]);
    }
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
    let private_key =
        format!("-----BEGIN RSA PRIVATE KEY-----\n{private_key}-----END RSA PRIVATE KEY-----\n");
    is_refused(&pass_type, &Pem { private_key, ..good }, &["private_key_mismatch"]);
}

#[test]
fn a_certificate_of_another_pass_type_or_outside_its_time_is_refused() {
    let pass_type = new_type();
    is_refused(&pass_type, &identity(&new_type()), &["certificate_pass_type"]);
    let authority = TestAuthority::shared();
    for (validity, code) in
        [(Validity::past(), "certificate_expired"), (Validity::future(), "certificate_not_yet_valid")]
    {
        let pem = Pem::of(&authority.issue(&pass_type, DEFAULT_TEAM, validity), authority);
        is_refused(&pass_type, &pem, &[code]);
    }
}

#[test]
fn a_certificate_without_a_team_or_with_a_weak_key_is_refused() {
    let pass_type = new_type();
    let good = identity(&pass_type);
    let folder = Folder::new();
    // Signed by itself, so nothing about its issuer is right either.
    let subject = format!("/UID={pass_type}/CN=Pass Type ID: {pass_type}");
    let of = |key: &str, subject: &str| {
        let request =
            ["req", "-x509", "-newkey", key, "-nodes", "-keyout", "key.pem", "-days", "9", "-subj", subject];
        let certificate = folder.run("openssl", &request);
        Pem { certificate, private_key: folder.read("key.pem"), intermediate: good.intermediate.clone() }
    };
    let no_team = of("rsa:2048", &subject);
    is_refused(&pass_type, &no_team, &["certificate_team", "intermediate_mismatch"]);
    let weak = of("rsa:1024", &format!("{subject}/OU={DEFAULT_TEAM}"));
    is_refused(&pass_type, &weak, &["certificate_key", "intermediate_mismatch"]);
}

#[test]
fn an_intermediate_that_is_none_or_another_is_refused() {
    let pass_type = new_type();
    let good = identity(&pass_type);
    let authority = TestAuthority::shared();
    let cases: [(String, &[&str]); 6] = [
        (good.certificate.clone(), &["intermediate_mismatch"]),
        (authority.root_pem(), &["intermediate_mismatch"]),
        (stranger().intermediate_pem(), &["certificate_untrusted"]),
        (identity(&new_type()).certificate, &["intermediate_authority", "intermediate_mismatch"]),
        (authority.renewed(Validity::past()).intermediate_pem(), &["intermediate_expired"]),
        (authority.renewed(Validity::future()).intermediate_pem(), &["intermediate_not_yet_valid"]),
    ];
    for (intermediate, codes) in cases {
        is_refused(&pass_type, &Pem { intermediate, ..good.clone() }, codes);
    }
}

#[test]
fn certificate_and_intermediate_in_each_other_s_place_are_one_defect() {
    let pass_type = new_type();
    let good = identity(&pass_type);
    let swapped = Pem {
        certificate: good.intermediate.clone(),
        intermediate: good.certificate.clone(),
        private_key: good.private_key,
    };
    is_refused(&pass_type, &swapped, &["certificates_swapped"]);
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
        (
            "/issuer/v1/push/test".to_owned(),
            r#"{"client":"Passes","passTypeIdentifier":"p","client":"ApplePass"}"#,
            "client",
        ),
    ] {
        let answer = issuer.send("POST", &path, &[], Body::Bytes(body.as_bytes()));
        is_problem_about(&answer, 400, &[&format!("\"{key}\" twice")]);
    }
    for body in [r#"{"template":"a","template":"b"}"#, r#"{"template":"a","pass":{"a":1,"a":2}}"#] {
        is_problem_about(&issuer.send_order(&pass_type, "S-1", body.as_bytes(), &[]), 400, &["twice"]);
    }
    is_problem_about(&issuer.patch(&pass_type, "S-1", &r#"{"a":1,"a":2}"#), 400, &["twice"]);
}
