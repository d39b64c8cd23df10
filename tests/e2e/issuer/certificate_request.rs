//! `POST`, `GET`, `DELETE /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request`

use crate::util::{
    Folder, Made, calls, date, is_problem, is_problem_about, is_refused_early, issuer, members, new_type, seen, used,
};
use edgepass_support::{
    http::{Answer, Body},
    server::{Options, Server},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, thread};

const JSON: (&str, &str) = ("Accept", "application/json");

/// The ids of the requests that wait.
#[track_caller]
fn ids(pass_type: &str) -> Vec<String> {
    let list = issuer().requests(pass_type).expect(200).json();
    let list = list["certificateRequests"].as_array().cloned().unwrap_or_default();
    list.iter().map(|one| one["id"].as_str().expect("its id").to_owned()).collect()
}

fn id_of(created: &Answer) -> String {
    let location = created.header("location").expect("a request has an address");
    location.strip_prefix("certificate-request/").expect("it is below the list").to_owned()
}

#[test]
fn the_answer_is_a_file_for_apple_s_site_that_openssl_accepts() {
    let (pass_type, issuer) = (new_type(), issuer());
    let created = issuer.create_request(&pass_type, &[]).expect(201);
    assert_eq!(created.header("content-type"), Some("application/x-pem-file"));
    let name = format!("attachment; filename=\"{pass_type}.certSigningRequest\"");
    assert_eq!(created.header("content-disposition"), Some(name.as_str()));
    used(&created, 1, 1);

    let folder = Folder::new();
    folder.write("request.pem", &created.body);
    let output = folder.output("openssl", &["req", "-verify", "-in", "request.pem", "-noout", "-text"]);
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}");
    for words in [
        "verify OK",
        &format!("Subject: CN = {pass_type}"),
        "Public-Key: (2048 bit)",
        "Exponent: 65537",
        "sha256WithRSAEncryption",
        "Version: 1 (0x0)",
    ] {
        assert!(printed.contains(words), "{words}: {printed}");
    }
}

#[test]
fn requests_that_wait_are_listed_and_sent_again_in_either_form() {
    let (pass_type, issuer) = (new_type(), issuer());
    assert_eq!(issuer.requests(&pass_type).expect(200).json(), json!({ "certificateRequests": [] }));
    let first = issuer.create_request(&pass_type, &[]).expect(201);
    let second = issuer.create_request(&pass_type, &[JSON]).expect(201);
    assert_eq!(second.header("content-type"), Some("application/json"));
    let told = second.json();
    assert_eq!(members(&told), ["certificateRequest", "created", "id"]);
    assert_eq!(told["id"], id_of(&second));
    date(&told, "created");
    assert_ne!(told["certificateRequest"], first.text(), "each request has a key of its own");

    let list = issuer.requests(&pass_type).expect(200);
    used(&list, 1, 0);
    let list = list.json()["certificateRequests"].as_array().cloned().unwrap();
    assert_eq!(list.len(), 2);
    let listed = list.iter().find(|one| one["id"] == told["id"]);
    assert_eq!(listed, Some(&told));
    let path = format!("/issuer/v1/pass-types/{pass_type}/certificate-request/{}", id_of(&first));
    let again = issuer.request(&pass_type, &id_of(&first)).expect(200);
    assert_eq!((again.text(), again.header("content-type")), (first.text(), Some("application/x-pem-file")));
    assert_eq!(issuer.send("GET", &path, &[JSON], Body::Empty).expect(200).json()["certificateRequest"], first.text());
    assert_eq!(issuer.send("HEAD", &path, &[], Body::Empty).expect(200).body, b"");
}

#[test]
fn the_list_of_pass_types_counts_them() {
    let (pass_type, issuer) = (new_type(), issuer());
    let entry = || {
        let page = issuer.pass_types(Some(&pass_type[..pass_type.len() - 1]), Some(1)).expect(200).json();
        page["passTypes"][0].clone()
    };
    issuer.create_request(&pass_type, &[]).expect(201);
    issuer.create_request(&pass_type, &[]).expect(201);
    let expected = json!({
        "passTypeIdentifier": pass_type, "revision": null, "signingIdentity": null, "certificateRequests": 2,
    });
    assert_eq!(entry(), expected);
    for id in ids(&pass_type) {
        issuer.remove_request(&pass_type, &id).expect(204);
    }
    assert_ne!(entry()["passTypeIdentifier"], pass_type);
}

#[test]
fn a_new_one_does_not_disturb_the_identity_in_use() {
    let made = Made::published();
    let before = made.issuer.identity(&made.pass_type).expect(200).json();
    made.issuer.create_request(&made.pass_type, &[]).expect(201);
    assert_eq!(made.issuer.identity(&made.pass_type).expect(200).json(), before);
    made.make(&json!({ "description": "another" })).expect(200);
}

#[test]
fn five_may_wait_and_one_that_is_deleted_makes_room() {
    let (pass_type, issuer) = (new_type(), issuer());
    // All at once: the limit holds then, too.
    let statuses = thread::scope(|scope| {
        let lanes: Vec<_> = (0..8).map(|_| scope.spawn(|| issuer.create_request(&pass_type, &[]).status)).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 3, "{statuses:?}");
    let waiting = ids(&pass_type);
    assert_eq!(waiting.iter().collect::<BTreeSet<_>>().len(), 5);
    is_problem_about(&issuer.create_request(&pass_type, &[]), 409, &["Five", "/certificate-request"]);
    issuer.create_request(&new_type(), &[]).expect(201);

    let removed = issuer.remove_request(&pass_type, &waiting[0]).expect(204);
    used(&removed, 1, 1);
    is_problem(&issuer.remove_request(&pass_type, &waiting[0]), 404);
    is_problem_about(&issuer.request(&pass_type, &waiting[0]), 404, &["/certificate-request"]);
    issuer.create_request(&pass_type, &[]).expect(201);
}

#[test]
fn what_does_not_wait_is_404_also_under_another_pass_type() {
    let (pass_type, issuer) = (new_type(), issuer());
    let id = id_of(&issuer.create_request(&pass_type, &[]).expect(201));
    for (pass_type, id) in [(new_type(), id.as_str()), (pass_type.clone(), "another")] {
        is_problem(&issuer.request(&pass_type, id), 404);
        is_problem(&issuer.remove_request(&pass_type, id), 404);
    }
    assert_eq!(ids(&pass_type), [id]);
}

#[test]
fn a_repetition_with_the_same_key_gets_the_same_file_and_makes_no_other() {
    let (pass_type, issuer) = (new_type(), issuer());
    let key = [("Idempotency-Key", "the first certificate")];
    let first = issuer.create_request(&pass_type, &key).expect(201);
    let again = issuer.create_request(&pass_type, &key).expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let mut expected = seen(&first);
    expected.1.push(("idempotent-replayed".to_owned(), "true".to_owned()));
    let (mut expected, mut found) = (expected, seen(&again));
    expected.1.sort();
    found.1.sort();
    assert_eq!(found, expected);
    assert_eq!(ids(&pass_type), [id_of(&first)]);
}

#[test]
fn a_body_is_refused_since_nothing_in_it_would_be_heeded() {
    let (pass_type, issuer) = (new_type(), issuer());
    let path = format!("/issuer/v1/pass-types/{pass_type}/certificate-request");
    is_refused_early(&issuer.send("POST", &path, &[], Body::Bytes(b"{\"commonName\":\"x\"}")), 400);
    is_refused_early(&issuer.send("POST", &path, &[], Body::Bytes(&[b' '; 1025])), 413);
    for no_type in ["com.example.coffee", "pass."] {
        is_refused_early(&issuer.create_request(no_type, &[]), 400);
    }
    is_refused_early(&issuer.send("POST", &path, &[("If-None-Match", "*")], Body::Empty), 400);
    assert_eq!(ids(&pass_type), [""; 0]);
}

#[test]
fn without_a_master_key_there_is_none() {
    let server = Server::start(Options { without: &["MASTER_KEY"], ..Options::default() });
    let pass_type = new_type();
    for answer in [server.issuer().create_request(&pass_type, &[]), server.issuer().store_certificate(&pass_type, b"x")] {
        is_problem_about(&answer, 503, &["MASTER_KEY"]);
        assert_eq!(calls(&answer), 0);
    }
    assert_eq!(server.issuer().requests(&pass_type).expect(200).json()["certificateRequests"], Value::Array(Vec::new()));
}
