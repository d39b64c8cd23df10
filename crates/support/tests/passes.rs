//! What the factory makes, read back.

use edgepass_support::pass::{DEFAULT_TEAM, Layout, Pass, PassBuilder, RawArchive, RawEntry, TestAuthority, Validity};

const PASS_TYPE: &str = "pass.com.example.coffee";

fn card() -> PassBuilder {
    PassBuilder::new(PASS_TYPE, "S-1")
}

fn refusal(file: &[u8]) -> String {
    Pass::read(file).unwrap_err().to_string()
}

#[test]
fn every_layout_can_be_read() {
    for layout in [Layout::Deflated, Layout::Stored, Layout::Streamed] {
        let pass = Pass::read(&card().layout(layout).build()).unwrap();
        assert_eq!((pass.pass_type.as_str(), pass.serial.as_str()), (PASS_TYPE, "S-1"));
    }
    assert_eq!(Pass::read(&card().raw().build()).unwrap(), card().pass());
}

#[test]
fn equal_descriptions_have_equal_manifests() {
    let changed = card().field("/storeCard/primaryFields/0/value", 9).pass();
    assert_eq!(card().pass().manifest, card().pass().manifest);
    assert_ne!(card().pass().manifest, changed.manifest);
    assert_eq!(card().pass().token, changed.token);
}

#[test]
fn fields_are_set_where_the_pointer_says() {
    let pass = card().field("/new/a~1b", 1).field("description", "x").without_service().pass();
    assert_eq!(pass.content["new"]["a/b"], 1);
    assert_eq!(pass.content["description"], "x");
    assert_eq!((pass.token.as_str(), pass.web_service_url), ("", None));
}

#[test]
fn what_is_broken_is_refused() {
    assert!(refusal(&card().tamper("pass.json", *b"{}").build()).contains("does not vouch for its pass.json"));
    assert!(refusal(&card().tamper("stray.txt", *b"").build()).contains("does not vouch for its stray.txt"));
    assert!(refusal(&card().without_manifest_entry("icon.png").build()).contains("vouch for its icon.png"));
    assert!(refusal(&card().manifest_entry("logo.png", "00").build()).contains("names logo.png, which is missing"));
    assert!(refusal(&card().manifest("[]").build()).contains("its manifest is no object"));
    assert!(refusal(&card().content("{").build()).contains("its pass.json is no JSON"));
    assert!(refusal(&card().omit("signature").build()).contains("has no signature"));
    assert!(refusal(b"PK").contains("is no pass"));
}

#[test]
fn an_archive_can_lie() {
    let mut lying = card().raw();
    lying.entry("pass.json").crc = 0;
    assert!(Pass::read(&lying.build()).is_err());
    let twice = RawArchive::new([RawEntry::stored("a", "1"), RawEntry::deflated("a", "2")]).build();
    assert_eq!(twice.windows(4).filter(|window| window == b"PK\x01\x02").count(), 2);
}

#[test]
fn certificates_are_of_the_one_who_asked() {
    let authority = TestAuthority::shared();
    let identity = authority.identity(PASS_TYPE, DEFAULT_TEAM);
    assert_eq!(identity.certificate_der(), authority.identity(PASS_TYPE, DEFAULT_TEAM).certificate_der());
    assert_ne!(identity.certificate_der(), authority.identity(PASS_TYPE, "ZZZZZZZZZZ").certificate_der());
    let expired = authority.issue(PASS_TYPE, DEFAULT_TEAM, Validity::past());
    assert_ne!(identity.certificate_der(), expired.certificate_der());
    assert!(identity.key_pem().starts_with("-----BEGIN PRIVATE KEY-----"));
}
