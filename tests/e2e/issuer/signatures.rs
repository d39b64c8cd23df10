//! The signature of an uploaded pass, which is checked as Wallet will.

use crate::util::{Card, Folder, defects, is_defect, is_not_configured, new_type, stranger, used};
use edgepass_support::{
    http::{Body, Connection},
    issuer::{Issuer, PKPASS, Pem},
    pass::{DEFAULT_TEAM, Layout, PassBuilder, Signing, TestAuthority, write_archive},
    server::{ISSUER_KEY, Options, Server},
};
use std::{
    sync::{Arc, LazyLock},
    thread,
};

/// A Worker that trusts only the tests' authority.
fn strict() -> &'static Server {
    static STRICT: LazyLock<Server> = LazyLock::new(|| {
        let root = TestAuthority::shared().root_pem();
        Server::start(Options { vars: &[("TRUST_ANCHORS", &root)], ..Options::default() })
    });
    &STRICT
}

/// Checks that a card is refused with this defect of its signature alone.
#[track_caller]
fn is_refused(card: &Card, file: &[u8], code: &str) {
    let answer = card.publish(file);
    is_defect(&answer, 400, code);
    assert_eq!(answer.json()["defects"][0]["file"], "signature");
    used(&answer, 0, 0);
    card.is_unknown();
}

fn with_signature(builder: &PassBuilder, signature: Vec<u8>) -> Vec<u8> {
    builder.clone().tamper("signature", signature).build()
}

fn signature(builder: &PassBuilder) -> Vec<u8> {
    let found = builder.entries().into_iter().find(|(name, _)| name == "signature");
    found.expect("a pass has a signature").1
}

#[test]
fn a_signature_by_another_key_than_the_certificate_s_is_refused() {
    let card = Card::unpublished();
    let own = TestAuthority::shared().identity(card.pass_type(), DEFAULT_TEAM);
    let other = stranger().identity(card.pass_type(), DEFAULT_TEAM);
    let forged = Arc::new(own.with_key_of(&other));
    is_refused(&card, &card.edited(|pass| pass.identity(forged)), "signature_invalid");
}

#[test]
fn a_certificate_of_another_team_is_refused_unless_pass_json_names_that_team() {
    let card = Card::unpublished();
    let other = TestAuthority::shared().identity(card.pass_type(), "ZZZZZZZZZZ");
    is_refused(&card, &card.edited(|pass| pass.identity(other)), "certificate_team");
    card.publish(&card.edited(|pass| pass.team("ZZZZZZZZZZ"))).expect(201);
}

#[test]
fn an_intermediate_that_did_not_issue_the_certificate_is_refused() {
    let card = Card::unpublished();
    let own = TestAuthority::shared().identity(card.pass_type(), DEFAULT_TEAM);
    let other = stranger().identity(card.pass_type(), DEFAULT_TEAM);
    let mixed = Arc::new(own.with_intermediate_of(&other));
    is_refused(&card, &card.edited(|pass| pass.identity(mixed)), "certificate_untrusted");
}

#[test]
fn what_is_no_detached_signature_in_der_is_refused() {
    let card = Card::unpublished();
    let builder = PassBuilder::new(card.pass_type(), card.serial());
    let good = signature(&builder);
    let folder = Folder::new();
    folder.write("signature", &good);
    let pem = folder.run("openssl", &["cms", "-cmsout", "-inform", "DER", "-in", "signature", "-outform", "PEM"]);
    for bad in [
        good[..good.len() - 1].to_vec(),
        good[..good.len() / 2].to_vec(),
        good[..1].to_vec(),
        [good.as_slice(), b"x"].concat(),
        b"this is no signature".to_vec(),
        vec![0x30, 0x80],
        vec![0x30; 60_000],
        pem.into_bytes(),
    ] {
        is_refused(&card, &with_signature(&builder, bad), "signature_format");
    }
    card.publish(&builder.build()).expect(201);
}

#[test]
fn what_openssl_signs_as_advised_is_accepted() {
    let card = Card::unpublished();
    let builder = PassBuilder::new(card.pass_type(), card.serial());
    let manifest = builder.entries().into_iter().find(|(name, _)| name == "manifest.json").unwrap().1;
    let authority = TestAuthority::shared();
    let identity = authority.identity(card.pass_type(), DEFAULT_TEAM);
    let folder = Folder::new();
    folder.write("manifest.json", manifest);
    folder.write("certificate.pem", identity.certificate_pem());
    folder.write("key.pem", identity.key_pem());
    folder.write("intermediate.pem", authority.intermediate_pem());
    let as_advised = [
        "smime", "-sign", "-binary", "-signer", "certificate.pem", "-inkey", "key.pem", "-certfile", "intermediate.pem", "-in",
        "manifest.json", "-outform", "DER", "-out", "signature",
    ];
    folder.run("openssl", &as_advised);
    card.publish(&with_signature(&builder, folder.bytes("signature"))).expect(201);
}

#[test]
fn defects_of_file_and_signature_are_listed_together() {
    let card = Card::unpublished();
    let signing = Signing { time: None, intermediate: false, ..Signing::default() };
    let answer = card.publish(&card.edited(|pass| pass.without_field("description").signing(signing)));
    let expected = ["description", "signature_intermediate_missing", "signature_time_missing"];
    assert_eq!(defects(&answer, 400), expected);
}

#[test]
fn a_refused_signature_leaves_the_pass_that_there_was() {
    let card = Card::published();
    let before = card.metadata();
    let other = TestAuthority::shared().identity(&new_type(), DEFAULT_TEAM);
    assert_eq!(card.publish(&card.edited(|pass| pass.field("description", "x").identity(other))).status, 400);
    assert_eq!(card.metadata(), before);
}

#[test]
fn without_trust_anchors_only_apple_is_trusted() {
    let server = Server::start(Options { without: &["TRUST_ANCHORS"], ..Options::default() });
    let card = Card::unpublished().at(server.issuer());
    is_refused(&card, &card.file(), "intermediate_untrusted");
    let pem = Pem::new(&TestAuthority::shared().identity(card.pass_type(), DEFAULT_TEAM), TestAuthority::shared());
    is_defect(&server.issuer().store_identity(card.pass_type(), &pem), 400, "intermediate_untrusted");
}

#[test]
fn any_authority_will_do_or_only_those_that_are_set() {
    let card = Card::unpublished();
    let foreign = card.edited(|pass| pass.identity(stranger().identity(card.pass_type(), DEFAULT_TEAM)));
    card.publish(&foreign).expect(201);

    let card = Card::unpublished().at(strict().issuer());
    let identity = stranger().identity(card.pass_type(), DEFAULT_TEAM);
    is_refused(&card, &card.edited(|pass| pass.identity(Arc::clone(&identity))), "intermediate_untrusted");
    card.publish(&card.file()).expect(201);
    let pem = Pem::new(&identity, stranger());
    is_defect(&strict().issuer().store_identity(card.pass_type(), &pem), 400, "intermediate_untrusted");
}

#[test]
fn trust_anchors_that_cannot_be_read_are_503_and_never_no_anchors() {
    let root = TestAuthority::shared().root_pem();
    let broken = root.replace("MII", "!!!");
    let server = Server::start(Options { vars: &[("TRUST_ANCHORS", &broken)], ..Options::default() });
    let card = Card::unpublished().at(server.issuer());
    let answer = card.publish(&card.file());
    is_not_configured(&answer, &["TRUST_ANCHORS"]);
    card.is_unknown();
}

const MUTATIONS: usize = 1000;
const CONNECTIONS: usize = 4;

#[test]
fn a_thousand_changed_signatures_are_all_400_and_the_service_goes_on() {
    let card = Card::new(&new_type(), "S-1").at(strict().issuer());
    let builder = PassBuilder::new(card.pass_type(), card.serial());
    let entries = builder.entries();
    let good = signature(&builder);
    let path = card.issuer_path();
    let authorization = format!("Bearer {ISSUER_KEY}");
    thread::scope(|scope| {
        for lane in 0..CONNECTIONS {
            let (entries, good, path, authorization) = (&entries, &good, &path, &authorization);
            scope.spawn(move || {
                let mut connection = Connection::new(strict().base());
                for number in (lane..MUTATIONS).step_by(CONNECTIONS) {
                    let at = number * good.len() / MUTATIONS;
                    let mut entries = entries.clone();
                    let signature = entries.iter_mut().find(|(name, _)| name == "signature").unwrap();
                    signature.1[at] ^= u8::try_from(number % 255 + 1).unwrap();
                    let file = write_archive(&entries, Layout::Deflated);
                    let headers = [("Content-Type", PKPASS), ("Authorization", authorization.as_str())];
                    let answer = connection.send("PUT", path, &headers, Body::Bytes(&file)).unwrap();
                    assert_eq!(answer.status, 400, "byte {at} ^ {}: {answer:#}", number % 255 + 1);
                    assert!(!defects(&answer, 400).is_empty());
                }
            });
        }
    });
    card.is_unknown();
    card.publish(&builder.build()).expect(201);
    assert_eq!(strict().phone().register(&card.pass).status(), 201);
    assert_eq!(Issuer::new(strict().base(), ISSUER_KEY).inspect(card.pass_type(), "S-1").status, 200);
}
