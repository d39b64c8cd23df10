//! `PUT /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}`

use crate::util::{Card, date, is_problem, is_refused_early, issuer, members, new_phone, used};
use edgepass_support::{
    http::{Answer, Body},
    issuer::PKPASS,
    pass::{Layout, PassBuilder},
    random,
};

const LIMIT: usize = 5 * 1024 * 1024;

#[test]
fn a_new_pass_is_201_a_new_version_200() {
    let card = Card::unpublished();
    let first = card.publish(&card.file()).expect(201);
    let second = card.publish(&card.file_with(11)).expect(200);
    for answer in [&first, &second] {
        let published = answer.json();
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(published["passTypeIdentifier"], card.pass_type());
        assert_eq!(published["serialNumber"], card.serial());
        assert_eq!(published["changed"], true);
        assert_eq!(published["registrations"], 0);
        assert_eq!(published["etag"].as_str(), answer.header("etag"));
        date(&published, "lastModified");
        used(answer, 1, answer.database().unwrap().written);
    }
    let revision = |answer: &Answer| answer.json()["revision"].as_i64().unwrap();
    assert!(revision(&second) > revision(&first));
    assert_ne!(second.header("etag"), first.header("etag"));
    let expected =
        ["changed", "etag", "lastModified", "passTypeIdentifier", "registrations", "revision", "serialNumber", "warnings"];
    assert_eq!(members(&first.json()), expected);
}

#[test]
fn it_tells_how_many_devices_hold_the_pass() {
    let card = Card::published();
    for expected in 1..=2 {
        assert_eq!(new_phone().register(&card.pass).status(), 201);
        let published = card.publish(&card.file_with(10 + expected)).expect(200).json();
        assert_eq!(published["registrations"], expected);
    }
}

#[test]
fn the_same_manifest_again_changes_nothing() {
    let card = Card::published();
    let mut phone = card.register_phone();
    let listed = phone.list(card.pass_type());
    let before = card.metadata();
    // Signed again, packed another way: other bytes, the same manifest.
    let repacked = card.edited(|pass| pass.layout(Layout::Stored));
    for file in [card.file(), repacked] {
        let answer = card.publish(&file).expect(200);
        let published = answer.json();
        assert_eq!(published["changed"], false);
        for member in ["revision", "lastModified", "etag"] {
            assert_eq!(published[member], before[member], "{member}");
        }
    }
    assert_eq!(card.metadata(), before);
    assert_eq!(phone.list_since(card.pass_type(), listed.tag().as_deref()).status(), 204);
}

#[test]
fn if_match_holds_only_for_the_version_that_is_stored() {
    let card = Card::published();
    let first = card.etag();
    card.change(11);
    let before = card.metadata();
    let second = before["etag"].as_str().unwrap();
    for tags in [&*first, "\"other\"", "\"\"", ","] {
        is_problem(&card.publish_if(&card.file_with(12), &[("If-Match", tags)]), 412);
    }
    let unknown = Card::unpublished();
    is_problem(&unknown.publish_if(&unknown.file(), &[("If-Match", "*")]), 412);
    unknown.is_unknown();
    assert_eq!(card.metadata(), before);

    card.publish_if(&card.file_with(12), &[("If-Match", second)]).expect(200);
    is_problem(&card.publish_if(&card.file_with(13), &[("If-Match", second)]), 412);
    card.publish_if(&card.file_with(13), &[("If-Match", "*")]).expect(200);
    let third = card.etag();
    card.publish_if(&card.file_with(14), &[("If-Match", &format!("\"x\", {third}"))]).expect(200);
}

#[test]
fn if_none_match_star_publishes_only_what_is_new() {
    let card = Card::unpublished();
    card.publish_if(&card.file(), &[("If-None-Match", "*")]).expect(201);
    let before = card.metadata();
    is_problem(&card.publish_if(&card.file_with(11), &[("If-None-Match", "*")]), 412);
    let etag = before["etag"].as_str().unwrap();
    is_problem(&card.publish_if(&card.file_with(11), &[("If-None-Match", etag)]), 412);
    assert_eq!(card.metadata(), before);
    card.publish_if(&card.file_with(11), &[("If-None-Match", "\"other\"")]).expect(200);
}

#[test]
fn a_condition_is_checked_for_an_unchanged_pass_too() {
    let card = Card::published();
    is_problem(&card.publish_if(&card.file(), &[("If-Match", "\"other\"")]), 412);
    is_problem(&card.publish_if(&card.file(), &[("If-None-Match", "*")]), 412);
}

#[test]
fn a_pass_may_gain_a_web_service_but_not_lose_it() {
    let card = Card::unpublished();
    card.publish(&card.edited(PassBuilder::without_service)).expect(201);
    assert_eq!(card.metadata()["webService"], false);
    card.publish(&card.file()).expect(200);
    assert_eq!(card.metadata()["webService"], true);
    assert_eq!(new_phone().register(&card.pass).status(), 201);
    assert_eq!(card.publish(&card.edited(PassBuilder::without_service)).status, 409);
}

#[test]
fn a_refused_upload_changes_nothing() {
    let card = Card::published();
    let mut phone = card.register_phone();
    let tag = phone.list(card.pass_type()).tag();
    let (before, file) = (card.metadata(), phone.fetch(&card.pass).body().to_vec());
    assert_eq!(card.publish(&card.edited(|pass| pass.omit("signature"))).status, 400);
    assert_eq!(card.publish(&card.edited(|pass| pass.token("another token of 16"))).status, 409);
    assert_eq!(card.publish_if(&card.file_with(11), &[("If-Match", "\"x\"")]).status, 412);
    assert_eq!(card.metadata(), before);
    assert!(phone.fetch(&card.pass).body() == file, "the file is another");
    assert_eq!(phone.list_since(card.pass_type(), tag.as_deref()).status(), 204);
}

#[test]
fn a_file_beyond_5_mib_is_413_however_it_is_sent() {
    let card = Card::unpublished();
    let with_noise = |bytes: usize| card.edited(|pass| pass.file("noise.bin", random::hex(bytes / 2)).layout(Layout::Stored));
    let spare = LIMIT - with_noise(LIMIT - 100_000).len();
    let fitting = with_noise((LIMIT - 100_000 + spare) & !1);
    assert!((LIMIT - 1..=LIMIT).contains(&fitting.len()), "{}", fitting.len());
    let too_large = vec![0; LIMIT + 1];
    for body in [Body::Bytes(&too_large), Body::Chunked(&too_large)] {
        let answer = issuer().send("PUT", &card.issuer_path(), &[("Content-Type", PKPASS)], body);
        is_refused_early(&answer, 413);
    }
    card.is_unknown();
    card.publish(&fitting).expect(201);
    assert!(new_phone().fetch(&card.pass).body() == fitting, "the bytes differ");
}

#[test]
fn another_content_type_is_415() {
    let card = Card::unpublished();
    let file = card.file();
    for headers in [
        &[][..],
        &[("Content-Type", "application/zip")],
        &[("Content-Type", "application/merge-patch+json")],
        &[("Content-Type", "application/vnd.apple.pkpasses")],
        &[("Content-Type", "")],
    ] {
        let answer = issuer().send("PUT", &card.issuer_path(), headers, Body::Bytes(&file));
        is_problem(&answer, 415);
        assert_eq!(answer.header("accept"), Some("application/vnd.apple.pkpass, application/json"));
    }
    card.is_unknown();
    for content_type in ["Application/vnd.Apple.pkpass", "application/vnd.apple.pkpass; charset=binary"] {
        let headers = [("Content-Type", content_type)];
        let answer = issuer().send("PUT", &card.issuer_path(), &headers, Body::Bytes(&file));
        assert!(matches!(answer.status, 200 | 201), "{answer:#}");
    }
}

#[test]
fn a_chunked_upload_is_as_good_as_any() {
    let card = Card::unpublished();
    let headers = [("Content-Type", PKPASS)];
    let file = card.file();
    issuer().send("PUT", &card.issuer_path(), &headers, Body::Chunked(&file)).expect(201);
    assert!(new_phone().fetch(&card.pass).body() == file, "the bytes differ");
}

#[test]
fn keys_that_only_a_newer_ios_knows_are_kept() {
    let card = Card::unpublished();
    let file = card.edited(|pass| pass.field("aKeyOfTheFuture", serde_json::json!({ "new": [1, 2] })));
    card.publish(&file).expect(201);
    assert!(new_phone().fetch(&card.pass).body() == file, "the bytes differ");
}
