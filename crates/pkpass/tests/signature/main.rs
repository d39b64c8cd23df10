//! Signatures: the service and openssl accept each other's. Changed ones are refused.
//!
//! These tests run `openssl`, as issuers sign with it.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so and ends"
)]

mod ber;
mod cases;
mod damage;
mod forms;
mod identities;
mod judges;
mod openssl;
mod pkcs12;
mod requests;
mod tree;

use self::openssl::Workshop;
use pass_factory::{Identity, Signing, TestAuthority, clock, crypto::RustRsa};
use pkpass::{
    DefectCode, Report, WarningCode,
    signature::{self, Candidate, Signed, Signer, Trust, Upload},
};
use std::{
    collections::BTreeSet,
    pin::pin,
    task::{Context, Poll, Waker},
};

const PASS_TYPE: &str = "pass.com.example.coupon";
const TEAM: &str = "A1B2C3D4E5";
const MANIFEST: &[u8] = b"{\n  \"icon.png\" : \"a9993e364706816aba3e25717850c26c9cd0d89d\"\r\n}";

fn now() -> i64 {
    clock::unix_now().as_secs().try_into().unwrap()
}

fn authority() -> &'static TestAuthority {
    TestAuthority::shared()
}

fn identity() -> std::sync::Arc<Identity> {
    authority().identity(PASS_TYPE, TEAM)
}

fn trust() -> Trust {
    Trust::from_pem(&authority().root_pem()).unwrap()
}

/// A signature over `MANIFEST`, for this type and team.
fn signed(signature: &[u8]) -> Signed<'_> {
    Signed { signature, manifest: MANIFEST, pass_type: Some(PASS_TYPE), team: Some(TEAM), needs_nfc: false }
}

/// The result of a future that never waits, as none does with RSA in Rust.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn report(signed: &Signed<'_>, trust: &Trust) -> Report {
    ready(signature::examine(signed, trust, now(), &RustRsa))
}

/// The defects.
fn examine(signed: &Signed<'_>, trust: &Trust) -> BTreeSet<DefectCode> {
    report(signed, trust).defects.into_iter().map(|defect| defect.code).collect()
}

/// The defects of a signature of the shared authority's identity.
fn verdict(signature: &[u8]) -> BTreeSet<DefectCode> {
    examine(&signed(signature), &trust())
}

fn warnings(signature: &[u8]) -> BTreeSet<WarningCode> {
    report(&signed(signature), &trust()).warnings.into_iter().map(|warning| warning.code).collect()
}

fn candidate() -> Candidate {
    let identity = identity();
    let (certificate, private_key) = (identity.certificate_pem(), identity.key_pem());
    let intermediate = authority().intermediate_pem();
    let upload = Upload { certificate: &certificate, private_key: &private_key, intermediate: Some(&intermediate) };
    ready(upload.check(PASS_TYPE, now(), &trust(), &RustRsa)).unwrap()
}

fn signer() -> Signer {
    let candidate = candidate();
    Signer::new(&candidate.certificate, &candidate.intermediate).unwrap()
}

fn made(now: i64) -> Vec<u8> {
    ready(signer().sign(MANIFEST, &identity().key_der(), now, &RustRsa)).unwrap().unwrap()
}

#[test]
fn what_the_service_signs_is_accepted_by_itself_and_by_openssl() {
    let signature = made(now());
    assert_eq!(verdict(&signature), BTreeSet::new());
    assert_eq!(warnings(&signature), BTreeSet::new());
    let workshop = Workshop::new();
    workshop.write("signature", &signature);
    let options = "-verify -binary -inform DER -in signature -content manifest.json -CAfile root.pem -purpose any";
    workshop.run(&format!("cms {options}"));
    workshop.run(&format!("smime {options}"));
}

#[test]
fn the_time_of_signing_is_a_utc_time_until_2049() {
    let holds_tag = |seconds, tag: &[u8]| made(seconds).windows(tag.len()).any(|window| window == tag);
    assert!(holds_tag(2_524_607_999, b"\x17\x0d491231235959Z"));
    assert!(holds_tag(2_524_608_000, b"\x18\x0f20500101000000Z"));
    for outside in [-1, i64::MIN, 253_402_300_800, i64::MAX] {
        let file = ready(signer().sign(MANIFEST, &identity().key_der(), outside, &RustRsa));
        assert_eq!(file.unwrap(), None, "{outside}");
    }
}

#[test]
fn the_certificates_are_in_the_order_of_der() {
    // Each authority has other keys, and so other bytes to compare.
    for (pass_type, team) in [("pass.a", "A"), ("pass.bb", "BBB"), (PASS_TYPE, TEAM)] {
        let identity = authority().identity(pass_type, team);
        let read = |der: &[u8]| pkpass::signature::Certificate::from_der(der).unwrap();
        let (leaf, issuer) = (read(&identity.certificate_der()), read(&authority().intermediate_der()));
        let signer = Signer::new(&leaf, &issuer).unwrap();
        let file = ready(signer.sign(MANIFEST, &identity.key_der(), now(), &RustRsa)).unwrap().unwrap();
        let position = |der: &[u8]| file.windows(der.len()).position(|window| window == der).unwrap();
        assert_eq!(position(leaf.der()) < position(issuer.der()), leaf.der() < issuer.der());
    }
}

#[test]
fn attributes_need_not_be_sorted() {
    let unsorted = Signing { sorted: false, ..Signing::default() }.sign(MANIFEST, &identity());
    assert_ne!(unsorted, Signing::default().sign(MANIFEST, &identity()));
    assert_eq!(verdict(&unsorted), BTreeSet::new());
}

#[test]
fn what_openssl_signs_is_accepted() {
    let workshop = Workshop::new();
    for command in [
        "cms -sign -binary",
        "cms -sign -binary -md sha1",
        "cms -sign -binary -md sha384",
        "cms -sign -binary -md sha512",
        "cms -sign -binary -keyid",
        "cms -sign -binary -nosmimecap",
        "smime -sign -binary",
        "smime -sign -binary -md sha1",
        "smime -sign -binary -stream",
        "smime -sign -binary -indef -md sha256",
    ] {
        let signature = workshop.sign(command);
        assert_eq!(verdict(&signature), BTreeSet::new(), "{command}");
        assert_eq!(examine(&signed(&signature), &Trust::any()), BTreeSet::new(), "{command}");
    }
}

#[test]
fn indefinite_lengths_are_read() {
    let workshop = Workshop::new();
    for depth in 1..=20 {
        assert_eq!(verdict(&ber::indefinite(&made(now()), depth)), BTreeSet::new(), "{depth}");
    }
    for command in ["smime -sign -binary", "cms -sign -binary -keyid -md sha1"] {
        let signature = ber::indefinite(&workshop.sign(command), 20);
        assert_eq!(&signature[..2], [0x30, 0x80]);
        assert_eq!(verdict(&signature), BTreeSet::new(), "{command}");
    }
}

#[test]
fn a_root_that_is_included_does_no_harm() {
    let workshop = Workshop::new();
    workshop.write("wwdr.pem", format!("{}{}", authority().intermediate_pem(), authority().root_pem()).as_bytes());
    let signature = workshop.sign("smime -sign -binary");
    assert_eq!(verdict(&signature), BTreeSet::new());
    // Trusted or not, it proves itself.
    let intermediate = Trust::from_pem(&authority().intermediate_pem()).unwrap();
    assert_eq!(examine(&signed(&signature), &intermediate), BTreeSet::new());
    assert_eq!(examine(&signed(&signature), &Trust::any()), BTreeSet::new());
}

#[test]
fn everything_is_trusted_only_if_somebody_says_so() {
    for (text, expected) in [("", Trust::apple()), (" \n", Trust::apple()), ("any", Trust::any()), (" any\n", Trust::any())] {
        assert_eq!(Trust::from_pem(text).unwrap(), expected);
    }
    assert_eq!(Trust::default(), Trust::apple());
    assert!(Trust::any().is_any() && !Trust::apple().is_any() && !trust().is_any());
    let (good, key) = (authority().root_pem(), identity().key_pem());
    let broken = good.replace("MII", "MIJ");
    let unended = good.replace("-----END", "----END");
    for text in ["x", "Any", "any any", &key, &unended, &broken, &format!("{good}{broken}"), &format!("{good}{unended}")] {
        assert!(Trust::from_pem(text).is_err(), "{text}");
    }
    let two = format!("# Root\n{good}# Intermediate\n{}", authority().intermediate_pem());
    assert!(Trust::from_pem(&two).is_ok());
}
