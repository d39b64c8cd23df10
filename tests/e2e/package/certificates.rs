//! `edgepass certificate-request`, `certificate`, `identity` and `doctor`, against a running service.

use super::packed::{edgepass, run, text};
use crate::util::{Folder, Made, Template, exported, issuer, new_type};
use edgepass_support::server::{ISSUER_KEY, Options, Server};
use std::{fs, os::unix::fs::PermissionsExt};

/// Issues a pass certificate for the request, as Apple does: in DER, with the certificate of the authority in PEM beside it.
fn sign(folder: &Folder, pass_type: &str) {
    let authority = "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=Authority -days 9 \
                     -addext keyUsage=critical,keyCertSign";
    folder.run("openssl", &authority.split_whitespace().collect::<Vec<_>>());
    folder.write("extensions", format!("1.2.840.113635.100.6.1.16=ASN1:UTF8String:{pass_type}\nkeyUsage=digitalSignature"));
    let subject = format!("/UID={pass_type}/CN=Pass Type ID: {pass_type}/OU=A1B2C3D4E5/O=Shop");
    let request = format!("{pass_type}.csr");
    let issue = "x509 -req -CA ca.pem -CAkey ca.key -days 9 -extfile extensions -out leaf.pem -in";
    folder.run("openssl", &[&issue.split_whitespace().collect::<Vec<_>>()[..], &[&request, "-subj", &subject]].concat());
    folder.run("openssl", &["x509", "-in", "leaf.pem", "-outform", "DER", "-out", "pass.cer"]);
    folder.write("chain.pem", [folder.bytes("leaf.pem"), folder.bytes("ca.pem")].concat());
}

#[test]
fn a_request_and_its_certificate_make_a_pass_type_that_signs() {
    let (folder, pass_type) = (Folder::new(), new_type());
    let request = || run(&mut edgepass(&folder.path(""), &["certificate-request", &pass_type]));
    request();
    let key = format!("{pass_type}.key");
    let made = folder.bytes(&key);
    assert_eq!(fs::metadata(folder.path(&key)).map(|data| data.permissions().mode() & 0o777).ok(), Some(0o600));
    assert!(request().contains("Found the private key"));
    assert_eq!(folder.bytes(&key), made, "Apple may be about to answer the first request");
    let subject = folder.run("openssl", &["req", "-verify", "-noout", "-subject", "-in", &format!("{pass_type}.csr")]);
    assert!(subject.contains(&pass_type), "{subject}");

    sign(&folder, &pass_type);
    let store = |file: &str| {
        let arguments = ["certificate", &pass_type, file, "--url", Server::shared().base()];
        edgepass(&folder.path(""), &arguments).env("EDGEPASS_ISSUER_KEY", ISSUER_KEY).output().expect("it runs")
    };
    // The service has Apple's intermediate only.
    let refused = store("pass.cer");
    assert!(!refused.status.success() && text(&refused).contains("intermediate"), "{}", text(&refused));
    let wrong = store(&format!("{pass_type}.csr"));
    assert!(!wrong.status.success() && text(&wrong).contains("It goes to Apple"), "{}", text(&wrong));
    let stored = store("chain.pem");
    assert!(stored.status.success() && text(&stored).contains("can sign passes until"), "{}", text(&stored));
    issuer().make(&pass_type, "S-1", &Template::stored().name, &"{}").expect(201);
}

#[test]
fn a_p12_file_is_stored_with_its_password() {
    let (folder, pass_type) = (Folder::new(), new_type());
    folder.write("pass.p12", exported(&pass_type, "pass word").write());
    let store = |password| {
        let mut command = edgepass(&folder.path(""), &["identity", &pass_type, "pass.p12", "--url", Server::shared().base()]);
        command.env("EDGEPASS_ISSUER_KEY", ISSUER_KEY).env("EDGEPASS_PASSWORD", password).output().expect("it runs")
    };
    let refused = store("password");
    assert!(!refused.status.success() && text(&refused).contains("The password is not the one"), "{}", text(&refused));
    let stored = store("pass word");
    assert!(stored.status.success() && text(&stored).contains("can sign passes until"), "{}", text(&stored));
}

#[test]
fn the_doctor_says_what_keeps_phones_away_and_what_is_well() {
    let (server, folder) = (Server::start(Options::default()), Folder::new());
    let made = Made::ready_at(&server);
    let ask = |url: &str, key: &str| {
        let output = edgepass(&folder.path(""), &["doctor", url]).env("EDGEPASS_ISSUER_KEY", key).output().expect("it runs");
        assert_eq!(output.status.code(), Some(1), "{}", text(&output));
        text(&output)
    };
    let printed = ask(server.base(), ISSUER_KEY);
    let certificate = format!("ok       {}: its certificate ends on", made.pass_type);
    let push = format!("warning  {}: push: ", made.pass_type);
    for line in ["problem  address: phones need https", "cannot reach", "ok       health: ok", &certificate, &push] {
        assert!(printed.contains(line), "{line} is missing: {printed}");
    }
    assert!(ask(server.base(), "a-wrong-key-of-the-issuer").contains("problem  issuer API: 401"));
    assert!(ask(server.base(), "").contains("there is no issuer key"));
    // What does not answer as edgepass does is not sent the key.
    let printed = ask(&format!("{}/v1/", server.base()), ISSUER_KEY);
    assert!(printed.contains("it ends in /v1") && printed.contains("no edgepass answers here"), "{printed}");
    assert!(!printed.contains("issuer API"), "{printed}");
}
