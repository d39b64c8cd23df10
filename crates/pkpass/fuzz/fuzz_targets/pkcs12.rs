//! Any bytes as a PKCS #12 file, with the password of the corpus and with an empty one. RSA says yes to everything, so that
//! nothing hides what comes after it.
#![no_main]

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use libfuzzer_sys::fuzz_target;
use pkpass::{
    Rsa,
    signature::{Pkcs12, SignedMessage, Trust},
};

struct Yes;

impl Rsa for Yes {
    type SigningKey = ();
    type Error = ();

    async fn import(&self, _: &[u8]) -> Result<(), ()> {
        Ok(())
    }

    async fn sign(&self, (): &(), _: &[u8]) -> Result<Vec<u8>, ()> {
        Ok(vec![7; 256])
    }

    async fn verify(&self, _: &SignedMessage) -> bool {
        true
    }
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}

/// December 2026.
const NOW: i64 = 1_796_000_000;

fuzz_target!(|file: &[u8]| {
    for password in ["password", ""] {
        let upload = Pkcs12 { file, password, intermediate: None };
        if let Err(defects) = ready(upload.check("pass.x", NOW, &Trust::any(), &Yes)) {
            assert!(!defects.is_empty());
            for message in defects.iter().map(|defect| &defect.message) {
                assert!(message.chars().count() < 600 && !message.contains(char::is_control), "{message}");
            }
        }
    }
});
