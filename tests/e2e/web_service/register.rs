//! `POST /v1/devices/{deviceLibraryIdentifier}/registrations/{passTypeIdentifier}/{serialNumber}`

use crate::util::{Card, is_problem, is_refused_early, is_refused_pass, new_phone, new_type, seen, send, used};
use edgepass_support::{
    http::{Answer, Body},
    pass::{Pass, PassBuilder},
    random,
};
use serde_json::json;

const LIMIT: usize = 8 * 1024;

/// Registers a new device for the card with this header and body.
#[track_caller]
fn register(card: &Card, authorization: &str, headers: &[(&str, &str)], body: Body<'_>) -> Answer {
    let headers = [&[("Authorization", authorization)], headers].concat();
    send("POST", &card.registration_path(&random::hex(16)), &headers, body)
}

/// A body that a phone would send, padded to a length.
fn body_of(length: usize) -> Vec<u8> {
    let mut body = json!({ "pushToken": random::hex(32) }).to_string().into_bytes();
    body.resize(length, b' ');
    body
}

#[test]
fn a_new_registration_is_201_and_a_repeated_one_200() {
    let card = Card::published();
    let mut phone = new_phone();
    for expected in [201, 200, 200] {
        let exchange = phone.register(&card.pass);
        assert_eq!(exchange.status(), expected);
        assert_eq!(exchange.complaints(), [""; 0]);
    }
    assert_eq!(card.registrations().len(), 1);
}

#[test]
fn it_asks_the_database_once_and_writes_2_rows_then_0_then_2_for_a_new_push_token() {
    let card = Card::published();
    let mut phone = new_phone();
    // The first registration ever is noted on the pass.
    used(new_phone().register(&card.pass).answer(), 1, 3);
    used(phone.register(&card.pass).answer(), 1, 2);
    used(phone.register(&card.pass).answer(), 1, 0);
    phone.rotate_push_token();
    // The wallet may be another one as well, and the index has it.
    used(phone.register(&card.pass).answer(), 1, 2);
}

#[test]
fn a_repeat_with_a_new_push_token_stores_it_and_is_200() {
    let card = Card::published();
    let mut phone = card.register_phone();
    for _ in 0..3 {
        phone.rotate_push_token();
        assert_eq!(phone.register(&card.pass).status(), 200);
        let registrations = card.registrations();
        assert_eq!(registrations.len(), 1);
        let shown = registrations[0]["pushToken"].as_str().unwrap();
        assert_eq!(shown.trim_end_matches('…'), &phone.push_token()[..8]);
    }
}

#[test]
fn a_device_registers_many_passes_and_a_pass_has_many_devices() {
    let pass_type = new_type();
    let cards = ["A", "B", "C"].map(|serial| Card::published_as(&pass_type, serial));
    let mut phones = [(); 3].map(|()| new_phone());
    for phone in &mut phones {
        for card in &cards {
            assert_eq!(phone.register(&card.pass).status(), 201);
        }
        let mut serials = phone.list(&pass_type).serials();
        serials.sort();
        assert_eq!(serials, ["A", "B", "C"]);
    }
    for card in &cards {
        assert_eq!(card.registrations().len(), 3);
    }
}

#[test]
fn unknown_pass_wrong_type_wrong_token_and_withdrawn_pass_are_the_same_401() {
    let card = Card::published();
    let withdrawn = Card::published();
    withdrawn.withdraw();
    let refused = [
        ("wrong token", card.pass.clone().with_token(&random::hex(16))),
        ("unknown pass", Pass::new(card.pass_type(), "S-2", &card.pass.token)),
        ("wrong type", Pass::new(withdrawn.pass_type(), "S-2", &card.pass.token)),
        ("unknown type", Pass::new(&new_type(), card.serial(), &card.pass.token)),
        ("withdrawn pass", withdrawn.pass.clone()),
        ("another pass's token", card.pass.clone().with_token(&withdrawn.pass.token)),
    ];
    let answers = refused.map(|(case, pass)| {
        let exchange = new_phone().register(&pass);
        is_refused_pass(exchange.answer());
        used(exchange.answer(), 1, 0);
        (case, seen(exchange.answer()))
    });
    for (case, answer) in &answers {
        assert_eq!(*answer, answers[0].1, "{case}");
    }
    let without_credentials = send("POST", &card.registration_path("d"), &[], Body::Bytes(&body_of(80)));
    assert_eq!(seen(&without_credentials), answers[0].1);
    assert_eq!(card.registrations().len() + withdrawn.registrations().len(), 0, "nothing was stored");
}

#[test]
fn other_schemes_a_bare_token_and_an_empty_one_are_401_without_a_question_to_the_database() {
    let card = Card::published();
    let token = &card.pass.token;
    let refused = [
        format!("Bearer {token}"),
        format!("Basic {token}"),
        format!("AndroidPass {token}"),
        format!("WalletUnionPass {token}"),
        format!("ApplePass{token}"),
        token.clone(),
        "ApplePass".to_owned(),
        "ApplePass ".to_owned(),
        String::new(),
    ];
    for authorization in refused {
        let answer = register(&card, &authorization, &[], Body::Bytes(&body_of(80)));
        is_refused_pass(&answer);
        used(&answer, 0, 0);
    }
    assert_eq!(card.registrations().len(), 0);
}

#[test]
fn any_content_type_is_accepted_and_unknown_members_are_ignored() {
    let card = Card::published();
    for content_type in ["application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense"] {
        let headers = [("Content-Type", content_type)];
        register(&card, &card.credentials(), &headers, Body::Bytes(&body_of(80))).expect(201);
    }
    let body = br#" { "model": {"a": [1]}, "pushToken": "ff00", "pushtoken": 1, "extra": null }"#;
    register(&card, &card.credentials(), &[], Body::Bytes(body)).expect(201);
    register(&card, &card.credentials(), &[], Body::Chunked(body)).expect(201);
}

#[test]
fn device_identifiers_and_push_tokens_are_opaque() {
    let card = Card::published();
    let devices = ["d", "8F2D-aa_~.", "with space / slash + plus %41", "gerät", &"x".repeat(255)];
    for (index, device) in devices.into_iter().enumerate() {
        let mut phone = new_phone().with_device(device).with_push_token(&"f".repeat(1 + 255 * index));
        assert_eq!(phone.register(&card.pass).status(), 201, "{device}");
        assert_eq!(phone.register(&card.pass).status(), 200, "{device}");
        assert_eq!(phone.list(card.pass_type()).serials(), [card.serial()], "{device}");
    }
    assert_eq!(card.registrations().len(), devices.len());
}

#[test]
fn a_body_without_a_usable_push_token_is_400_and_stores_nothing() {
    let card = Card::published();
    let bodies = [
        Vec::new(),
        b"null".to_vec(),
        b"pushToken".to_vec(),
        b"{}".to_vec(),
        b"{\"pushToken\":\"ff00\"".to_vec(),
        b"{\"pushToken\":\"ff00\"} {}".to_vec(),
        b"{\"PushToken\":\"ff00\"}".to_vec(),
        b"[\"ff00\"]".to_vec(),
        b"[{\"pushToken\":\"ff00\"}]".to_vec(),
        b"\"ff00\"".to_vec(),
        b"{\"pushToken\":\"\"}".to_vec(),
        b"{\"pushToken\":null}".to_vec(),
        b"{\"pushToken\":17}".to_vec(),
        b"{\"pushToken\":[\"ff00\"]}".to_vec(),
        b"{\"pushToken\":{\"pushToken\":\"ff00\"}}".to_vec(),
        b"{\"pushToken\":\"ff\\u000000\"}".to_vec(),
        b"{\"pushToken\":\"\xFF\xFE\"}".to_vec(),
        b"pushToken=ff00".to_vec(),
        format!("{{\"pushToken\":\"{}\"}}", "f".repeat(1025)).into_bytes(),
        "[".repeat(LIMIT).into_bytes(),
    ];
    for body in &bodies {
        let shown = String::from_utf8_lossy(body);
        let answer = register(&card, &card.credentials(), &[], Body::Bytes(body));
        assert_eq!(answer.status, 400, "{shown}");
        is_refused_early(&answer, 400);
    }
    is_problem(&register(&card, &card.credentials(), &[], Body::Empty), 400);
    assert_eq!(card.registrations().len(), 0);
}

#[test]
fn a_bad_body_does_not_touch_the_push_token_stored_before() {
    let card = Card::published();
    let phone = card.register_phone();
    let before = card.registrations();
    for body in [&b"{\"pushToken\":\"\"}"[..], b"{}", b"\x00"] {
        let headers = [("Authorization", &*card.credentials())];
        let path = card.registration_path(phone.device());
        is_problem(&send("POST", &path, &headers, Body::Bytes(body)), 400);
    }
    assert_eq!(card.registrations(), before);
}

#[test]
fn a_body_beyond_8_kib_is_413_however_it_is_sent() {
    let card = Card::published();
    for (length, expected) in [(LIMIT, 201), (LIMIT + 1, 413), (20 * LIMIT, 413)] {
        let body = body_of(length);
        for body in [Body::Bytes(&body), Body::Chunked(&body)] {
            let answer = register(&card, &card.credentials(), &[], body);
            assert_eq!(answer.status, expected, "{length}");
            if expected == 413 {
                is_refused_early(&answer, 413);
            }
        }
    }
    assert_eq!(card.registrations().len(), 2);
}

#[test]
fn a_refused_registration_stores_nothing_and_leaves_what_there_was() {
    let card = Card::published();
    let mut phone = card.register_phone();
    let before = card.registrations();
    phone.rotate_push_token();
    let stranger = card.pass.clone().with_token("not the token of it");
    assert_eq!(phone.register(&stranger).status(), 401);
    assert_eq!(card.registrations(), before);
}

#[test]
fn a_pass_without_a_web_service_cannot_be_registered() {
    let card = Card::unpublished();
    card.publish(&card.edited(PassBuilder::without_service)).expect(201);
    for token in ["", &card.pass.token, "null", "NULL"] {
        is_refused_pass(&register(&card, &format!("ApplePass {token}"), &[], Body::Bytes(&body_of(80))));
    }
}

#[test]
fn a_new_version_of_the_pass_leaves_the_registrations_alone() {
    let card = Card::published();
    let mut phone = card.register_phone();
    let before = card.registrations();
    card.change(11);
    assert_eq!(card.registrations(), before);
    assert_eq!(phone.register(&card.pass).status(), 200);
}

#[test]
fn a_wallet_that_announces_itself_is_kept_apart_from_apple_s() {
    let card = Card::published();
    for (client, shown) in [("Passes", "Passes"), ("", "ApplePass"), (&*"x".repeat(65), "unknown"), ("a b", "unknown")] {
        let headers = [("X-Pass-Client", client)];
        assert_eq!(register(&card, &card.credentials(), &headers, Body::Bytes(&body_of(80))).status, 201);
        assert!(card.registrations().iter().any(|row| row["client"] == shown), "{client}");
    }
}
