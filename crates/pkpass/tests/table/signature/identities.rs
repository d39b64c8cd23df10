//! Signing identities: texts in PEM.

use pass_factory::{Change, TestAuthority, Validity, crypto::RustRsa};
use pkpass::{
    Defect,
    signature::{Trust, Upload},
};

use super::{PASS_TYPE, TEAM, Workshop, authority, certificates, identity, issue, now, ready, text, trust};

/// Certificate, private key, and intermediate if it is sent.
type Texts = (String, String, Option<String>);

fn faults(texts: &Texts, trust: &Trust) -> Vec<Defect> {
    let (certificate, private_key, intermediate) = texts;
    let upload = Upload { certificate, private_key, intermediate: intermediate.as_deref() };
    let defects = ready(upload.check(PASS_TYPE, now(), trust, &RustRsa)).err().unwrap_or_default();
    let lines: Vec<_> = private_key.lines().filter(|line| line.len() > 40 && !line.contains(' ')).collect();
    assert!(!defects.iter().any(|defect| lines.iter().any(|line| defect.message.contains(line))));
    defects
}

/// Compares the codes and parts of the defects, `code@part`, and the words that a message has to have.
fn assert_texts(rows: impl IntoIterator<Item = (&'static str, Texts, &'static str, &'static str)>) {
    for (what, texts, expected, words) in rows {
        let defects = faults(&texts, &trust());
        let mut found: Vec<_> = defects.iter().map(|it| format!("{}@{}", text(it.code), it.file.as_deref().unwrap())).collect();
        found.sort();
        assert_eq!(found.join(" "), expected, "{what}: {defects:?}");
        assert!(words.is_empty() || defects.iter().any(|defect| defect.message.contains(words)), "{what}: {defects:?}");
    }
}

#[test]
fn texts() {
    let workshop = Workshop::new();
    let made = |command: &str| {
        workshop.run(command);
        workshop.text("other.pem")
    };
    let (certificate, key, wwdr) = (identity().certificate_pem(), identity().key_pem(), authority().intermediate_pem());
    let root = authority().root_pem();
    let good = || (certificate.clone(), key.clone(), Some(wwdr.clone()));
    let with_certificate = |text: &str| (text.to_owned(), key.clone(), Some(wwdr.clone()));
    let with_key = |text: &str| (certificate.clone(), text.to_owned(), Some(wwdr.clone()));
    let with_wwdr = |text: &str| (certificate.clone(), key.clone(), Some(text.to_owned()));
    let escaped = |text: &str| text.replace('\n', "\\n");
    let stranger = TestAuthority::generate().identity(PASS_TYPE, TEAM).certificate_pem();
    let (unreadable, algorithm) = ("private_key_unreadable@privateKey", "private_key_algorithm@privateKey");
    let mismatch = "intermediate_mismatch@intermediate";
    let request = made("req -new -key key.pem -subj /CN=x -out other.pem");
    assert_texts([
        ("good", good(), "", ""),
        ("line ends as two characters", (escaped(&certificate), escaped(&key), Some(escaped(&wwdr))), "", ""),
        ("and of Windows", with_key(&key.replace('\n', "\\r\\n")), "", ""),
        ("in quotes", with_key(&format!("\"{}\"", escaped(&key))), "", ""),
        ("no line ends", with_key(&key.replace('\n', "")), "", ""),
        ("a byte order mark", with_certificate(&format!("\u{feff}{certificate}")), "", ""),
        ("the authority first", with_certificate(&format!("{wwdr}{certificate}")), "", ""),
        ("the whole chain, from above", with_certificate(&format!("{root}{wwdr}{certificate}")), "", ""),
        ("a chain that holds the intermediate", (format!("{certificate}{wwdr}"), key.clone(), None), "", ""),
        ("two certificates of a name", with_certificate(&format!("{stranger}{certificate}")), "", ""),
        ("the root first", with_wwdr(&format!("{root}{wwdr}")), "", ""),
        ("with another key first", with_wwdr(&format!("{}{wwdr}", authority().rekeyed().intermediate_pem())), "", ""),
        (
            "an expired one first",
            with_wwdr(&format!("{}{wwdr}", authority().renewed(Validity::past()).intermediate_pem())),
            "",
            "",
        ),
        ("only the root", with_wwdr(&root), mismatch, "but this is"),
        ("the certificate again", with_wwdr(&certificate), mismatch, "once more"),
        ("no PEM", with_wwdr("x"), "intermediate_unreadable@intermediate", "no certificate in it"),
        ("a blank text", with_wwdr(" \r\n"), mismatch, "not built in"),
        ("a chain and a blank text", (format!("{certificate}{wwdr}"), key.clone(), Some(String::new())), "", ""),
        ("a key", with_wwdr(&key), "intermediate_unreadable@intermediate", "This is a private key"),
        ("not sent", (certificate.clone(), key.clone(), None), mismatch, "not built in"),
        ("exchanged", (wwdr.clone(), key.clone(), Some(certificate.clone())), "certificates_swapped@certificate", ""),
        ("a request for a certificate", with_certificate(&request), "certificate_unreadable@certificate", "It goes to Apple"),
        ("a key for a certificate", with_certificate(&key), "certificate_unreadable@certificate", "This is a private key"),
        ("a certificate for a key", with_key(&certificate), unreadable, "This is a certificate, and no"),
        ("a public key", with_key(&made("rsa -in key.pem -pubout -out other.pem")), unreadable, "a public key"),
        ("a request", with_key(&request), unreadable, "signing request"),
        ("no PEM", with_key("x"), unreadable, "(-----BEGIN PRIVATE KEY-----). If you have a .p12 file, send it as pkcs12"),
        ("no base64", with_key("-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----"), unreadable, "cannot be read"),
        ("PKCS #1", with_key(&made("rsa -in key.pem -traditional -out other.pem")), "", ""),
        (
            "encrypted",
            with_key(&made("rsa -in key.pem -aes256 -passout pass:secret -out other.pem")),
            "private_key_encrypted@privateKey",
            "Decrypt",
        ),
        (
            "a .p8 for push",
            with_key(&made("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.pem")),
            algorithm,
            ".p8",
        ),
        (
            "EC in its own form",
            with_key(&made("ecparam -name prime256v1 -genkey -noout -out other.pem")),
            algorithm,
            "elliptic",
        ),
        ("Ed25519", with_key(&made("genpkey -algorithm ed25519 -out other.pem")), algorithm, "no RSA key"),
        (
            "RSA-PSS",
            with_key(&made("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out other.pem")),
            algorithm,
            "RSA-PSS",
        ),
        ("another key", with_key(&made("genrsa -out other.pem 2048")), "private_key_mismatch@privateKey", "openssl x509"),
        ("a certificate for NFC", with_certificate(&issue(&[Change::NFC]).certificate_pem()), "", ""),
        (
            "two pass types",
            with_certificate(
                &issue(&[Change { kind: "1.2.840.113635.100.6.1.16", critical: false, value: Some(b"\x0c\x06pass.x") }])
                    .certificate_pem(),
            ),
            "certificate_pass_type@certificate",
            "names two pass types",
        ),
        (
            "CA:TRUE",
            with_certificate(
                &issue(&[Change { kind: "2.5.29.19", critical: true, value: Some(b"\x30\x03\x01\x01\xff") }]).certificate_pem(),
            ),
            "certificate_usage@certificate",
            "CA:TRUE",
        ),
    ]);
}

#[test]
fn texts_copied_in_part_or_to_the_wrong_place() {
    let (certificate, key, wwdr) = (identity().certificate_pem(), identity().key_pem(), authority().intermediate_pem());
    let with_certificate = |text: &str| (text.to_owned(), key.clone(), Some(wwdr.clone()));
    let with_key = |text: &str| (certificate.clone(), text.to_owned(), Some(wwdr.clone()));
    let with_wwdr = |text: &str| (certificate.clone(), key.clone(), Some(text.to_owned()));
    let (no_certificate, unreadable) = ("certificate_unreadable@certificate", "private_key_unreadable@privateKey");
    let both = format!("{certificate}{key}");
    let unended = |text: &str| text.split_once("-----END").unwrap().0.to_owned();
    let ends_otherwise = wwdr.replace("END CERTIFICATE", "END PRIVATE KEY");
    let body = |text: &str| text.lines().filter(|line| !line.contains("-----")).collect::<String>();
    assert_texts([
        (
            "key and certificate exchanged",
            (key.clone(), certificate.clone(), None),
            "certificates_swapped@certificate",
            "the private key, and the pass certificate is in its place. Exchange the two",
        ),
        ("both in both", (both.clone(), both.clone(), Some(wwdr.clone())), "", ""),
        ("a certificate without its end", with_certificate(&unended(&certificate)), no_certificate, "-----END"),
        (
            "the first without its end",
            with_certificate(&format!("{}{wwdr}", unended(&certificate))),
            no_certificate,
            "-----END",
        ),
        ("an intermediate that ends as a key", with_wwdr(&ends_otherwise), "intermediate_unreadable@intermediate", "-----END"),
        ("a key without its end", with_key(&unended(&key)), unreadable, "-----END"),
        ("a key whose first line does not end", with_key(&key.replacen("KEY-----", "KEY", 1)), unreadable, "-----END"),
        ("base64 for a certificate", with_certificate(&body(&certificate)), no_certificate, "lines -----BEGIN"),
        ("base64 for a key", with_key(&body(&key)), unreadable, "lines -----BEGIN"),
    ]);
}

#[test]
fn a_damaged_key_signs_nothing() {
    let (certificate, wwdr) = (identity().certificate_pem(), authority().intermediate_pem());
    // RSA in Rust computes the other numbers from these.
    for (name, number) in identity().private_numbers().into_iter().take(3) {
        let mut der = identity().key_der();
        let at = der.windows(number.len()).position(|window| window == number).unwrap() + number.len() - 1;
        der[at] ^= 2;
        let key = pem("PRIVATE KEY", &der);
        assert_texts([(name, (certificate.clone(), key, Some(wwdr.clone())), "private_key_mismatch@privateKey", "")]);
    }
}

/// Nobody else issued it, whatever is sent beside it.
#[test]
fn self_signed_certificates() {
    let workshop = Workshop::new();
    let subject = format!("/UID={PASS_TYPE}/CN=Pass Type ID: {PASS_TYPE}/OU={TEAM}");
    let made = |constraint: &str| {
        let before = ["req", "-x509", "-key", "key.pem", "-subj", &subject, "-out", "other.pem", "-addext"];
        workshop.run_split(&[&before[..], &[constraint]].concat());
        workshop.text("other.pem")
    };
    let key = identity().key_pem();
    for (constraint, expected) in [
        ("basicConstraints=CA:FALSE", "certificate_untrusted@certificate"),
        ("basicConstraints=critical,CA:TRUE", "certificate_untrusted@certificate certificate_usage@certificate"),
    ] {
        let own = made(constraint);
        for (what, intermediate) in
            [("alone", None), ("itself again", Some(own.clone())), ("Apple's", Some(authority().intermediate_pem()))]
        {
            assert_texts([(
                what,
                (own.clone(), key.clone(), intermediate),
                expected,
                "self-signed, but Apple has to issue it",
            )]);
        }
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = <base64ct::Base64 as base64ct::Encoding>::encode_string(der);
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}

/// A certificate that says it is from Apple's intermediate needs none, and has to be from it.
#[test]
fn what_is_built_in_need_not_be_sent() {
    let der = certificates::issued_by(certificates::G4, &identity().certificate_der());
    let defects = faults(&(pem("CERTIFICATE", &der), identity().key_pem(), None), &Trust::apple());
    let found: Vec<_> = defects.iter().map(|defect| text(defect.code)).collect();
    assert_eq!(found, ["certificate_untrusted"], "it is found, and did not sign");
    assert!(defects[0].message.contains("not issued by the intermediate \"CN=Apple Worldwide"), "{defects:?}");
}
