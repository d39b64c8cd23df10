//! Programs by others read a pass that the service made.

use crate::util::{Folder, Made, stranger};
use edgepass_support::{
    clock,
    pass::{Layout, TestAuthority, unpack, write_archive},
    server::PUBLIC_URL,
};
use serde_json::{Value, json};
use std::path::Path;

/// A folder with the pass, its manifest and signature, and the root that verifiers trust.
fn unpacked(made: &Made) -> Folder {
    let folder = Folder::new();
    folder.write("pass.pkpass", made.file());
    folder.write("manifest.json", made.entry("manifest.json"));
    folder.write("signature", made.entry("signature"));
    folder.write("root.pem", TestAuthority::shared().root_pem());
    folder
}

/// Reads the pass with a program in `crates/support/readers`.
#[track_caller]
fn read(folder: &Folder, program: &str) -> Value {
    let printed = folder.run("node", &[&reader(program), "pass.pkpass", "root.pem"]);
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
}

fn reader(program: &str) -> String {
    let readers = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/support/readers");
    readers.join(program).to_string_lossy().into_owned()
}

const VERIFY: [&str; 13] = [
    "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "manifest.json", "-CAfile", "root.pem",
    "-purpose", "any",
];

#[test]
fn openssl_verifies_a_made_pass_and_a_patched_one() {
    let made = Made::published();
    for _ in 0..2 {
        let folder = unpacked(&made);
        assert_eq!(folder.run("openssl", &VERIFY).into_bytes(), made.entry("manifest.json"));
        folder.write("manifest.json", "{}");
        assert!(!folder.output("openssl", &VERIFY).status.success(), "openssl verifies anything");
        made.patch(&json!({ "description": "another" })).expect(200);
    }
}

#[test]
fn the_signature_holds_its_time_and_both_certificates_and_not_the_manifest() {
    let made = Made::published();
    let printed = unpacked(&made).run("openssl", &["cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", "signature"]);
    let printed = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(printed.matches("d.certificate:").count(), 2, "{printed}");
    for (needle, count) in [
        ("eContent: <ABSENT>", 1),
        ("object: signingTime (1.2.840.113549.1.9.5)", 1),
        ("object: contentType (1.2.840.113549.1.9.3)", 1),
        ("object: messageDigest (1.2.840.113549.1.9.4)", 1),
        ("unsignedAttrs: <ABSENT>", 1),
        ("digestAlgorithm: algorithm: sha256", 1),
        ("CN=Edgepass Test Root CA", 1), // as the issuer of the intermediate: the root itself is left out
    ] {
        assert_eq!(printed.matches(needle).count(), count, "{needle}: {printed}");
    }
}

#[test]
fn pkijs_verifies_every_digest_the_signature_and_the_chain_of_a_made_pass() {
    let before = clock::unix_now().as_secs();
    let made = Made::published();
    made.patch(&json!({ "userInfo": { "patched": true } })).expect(200);
    let after = clock::unix_now().as_secs();
    let found = read(&unpacked(&made), "pkijs.mjs");
    assert_eq!((&found["signatureVerified"], &found["signerCertificateVerified"]), (&json!(true), &json!(true)));
    assert_eq!((&found["chain"], &found["detached"]), (&json!(3), &json!(true)), "{found}");
    assert_eq!(found["certificates"].as_array().unwrap().len(), 2, "{found}");
    let time = found["signingTime"].as_u64().unwrap();
    assert!((before..=after).contains(&time), "{found}");
    let serial_number = made.issuer.identity(&made.pass_type).expect(200).json()["serialNumber"].clone();
    let signer = found["signer"].as_str().unwrap();
    assert_eq!(signer.strip_prefix("00").unwrap_or(signer), serial_number);
    assert_eq!(found["pass"], made.content());
}

#[test]
fn pkijs_accepts_no_pass_of_another_authority_or_with_another_image() {
    let made = Made::published();
    let accepts = |folder: &Folder| folder.output("node", &[&reader("pkijs.mjs"), "pass.pkpass", "root.pem"]).status.success();
    assert!(accepts(&unpacked(&made)));
    let folder = unpacked(&made);
    folder.write("root.pem", stranger().root_pem());
    assert!(!accepts(&folder), "any root will do");
    let folder = unpacked(&made);
    let mut files = unpack(&made.file());
    files.insert("icon.png".to_owned(), b"another".to_vec());
    folder.write("pass.pkpass", write_archive(&Vec::from_iter(files), Layout::Deflated));
    assert!(!accepts(&folder), "any image will do");
}

#[test]
fn pass_js_reads_a_made_pass() {
    let made = Made::ready();
    made.make(&json!({ "storeCard": { "primaryFields": [{ "key": "balance", "label": "Cups", "value": 7 }] } })).expect(201);
    let found = read(&unpacked(&made), "pass-js.mjs");
    assert_eq!(found["style"], "storeCard");
    assert_eq!(found["passTypeIdentifier"], made.pass_type);
    assert_eq!(found["serialNumber"], made.serial);
    assert_eq!(found["webServiceURL"], PUBLIC_URL);
    assert_eq!(found["authenticationToken"], made.pass().token);
    assert_eq!(found["primaryFields"], json!([["balance", { "label": "Cups", "value": 7 }]]));
    assert_eq!(found["images"], json!(["icon.png", "icon@2x.png", "icon@3x.png"]));
    assert_eq!(found["localizations"], json!(["en"]));
}
