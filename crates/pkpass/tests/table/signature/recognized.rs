//! Files that are no certificate, and what they are named.

use super::{PASS_TYPE, TEAM, Workshop, authority, identity, now};
use pass_factory::{PassBuilder, TestAuthority, Validity};
use pkpass::{
    DefectCode,
    signature::{Certificate, Found, Kind, check_alone, recognize},
};

#[test]
fn certificates_are_read_in_der_and_in_pem() {
    let (leaf, issuer) = (identity().certificate_der(), authority().intermediate_der());
    let (leaf_pem, issuer_pem) = (identity().certificate_pem(), authority().intermediate_pem());
    for (what, file, expected) in [
        ("DER", leaf.clone(), vec![&leaf]),
        ("PEM", leaf_pem.clone().into_bytes(), vec![&leaf]),
        ("a chain", format!("{leaf_pem}{issuer_pem}").into_bytes(), vec![&leaf, &issuer]),
        ("with a key", format!("{}{leaf_pem}", identity().key_pem()).into_bytes(), vec![&leaf]),
        ("with text", format!("\u{feff}Bag Attributes\r\n{leaf_pem}").into_bytes(), vec![&leaf]),
    ] {
        let Found::Certificates(found) = recognize(&file) else { panic!("{what}: {:?}", recognize(&file)) };
        assert_eq!(found.iter().map(Certificate::der).collect::<Vec<_>>(), expected, "{what}");
    }
}

/// The files that openssl makes by these commands, as `out`.
fn of_openssl() -> Vec<(&'static str, Vec<u8>, Kind)> {
    let workshop = Workshop::new();
    workshop.write("plist", b"<?xml version=\"1.0\"?><plist version=\"1.0\"><dict/></plist>");
    let curve = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
    let sign = "cms -sign -binary -nodetach -signer certificate.pem -inkey key.pem -outform DER";
    let p12 = "pkcs12 -export -in certificate.pem -inkey key.pem -passout pass:x";
    [
        ("req -new -key key.pem -subj /CN=x", Kind::Request),
        ("req -new -key key.pem -subj /CN=x -outform DER", Kind::Request),
        ("req -new -key key.pem -subj /CN=x -newhdr", Kind::Request),
        ("pkcs8 -topk8 -nocrypt -in key.pem -outform DER", Kind::PrivateKey),
        ("rsa -in key.pem -traditional", Kind::PrivateKey),
        ("rsa -in key.pem -traditional -outform DER", Kind::PrivateKey),
        ("genpkey -algorithm ed25519", Kind::PrivateKey),
        ("pkcs8 -topk8 -in key.pem -passout pass:secret", Kind::EncryptedKey),
        ("pkcs8 -topk8 -in key.pem -passout pass:secret -outform DER", Kind::EncryptedKey),
        ("pkcs8 -topk8 -in key.pem -passout pass:secret -v1 PBE-SHA1-3DES -outform DER", Kind::EncryptedKey),
        ("rsa -in key.pem -aes256 -passout pass:secret -traditional", Kind::EncryptedKey),
        (&*format!("genpkey {curve}"), Kind::CurveKey),
        (&format!("genpkey {curve} -outform DER"), Kind::CurveKey),
        ("ecparam -name prime256v1 -genkey -noout", Kind::CurveKey),
        ("ecparam -name prime256v1 -genkey -noout -outform DER", Kind::CurveKey),
        ("rsa -in key.pem -pubout", Kind::PublicKey),
        ("rsa -in key.pem -pubout -outform DER", Kind::PublicKey),
        (p12, Kind::Pkcs12),
        (&format!("{p12} -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1"), Kind::Pkcs12),
        (&format!("{sign} -in plist"), Kind::Profile),
        (&format!("{sign} -in plist -stream"), Kind::Profile),
        (&format!("{sign} -in manifest.json"), Kind::Message),
        ("crl2pkcs7 -nocrl -certfile certificate.pem", Kind::Message),
        ("crl2pkcs7 -nocrl -certfile certificate.pem -outform DER", Kind::Message),
        ("ecparam -name prime256v1", Kind::Pem("EC PARAMETERS".to_owned())),
    ]
    .map(|(command, kind)| {
        workshop.run(&format!("{command} -out out"));
        (command.to_owned().leak() as &str, workshop.read("out"), kind)
    })
    .into()
}

/// Each is no certificate, and a sentence says so that shows nothing of the file.
#[track_caller]
fn assert_kind(what: &str, file: &[u8], expected: &Kind) {
    assert_eq!(recognize(file), Found::Other(expected.clone()), "{what}");
    let told = expected.instead_of_certificate();
    assert!(told.len() < 300 && told.ends_with('.') && !told.contains("MII"), "{told}");
}

#[test]
fn what_openssl_makes_is_named_whole_and_cut_off() {
    for (what, file, kind) in of_openssl() {
        assert_kind(what, &file, &kind);
        if !file.starts_with(b"-----") {
            // The list of a profile is in its middle.
            let cut = if kind == Kind::Profile { file.len() - 9 } else { 60 };
            assert_kind(what, &file[..cut.min(file.len())], &kind);
        }
    }
}

#[test]
fn other_files_are_named() {
    let (der, pem) = (identity().certificate_der(), identity().certificate_pem());
    let in_base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let broken = pem.replacen("MII", "MIJ", 1);
    let longer = [der.as_slice(), b"\0"].concat();
    let cut_pem = pem.split_once("-----END").unwrap().0;
    for (what, file, expected) in [
        ("nothing", &b""[..], Kind::Empty),
        ("blank", b"\xef\xbb\xbf \r\n", Kind::Empty),
        ("half a certificate", &der[..der.len() / 2], Kind::BrokenCertificate),
        ("a byte too much", &longer, Kind::BrokenCertificate),
        ("broken PEM", broken.as_bytes(), Kind::BrokenCertificate),
        ("a pass", &PassBuilder::new(PASS_TYPE, "S-1").build(), Kind::Zip),
        ("an empty archive", b"PK\x05\x06\0\0", Kind::Zip),
        ("a page", b" \n<!doctype html>", Kind::Page),
        ("an error of a bucket", b"<?xml version=\"1.0\"?><Error/>", Kind::Page),
        ("JSON", b"{\"certificate\":\"\"}", Kind::Json),
        ("text", b"hello", Kind::Unknown),
        ("noise", b"\x30\x82\xff", Kind::Unknown),
        ("a picture", b"\x89PNG\r\n\x1a\n", Kind::Unknown),
    ] {
        assert_kind(what, file, &expected);
    }
    for cut in [cut_pem, &in_base64] {
        assert!(matches!(recognize(cut.as_bytes()), Found::Other(Kind::CutPem(_))), "{cut}");
    }
}

/// A self-signed certificate with this common name, and with an extension.
fn made(workshop: &Workshop, user: &str, name: &str, extension: &str) -> Certificate {
    let subject = format!("/UID={user}/CN={name}/OU={TEAM}");
    let addition = if extension.is_empty() { "keyUsage=digitalSignature".to_owned() } else { format!("{extension}=DER:0500") };
    workshop.run_split(&[
        "req",
        "-x509",
        "-key",
        "key.pem",
        "-subj",
        &subject,
        "-addext",
        "basicConstraints=CA:FALSE",
        "-addext",
        &addition,
        "-outform",
        "DER",
        "-out",
        "other.cer",
    ]);
    Certificate::from_der(&workshop.read("other.cer")).unwrap()
}

#[test]
fn certificates_for_something_else_are_named_by_their_name_or_by_apple_s_extensions() {
    let workshop = Workshop::new();
    let (push, developer, distribution) =
        ("push notifications (APNs)", "a developer's certificate for apps", "the distribution of apps");
    let neither = "its name holds no \"Pass Type ID";
    for (name, extension, words) in [
        ("Apple Push Services: com.example", "", push),
        ("Apple Sandbox Push Services: com.example", "", push),
        ("Apple Development IOS Push Services: com.example", "", push),
        ("VoIP Services: com.example", "", push),
        ("Website Push ID: web.com.example", "1.2.840.113635.100.6.3.2", "of websites"),
        ("x", "1.2.840.113635.100.6.3.1", push),
        ("x", "1.2.840.113635.100.6.3.2", push),
        ("x", "1.2.840.113635.100.6.3.6", push),
        ("Apple Development: Ada", "", developer),
        ("iPhone Developer: Ada", "", developer),
        ("x", "1.2.840.113635.100.6.1.2", developer),
        ("x", "1.2.840.113635.100.6.1.12", developer),
        ("Apple Distribution: Ada", "", distribution),
        ("Developer ID Application: Ada", "1.2.840.113635.100.6.1.13", distribution),
        ("x", "1.2.840.113635.100.6.1.4", distribution),
        ("Merchant ID: merchant.com.example", "", "Apple Pay"),
        ("Apple Pay Payment Processing:merchant.com.example", "", "Apple Pay"),
        ("x", "1.2.840.113635.100.6.32", "Apple Pay"),
        ("Order Type ID: order.com.example", "", "orders"),
        ("x", "1.2.840.113635.100.6.1.99", neither),
        ("Somebody", "", neither),
    ] {
        let defects = check_alone(&[made(&workshop, "com.example", name, extension)], PASS_TYPE, now());
        let told = defects.iter().find(|defect| defect.code == DefectCode::CertificatePassType);
        assert!(told.is_some_and(|told| told.message.contains(words)), "{name} {extension}: {defects:?}");
    }
    // Apple's pass certificates have the extension for pushes too.
    let pass = made(&workshop, PASS_TYPE, &format!("Pass Type ID: {PASS_TYPE}"), "1.2.840.113635.100.6.3.2");
    assert_eq!(check_alone(&[pass], PASS_TYPE, now()), []);
}

#[test]
fn authorities_are_named_and_an_old_certificate_is_told_by_its_date() {
    let read = |der: &[u8]| Certificate::from_der(der).unwrap();
    let apple = |der: &[u8]| check_alone(&[read(der)], PASS_TYPE, now());
    let (root, g4) =
        (include_bytes!("../../../src/apple/AppleRootCA.der"), include_bytes!("../../../src/apple/AppleWWDRCAG4.der"));
    for (der, words) in [(&root[..], "the root certificate of an authority"), (&g4[..], "such as Apple's intermediate")] {
        assert!(apple(der).iter().any(|defect| defect.message.contains(words)), "{words}: {:?}", apple(der));
    }
    let old = TestAuthority::shared().issue(PASS_TYPE, TEAM, Validity::past());
    let chain = [read(g4), read(&old.certificate_der())];
    let codes: Vec<_> = check_alone(&chain, PASS_TYPE, now()).into_iter().map(|defect| defect.code).collect();
    assert_eq!(codes, [DefectCode::CertificateExpired]);
    assert_eq!(check_alone(&[], PASS_TYPE, now()), []);
}
