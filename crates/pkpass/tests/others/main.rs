//! Passes in the shapes in which other libraries make them: each is accepted.
//!
//! The shapes were read off files that these libraries made (rubyzip 3's and Apple's: off sources and documentation): headers
//! of the archive, form of the JSON, order of the entries, form of the signature. These tests run `openssl`, as half of the
//! libraries sign with it.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on says so and ends")]

mod archive;
mod libraries;
#[expect(dead_code, reason = "the tests of signatures use more of it")]
#[path = "../signature/openssl.rs"]
mod openssl;
mod signature;

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use pass_factory::{Identity, TestAuthority, clock, crypto::RustRsa, unpack};
use pkpass::{Expected, Pass, Report, inspect, signature::Trust};
use sha1::{Digest as _, Sha1};

use self::{
    libraries::{LIBRARIES, Library, Sign, Text},
    openssl::Workshop,
};

const EXPECTED: Expected<'static> = Expected { pass_type: "pass.com.example.coupon", serial: "S-1" };
/// The manifest of a workshop until a pass brings its own.
const MANIFEST: &[u8] = b"{}";
const ICON: &[u8] = include_bytes!("../../../pass-factory/src/icon.png");

fn authority() -> &'static TestAuthority {
    TestAuthority::shared()
}

fn identity() -> Arc<Identity> {
    authority().identity(EXPECTED.pass_type, "A1B2C3D4E5")
}

/// The defects and warnings of a file.
fn check(file: &[u8]) -> Report {
    let trust = Trust::from_pem(&authority().root_pem()).unwrap();
    let now = clock::unix_now().as_secs().try_into().unwrap();
    let inspection = pin!(inspect(file, Some(&EXPECTED), &trust, now, &RustRsa));
    match inspection.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(Pass { warnings, .. })) => Report { warnings, ..Report::default() },
        Poll::Ready(Err(report)) => report,
        Poll::Pending => panic!("RSA in Rust waits for nothing"),
    }
}

/// The manifest in the library's way of writing JSON.
fn manifest(files: &[(&str, &[u8])], text: &Text) -> String {
    let [open, colon, comma, close] = text.punctuation;
    let lines = files.iter().map(|(name, bytes)| {
        let digits: Vec<_> = Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("\"{}\"{colon}\"{}\"", name.replace('/', text.slash), digits.concat())
    });
    [open, &lines.collect::<Vec<_>>().join(comma), close].concat()
}

/// The pass as the library makes it. openssl accepts the signature, and another reader reads the archive.
fn make(library: &Library) -> Vec<u8> {
    let contents = |name: &str| match name.rsplit_once('.') {
        Some(("pass", "json")) => library.text.pass.as_bytes(),
        Some((_, "png")) => ICON,
        Some((_, "strings")) => "\"Hallo\" = \"Grüß\";\n".as_bytes(),
        _ => b"",
    };
    let mut files: Vec<_> = library.entries.split(' ').map(|name| (name, contents(name))).collect();
    let is_listed = |name: &str| !name.ends_with('/') && !["manifest.json", "signature"].contains(&name);
    let listed: Vec<_> = files.iter().copied().filter(|(name, _)| is_listed(name)).collect();
    let manifest = manifest(&listed, library.text);

    let workshop = Workshop::new();
    workshop.write("manifest.json", manifest.as_bytes());
    let signature = match library.sign {
        Sign::Openssl(command) => workshop.sign(command),
        Sign::Cms(cms) => cms.sign(manifest.as_bytes(), &workshop),
    };
    workshop.write("signature", &signature);
    workshop.run("smime -verify -binary -inform DER -in signature -content manifest.json -CAfile root.pem -purpose any");

    for (name, bytes) in &mut files {
        match *name {
            "manifest.json" => *bytes = manifest.as_bytes(),
            "signature" => *bytes = &signature,
            _ => {}
        }
    }
    let file = archive::pack(&files, library.archive);
    let read: BTreeMap<_, _> = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    assert_eq!(unpack(&file), read, "{}", library.name);
    file
}

#[test]
fn what_other_libraries_make_is_accepted() {
    let mut otherwise = Vec::new();
    for library in LIBRARIES {
        let report = check(&make(library));
        let warnings: Vec<_> = report.warnings.iter().map(|warning| (warning.code, warning.file.as_deref())).collect();
        let is_as_expected = serde_json::to_value(warnings).unwrap() == serde_json::to_value(library.warnings).unwrap();
        if !is_as_expected || !report.defects.is_empty() {
            otherwise.push((library.name, report));
        }
    }
    assert_eq!(otherwise, []);
}
