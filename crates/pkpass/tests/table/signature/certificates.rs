//! The certificates in a signature.

use pass_factory::{Change, Signing, TestAuthority, Validity, crypto::RustRsa};
use pkpass::{
    Report,
    signature::{self, Certificate, GeneratedKey, Signed, SignedMessage, Trust},
};

use super::{
    MANIFEST, PASS_TYPE, TEAM, Workshop, assert_rows, authority, check, examine, good, identity, issue, now, ready, sign,
    signed,
    tree::{Node, element, positions, with},
};

const KEY_USAGE: &str = "2.5.29.15";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";

fn change(kind: &'static str, critical: bool, value: &'static [u8]) -> Change {
    Change { kind, critical, value: Some(value) }
}

fn without(kind: &'static str) -> Change {
    Change { kind, critical: false, value: None }
}

/// Apple's pass certificates have, in 2026: basic constraints CA:FALSE, critical; extended key usage client authentication and
/// 1.2.840.113635.100.4.14; key usage digitalSignature, critical; 1.2.840.113635.100.6.1.16 and 6.3.2; for NFC 6.1.26.
#[test]
fn what_a_certificate_is_for() {
    let as_apples = [
        change(
            EXTENDED_KEY_USAGE,
            false,
            b"\x30\x15\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02\x06\x09\x2a\x86\x48\x86\xf7\x63\x64\x04\x0e",
        ),
        change("1.2.840.113635.100.6.3.2", false, b"\x05\0"),
        change("2.5.29.32", false, b"\x30\x0d\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x63\x64\x05\x01"),
    ];
    assert_rows([("as Apple's", good(&issue(&as_apples)), "")], check);
    for (what, change, expected) in [
        ("no key usage", without(KEY_USAGE), ""),
        ("digitalSignature and more", change(KEY_USAGE, true, b"\x03\x02\x05\xa0"), ""),
        ("digitalSignature that is not critical", change(KEY_USAGE, false, b"\x03\x02\x07\x80"), ""),
        ("only keyEncipherment", change(KEY_USAGE, true, b"\x03\x02\x05\x20"), "certificate_usage"),
        ("only nonRepudiation", change(KEY_USAGE, true, b"\x03\x02\x06\x40"), "certificate_usage"),
        ("an empty key usage", change(KEY_USAGE, true, b"\x03\x01\0"), "certificate_usage"),
        ("a key usage that is none", change(KEY_USAGE, true, b"\x04\x01\x80"), "certificate_usage"),
        ("no basic constraints", without(BASIC_CONSTRAINTS), ""),
        ("CA:FALSE in full", change(BASIC_CONSTRAINTS, true, b"\x30\x03\x01\x01\0"), ""),
        ("CA:TRUE", change(BASIC_CONSTRAINTS, true, b"\x30\x03\x01\x01\xff"), "certificate_usage"),
        ("constraints that are none", change(BASIC_CONSTRAINTS, true, b"\x05\0"), "certificate_usage"),
        ("no extended key usage", without(EXTENDED_KEY_USAGE), ""),
        (
            "for client authentication",
            change(EXTENDED_KEY_USAGE, false, b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"),
            "certificate_usage",
        ),
        ("an empty one", change(EXTENDED_KEY_USAGE, false, b"\x30\0"), "certificate_usage"),
        ("an unknown extension", change("1.2.3.4", false, b"\x05\0"), ""),
        ("a critical one", change("1.2.3.4", true, b"\x05\0"), "certificate_usage"),
        ("a critical one of Apple's", change("1.2.840.113635.100.6.3.2", true, b"\x05\0"), ""),
        ("critical policies", change("2.5.29.32", true, b"\x30\x06\x30\x04\x06\x02\x2a\x03"), ""),
        ("critical name constraints", change("2.5.29.30", true, b"\x30\0"), "certificate_usage"),
        ("a critical key identifier", change("2.5.29.14", true, b"\x04\x01a"), "certificate_usage"),
        (
            "another pass type in the extension",
            change("1.2.840.113635.100.6.1.16", false, b"\x0c\x06pass.x"),
            "certificate_pass_type",
        ),
        ("no such extension", without("1.2.840.113635.100.6.1.16"), ""),
    ] {
        assert_rows([(what, good(&issue(&[change])), expected)], check);
    }
}

#[test]
fn a_pass_for_nfc_needs_a_certificate_for_it() {
    let for_nfc = |file: &[u8]| examine(&Signed { needs_nfc: true, ..signed(file) });
    let (with, without) = (issue(&[Change::NFC]), identity());
    assert_rows([("a certificate for it", good(&with), ""), ("another", good(&without), "certificate_nfc")], for_nfc);
    assert_rows([("a certificate for it, and no need", good(&with), ""), ("another", good(&without), "")], check);
    let of = |identity: &pass_factory::Identity| Certificate::from_der(&identity.certificate_der()).unwrap();
    assert!(of(&with).may_use_nfc() && !of(&without).may_use_nfc());
    assert!(signature::check_nfc(&of(&with), "certificate").is_none());
    assert_eq!(signature::check_nfc(&of(&without), "certificate").unwrap().file.as_deref(), Some("certificate"));
}

/// Signed on some day from now, with a certificate that is valid for these days.
#[test]
fn a_certificate_out_of_date_is_not_blamed_on_a_clock() {
    let day = 24 * 60 * 60;
    for (what, validity, signed_on, expected) in [
        ("valid", Validity::current(), 0, ""),
        ("valid, signed before it was", Validity::current(), -400, "signature_time"),
        ("expired", Validity::past(), 0, "certificate_expired"),
        ("expired, signed while it was valid", Validity::past(), -2, "certificate_expired"),
        ("expired, signed before it was valid", Validity::past(), -400, "certificate_expired signature_time"),
        ("expired, signed the day after tomorrow", Validity::past(), 2, "certificate_expired signature_time"),
        ("for later", Validity::future(), 0, "certificate_not_yet_valid"),
    ] {
        let time = Some(u64::try_from(now() + signed_on * day).unwrap());
        let file = Signing { time, ..Signing::default() }.sign(MANIFEST, &authority().issue(PASS_TYPE, TEAM, validity));
        assert_rows([(what, file, expected)], check);
    }
}

/// A signature without an intermediate.
fn alone() -> Vec<u8> {
    Signing { intermediate: false, ..Signing::default() }.sign(MANIFEST, &identity())
}

#[test]
fn every_certificate_of_a_name_is_tried() {
    let (leaf, wwdr) = (identity(), authority().intermediate_pem());
    let [rekeyed, expired, future] =
        [authority().rekeyed(), authority().renewed(Validity::past()), authority().renewed(Validity::future())];
    let others = [&rekeyed, &expired, &future].map(TestAuthority::intermediate_pem);
    let signed_with = |others: &[&str]| sign("smime -sign -binary", &leaf, &others.concat());
    let [rekeyed, expired, future] = others.each_ref().map(String::as_str);
    assert_rows(
        [
            ("alone", signed_with(&[&wwdr]), ""),
            ("with another key, first", signed_with(&[rekeyed, &wwdr]), ""),
            ("with another key, last", signed_with(&[&wwdr, rekeyed]), ""),
            ("an expired one, first", signed_with(&[expired, &wwdr]), ""),
            ("one for later, last", signed_with(&[&wwdr, future]), ""),
            ("four", signed_with(&[future, rekeyed, expired, &wwdr]), ""),
            ("only with another key", signed_with(&[rekeyed]), "certificate_untrusted"),
            ("only an expired one", signed_with(&[expired]), "intermediate_expired"),
            ("an expired one, and another key", signed_with(&[rekeyed, expired]), "intermediate_expired"),
            ("none", alone(), "signature_intermediate_missing"),
        ],
        check,
    );
    let unknown = Change { kind: "1.2.3.4", critical: true, value: Some(b"\x05\0") };
    let changed = authority().changed(&[unknown]).intermediate_pem();
    assert_rows([("an unknown critical extension", signed_with(&[&changed]), "intermediate_authority")], check);
}

/// Two certificates with one issuer and serial number, or one key identifier. Only the one whose key signed counts: who signed
/// with the other has nothing of its pass type.
#[test]
fn every_certificate_of_the_signer_is_tried() {
    let workshop = Workshop::new();
    workshop.run_split(&[
        "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=Own", "-keyout", "ca.key", "-out", "ca.pem",
    ]);
    let trust = Trust::from_pem(&workshop.text("ca.pem")).unwrap();
    workshop.write("extensions", b"subjectKeyIdentifier=61");
    for (name, pass_type) in [("one", PASS_TYPE), ("other", "pass.other")] {
        let subject = format!("/CN=Pass Type ID: {pass_type}/OU={TEAM}");
        let (key, request) = (format!("{name}.key"), format!("{name}.csr"));
        workshop
            .run_split(&["req", "-new", "-nodes", "-newkey", "rsa:2048", "-subj", &subject, "-keyout", &key, "-out", &request]);
        let options = "-CA ca.pem -CAkey ca.key -days 30 -set_serial 7 -extfile extensions";
        workshop.run(&format!("x509 -req -in {request} {options} -out {name}.pem"));
    }
    for (name, beside, expected) in [("one", "other", ""), ("other", "one", "certificate_pass_type")] {
        let others = [workshop.text(&format!("{beside}.pem")), workshop.text("ca.pem")].concat();
        workshop.write("wwdr.pem", others.as_bytes());
        for (part, file) in [("pem", "certificate.pem"), ("key", "key.pem")] {
            workshop.write(file, workshop.text(&format!("{name}.{part}")).as_bytes());
        }
        let check = |file: &[u8]| ready(signature::examine(&signed(file), &trust, now(), &RustRsa));
        for command in ["cms -sign -binary", "cms -sign -binary -keyid"] {
            assert_rows([(command, workshop.sign(command), expected)], check);
        }
    }
}

/// RSA that says yes, for certificates of Apple's, which sign for nobody here.
struct Yes;

impl pkpass::Rsa for Yes {
    type SigningKey = ();
    type Error = ();

    async fn import(&self, _: &[u8]) -> Result<(), ()> {
        Err(())
    }

    async fn sign(&self, (): &(), _: &[u8]) -> Result<Vec<u8>, ()> {
        Err(())
    }

    async fn generate(&self) -> Result<GeneratedKey, ()> {
        Err(())
    }

    async fn verify(&self, _: &SignedMessage) -> bool {
        true
    }
}

/// The same signature with another issuer wherever the issuer of the pass certificate is named.
pub(super) fn issued_by(issuer: &[u8], der: &[u8]) -> Vec<u8> {
    let intermediate = authority().intermediate_der();
    let is_name = |at: &usize| Node::first(&intermediate[*at..]).tag == 0x30 && positions(&intermediate[*at..]).len() > 1;
    // The subject: the name after the validity.
    let times: Vec<_> = positions(&intermediate).into_iter().filter(|at| intermediate[*at] == 0x17).collect();
    let subject = positions(&intermediate).into_iter().filter(is_name).find(|at| *at > times[1]).unwrap();
    let subject = Node::first(&intermediate[subject..]).der();
    let mut file = der.to_vec();
    while let Some(at) = positions(&file).into_iter().find(|at| Node::first(&file[*at..]).der() == subject) {
        file = with(&file, at, &|_| issuer.to_vec());
    }
    file
}

/// The name of Apple's intermediate of generation G4, as its certificates have it.
pub(super) const G4: &[u8] = b"\x30\x75\x31\x44\x30\x42\x06\x03\x55\x04\x03\x0c\x3b\
    Apple Worldwide Developer Relations Certification Authority\x31\x0b\x30\x09\x06\x03\x55\x04\x0b\x0c\x02G4\x31\x13\x30\x11\
    \x06\x03\x55\x04\x0a\x0c\x0aApple Inc.\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02US";

#[test]
fn the_intermediate_of_apple_is_known() {
    let (g4, other) = (issued_by(G4, &alone()), issued_by(&element(0x30, b""), &alone()));
    let yes = |trust: Trust| move |file: &[u8]| -> Report { ready(signature::examine(&signed(file), &trust, now(), &Yes)) };
    let real =
        |trust: Trust| move |file: &[u8]| -> Report { ready(signature::examine(&signed(file), &trust, now(), &RustRsa)) };
    let missing = "|signature_intermediate_missing";
    assert_rows([("of G4", g4.clone(), missing), ("of another", other, "signature_intermediate_missing")], yes(Trust::apple()));
    assert_rows([("of G4", g4.clone(), missing)], yes(Trust::any()));
    let untrusted = "intermediate_untrusted|signature_intermediate_missing";
    assert_rows([("of G4, and another root", g4.clone(), untrusted)], yes(super::trust()));
    assert_rows([("only called so", g4, "certificate_untrusted|signature_intermediate_missing")], real(Trust::apple()));
}

#[test]
fn self_signed_certificates_and_keys_that_are_not_taken() {
    let workshop = Workshop::new();
    let subject = format!("/UID={PASS_TYPE}/CN=Pass Type ID: {PASS_TYPE}/OU={TEAM}");
    for (key, words, expected) in [
        (
            &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"][..],
            "elliptic curve",
            "certificate_key signature_algorithm certificate_untrusted",
        ),
        (&["rsa:1024"], "1024 bits", "certificate_key certificate_untrusted"),
        (&["rsa:2048"], "self-signed, but Apple has to issue it", "certificate_untrusted"),
    ] {
        let before = ["req", "-x509", "-nodes", "-subj", &subject, "-keyout", "key.pem", "-out", "certificate.pem"];
        workshop.run_split(&[&before[..], &["-addext", "basicConstraints=CA:FALSE", "-newkey"], key].concat());
        let file = workshop.sign("cms -sign -binary -md sha256");
        let report = check(&file);
        assert!(report.defects.iter().any(|defect| defect.message.contains(words)), "{report:?}");
        assert!(!report.defects.iter().any(|defect| defect.message.contains("-md sha256")), "{report:?}");
        assert_rows([(words, file, expected)], check);
    }
}
