//! `PUT /issuer/v1/pass-types/{passTypeIdentifier}/certificate`

use crate::util::{
    Folder, Made, Template, calls, defects, identity, is_defect, is_problem_about, issuer, members, new_type, stranger, used,
};
use edgepass_support::{
    http::Body,
    issuer::Issuer,
    pass::{DEFAULT_TEAM, IssuedCertificate, PassBuilder, TestAuthority, Validity},
};
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

/// A request that waits, and the certificate that the authority made from it.
#[track_caller]
fn certify(pass_type: &str) -> (String, IssuedCertificate) {
    let created = issuer().create_request(pass_type, &[("Accept", "application/json")]).expect(201).json();
    let request = created["certificateRequest"].as_str().expect("the request in PEM");
    let certificate = TestAuthority::shared().sign_request(request, pass_type, DEFAULT_TEAM);
    (created["id"].as_str().expect("its id").to_owned(), certificate)
}

#[track_caller]
fn waiting(pass_type: &str) -> usize {
    issuer().requests(pass_type).expect(200).json()["certificateRequests"].as_array().map_or(0, Vec::len)
}

/// Whether a certificate is in the signature of the next pass of a type.
fn signs(pass_type: &str, serial: &str, certificate: &IssuedCertificate) -> bool {
    let template = Template::stored();
    issuer().make(pass_type, serial, &template.name, &"{}").expect(201);
    let made = Made { pass_type: pass_type.to_owned(), serial: serial.to_owned(), template, issuer: issuer() };
    let (der, signature) = (certificate.der(), made.entry("signature"));
    signature.windows(der.len()).any(|window| window == der)
}

/// Checks with openssl that the signature of a pass leads to the authority's root.
#[track_caller]
fn openssl_verifies(made: &Made) {
    let folder = Folder::new();
    folder.write("manifest.json", made.entry("manifest.json"));
    folder.write("signature", made.entry("signature"));
    folder.write("root.pem", TestAuthority::shared().root_pem());
    let verify = "cms -verify -binary -inform DER -in signature -content manifest.json -CAfile root.pem -purpose any";
    assert_eq!(folder.run("openssl", &verify.split(' ').collect::<Vec<_>>()).into_bytes(), made.entry("manifest.json"));
}

#[test]
fn from_a_request_to_a_pass_that_openssl_verifies() {
    let (pass_type, issuer) = (new_type(), issuer());
    let request = issuer.create_request(&pass_type, &[]).expect(201);
    let certificate = TestAuthority::shared().sign_request(&request.text(), &pass_type, DEFAULT_TEAM);
    let stored = issuer.store_certificate(&pass_type, certificate.chain_pem().as_bytes()).expect(201);
    assert_eq!(calls(&stored), 2);
    assert_eq!(issuer.identity(&pass_type).expect(200).json(), stored.json());
    assert_eq!(members(&stored.json()).len(), 8);
    assert_eq!(waiting(&pass_type), 0);

    let template = Template::stored();
    let made = Made { pass_type, serial: "S-1".to_owned(), template, issuer };
    made.make(&"{}").expect(201);
    openssl_verifies(&made);
}

#[test]
fn a_certificate_is_taken_in_der_and_in_pem_under_any_media_type() {
    let made = Made::published();
    let path = format!("/issuer/v1/pass-types/{}/certificate", made.pass_type);
    // The intermediate of the identity in use need not be sent again, if the certificate has the same key.
    let renewed = TestAuthority::shared().issue(&made.pass_type, DEFAULT_TEAM, Validity::current());
    let (der, pem) = (renewed.certificate_der(), renewed.certificate_pem());
    let windows = format!("\u{feff}{}", pem.replace('\n', "\r\n"));
    for (body, media_type) in [
        (der.as_slice(), "application/pkix-cert"),
        (&der, "application/x-www-form-urlencoded"),
        (pem.as_bytes(), "application/json"),
        (windows.as_bytes(), "text/plain"),
    ] {
        made.issuer.send("PUT", &path, &[("Content-Type", media_type)], Body::Bytes(body)).expect(200);
    }
    // Without any.
    made.issuer.send("PUT", &path, &[], Body::Chunked(&der)).expect(200);
    made.make(&json!({ "description": "signed with the renewed certificate" })).expect(200);
    assert!(made.entry("signature").windows(der.len()).any(|window| window == der));
}

#[test]
fn each_certificate_finds_its_own_request_and_the_others_go_on_waiting() {
    let (pass_type, issuer) = (new_type(), issuer());
    let (first, second) = (certify(&pass_type), certify(&pass_type));
    issuer.store_certificate(&pass_type, first.1.chain_pem().as_bytes()).expect(201);
    let left = issuer.requests(&pass_type).expect(200).json();
    assert_eq!(left["certificateRequests"][0]["id"], second.0);
    assert_eq!(waiting(&pass_type), 1);
    assert!(signs(&pass_type, "S-1", &first.1));
    // The whole chain in one file, in another order.
    let chain = format!("{}{}", TestAuthority::shared().root_pem(), second.1.chain_pem());
    issuer.store_certificate(&pass_type, chain.as_bytes()).expect(200);
    assert!(signs(&pass_type, "S-2", &second.1));
    assert_eq!(waiting(&pass_type), 0);
    // A repetition, as after a lost answer, does no harm. The key of the first one was replaced.
    issuer.store_certificate(&pass_type, second.1.chain_pem().as_bytes()).expect(200);
    is_defect(&issuer.store_certificate(&pass_type, first.1.chain_pem().as_bytes()), 400, "certificate_key_unknown");
    assert!(signs(&pass_type, "S-3", &second.1));
}

/// Makes passes until it is stopped, and returns their number. Each has to be made.
fn make_passes(made: &Made, stop: &AtomicBool) -> usize {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        made.sibling(&format!("B-{number}")).make(&"{}").expect(201);
    }
    number
}

#[test]
fn a_renewal_is_the_same_two_steps_while_passes_are_being_made() {
    let made = Made::published();
    let stop = AtomicBool::new(false);
    let (number, certificates) = thread::scope(|scope| {
        let lane = scope.spawn(|| make_passes(&made, &stop));
        let renewed: Vec<_> = (0..3)
            .map(|_| {
                let (_, certificate) = certify(&made.pass_type);
                made.issuer.store_certificate(&made.pass_type, certificate.chain_pem().as_bytes()).expect(200);
                certificate
            })
            .collect();
        stop.store(true, Ordering::Relaxed);
        (lane.join().expect("each pass is made"), renewed)
    });
    assert!(number > 0);
    let first = TestAuthority::shared().identity(&made.pass_type, DEFAULT_TEAM).certificate_der();
    let all: Vec<_> = certificates.iter().map(IssuedCertificate::der).chain([first]).collect();
    // In the order of their making, the certificates of the passes only go forward.
    let signers = (1..=number).map(|number| {
        let signature = made.sibling(&format!("B-{number}")).entry("signature");
        let is_in = |der: &&Vec<u8>| signature.windows(der.len()).any(|window| window == der.as_slice());
        all.iter().position(|der| is_in(&der)).map_or(0, |at| (at + 1) % all.len())
    });
    assert!(signers.is_sorted());
    openssl_verifies(&made.sibling(&format!("B-{number}")));
    made.make(&json!({ "description": "after the renewal" })).expect(200);
    openssl_verifies(&made);
}

/// Checks that a body is refused with this defect, and that neither requests nor identity changed.
#[track_caller]
fn is_refused(pass_type: &str, what: &str, body: &[u8], code: &str, words: &str) {
    let before = (waiting(pass_type), issuer().identity(pass_type).text());
    let answer = issuer().store_certificate(pass_type, body);
    assert!(defects(&answer, 400).iter().any(|found| found == code), "{what}: {answer:#}");
    let told = answer.json()["defects"].to_string();
    assert!(told.contains(words), "{what}: {told}");
    assert!(!told.contains("MII"), "{what}: {told}");
    assert_eq!((waiting(pass_type), issuer().identity(pass_type).text()), before, "{what}");
}

/// Files that openssl makes, by the commands.
fn files_of_openssl(pass_type: &str) -> Folder {
    let folder = Folder::new();
    let good = identity(pass_type);
    folder.write("key.pem", &good.private_key);
    folder.write("certificate.pem", &good.certificate);
    folder.write("plist", "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict/></plist>");
    let push = "1.2.840.113635.100.6.3.2=DER:0500";
    let made = |arguments: &[&str]| folder.run("openssl", arguments);
    let named = |name: &str, out: &str, extension: &str| {
        let subject = format!("/UID=com.example/CN={name}/OU={DEFAULT_TEAM}");
        let constraint = "basicConstraints=CA:FALSE";
        made(&[
            "req", "-x509", "-key", "key.pem", "-subj", &subject, "-addext", constraint, "-addext", extension, "-outform",
            "DER", "-out", out,
        ]);
    };
    named("Apple Push Services: com.example", "push.cer", push);
    named("Somebody: com.example", "push2.cer", push);
    named("Apple Development: Ada (AB)", "development.cer", "1.2.840.113635.100.6.1.2=DER:0500");
    named("Apple Distribution: Ada (AB)", "distribution.cer", "1.2.840.113635.100.6.1.4=DER:0500");
    made(&["req", "-new", "-key", "key.pem", "-subj", "/CN=x", "-out", "request.pem"]);
    made(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "AuthKey.p8"]);
    made(&["pkcs12", "-export", "-in", "certificate.pem", "-inkey", "key.pem", "-passout", "pass:x", "-out", "pass.p12"]);
    let sign =
        "cms -sign -binary -nodetach -signer certificate.pem -inkey key.pem -in plist -outform DER -out a.mobileprovision";
    made(&sign.split(' ').collect::<Vec<_>>());
    folder
}

#[test]
fn each_wrong_file_is_named_for_what_it_is_and_changes_nothing() {
    let made = Made::published();
    let pass_type = made.pass_type.as_str();
    let _ = certify(pass_type);
    let folder = files_of_openssl(pass_type);
    let (unreadable, of_no_type, unknown) = ("certificate_unreadable", "certificate_pass_type", "certificate_key_unknown");
    for (file, code, words) in [
        ("push.cer", of_no_type, "a certificate for push notifications (APNs)"),
        ("push2.cer", of_no_type, "a certificate for push notifications (APNs)"),
        ("development.cer", of_no_type, "a developer's certificate for apps"),
        ("distribution.cer", of_no_type, "a certificate for the distribution of apps"),
        ("request.pem", unreadable, "a certificate signing request, and no certificate. It goes to Apple"),
        ("key.pem", unreadable, "a private key, and no certificate"),
        ("AuthKey.p8", unreadable, "a key on an elliptic curve, such as the .p8 files"),
        ("pass.p12", unreadable, "a .p12 file"),
        ("a.mobileprovision", unreadable, "a provisioning profile"),
    ] {
        is_refused(pass_type, file, &folder.bytes(file), code, words);
    }
    let pass = PassBuilder::new(pass_type, "S-1").build();
    let (apple_g4, apple_root) = (
        include_bytes!("../../../crates/pkpass/src/apple/AppleWWDRCAG4.der").as_slice(),
        include_bytes!("../../../crates/pkpass/src/apple/AppleRootCA.der").as_slice(),
    );
    let whole = folder.bytes("certificate.pem");
    for (what, body, code, words) in [
        ("a pass", pass.as_slice(), unreadable, "a ZIP archive, such as a pass (.pkpass)"),
        ("a page", b"\n<!DOCTYPE html><html>", unreadable, "a web page"),
        ("JSON", b"{\"certificate\":1}", unreadable, "JSON"),
        ("nothing", b"", unreadable, "nothing in it"),
        ("blank", b" \r\n", unreadable, "nothing in it"),
        ("noise", b"\xff\x00\x01", unreadable, "no certificate in it"),
        ("a half", &whole[..500], unreadable, "-----END"),
        ("half a .cer", &apple_g4[..500], unreadable, "damaged or cut off"),
        ("the intermediate", apple_g4, of_no_type, "such as Apple's intermediate"),
        ("the root", apple_root, of_no_type, "the root certificate"),
        (
            "a stranger's",
            &stranger().issue(pass_type, DEFAULT_TEAM, Validity::current()).certificate_der(),
            unknown,
            "of which there are 1",
        ),
    ] {
        is_refused(pass_type, what, body, code, words);
    }
}

#[test]
fn a_certificate_of_another_request_or_pass_type_is_refused() {
    let (pass_type, other) = (new_type(), new_type());
    let (id, deleted) = certify(&pass_type);
    issuer().remove_request(&pass_type, &id).expect(204);
    is_refused(&pass_type, "deleted", &deleted.der(), "certificate_key_unknown", "of which there are 0");
    let (_, elsewhere) = certify(&other);
    is_refused(&pass_type, "of another type", &elsewhere.der(), "certificate_pass_type", &other);
    // The key is right, and the certificate is not.
    let request = issuer().create_request(&pass_type, &[]).expect(201).text();
    let wrong = TestAuthority::shared().sign_request(&request, &other, DEFAULT_TEAM);
    is_refused(&pass_type, "for another type", wrong.chain_pem().as_bytes(), "certificate_pass_type", &other);
    // The right one is still taken then. Its issuer has to be known.
    let right = TestAuthority::shared().sign_request(&request, &pass_type, DEFAULT_TEAM);
    is_refused(&pass_type, "without its issuer", &right.der(), "intermediate_mismatch", "beside the certificate");
    issuer().store_certificate(&pass_type, right.chain_pem().as_bytes()).expect(201);
}

#[test]
fn what_is_refused_early_asks_no_database() {
    let (pass_type, issuer) = (new_type(), issuer());
    let path = format!("/issuer/v1/pass-types/{pass_type}/certificate");
    used(&issuer.store_certificate(&pass_type, b"x"), 0, 0);
    used(&issuer.store_certificate(&pass_type, &vec![b' '; 64 * 1024 + 1]).expect(413), 0, 0);
    used(&issuer.send("PUT", &path, &[("If-Match", "\"x\"")], Body::Bytes(b"x")).expect(400), 0, 0);
}

/// Statuses of the same request from several at once.
fn at_once(times: usize, send: impl Fn(&Issuer) -> u16 + Sync) -> Vec<u16> {
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..times).map(|_| scope.spawn(|| send(&issuer()))).collect();
        lanes.into_iter().map(|lane| lane.join().expect("an answer")).collect()
    })
}

#[test]
fn a_certificate_that_is_sent_several_times_at_once_is_stored() {
    for _ in 0..5 {
        let pass_type = new_type();
        let (_, certificate) = certify(&pass_type);
        let chain = certificate.chain_pem();
        let mut statuses = at_once(4, |issuer| issuer.store_certificate(&pass_type, chain.as_bytes()).status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 201]);
        assert_eq!(waiting(&pass_type), 0);
        assert!(signs(&pass_type, "S-1", &certificate));
    }
}

#[test]
fn a_request_that_is_deleted_while_its_certificate_arrives_is_either_deleted_or_used() {
    for _ in 0..10 {
        let pass_type = new_type();
        let (id, certificate) = certify(&pass_type);
        let chain = certificate.chain_pem();
        let (stored, removed) = thread::scope(|scope| {
            let stored = scope.spawn(|| issuer().store_certificate(&pass_type, chain.as_bytes()).status);
            let removed = issuer().remove_request(&pass_type, &id).status;
            (stored.join().unwrap(), removed)
        });
        let identity = issuer().identity(&pass_type).status;
        assert!(matches!((stored, removed, identity), (201, 404, 200) | (400, 204, 404)), "{stored} {removed} {identity}");
        assert_eq!(waiting(&pass_type), 0);
    }
}

#[test]
fn the_store_of_both_parts_names_wrong_files_too() {
    let (pass_type, folder) = (new_type(), files_of_openssl(&new_type()));
    let good = identity(&pass_type).to_json();
    let text = |name: &str| String::from_utf8(folder.bytes(name)).unwrap();
    for (member, file, code, words) in [
        ("certificate", "request.pem", "certificate_unreadable", "a certificate signing request"),
        ("certificate", "AuthKey.p8", "certificate_unreadable", ".p8 files"),
        ("privateKey", "request.pem", "private_key_unreadable", "a certificate signing request, and no private key"),
        ("privateKey", "certificate.pem", "private_key_unreadable", "a certificate, and no private key"),
        ("privateKey", "AuthKey.p8", "private_key_algorithm", ".p8 files"),
    ] {
        let mut body: Value = good.clone();
        body[member] = json!(text(file));
        let answer = issuer().send_identity(&pass_type, body.to_string().as_bytes());
        assert!(defects(&answer, 400).iter().any(|found| found == code), "{file}: {answer:#}");
        assert!(answer.json()["defects"].to_string().contains(words), "{file}: {answer:#}");
    }
    is_problem_about(&issuer().identity(&pass_type), 404, &[]);
}
