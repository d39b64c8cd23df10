//! Where secrets must not be: in no answer, no log line, no row and no object.

use crate::{
    log_lines::line_of,
    util::{Made, Needles, der, exported, files, identity, new_pass_key, new_type, path_to_new},
};
use base64ct::{Base64, Encoding};
use edgepass_support::{
    http::{Answer, Body},
    issuer::{PKPASS, Pem},
    pass::{
        DEFAULT_TEAM, Identity, TestAuthority,
        pkcs12::{Encryption, Pkcs12},
    },
    random,
    server::{ISSUER_KEY, MASTER_KEY, Options, Server, database},
};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hmac,
};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::cell::RefCell;

const PASSWORD: &str = "the password of a PKCS #12 file";

/// A server and all its answers.
struct Watched {
    server: Server,
    answers: RefCell<Vec<Answer>>,
    /// Tokens of new passes.
    tokens: RefCell<Vec<String>>,
}

/// The serial number of a pass that a link makes.
const SERIAL: &str = "Jane-Doe-4713";

impl Watched {
    fn start() -> Self {
        Self { server: Server::start(Options::default()), answers: RefCell::default(), tokens: RefCell::default() }
    }

    fn note(&self, answer: Answer) -> Answer {
        self.answers.borrow_mut().push(answer.clone());
        answer
    }

    fn send(&self, method: &str, path: &str, content_type: &str, body: &str) -> u16 {
        let headers = [("Content-Type", content_type)];
        self.note(self.server.issuer().send(method, path, &headers, Body::Bytes(body.as_bytes()))).status
    }

    /// All output so far: answers, log lines, and the files of database and bucket.
    fn everything(&self) -> Everything {
        let last = self.server.request("PATCH", "/healthz", &[], Body::Empty).expect(405);
        line_of(&self.server, &last);
        let answers = self.answers.borrow();
        let texts = answers.iter().map(|answer| {
            let fields: Vec<_> = answer.headers.iter().flat_map(|(name, value)| [&**name, value]).collect();
            let head = fields.join("\n");
            (format!("an answer {answer}"), [head.as_bytes(), &answer.body].concat())
        });
        let log = ("the log".to_owned(), self.server.log().into_bytes());
        Everything(texts.chain([log]).chain(files(&self.server.state().join("v3"))).collect())
    }
}

/// All output, each with its place.
struct Everything(Vec<(String, Vec<u8>)>);

impl Everything {
    /// Where one of the needles is.
    fn places(&self, needles: &Needles) -> Vec<String> {
        let found = self.0.iter().filter_map(|(place, bytes)| Some((place, needles.found_in(bytes)?)));
        found.map(|(place, what)| format!("{what} in {place}")).collect()
    }
}

/// Uses an identity in each way, with success and with failure.
fn use_identity(watched: &Watched, pass_type: &str, pem: &Pem) {
    let issuer = watched.server.issuer();
    let made = Made::ready_at(&watched.server);
    watched.note(issuer.store_identity(pass_type, pem).expect(201));
    watched.note(issuer.store_identity(pass_type, pem).expect(200));
    watched.note(issuer.identity(pass_type).expect(200));
    watched.note(issuer.pass_types(None, None).expect(200));
    watched.note(issuer.make(pass_type, "S-1", &made.template.name, &"{}").expect(201));
    watched.note(issuer.patch(pass_type, "S-1", &json!({ "description": "x" })).expect(200));
    watched.note(issuer.download(pass_type, "S-1").expect(200));
    let link = watched.note(issuer.link(pass_type, "S-1", None).expect(201));
    let url = link.json()["url"].as_str().expect("a link has an address").to_owned();
    let path = &url[url.find("/links/").expect("links have a path of their own")..];
    watched.note(watched.server.request("GET", path, &[], Body::Empty).expect(200));
    open_new(watched, pass_type, &made.template.name);
    watched.note(issuer.republish(&made.template.name).expect(202));

    let path = |pass_type: &str| format!("/issuer/v1/pass-types/{pass_type}/signing-identity");
    let mut bodies: Vec<Value> = Vec::new();
    for member in ["certificate", "intermediate", "privateKey", "passphrase"] {
        let mut body = pem.to_json();
        body[member] = json!(format!("{}{}", pem.private_key, pem.private_key));
        bodies.push(body.clone());
        body["privateKey"] = json!(pem.certificate);
        bodies.push(body.clone());
        body["privateKey"] = json!({ "pem": pem.private_key });
        bodies.push(body);
    }
    let json = "application/json";
    for body in bodies {
        assert!(matches!(watched.send("PUT", &path(pass_type), json, &body.to_string()), 200 | 400));
    }
    assert_eq!(watched.send("PUT", &path(&new_type()), json, &pem.to_json().to_string()), 400);
    let cut = &pem.private_key[..900];
    let cut_off = pem.private_key.replace("-----END", "");
    let base64: String = pem.private_key.lines().filter(|line| !line.starts_with('-')).collect();
    for key in [pem.private_key.as_str(), cut, &cut_off, &base64, &format!("\"{base64}\""), &format!("{{\"{base64}\":")] {
        let pass = format!("/issuer/v1/passes/{pass_type}/S-1");
        for (method, path, content_type) in [
            ("PUT", path(pass_type), json),
            ("PUT", pass.clone(), json),
            ("PUT", pass.clone(), PKPASS),
            ("PATCH", pass.clone(), "application/merge-patch+json"),
            ("PUT", "/issuer/v1/templates/t".to_owned(), "application/zip"),
            ("POST", format!("{pass}/links"), json),
            ("POST", "/issuer/v1/links".to_owned(), json),
        ] {
            assert_eq!(watched.send(method, &path, content_type, key), 400, "{method} {path} {content_type}");
        }
        let order = json!({ "template": key, "pass": {} }).to_string();
        assert_eq!(watched.send("PUT", &pass, json, &order), 400);
        let one_line = key.replace('\n', " ");
        for header in ["If-Match", "If-None-Match", "Accept", "Content-Type", "X-Request-Id"] {
            let headers = [("Content-Type", "application/merge-patch+json"), (header, one_line.as_str())];
            let _ = watched.note(issuer.send("PATCH", &pass, &headers, Body::Bytes(b"{\"a\":")));
        }
        let headers = [("Authorization", &*format!("Bearer {one_line}"))];
        watched.note(watched.server.request("GET", &pass, &headers, Body::Empty)).expect(401);
    }
    watched.note(issuer.remove_identity(pass_type).expect(204));
    watched.note(issuer.store_identity(pass_type, pem).expect(201));
}

/// A link to a new pass, as its issuer makes it.
fn new_link(watched: &Watched, claims: &Value) -> String {
    path_to_new(&new_pass_key(&watched.server.issuer()), claims)
}

/// Opens links to new passes, with success and with failure.
fn open_new(watched: &Watched, pass_type: &str, template: &str) {
    let claims = |template| json!({ "passTypeIdentifier": pass_type, "serialNumber": SERIAL, "template": template });
    for (template, status) in [("none", 404), (template, 200), (template, 200)] {
        let path = new_link(watched, &claims(template));
        watched.note(watched.server.request("GET", &path, &[], Body::Empty).expect(status));
        watched.note(watched.server.request("GET", &format!("{path}x"), &[], Body::Empty).expect(404));
        watched.tokens.borrow_mut().push(path.replace("/links/new/", ""));
    }
}

/// Lets the service make a key, uses it with success and with failure, and returns it with its certificate.
fn use_request(watched: &Watched, pass_type: &str) -> Identity {
    let issuer = watched.server.issuer();
    let created = watched.note(issuer.create_request(pass_type, &[("Idempotency-Key", "k")]).expect(201));
    watched.note(issuer.create_request(pass_type, &[("Idempotency-Key", "k")]).expect(201));
    let key = private_key_in(&database(watched.server.state()), pass_type);
    let certificate = TestAuthority::shared().sign_request(&created.text(), pass_type, DEFAULT_TEAM);
    let identity = certificate.with_key(&key);
    watched.note(issuer.requests(pass_type).expect(200));
    watched.note(issuer.store_certificate(pass_type, identity.key_pem().as_bytes()).expect(400));
    watched.note(issuer.store_certificate(pass_type, &key).expect(400));
    watched.note(issuer.store_certificate(&new_type(), certificate.chain_pem().as_bytes()).expect(400));
    watched.note(issuer.store_certificate(pass_type, certificate.chain_pem().as_bytes()).expect(201));
    watched.note(issuer.store_certificate(pass_type, &certificate.der()).expect(200));
    watched.note(issuer.make(pass_type, "S-1", &Made::ready_at(&watched.server).template.name, &"{}").expect(201));
    let removed = watched.note(issuer.create_request(pass_type, &[("Accept", "application/json")]).expect(201));
    watched.note(issuer.remove_request(pass_type, removed.json()["id"].as_str().expect("its id")).expect(204));
    identity
}

/// The key of the request that waits, opened with the tests' own cryptography.
fn private_key_in(database: &Connection, pass_type: &str) -> Vec<u8> {
    let sql = "SELECT private_key FROM certificate_requests WHERE pass_type = ?1";
    let sealed: String = database.query_row(sql, [pass_type], |row| row.get(0)).expect("a request waits");
    let sealed = Base64::decode_vec(&sealed).expect("the sealed key is base64");
    let (nonce, ciphertext) = sealed.split_at(12);
    let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, MASTER_KEY.as_bytes()), b"edgepass/1/signing-identity");
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, derived.as_ref()).expect("32 bytes"));
    let (nonce, mut plain) = (Nonce::try_assume_unique_for_key(nonce).expect("12 bytes"), ciphertext.to_vec());
    key.open_in_place(nonce, Aad::from(pass_type.as_bytes()), &mut plain).expect("MASTER_KEY sealed it").to_vec()
}

#[test]
fn a_key_that_the_service_makes_is_nowhere_in_clear() {
    let watched = Watched::start();
    let pass_type = new_type();
    let identity = use_request(&watched, &pass_type);
    let everything = watched.everything();
    let places = |needles: &Needles| everything.places(needles);
    let certificate = places(&Needles::from_bytes("certificate", &identity.certificate_der()));
    assert!(certificate.iter().any(|place| place.contains("d1") && place.contains("base64")), "{certificate:?}");
    assert_eq!(places(&Needles::from_key(&identity)), [""; 0]);
    assert_eq!(places(&Needles::from_text("master key", MASTER_KEY)), [""; 0]);
}

/// Sends a PKCS #12 file with the right password and a wrong one, damaged, and in the place of something else.
fn use_pkcs12(watched: &Watched, pass_type: &str, signer: &Identity) {
    let file = exported(pass_type, PASSWORD);
    let plain = Pkcs12 { key_encryption: Encryption::None, ..file.clone() }.write();
    let (file, path) = (file.write(), format!("/issuer/v1/pass-types/{pass_type}/signing-identity"));
    let base64 = |file: &[u8]| Base64::encode_string(file);
    let rest = &file[file.len() / 2..];
    for (body, status) in [
        (json!({ "pkcs12": base64(&file), "password": PASSWORD }), 200),
        (json!({ "pkcs12": base64(&plain), "password": PASSWORD }), 200),
        (json!({ "pkcs12": base64(&file), "password": format!("{PASSWORD}!") }), 400),
        (json!({ "pkcs12": base64(&plain), "password": format!("{PASSWORD}!") }), 400),
        (json!({ "pkcs12": base64(&plain[..plain.len() - 40]), "password": PASSWORD }), 400),
        (json!({ "pkcs12": base64(rest), "password": PASSWORD }), 400),
        (json!({ "pkcs12": PASSWORD, "password": PASSWORD }), 400),
        (json!({ "pkcs12": base64(&signer.key_der()), "password": PASSWORD }), 400),
        (json!({ "pkcs12": base64(signer.key_pem().as_bytes()), "password": PASSWORD }), 400),
        (json!({ "pkcs12": base64(&file), "password": [PASSWORD] }), 400),
        (json!({ "pkcs12": base64(&file), "password": PASSWORD, "intermediate": PASSWORD }), 400),
        (json!({ "certificate": PASSWORD, "privateKey": PASSWORD, "password": PASSWORD }), 400),
    ] {
        assert_eq!(watched.send("PUT", &path, "application/json", &body.to_string()), status);
    }
}

#[test]
fn private_keys_are_in_no_answer_no_log_line_no_row_and_no_object() {
    let watched = Watched::start();
    let pass_type = new_type();
    let signer = TestAuthority::shared().identity(&pass_type, DEFAULT_TEAM);
    use_identity(&watched, &pass_type, &identity(&pass_type));
    use_pkcs12(&watched, &pass_type, &signer);
    let everything = watched.everything();
    let places = |needles: &Needles| everything.places(needles);
    // First of all: what is looked for in this way is found where it is.
    let certificate = places(&Needles::from_bytes("certificate", &signer.certificate_der()));
    assert!(certificate.iter().any(|place| place.contains("d1") && place.contains("base64")), "{certificate:?}");
    assert!(certificate.iter().any(|place| place.contains("r2") && place.contains("bytes")), "{certificate:?}");
    assert!(certificate.iter().any(|place| place.contains("an answer 200")), "{certificate:?}");
    let subject = places(&Needles::from_text("subject", &format!("Pass Type ID: {pass_type}")));
    assert!(subject.iter().any(|place| place.contains("an answer 201")), "{subject:?}");
    let route = places(&Needles::from_text("route", "/issuer/v1/pass-types/:type/signing-identity"));
    assert!(route.contains(&"route in the log".to_owned()), "{route:?}");
    assert!(everything.0.iter().any(|(place, _)| place.ends_with("-wal")), "the database keeps no journal");

    assert_eq!(places(&Needles::from_key(&signer)), [""; 0]);
    assert_eq!(places(&Needles::from_text("password", PASSWORD)), [""; 0]);
    assert_eq!(places(&Needles::from_bytes("password", PASSWORD.as_bytes())), [""; 0]);
    assert_eq!(places(&Needles::from_text("master key", MASTER_KEY)), [""; 0]);
    assert_eq!(places(&Needles::from_text("issuer key", ISSUER_KEY)), [""; 0]);
    // Its own answer was not noted.
    let key = new_pass_key(&watched.server.issuer());
    assert_eq!(places(&Needles::from_text("key for new passes", &key)), [""; 0]);
    for token in watched.tokens.borrow().iter() {
        for part in token.split('.') {
            let mut found = places(&Needles::from_text("part of a token", part));
            // `wrangler dev` itself keeps the URLs of requests.
            found.retain(|place| !place.contains("/observability/"));
            assert_eq!(found, [""; 0]);
        }
    }
    assert!(!watched.server.log().contains(SERIAL), "the serial number is in the log");
}

#[test]
fn the_search_for_a_key_finds_it_in_whatever_form() {
    let signer = TestAuthority::shared().identity(&new_type(), DEFAULT_TEAM);
    let needles = Needles::from_key(&signer);
    let (pkcs1, pkcs8) = (der(&signer.key_pkcs1_pem()), signer.key_der());
    for key in [&pkcs1, &pkcs8] {
        let spaced = key.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
        for text in [random::to_hex(key), random::to_hex(key).to_ascii_uppercase(), spaced] {
            assert!(needles.found_in(text.as_bytes()).is_some(), "{text}");
        }
        assert!(needles.found_in(key).is_some());
        for before in 0..3 {
            let moved = [&vec![1; before], key.as_slice()].concat();
            assert!(needles.found_in(Base64::encode_string(&moved).as_bytes()).is_some());
        }
    }
    for pem in [signer.key_pem(), signer.key_pkcs1_pem(), json!(signer.key_pem()).to_string()] {
        assert!(needles.found_in(pem.as_bytes()).is_some());
    }
    assert_eq!(needles.found_in(&signer.certificate_der()), None, "the certificate is no secret");
    assert_eq!(needles.found_in(signer.certificate_pem().as_bytes()), None);
}
