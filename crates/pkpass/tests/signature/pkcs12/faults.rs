//! Files that cannot be opened: each reason has its own code.

use super::{
    MANIFEST, PASS_TYPE, PASSWORD, TEAM, Workshop, authority, exported, identity, open, open_with, verdict, with_key_of_openssl,
};
use pass_factory::{
    PassBuilder, Signing, TestAuthority,
    pkcs12::{Authentication, Encryption, Lengths, Pkcs12},
};

const WRONG: &str = "pkcs12_password@pkcs12";
const FORMAT: &str = "pkcs12_format@pkcs12";
const DAMAGED: &str = "pkcs12_damaged@pkcs12";
const ALGORITHM: &str = "pkcs12_algorithm@pkcs12";
const ITERATIONS: &str = "pkcs12_iterations@pkcs12";
const PUBLIC_KEY: &str = "pkcs12_public_key@pkcs12";

/// Compares the codes of the defects, and the words that a message has to have.
#[track_caller]
fn is_refused(what: &str, file: &[u8], password: &str, expected: &str, words: &str) {
    let opened = open(file, password);
    assert_eq!(verdict(&opened), expected, "{what}: {opened:?}");
    assert!(opened.as_ref().is_err_and(|all| all.iter().any(|defect| defect.message.contains(words))), "{what}: {opened:?}");
}

fn definite() -> Pkcs12<'static> {
    Pkcs12 { lengths: Lengths::Definite, ..exported() }
}

/// Replaces the last byte of an object identifier, at its n-th place in a file.
fn with_other_kind(file: &[u8], identifier: &[u8], nth: usize, last: u8) -> Vec<u8> {
    let mut places = file.windows(identifier.len()).enumerate().filter(|(_, window)| *window == identifier);
    let (place, _) = places.nth(nth).unwrap();
    let mut file = file.to_vec();
    file[place + identifier.len() - 1] = last;
    file
}

#[test]
fn a_wrong_password_is_told_from_a_wrong_file() {
    for encryption in [Encryption::Aes, Encryption::TripleDes, Encryption::Rc2With40Bits] {
        for authentication in [Authentication::Sha1, Authentication::Pbmac1, Authentication::None] {
            let file = Pkcs12 { key_encryption: encryption, certificate_encryption: encryption, authentication, ..exported() };
            for password in ["", "x", "hunter2 is no Password", "hunter2 is no password "] {
                is_refused("another password", &file.write(), password, WRONG, "exported with");
            }
        }
    }
    let workshop = Workshop::new();
    let pem = |label: &str| format!("-----BEGIN {label}-----\nMIIB\n-----END {label}-----\n").into_bytes();
    let signature = Signing::default().sign(MANIFEST, &identity());
    workshop.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out AuthKey.p8");
    for (what, file, words) in [
        ("nothing", Vec::new(), "no PKCS #12 file"),
        ("text", b"pass.p12".to_vec(), "no PKCS #12 file"),
        ("a certificate (.cer)", identity().certificate_der(), ".cer"),
        ("a certificate in PEM", pem("CERTIFICATE"), "PEM"),
        ("a key for push", workshop.read("AuthKey.p8"), "PEM"),
        ("a key", identity().key_der(), "no PKCS #12 file"),
        ("a provisioning profile", signature, "no PKCS #12 file"),
        ("a pass", PassBuilder::new(PASS_TYPE, "S-1").build(), "no PKCS #12 file"),
    ] {
        is_refused(what, &file, PASSWORD, FORMAT, words);
        is_refused(what, &file, PASSWORD, FORMAT, "Send a .p12 or .pfx file");
    }
}

#[test]
fn a_damaged_file_is_told_from_both() {
    for file in [exported().write(), definite().write()] {
        for length in [12, 20, 100, file.len() / 2, file.len() - 1] {
            is_refused("cut off", &file[..length], PASSWORD, DAMAGED, "whole file");
        }
        is_refused("something added", &[&file[..], b"\n"].concat(), PASSWORD, DAMAGED, "");
    }
    // The last byte of the MAC: the password opens all, and only the code is wrong.
    let mut file = Pkcs12 { iterations: 1, ..definite() }.write();
    let mac = file.len() - 11;
    file[mac] ^= 1;
    is_refused("another MAC", &file, PASSWORD, DAMAGED, "");
    is_refused("another MAC", &file, "x", WRONG, "");
}

#[test]
fn another_password_for_the_key_is_told() {
    let file = with_key_of_openssl(&Workshop::new(), "", "another");
    is_refused("two passwords", &file.write(), PASSWORD, WRONG, "not everything in it");
}

#[test]
fn an_unknown_algorithm_is_named() {
    let rc4 = "1.2.840.113549.1.12.1.1";
    let sha224 = "2.16.840.1.101.3.4.2.4";
    let unknown = Encryption::Unknown(rc4);
    for (file, named) in [
        (Pkcs12 { key_encryption: unknown, ..exported() }, rc4),
        (Pkcs12 { certificate_encryption: unknown, ..exported() }, rc4),
        (Pkcs12 { authentication: Authentication::Unknown(sha224), ..exported() }, sha224),
    ] {
        is_refused("unknown", &file.write(), PASSWORD, ALGORITHM, named);
    }
    let workshop = Workshop::new();
    for (options, named) in [
        ("-scrypt", "1.3.6.1.4.1.11591.4.11"),
        ("-v2prf hmacWithSHA224", "1.2.840.113549.2.8"),
        ("-v2 camellia-256-cbc", "1.2.392.200011.61.1.1.1.4"),
    ] {
        workshop.run(&format!("pkcs8 -topk8 -in key.pem -out key.der -outform DER -passout pass:x {options}"));
        let file = Pkcs12 { password: "x", shrouded_keys: vec![workshop.read("key.der")], keys: Vec::new(), ..exported() };
        is_refused(options, &file.write(), "x", ALGORITHM, named);
    }
}

#[test]
fn what_is_protected_with_a_public_key_is_told() {
    let data = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
    let encrypted = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06";
    let file = Pkcs12 { authentication: Authentication::None, ..definite() }.write();
    is_refused("signed", &with_other_kind(&file, data, 0, 2), PASSWORD, PUBLIC_KEY, "");
    is_refused("enveloped", &with_other_kind(&file, encrypted, 0, 3), PASSWORD, PUBLIC_KEY, "");
    is_refused("digested", &with_other_kind(&file, data, 0, 5), PASSWORD, DAMAGED, "");
    is_refused("version 4", &with_other_kind(&file, b"\x02\x01\x03", 0, 4), PASSWORD, FORMAT, "");
}

#[test]
fn too_many_iterations_are_refused_before_they_are_done() {
    for authentication in [Authentication::Sha1, Authentication::Pbmac1, Authentication::None] {
        for encryption in [Encryption::Aes, Encryption::TripleDes] {
            // The file says so, and was made with fewer.
            let file = Pkcs12 {
                authentication,
                key_encryption: encryption,
                certificate_encryption: encryption,
                iterations: 1,
                claimed_iterations: Some(0x0100_0001),
                ..exported()
            };
            is_refused("many", &file.write(), PASSWORD, ITERATIONS, "16777217");
        }
    }
    // Each derivation is within the limit, and all together are not.
    let file = Pkcs12 { keys: vec![identity().key_der(); 20], iterations: 40_000, lengths: Lengths::Definite, ..exported() };
    is_refused("many keys", &file.write(), PASSWORD, ITERATIONS, "40000");
    let none = Pkcs12 { iterations: 1, claimed_iterations: Some(0), ..exported() };
    is_refused("none", &none.write(), PASSWORD, DAMAGED, "");
}

#[test]
fn what_is_missing_is_told() {
    let no_key = "private_key_unreadable@pkcs12";
    let no_certificate = "certificate_unreadable@pkcs12";
    is_refused(
        "no key",
        &Pkcs12 { keys: Vec::new(), ..exported() }.write(),
        PASSWORD,
        no_key,
        "no private key. In Keychain Access",
    );
    is_refused(
        "no certificate",
        &Pkcs12 { certificates: Vec::new(), ..exported() }.write(),
        PASSWORD,
        no_certificate,
        "My Certificates",
    );
    let empty = Pkcs12 { keys: Vec::new(), certificates: Vec::new(), ..exported() };
    is_refused("nothing", &empty.write(), PASSWORD, &format!("{no_key} {no_certificate}"), "");
    let broken = Pkcs12 { keys: vec![vec![0x30, 0]], ..exported() };
    is_refused("a broken key", &broken.write(), PASSWORD, no_key, "cannot be read. Export it again");
    let workshop = Workshop::new();
    workshop.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem");
    workshop.run("pkcs8 -topk8 -nocrypt -in ec.pem -outform DER -out ec.der");
    let curve = Pkcs12 { keys: vec![workshop.read("ec.der")], ..exported() };
    is_refused("a key on a curve", &curve.write(), PASSWORD, "private_key_algorithm@pkcs12", "elliptic curve");
}

#[test]
fn what_does_not_belong_together_is_told() {
    let stranger = TestAuthority::generate();
    let foreign = Pkcs12 { keys: vec![stranger.identity(PASS_TYPE, TEAM).key_der()], ..exported() };
    is_refused("another key", &foreign.write(), PASSWORD, "private_key_mismatch@pkcs12", "My Certificates");
    let other = authority().identity("pass.com.example.other", TEAM);
    let other = Pkcs12 { certificates: vec![other.certificate_der(), authority().intermediate_der()], ..exported() };
    is_refused("another pass type", &other.write(), PASSWORD, "certificate_pass_type@pkcs12", "com.example.other");
    let alone = Pkcs12 { certificates: vec![identity().certificate_der()], ..exported() };
    is_refused("no intermediate", &alone.write(), PASSWORD, "intermediate_mismatch@intermediate", "send it as intermediate");
    let opened = open_with(&alone.write(), PASSWORD, Some(&authority().intermediate_pem()));
    assert_eq!(verdict(&opened), "");
    let opened = open_with(&alone.write(), PASSWORD, Some("x"));
    assert_eq!(verdict(&opened), "intermediate_unreadable@intermediate");
}
