//! PKCS #12 files: what OpenSSL and Keychain Access write is read, and what is wrong with a file is told apart.
//!
//! These tests run `openssl`, which writes most of the files, and opens the others.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so and ends"
)]

mod choice;
mod damage;
mod faults;
#[path = "../pass_files/mutation.rs"]
mod mutation;
#[expect(dead_code, reason = "the tests of signatures use more of it")]
#[path = "../signature/openssl.rs"]
mod openssl;
mod writers;

use self::openssl::Workshop;
use pass_factory::{Identity, TestAuthority, clock, crypto::RustRsa, pkcs12};
use pkpass::{
    Defect,
    signature::{Candidate, Pkcs12, Trust},
};
use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

const PASS_TYPE: &str = "pass.com.example.coupon";
const TEAM: &str = "A1B2C3D4E5";
const MANIFEST: &[u8] = b"{}";
const PASSWORD: &str = "hunter2 is no password";

fn authority() -> &'static TestAuthority {
    TestAuthority::shared()
}

fn identity() -> Arc<Identity> {
    authority().identity(PASS_TYPE, TEAM)
}

fn trust() -> Trust {
    Trust::from_pem(&authority().root_pem()).unwrap()
}

fn now() -> i64 {
    clock::unix_now().as_secs().try_into().unwrap()
}

/// The file that Keychain Access exports: certificate, intermediate, key.
fn exported() -> pkcs12::Pkcs12<'static> {
    pkcs12::Pkcs12 {
        certificates: vec![identity().certificate_der(), authority().intermediate_der()],
        keys: vec![identity().key_der()],
        password: PASSWORD,
        ..pkcs12::Pkcs12::default()
    }
}

/// Opens a file, and checks that nothing it says holds the password.
fn open(file: &[u8], password: &str) -> Result<Candidate, Vec<Defect>> {
    open_with(file, password, None)
}

fn open_with(file: &[u8], password: &str, intermediate: Option<&str>) -> Result<Candidate, Vec<Defect>> {
    let upload = Pkcs12 { file, password, intermediate };
    let (trust, now) = (trust(), now());
    let opened = match pin!(upload.check(PASS_TYPE, now, &trust, &RustRsa)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(opened) => opened,
        Poll::Pending => panic!("nothing here waits"),
    };
    let said = format!("{upload:?} {opened:?}");
    assert!(password.len() < 5 || !said.contains(password), "{said}");
    opened
}

/// The codes and files of the defects, `code@file`; nothing for a good file.
fn verdict(opened: &Result<Candidate, Vec<Defect>>) -> String {
    let name = |defect: &Defect| {
        let code = serde_json::to_value(defect.code).unwrap();
        format!("{}@{}", code.as_str().unwrap(), defect.file.as_deref().unwrap())
    };
    opened.as_ref().err().map(|defects| defects.iter().map(name).collect::<Vec<_>>().join(" ")).unwrap_or_default()
}

/// Checks that a file has the shared identity in it.
#[track_caller]
fn is_identity(file: &[u8], password: &str, what: &str) {
    let opened = open(file, password).unwrap_or_else(|defects| panic!("{what}: {defects:?}"));
    assert_eq!(opened.certificate.der(), identity().certificate_der(), "{what}");
    assert_eq!(opened.intermediate.der(), authority().intermediate_der(), "{what}");
    assert_eq!(opened.private_key, identity().key_der(), "{what}");
}
