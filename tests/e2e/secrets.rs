//! Where secrets must not be: in no answer, no log line, no row and no object.

use std::{cell::RefCell, collections::HashMap, fs, path::Path};

use base64ct::{Base64, Encoding};
use edgepass_support::{
    http::{Answer, Body},
    issuer::{PKPASS, Pem},
    pass::{DEFAULT_TEAM, Identity, TestAuthority},
    random,
    server::{ISSUER_KEY, MASTER_KEY, Options, Server},
};
use serde_json::{Value, json};

use crate::{
    card::new_type,
    made::{Made, identity},
};

/// Bytes of a secret that are looked for at a time: too many to be there by chance.
const PIECE: usize = 24;

/// Characters of a line of PEM.
const LINE: usize = 64;

/// Bytes of a needle that are compared before the rest.
const BEGINNING: usize = 8;

/// Things to look for, each with a name and not too short.
pub(crate) struct Needles(Vec<(String, Vec<u8>)>);

impl Needles {
    /// Text as it is.
    pub(crate) fn of_text(name: &str, text: &str) -> Self {
        Self(vec![(name.to_owned(), text.as_bytes().to_vec())])
    }

    /// Pieces of these bytes as they are, in hex, in base64 and as decimal numbers.
    pub(crate) fn of_bytes(name: &str, bytes: &[u8]) -> Self {
        let last = bytes.len() - PIECE;
        let pieces = [0, last / 2, last].map(|start| &bytes[start..start + PIECE]);
        Self(pieces.iter().flat_map(|piece| forms(name, piece)).collect())
    }

    /// The private numbers of a key, and the lines of its PEM that hold them, in both of its forms.
    fn of_key(identity: &Identity) -> Self {
        let numbers = integers(&der(&identity.key_pkcs1_pem()));
        let names = ["private exponent", "prime 1", "prime 2", "exponent 1", "exponent 2", "coefficient"];
        let numbers = names.into_iter().zip(numbers.iter().skip(3));
        let mut needles: Vec<_> = numbers.flat_map(|(name, number)| Self::of_bytes(name, number).0).collect();
        for pem in [identity.key_pkcs1_pem(), identity.key_pem()] {
            needles
                .extend(secret_lines(&pem).map(|line| ("a line of the key".to_owned(), line.into_bytes())));
        }
        assert!(needles.len() > 200, "there is little to look for: {}", needles.len());
        Self(needles)
    }

    /// The name of something that is in there.
    pub(crate) fn found_in(&self, haystack: &[u8]) -> Option<&str> {
        let beginnings: HashMap<&[u8], Vec<&(String, Vec<u8>)>> =
            self.0.iter().fold(HashMap::new(), |mut beginnings, needle| {
                beginnings.entry(&needle.1[..BEGINNING]).or_default().push(needle);
                beginnings
            });
        haystack.windows(BEGINNING).enumerate().find_map(|(at, window)| {
            let candidates = beginnings.get(window)?;
            candidates
                .iter()
                .find(|(_, needle)| haystack[at..].starts_with(needle))
                .map(|(name, _)| name.as_str())
        })
    }
}

/// The ways in which bytes get into a text or file.
fn forms(name: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let numbers =
        |separator| bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(separator).into_bytes();
    let hex = random::to_hex(bytes);
    let mut forms = vec![
        (format!("{name} as bytes"), bytes.to_vec()),
        (format!("{name} in hex"), hex.to_ascii_uppercase().into_bytes()),
        (format!("{name} in hex"), hex.into_bytes()),
        (format!("{name} in numbers"), numbers(",")),
        (format!("{name} in numbers"), numbers(", ")),
    ];
    for before in 0..3 {
        // What the bytes before and behind these change is cut off.
        let encoded = Base64::encode_string(&[&vec![0; before], bytes].concat());
        let kept = encoded[4..encoded.len() - 4].to_owned();
        let url = kept.replace('+', "-").replace('/', "_");
        forms.extend([kept, url].map(|text| (format!("{name} in base64"), text.into_bytes())));
    }
    forms
}

/// The full lines of a key's PEM from its private exponent on: those before hold what is in the certificate too.
fn secret_lines(pem: &str) -> impl Iterator<Item = String> {
    let der = der(pem);
    // The public exponent, 65537, comes last before the private one.
    let public = der.windows(5).position(|window| window == [2, 3, 1, 0, 1]).expect("a key of RSA");
    let lines = pem.lines().filter(|line| line.len() == LINE).map(str::to_owned);
    lines.enumerate().filter(move |(number, _)| number * LINE * 3 / 4 > public).map(|(_, line)| line)
}

/// The bytes in a PEM text.
pub(crate) fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    Base64::decode_vec(&body).expect("PEM is base64")
}

/// The integers in a SEQUENCE of nothing else, without leading zeros.
fn integers(sequence: &[u8]) -> Vec<Vec<u8>> {
    let (mut rest, mut found) = (contents(sequence).0, Vec::new());
    while !rest.is_empty() {
        let (integer, after) = contents(rest);
        found.push(integer.iter().copied().skip_while(|byte| *byte == 0).collect());
        rest = after;
    }
    found
}

/// What the first value in DER contains, and what follows it.
fn contents(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, header) = match der[1] {
        0x81 => (usize::from(der[2]), 3),
        0x82 => (usize::from(der[2]) * 256 + usize::from(der[3]), 4),
        short => (usize::from(short), 2),
    };
    der[header..].split_at(length)
}

/// The files below a directory.
pub(crate) fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(directory).expect("the state can be read").flatten();
    entries
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() {
                return files(&path);
            }
            // What is gone by now was no row and no object.
            fs::read(&path).map(|bytes| (path.display().to_string(), bytes)).into_iter().collect()
        })
        .collect()
}

/// A server and all that it answered.
struct Watched {
    server: Server,
    answers: RefCell<Vec<Answer>>,
}

impl Watched {
    fn start() -> Self {
        Self { server: Server::start(Options::default()), answers: RefCell::default() }
    }

    fn note(&self, answer: Answer) -> Answer {
        self.answers.borrow_mut().push(answer.clone());
        answer
    }

    fn send(&self, method: &str, path: &str, content_type: &str, body: &str) -> u16 {
        let headers = [("Content-Type", content_type)];
        self.note(self.server.issuer().send(method, path, &headers, Body::Bytes(body.as_bytes()))).status
    }

    /// All that came out of it: answers, log lines, and the files of database and bucket.
    fn everything(&self) -> Vec<(String, Vec<u8>)> {
        let answers = self.answers.borrow();
        let texts = answers.iter().map(|answer| {
            let fields: Vec<_> = answer.headers.iter().flat_map(|(name, value)| [&**name, value]).collect();
            let head = fields.join("\n");
            (format!("an answer {answer}"), [head.as_bytes(), &answer.body].concat())
        });
        let log = ("the log".to_owned(), self.server.log().into_bytes());
        texts.chain([log]).chain(files(&self.server.state().join("v3"))).collect()
    }
}

/// Each way to use an identity, and to fail with it.
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
    for key in [
        pem.private_key.as_str(),
        cut,
        &cut_off,
        &base64,
        &format!("\"{base64}\""),
        &format!("{{\"{base64}\":"),
    ] {
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

#[test]
fn private_keys_are_in_no_answer_no_log_line_no_row_and_no_object() {
    let watched = Watched::start();
    let pass_type = new_type();
    let signer = TestAuthority::shared().identity(&pass_type, DEFAULT_TEAM);
    use_identity(&watched, &pass_type, &identity(&pass_type));
    let last = watched.server.request("PATCH", "/healthz", &[], Body::Empty).expect(405);
    watched.server.wait_for_log(last.header("x-request-id").unwrap());

    let everything = watched.everything();
    let places = |needles: &Needles| -> Vec<String> {
        let found = everything.iter().filter_map(|(place, bytes)| Some((place, needles.found_in(bytes)?)));
        found.map(|(place, what)| format!("{what} in {place}")).collect()
    };
    // First of all: what is looked for in this way is found where it is.
    let certificate = places(&Needles::of_bytes("certificate", &signer.certificate_der()));
    assert!(
        certificate.iter().any(|place| place.contains("d1") && place.contains("base64")),
        "{certificate:?}"
    );
    assert!(
        certificate.iter().any(|place| place.contains("r2") && place.contains("bytes")),
        "{certificate:?}"
    );
    assert!(certificate.iter().any(|place| place.contains("an answer 200")), "{certificate:?}");
    let subject = places(&Needles::of_text("subject", &format!("Pass Type ID: {pass_type}")));
    assert!(subject.iter().any(|place| place.contains("an answer 201")), "{subject:?}");
    let route = places(&Needles::of_text("route", "/issuer/v1/pass-types/:type/signing-identity"));
    assert!(route.contains(&"route in the log".to_owned()), "{route:?}");
    assert!(everything.iter().any(|(place, _)| place.ends_with("-wal")), "the database keeps no journal");

    assert_eq!(places(&Needles::of_key(&signer)), [""; 0]);
    assert_eq!(places(&Needles::of_text("master key", MASTER_KEY)), [""; 0]);
    assert_eq!(places(&Needles::of_text("issuer key", ISSUER_KEY)), [""; 0]);
}

#[test]
fn the_search_for_a_key_finds_it_in_whatever_form() {
    let signer = TestAuthority::shared().identity(&new_type(), DEFAULT_TEAM);
    let needles = Needles::of_key(&signer);
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
