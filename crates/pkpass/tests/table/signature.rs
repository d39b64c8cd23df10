//! Signatures and signing identities. The certificates are made by other code, and most signatures by openssl.

#[path = "../signature/ber.rs"]
mod ber;
mod certificates;
mod envelopes;
mod identities;
#[path = "../signature/openssl.rs"]
mod openssl;
mod recognized;
#[path = "../signature/tree.rs"]
mod tree;

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use pass_factory::{Change, Identity, TestAuthority, Validity, clock, crypto::RustRsa};
use pkpass::{
    Report,
    signature::{self, Signed, Trust},
};

use self::openssl::Workshop;
use super::{assert_rows, text};

const PASS_TYPE: &str = "pass.com.example.coupon";
const TEAM: &str = "A1B2C3D4E5";
const MANIFEST: &[u8] = b"{\n\"icon.png\":\"a9993e364706816aba3e25717850c26c9cd0d89d\"}\r\n";

fn now() -> i64 {
    clock::unix_now().as_secs().try_into().unwrap()
}

fn authority() -> &'static TestAuthority {
    TestAuthority::shared()
}

fn identity() -> Arc<Identity> {
    authority().identity(PASS_TYPE, TEAM)
}

fn issue(changes: &[Change]) -> Arc<Identity> {
    authority().issue_changed(PASS_TYPE, TEAM, Validity::current(), changes)
}

fn trust() -> Trust {
    Trust::from_pem(&authority().root_pem()).unwrap()
}

/// The result of a future that never waits, as none does with RSA in Rust.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// A signature over the manifest, for this type and team.
fn signed(signature: &[u8]) -> Signed<'_> {
    Signed { signature, manifest: MANIFEST, pass_type: Some(PASS_TYPE), team: Some(TEAM), needs_nfc: false }
}

fn examine(signed: &Signed<'_>) -> Report {
    ready(signature::examine(signed, &trust(), now(), &RustRsa))
}

fn check(signature: &[u8]) -> Report {
    examine(&signed(signature))
}

/// The manifest signed by openssl with this certificate, and its issuer or others beside it.
fn sign(command: &str, identity: &Identity, others: &str) -> Vec<u8> {
    let workshop = Workshop::new();
    workshop.write("certificate.pem", identity.certificate_pem().as_bytes());
    workshop.write("key.pem", identity.key_pem().as_bytes());
    workshop.write("wwdr.pem", others.as_bytes());
    workshop.sign(command)
}

/// Signed as Apple says.
fn good(identity: &Identity) -> Vec<u8> {
    sign("smime -sign -binary", identity, &authority().intermediate_pem())
}
