//! `POST …/links`, `POST /issuer/v1/links`, and `GET /links/{link}` of those who have one

use crate::util::{
    Card, Made, ask, date, is_problem, is_problem_about, is_refused_early, issuer, members, new_type, send, until, used,
};
use edgepass_support::{
    http::{Answer, Body},
    issuer::PKPASS,
    pass::{Layout, Pass, unpack},
    random,
    server::PUBLIC_URL,
};
use serde_json::{Value, json};

const PKPASSES: &str = "application/vnd.apple.pkpasses";

/// The path of a link. Its address is the one for phones.
#[track_caller]
fn path(created: &Answer) -> String {
    let url = created.json()["url"].as_str().unwrap_or_else(|| panic!("no url: {created:#}")).to_owned();
    let path = url.strip_prefix(PUBLIC_URL).unwrap_or_else(|| panic!("another address: {url}"));
    assert!(path.starts_with("/links/"), "{url}");
    path.to_owned()
}

#[track_caller]
fn link(card: &Card) -> String {
    path(&issuer().link(card.pass_type(), card.serial(), None).expect(201))
}

#[track_caller]
fn open(path: &str) -> Answer {
    ask("GET", path)
}

#[test]
fn a_link_is_201_with_its_address_and_its_end() {
    let card = Card::published();
    let issuer = issuer();
    for seconds in [None, Some(1), Some(31_622_400)] {
        let answer = issuer.link(card.pass_type(), card.serial(), seconds).expect(201);
        used(&answer, 1, 0);
        let created = answer.json();
        assert_eq!(members(&created), ["expiresAt", "url"]);
        date(&created, "expiresAt");
        let url = created["url"].as_str().unwrap();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte);
        assert!(url.ends_with(".pkpass") && url.bytes().all(plain), "{url}");
        assert!(!url.contains(&card.pass.token));
    }
    let end = |seconds| {
        let created = issuer.link(card.pass_type(), card.serial(), seconds).expect(201).json();
        httpdate::parse_http_date(created["expiresAt"].as_str().unwrap()).unwrap()
    };
    assert!(end(Some(60)) < end(None) && end(None) < end(Some(31_622_400)));
}

#[test]
fn anybody_gets_the_pass_with_its_type_and_a_name_and_the_bytes_that_devices_get() {
    let card = Card::published_as(&new_type(), "A B/ü.1");
    let answer = open(&link(&card)).expect(200);
    used(&answer, 1, 0);
    assert!(answer.body == card.file_of_devices(), "the bytes differ");
    assert_eq!(answer.header("content-type"), Some(PKPASS));
    assert_eq!(answer.header("content-length"), Some(&*answer.body.len().to_string()));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"A-B--.1.pkpass\""));
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
    assert_eq!(answer.header("etag"), card.metadata()["etag"].as_str());
    assert!(answer.header("last-modified").is_some());
}

#[test]
fn whatever_credentials_are_sent_along_do_no_harm() {
    let card = Card::published();
    let path = link(&card);
    for authorization in ["Bearer wrong", "ApplePass wrong", ""] {
        send("GET", &path, &[("Authorization", authorization)], Body::Empty).expect(200);
    }
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let card = Card::published();
    let paths = [link(&card), path(&issuer().bundle(&[(card.pass_type(), "S-1"); 2]).expect(201))];
    for path in paths {
        let head = ask("HEAD", &path).expect(200);
        let get = open(&path).expect(200);
        assert_eq!(head.body, b"");
        for name in ["content-type", "content-disposition", "etag", "last-modified", "x-robots-tag"] {
            assert_eq!(head.header(name), get.header(name), "{name}");
        }
    }
}

#[test]
fn those_who_have_the_pass_get_304() {
    let card = Card::published();
    let path = link(&card);
    let etag = card.etag();
    let answer = send("GET", &path, &[("If-None-Match", &etag)], Body::Empty).expect(304);
    assert_eq!(answer.body, b"");
    card.change(11);
    send("GET", &path, &[("If-None-Match", &etag)], Body::Empty).expect(200);
}

#[test]
fn a_link_opens_the_pass_as_it_is_then() {
    let made = Made::published();
    let path = path(&made.issuer.link(&made.pass_type, &made.serial, None).expect(201));
    assert!(open(&path).expect(200).body == made.file());
    made.patch(&json!({ "description": "another" })).expect(200);
    let changed = open(&path).expect(200).body;
    assert!(changed == made.file(), "the bytes differ");
    assert_eq!(Pass::read(&changed).unwrap().content["description"], "another");
}

#[test]
fn wrong_and_changed_links_are_the_same_404_and_ask_no_database() {
    let card = Card::published();
    let good = link(&card);
    let name = good.strip_prefix("/links/").unwrap();
    let parts: Vec<_> = name.splitn(3, '.').collect();
    let (says, mark) = (parts[0], parts[1]);
    let other = Card::published();
    let other = link(&other);
    let other_mark = other.split('.').nth(1).unwrap();
    let mut changed: Vec<String> = vec![
        "x".to_owned(),
        "..pkpass".to_owned(),
        says.to_owned(),
        format!("{says}.{mark}"),
        format!("{says}.{mark}."),
        format!("{says}.{mark}.pkpasses"),
        format!("{says}.{mark}.PKPASS"),
        format!("{says}.{other_mark}.pkpass"),
        format!("{says}.{mark}x.pkpass"),
        format!("{says}.{mark}=.pkpass"),
        format!("{says}A.{mark}.pkpass"),
        format!("{name}%20"),
        format!("{}.{mark}.pkpass", "A".repeat(9000)),
    ];
    for at in (0..says.len() + mark.len()).step_by(7) {
        let mut bytes = name.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        changed.push(String::from_utf8(bytes).unwrap());
    }
    for name in changed.iter().filter(|changed| *changed != name) {
        let answer = open(&format!("/links/{name}"));
        is_refused_early(&answer, 404);
        assert_eq!(answer.json()["detail"], "This link does not exist, or has expired.");
    }
    open(&good).expect(200);
}

#[test]
fn a_link_expires() {
    let card = Card::published();
    let issuer = issuer();
    let seconds = Some(2);
    let single = path(&issuer.link(card.pass_type(), card.serial(), seconds).expect(201));
    let body = json!({
        "passes": [{ "passTypeIdentifier": card.pass_type(), "serialNumber": "S-1" }],
        "expiresIn": 2,
    });
    let bundle = path(&issuer.send_bundle(&body.to_string()).expect(201));
    for path in [single, bundle] {
        let expired = until("the link has expired", || {
            let answer = open(&path);
            (answer.status != 200).then_some(answer)
        });
        is_refused_early(&expired, 404);
    }
}

#[test]
fn a_withdrawn_pass_is_404_until_it_is_published_again() {
    let card = Card::published();
    let path = link(&card);
    card.withdraw();
    is_problem(&open(&path), 404);
    is_problem(&issuer().link(card.pass_type(), card.serial(), None), 404);
    card.publish(&card.file()).expect(200);
    open(&path).expect(200);
}

#[test]
fn a_bundle_holds_up_to_10_passes_byte_for_byte() {
    let pass_type = new_type();
    let mut serials: Vec<String> = (0..9).map(|number| format!("S/{number}")).collect();
    serials.push("S-0".to_owned()); // in a file name it looks like the first
    let cards: Vec<_> = serials.iter().map(|serial| Card::published_as(&pass_type, serial)).collect();
    let passes: Vec<_> = serials.iter().map(|serial| (&*pass_type, &**serial)).collect();
    let created = issuer().bundle(&passes).expect(201);
    used(&created, 1, 0);
    assert!(created.json()["url"].as_str().unwrap().ends_with(".pkpasses"));
    let answer = open(&path(&created)).expect(200);
    used(&answer, 1, 0);
    assert_eq!(answer.header("content-type"), Some(PKPASSES));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"passes.pkpasses\""));
    assert_eq!(answer.header("content-length"), Some(&*answer.body.len().to_string()));
    let files = unpack(&answer.body);
    assert_eq!(files.len(), 10);
    for (card, (name, file)) in cards.iter().zip(files) {
        assert!(name.ends_with(".pkpass") && !name.contains('/'), "{name}");
        assert!(file == card.file_of_devices(), "{name} is another pass than {}", card.serial());
    }
}

#[test]
fn a_bundle_leaves_out_passes_that_were_withdrawn_since() {
    let pass_type = new_type();
    let cards = ["1", "2"].map(|serial| Card::published_as(&pass_type, serial));
    let path = path(&issuer().bundle(&[(&pass_type, "1"), (&pass_type, "2")]).expect(201));
    cards[0].withdraw();
    let files = unpack(&open(&path).expect(200).body);
    assert_eq!(files.len(), 1);
    assert!(files.values().all(|file| *file == cards[1].file_of_devices()));
    cards[1].withdraw();
    is_problem(&open(&path), 404);
}

#[test]
fn a_bundle_of_none_or_of_11_and_other_bodies_are_400() {
    let card = Card::published();
    let issuer = issuer();
    let pass = || json!({ "passTypeIdentifier": card.pass_type(), "serialNumber": card.serial() });
    let bundle = |passes: Value| json!({ "passes": passes }).to_string();
    for body in [
        bundle(json!([])),
        bundle(Value::from(vec![pass(); 11])),
        bundle(pass()),
        bundle(json!([[card.pass_type(), card.serial()]])),
        bundle(json!([{ "passTypeIdentifier": card.pass_type() }])),
        bundle(json!([{ "passTypeIdentifier": card.pass_type(), "serialNumber": 1 }])),
        json!({ "passes": [pass()], "more": 1 }).to_string(),
        json!({ "passes": [pass()], "expiresIn": "60" }).to_string(),
        json!({ "passes": [pass()], "expiresIn": 0 }).to_string(),
        "[]".to_owned(),
        "{".to_owned(),
        String::new(),
    ] {
        let answer = issuer.send_bundle(&body);
        is_refused_early(&answer, 400);
    }
}

#[test]
fn a_bundle_beyond_8_mib_is_409_and_one_that_grows_beyond_opens_no_more() {
    let pass_type = new_type();
    let cards = ["1", "2"].map(|serial| Card::published_as(&pass_type, serial));
    let issuer = issuer();
    let bundle = || issuer.bundle(&[(&pass_type, "1"), (&pass_type, "2")]);
    let path = path(&bundle().expect(201));
    let large = |card: &Card| card.edited(|pass| pass.file("noise.bin", random::hex(2_200_000)).layout(Layout::Stored));
    cards[0].publish(&large(&cards[0])).expect(200);
    open(&path).expect(200);
    cards[1].publish(&large(&cards[1])).expect(200);
    for answer in [bundle(), open(&path)] {
        is_problem_about(&answer, 409, &["8 MiB"]);
    }
}

#[test]
fn another_body_of_a_link_is_400() {
    let card = Card::published();
    let path = format!("{}/links", card.issuer_path());
    for body in [
        "{\"expiresIn\":0}", "{\"expiresIn\":-1}", "{\"expiresIn\":31622401}", "{\"expiresIn\":1.5}", "{\"expiresIn\":\"60\"}",
        "{\"expiresIn\":null}", "{\"expiresIn\":99999999999999999999}", "{\"more\":1}", "[]", "{",
    ] {
        let answer = issuer().send("POST", &path, &[], Body::Bytes(body.as_bytes()));
        is_refused_early(&answer, 400);
    }
    issuer().send("POST", &path, &[], Body::Bytes(b"{}")).expect(201);
    let large = vec![b' '; 16 * 1024 + 1];
    for body in [Body::Bytes(&large), Body::Chunked(&large)] {
        is_problem(&issuer().send("POST", &path, &[], body), 413);
        is_problem(&issuer().send("POST", "/issuer/v1/links", &[], body), 413);
    }
}

#[test]
fn an_unknown_pass_is_404() {
    let card = Card::published();
    let issuer = issuer();
    is_problem(&issuer.link(card.pass_type(), "S-2", None), 404);
    is_problem(&issuer.link(card.pass_type(), "s-1", None), 404);
    is_problem(&issuer.link(&new_type(), "S-1", None), 404);
    is_problem(&issuer.bundle(&[(card.pass_type(), "S-1"), (card.pass_type(), "S-2")]), 404);
    is_problem(&open(&format!("/links/{}", random::hex(16))), 404);
}
