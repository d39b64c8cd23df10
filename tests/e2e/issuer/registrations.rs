//! `GET /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/registrations?cursor=&limit=`

use crate::util::{Card, all_pages, date, is_problem, is_refused_early, issuer, new_phone, new_type, used};
use base64ct::{Base64UrlUnpadded, Encoding};
use edgepass_support::{
    http::{Answer, Body, segment},
    phone::Phone,
    server::{Options, Server, database},
};
use serde_json::{Value, json};

fn get(card: &Card, query: &str) -> Answer {
    let path = format!("{}/registrations{query}", card.issuer_path());
    issuer().send("GET", &path, &[], Body::Empty)
}

fn register(card: &Card, count: usize) -> Vec<Phone> {
    let mut phones: Vec<_> = (0..count).map(|_| new_phone()).collect();
    for phone in &mut phones {
        assert_eq!(phone.register(&card.pass).status(), 201);
    }
    phones
}

#[test]
fn identifiers_and_push_tokens_are_shortened() {
    let card = Card::published();
    let phones = register(&card, 3);
    let mut short = new_phone().with_device("tiny").with_push_token("CAFE");
    let _ = short.register(&card.pass);
    let answer = get(&card, "").expect(200);
    used(&answer, 1, 0);
    let text = answer.text();
    for phone in &phones {
        for secret in [phone.device(), phone.push_token()] {
            assert!(!text.contains(&secret[..9]), "too much of {secret} is in {text}");
        }
    }
    for secret in [short.device(), short.push_token()] {
        assert!(!text.contains(&format!("\"{secret}")), "{secret} is in {text}");
    }
    let mut expected: Vec<_> = phones.iter().map(|phone| format!("{}…", &phone.device()[..8])).collect();
    expected.sort();
    // What is no hex is stored before what is.
    expected.insert(0, "ti…".to_owned());
    let json = answer.json();
    let registrations = json["registrations"].as_array().unwrap();
    let shown: Vec<_> = registrations.iter().map(|r| r["deviceLibraryIdentifier"].as_str().unwrap()).collect();
    assert_eq!(shown, expected);
    for registration in registrations {
        assert_eq!(registration["client"], "ApplePass");
        date(registration, "registered");
        assert_eq!(registration.as_object().unwrap().len(), 4, "{registration}");
    }
}

#[test]
fn a_cursor_leads_through_all_of_them() {
    let card = Card::published();
    let phones = register(&card, 7);
    let mut expected: Vec<_> = phones.iter().map(|phone| format!("{}…", &phone.device()[..8])).collect();
    expected.sort();
    for limit in [1, 3, 7, 8] {
        let page = |cursor: Option<&str>| {
            let cursor = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
            get(&card, &format!("?limit={limit}{cursor}"))
        };
        let found = all_pages(limit, "registrations", page);
        let mut found: Vec<_> = found.iter().map(|one| one["deviceLibraryIdentifier"].clone()).collect();
        found.sort_by_key(Value::to_string);
        assert_eq!(found, expected, "limit {limit}");
    }
}

#[test]
fn a_pass_nobody_holds_has_none_and_an_unknown_one_is_404() {
    let card = Card::published();
    let none = get(&card, "").expect(200).json();
    assert_eq!(none, serde_json::json!({ "registrations": Value::Array(Vec::new()), "cursor": null }));
    let unknown = issuer();
    is_problem(&unknown.registrations(card.pass_type(), "S-2"), 404);
    is_problem(&unknown.registrations(&new_type(), card.serial()), 404);
}

#[test]
fn a_cursor_names_no_device_and_is_of_one_pass() {
    let (card, other) = (Card::published(), Card::published());
    let phones = register(&card, 2);
    let cursor = get(&card, "?limit=1").expect(200).json()["cursor"].as_str().unwrap().to_owned();
    let bytes = Base64UrlUnpadded::decode_vec(&cursor).unwrap();
    for phone in &phones {
        assert!(!String::from_utf8_lossy(&bytes).contains(&phone.device()[..8]), "{cursor}");
    }
    is_problem(&get(&other, &format!("?cursor={cursor}")), 400);
    let cut = &cursor[..cursor.len() - 4];
    is_problem(&get(&card, &format!("?cursor={cut}")), 400);
    get(&card, &format!("?cursor={cursor}")).expect(200);
}

/// Registrations of one pass. Half of them are by another wallet than Apple's.
const MANY: u32 = 10_000;

#[test]
fn each_page_of_ten_thousand_registrations_reads_as_many_rows_as_the_first() {
    let server = Server::start(Options::default());
    let card = Card::new(&new_type(), "S-1").at(server.issuer());
    card.publish(&card.file()).expect(201);
    let server = server.restart_after(Options::default(), |state| {
        let insert = "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ?2)
            INSERT INTO registrations (device_id, pass_type, serial, push_token, client, registered_at)
            SELECT 'device-' || n, ?1, 'S-1', 'token', iif(n % 2, 'AndroidPass', NULL), 1800000000 FROM n";
        database(state).execute(insert, (card.pass_type(), MANY)).unwrap();
    });
    let page = |cursor: &str| {
        let path = format!("{}/registrations?limit=500{cursor}", card.issuer_path());
        let page = server.issuer().send("GET", &path, &[], Body::Empty).expect(200);
        (page.json(), page.database().unwrap().read)
    };
    let (mut clients, mut read, mut cursor) = (Vec::new(), Vec::new(), String::new());
    loop {
        let (page, rows) = page(&cursor);
        read.push(rows);
        let registrations = page["registrations"].as_array().unwrap();
        clients.extend(registrations.iter().map(|known| known["client"].as_str().unwrap().to_owned()));
        let Some(next) = page["cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let count = |client: &str| clients.iter().filter(|known| *known == client).count();
    assert_eq!((count("ApplePass"), count("AndroidPass")), (5_000, 5_000));
    // Index and table of each, and of the first one on the next page; the pass; and a row of the wallet that is not at turn.
    assert!(read.iter().all(|rows| *rows <= 2 * 501 + 4), "rows read, page by page: {read:?}");
}

#[track_caller]
fn clear(card: &Card, query: &str) -> Answer {
    let path = format!("{}/registrations{query}", card.issuer_path());
    issuer().send("DELETE", &path, &[], Body::Empty)
}

#[test]
fn an_issuer_clears_all_of_a_pass_or_one_as_the_listing_shows_it() {
    let pass_type = new_type();
    let [card, other] = ["S-1", "S-2"].map(|serial| Card::published_as(&pass_type, serial));
    let mut phones = register(&card, 5);
    phones.sort_by_key(|phone| phone.device().to_owned());
    assert_eq!(phones[0].register(&other.pass).status(), 201);
    let shown = card.registrations()[0]["deviceLibraryIdentifier"].as_str().unwrap().to_owned();
    for device in [&segment(&shown), &phones[3].device()[..8], phones[4].device()] {
        let deleted = clear(&card, &format!("?device={device}")).expect(200).json();
        assert_eq!(deleted, json!({ "deleted": 1, "more": false }), "{device}");
    }
    let left: Vec<_> = card.registrations().iter().map(|left| left["deviceLibraryIdentifier"].to_string()).collect();
    assert_eq!(left, [1, 2].map(|at| format!("\"{}…\"", &phones[at].device()[..8])));
    assert_eq!(clear(&card, "").expect(200).json(), json!({ "deleted": 2, "more": false }));
    assert_eq!(clear(&card, "").expect(200).json(), json!({ "deleted": 0, "more": false }));
    assert_eq!((card.registrations().len(), other.registrations().len()), (0, 1));
    assert_eq!(phones[1].list(&pass_type).status(), 204);
    assert_eq!(phones[1].register(&card.pass).status(), 201, "it is not shut out");
}

#[test]
fn a_device_is_cleared_by_its_identifier_without_a_look_at_the_others_and_by_what_is_shown_with_one() {
    let card = Card::published();
    let phones = register(&card, 30);
    let read = |device: &str| {
        let answer = clear(&card, &format!("?device={device}")).expect(200);
        assert_eq!(answer.json()["deleted"], 1);
        answer.database().expect("Server-Timing").read
    };
    // The pass, and the device's entry.
    let of_one = read(phones[0].device());
    assert!(of_one <= 4, "{of_one}");
    // The entry of each of the 29 in the index, and the like as above twice: to look for all of an identifier, and to delete.
    let of_shown = read(&phones[1].device()[..8]);
    assert!(of_shown <= 29 + 3 * of_one, "{of_shown}");
}

#[test]
fn an_unclear_word_of_what_to_clear_is_refused_and_clears_nothing() {
    let card = Card::published();
    for device in ["0123456789abcdef", "0123456701234567", "ti", "tiny"] {
        let mut phone = new_phone().with_device(device);
        assert_eq!(phone.register(&card.pass).status(), 201);
    }
    is_problem(&clear(&card, "?device=01234567%E2%80%A6"), 409);
    for query in ["?devise=tiny", "?device", "?device=", "?device=tiny&limit=1", "?device=%FF", "?device=%E2%80%A6", "?limit=1"]
    {
        let answer = clear(&card, query);
        is_refused_early(&answer, 400);
    }
    assert_eq!(card.registrations().len(), 4);
    assert_eq!(clear(&card, "?device=ti").expect(200).json()["deleted"], 1, "all of an identifier comes first");
    assert_eq!(clear(&card, "?device=ti").expect(200).json()["deleted"], 1, "then what is shown of one");
    assert_eq!(clear(&card, "?device=0123456789abcdef").expect(200).json()["deleted"], 1);
    assert_eq!(card.registrations().len(), 1);
    is_problem(&clear(&Card::unpublished(), ""), 404);
}
