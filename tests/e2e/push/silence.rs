//! Where the key, provider tokens and push tokens must not be.

use super::shop::Shop;
use crate::util::{Folder, Needles, der, files, until};
use edgepass_support::{apns::Behaviour, http::Body, phone::Phone};
use rusqlite::Connection;
use serde_json::json;
use std::{fs, path::Path};

/// The position of the private number in Apple's form of the key.
const PRIVATE: std::ops::Range<usize> = 36..68;

/// Database and bucket. What wrangler keeps of its own accord of each request is not the service's.
fn stored(state: &Path) -> Vec<(String, Vec<u8>)> {
    ["d1", "r2", "kv"]
        .map(|kind| state.join("v3").join(kind))
        .iter()
        .filter(|path| path.exists())
        .flat_map(|path| files(path))
        .collect()
}

/// All rows of push's tables as text, with bytes in hex.
fn rows_of_push(state: &Path) -> String {
    let copies = Folder::new();
    let directory = state.join("v3/d1/miniflare-D1DatabaseObject");
    let mut name = String::new();
    for file in fs::read_dir(directory).expect("there is a database").flatten() {
        let given = file.file_name().to_string_lossy().into_owned();
        copies.write(&given, fs::read(file.path()).unwrap_or_default());
        if given.ends_with(".sqlite") && given != "metadata.sqlite" {
            name = given;
        }
    }
    let database = Connection::open(copies.path(&name)).expect("it can be opened");
    let mut text = String::new();
    for table in ["push_jobs", "push_pages", "push_devices", "push_holds", "push_counters"] {
        let columns: Vec<String> = database
            .prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))
            .and_then(|mut names| names.query_map([], |row| row.get(0))?.collect())
            .expect("the table is there");
        let columns: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
        let all = format!("SELECT concat_ws(' ', {}) FROM {table}", columns.join(", "));
        let rows: Vec<String> = database
            .prepare(&all)
            .and_then(|mut rows| rows.query_map([], |row| row.get(0))?.collect())
            .expect("the table can be read");
        text.extend(rows.iter().map(|row| format!("{table} {row}\n")));
    }
    text
}

/// A push token in any form. The registrations hold its bytes.
fn of_push_token(phone: &Phone) -> Needles {
    let text = phone.push_token();
    let bytes: Vec<u8> =
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("a push token is hex")).collect();
    Needles::from_bytes("push token", &bytes)
}

#[test]
fn key_and_provider_tokens_are_nowhere_and_push_tokens_only_in_registrations() {
    let shop = Shop::shared();
    let (card, phones) = shop.card(9);
    let scripts = [
        Behaviour::refuse("TooManyRequests"),
        Behaviour::refuse("InternalServerError"),
        Behaviour::refuse("BadDeviceToken"),
        Behaviour::unregistered(1_000),
        Behaviour::Reset,
        Behaviour::Half(410),
        Behaviour::Garbage,
        Behaviour::Deliver,
        // The last, as nobody is pushed to after it.
        Behaviour::refuse("TopicDisallowed"),
    ];
    for (behaviour, phone) in scripts.into_iter().zip(&phones) {
        shop.apns.script(phone.push_token(), [behaviour, Behaviour::Deliver]);
    }
    let mut answers = vec![card.publish(&card.file_with(1)).expect(200)];
    shop.pushes(card.pass_type(), 9);
    until("all is written down", || (shop.progress(&card)["deadTokensDropped"] == 1).then_some(()));
    let body = json!({ "passTypeIdentifier": card.pass_type() }).to_string();
    let mut ask = |method: &str, path: &str, body: &str| {
        answers.push(shop.server.issuer().send(method, path, &[], Body::Bytes(body.as_bytes())));
    };
    ask("POST", "/issuer/v1/push/test", &body);
    ask("POST", "/issuer/v1/push/test", shop.apns.key_pem());
    ask("GET", "/issuer/v1/push", "");
    ask("GET", &format!("{}/push", card.issuer_path()), "");
    ask("GET", &format!("{}/registrations", card.issuer_path()), "");
    ask("GET", "/healthz?deep", "");
    shop.server.wait_for_log("\"push\":\"ApplePass\"");
    shop.fence();

    let (log, stored) = (shop.server.log(), stored(shop.server.state()));
    let said: Vec<(String, Vec<u8>)> = answers
        .iter()
        .map(|answer| (format!("{answer}"), format!("{answer:#}").into_bytes()))
        .chain([("the log".to_owned(), log.clone().into_bytes())])
        .collect();
    let places = |needles: &Needles, here: &[(String, Vec<u8>)]| -> Vec<String> {
        let found = here.iter().filter_map(|(place, bytes)| Some((place, needles.found_in(bytes)?)));
        found.map(|(place, what)| format!("{what} in {place}")).collect()
    };

    let key = der(shop.apns.key_pem());
    let mut secrets: Vec<Needles> =
        vec![Needles::from_bytes("key", &key), Needles::from_bytes("private number", &key[PRIVATE])];
    let lines = shop.apns.key_pem().lines().filter(|line| line.len() > 40);
    secrets.extend(lines.map(|line| Needles::from_text("a line of the key", line)));
    let provider_tokens = shop.apns.provider_tokens();
    assert!(!provider_tokens.is_empty());
    secrets.extend(provider_tokens.iter().flat_map(|token| {
        token.jwt.split('.').skip(1).map(|part| Needles::from_text("provider token", part)).collect::<Vec<_>>()
    }));
    for needles in &secrets {
        assert_eq!(places(needles, &said), [""; 0]);
        assert_eq!(places(needles, &stored), [""; 0]);
    }

    let rows = rows_of_push(shop.server.state());
    assert!(rows.contains("push_devices") && rows.contains("push_counters"), "{rows}");
    for phone in &phones {
        let needles = of_push_token(phone);
        assert_eq!(places(&needles, &said), [""; 0]);
        assert_eq!(needles.found_in(rows.as_bytes()), None);
        let elsewhere: Vec<_> = places(&needles, &stored).into_iter().filter(|place| !place.contains("/d1/")).collect();
        assert_eq!(elsewhere, [""; 0]);
        assert!(!log.contains(phone.device()));
    }
    assert!(!places(&of_push_token(&phones[8]), &stored).is_empty(), "registrations have it");
}
