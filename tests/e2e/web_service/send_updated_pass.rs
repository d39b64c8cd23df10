//! `GET`, `HEAD /v1/passes/{passTypeIdentifier}/{serialNumber}`; `POST …/personalize`

use crate::util::{Card, ask, is_problem, is_refused_pass, new_phone, new_type, seen, send, used};
use edgepass_support::{
    http::{Answer, Body},
    issuer::PKPASS,
    pass::{Layout, Pass},
};

#[track_caller]
fn ask_for(method: &str, card: &Card, conditions: &[(&str, &str)]) -> Answer {
    let credentials = card.credentials();
    let headers = [&[("Authorization", credentials.as_str())], conditions].concat();
    send(method, &card.path(), &headers, Body::Empty)
}

#[track_caller]
fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.header(name).unwrap_or_else(|| panic!("no {name}: {}", answer.status))
}

#[test]
fn the_file_comes_exactly_as_it_was_signed() {
    for layout in [Layout::Deflated, Layout::Stored, Layout::Streamed] {
        let card = Card::unpublished();
        let image: Vec<u8> = (0..=u8::MAX).cycle().take(200_000).collect();
        let file = card.edited(|pass| pass.layout(layout).file("strip@2x.png", image));
        card.publish(&file).expect(201);
        let answer = ask_for("GET", &card, &[]).expect(200);
        assert_eq!(answer.body.len(), file.len());
        assert!(answer.body == file, "the bytes differ");
    }
}

#[test]
fn it_has_the_headers_that_phones_look_for() {
    let card = Card::published();
    let answer = ask_for("GET", &card, &[]).expect(200);
    assert_eq!(header(&answer, "content-type"), PKPASS);
    assert_eq!(header(&answer, "content-length"), answer.body.len().to_string());
    assert_eq!(header(&answer, "cache-control"), "private, no-store");
    assert_eq!(answer.header("content-encoding"), None);
    let etag = header(&answer, "etag");
    assert!(etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"'), "{etag} is no strong tag");
    assert_eq!(card.metadata()["etag"], etag);
    assert_eq!(card.metadata()["lastModified"], header(&answer, "last-modified"));
    assert!(httpdate::parse_http_date(header(&answer, "last-modified")).is_ok());
}

#[test]
fn a_client_that_accepts_compression_still_gets_length_and_bytes() {
    let card = Card::unpublished();
    let file = card.file();
    card.publish(&file).expect(201);
    let answer = ask_for("GET", &card, &[("Accept-Encoding", "gzip, deflate, br")]).expect(200);
    assert_eq!(answer.header("content-encoding"), None);
    assert_eq!(header(&answer, "content-length"), file.len().to_string());
    assert!(answer.body == file, "the bytes differ");
}

#[test]
fn a_phone_plays_last_modified_back_and_gets_304_without_a_body() {
    let card = Card::published();
    let mut phone = new_phone();
    let first = phone.fetch(&card.pass);
    assert_eq!((first.status(), first.complaints()), (200, &[][..]));
    let second = phone.fetch_conditionally(&card.pass);
    assert_eq!((second.status(), second.complaints()), (304, &[][..]));
    assert_eq!(second.body(), b"");
    for name in ["last-modified", "etag", "cache-control"] {
        assert_eq!(second.header(name), first.header(name), "{name}");
    }
    card.change(11);
    let third = phone.fetch_conditionally(&card.pass);
    assert_eq!((third.status(), third.complaints()), (200, &[][..]));
}

#[test]
fn if_none_match_is_honoured_and_comes_before_if_modified_since() {
    let card = Card::published();
    let answer = ask_for("HEAD", &card, &[]);
    let (etag, date) = (header(&answer, "etag").to_owned(), header(&answer, "last-modified").to_owned());
    for tags in [
        etag.clone(),
        "*".to_owned(),
        format!("W/{etag}"),
        format!("\"other\", {etag}"),
        format!("\"other\",W/\"more\" , W/{etag},\"x\""),
    ] {
        assert_eq!(ask_for("GET", &card, &[("If-None-Match", &tags)]).status, 304, "{tags}");
        let old = ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(ask_for("GET", &card, &[("If-None-Match", &tags), old]).status, 304, "{tags}");
    }
    for tags in ["\"other\"", "W/\"other\"", "\"a\", \"b\"", ",", &etag[..20]] {
        assert_eq!(ask_for("GET", &card, &[("If-None-Match", tags)]).status, 200, "{tags}");
        let same = ("If-Modified-Since", date.as_str());
        assert_eq!(ask_for("GET", &card, &[("If-None-Match", tags), same]).status, 200, "{tags}");
    }
    card.change(11);
    assert_eq!(ask_for("GET", &card, &[("If-None-Match", &etag)]).status, 200);
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let card = Card::published();
    let get = ask_for("GET", &card, &[]).expect(200);
    let head = ask_for("HEAD", &card, &[]).expect(200);
    assert_eq!(head.body, b"");
    for name in ["content-type", "content-length", "last-modified", "etag", "cache-control"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    let date = header(&get, "last-modified");
    assert_eq!(ask_for("HEAD", &card, &[("If-Modified-Since", date)]).status, 304);
    let refused = ask("HEAD", &card.path()).expect(401);
    assert_eq!(header(&refused, "www-authenticate"), "ApplePass");
    assert_eq!(refused.body, b"");
    assert_eq!(new_phone().head(&card.pass).complaints(), [""; 0]);
}

#[test]
fn last_modified_rises_with_each_change_also_within_one_second() {
    let card = Card::published();
    let mut last = httpdate::parse_http_date(header(&ask_for("HEAD", &card, &[]), "last-modified")).unwrap();
    for cups in 11..16 {
        card.change(cups);
        let answer = ask_for("HEAD", &card, &[]);
        let next = httpdate::parse_http_date(header(&answer, "last-modified")).unwrap();
        assert!(next > last, "{next:?} is not after {last:?}");
        last = next;
    }
}

#[test]
fn fetching_and_registering_do_not_move_last_modified() {
    let card = Card::published();
    let before = seen(&ask_for("HEAD", &card, &[]));
    let mut phone = new_phone();
    for _ in 0..2 {
        let _ = phone.register(&card.pass);
        let _ = phone.fetch(&card.pass);
    }
    card.publish(&card.file()).expect(200);
    assert_eq!(seen(&ask_for("HEAD", &card, &[])), before);
}

#[test]
fn unknown_pass_wrong_type_and_wrong_token_are_the_same_401() {
    let card = Card::published();
    let expected = ask("GET", &card.path());
    is_refused_pass(&expected);
    used(&expected, 0, 0);
    let refused = [
        card.pass.clone().with_token("another token of 16"),
        card.pass.clone().with_token(&card.pass.token.to_uppercase()),
        Pass::new(card.pass_type(), "S-2", &card.pass.token),
        Pass::new(&new_type(), card.serial(), &card.pass.token),
    ];
    for pass in refused {
        let exchange = new_phone().fetch(&pass);
        assert_eq!(seen(exchange.answer()), seen(&expected));
        used(exchange.answer(), 1, 0);
    }
    let token = &card.pass.token;
    for authorization in [format!("Bearer {token}"), token.clone(), "ApplePass ".to_owned(), format!("AndroidPass {token}")] {
        let headers = [("Authorization", &*authorization)];
        let answer = send("GET", &card.path(), &headers, Body::Empty);
        assert_eq!(seen(&answer), seen(&expected), "{authorization}");
    }
    let headers = [("Authorization", &*format!("applepass {token}"))];
    send("GET", &card.path(), &headers, Body::Empty).expect(200);
}

#[test]
fn a_condition_does_not_replace_the_token() {
    let card = Card::published();
    let date = header(&ask_for("HEAD", &card, &[]), "last-modified").to_owned();
    for condition in [("If-Modified-Since", date.as_str()), ("If-None-Match", "*")] {
        is_refused_pass(&send("GET", &card.path(), &[condition], Body::Empty));
    }
}

#[test]
fn a_withdrawn_pass_can_still_be_fetched() {
    let card = Card::published();
    card.withdraw();
    assert_eq!(new_phone().fetch(&card.pass).complaints(), [""; 0]);
}

#[test]
fn it_asks_the_database_once() {
    let card = Card::published();
    let mut phone = new_phone();
    for expected in [200, 304] {
        let exchange = phone.fetch_conditionally(&card.pass);
        assert_eq!(exchange.status(), expected);
        used(exchange.answer(), 1, 0);
    }
    used(phone.head(&card.pass).answer(), 1, 0);
}

#[test]
fn a_wallet_that_only_fetches_and_knows_no_conditions_is_served() {
    let card = Card::published();
    let headers = [("Authorization", &*card.credentials()), ("User-Agent", "Java/17"), ("Accept", PKPASS)];
    for prefix in ["", "/", "//"] {
        let path = format!("{prefix}{}", card.path());
        for _ in 0..2 {
            let answer = send("GET", &path, &headers, Body::Empty).expect(200);
            assert!(Pass::read(&answer.body).is_ok_and(|pass| pass == card.pass));
        }
    }
}

#[test]
fn personalization_is_reserved_and_answers_501() {
    let card = Card::published();
    let path = format!("{}/personalize", card.path());
    let headers = [("Authorization", &*card.credentials())];
    is_problem(&send("POST", &path, &headers, Body::Bytes(b"{}")), 501);
    // A serial number may end like that, all the same.
    let odd = Card::published_as(card.pass_type(), "S-2/personalize");
    assert_eq!(new_phone().fetch(&odd.pass).status(), 200);
}
