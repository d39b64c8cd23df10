//! The identities that issuers upload.

use super::{PASS_TYPE, TEAM, Workshop, authority, candidate, identity, now, ready, trust};
use pass_factory::{TestAuthority, Validity, crypto::RustRsa};
use pkpass::{
    Defect, DefectCode as Code,
    signature::{Candidate, Trust, Upload},
};
use std::collections::BTreeSet;

/// Certificate, private key, intermediate.
type Texts = [String; 3];

fn good() -> Texts {
    [identity().certificate_pem(), identity().key_pem(), authority().intermediate_pem()]
}

fn check(texts: &Texts) -> Result<Candidate, Vec<Defect>> {
    let [certificate, private_key, intermediate] = texts;
    let upload = Upload { certificate, private_key, intermediate: Some(intermediate) };
    ready(upload.check(PASS_TYPE, now(), &trust(), &RustRsa))
}

/// The defects, and the parts of the upload that have them.
fn faults(texts: &Texts) -> BTreeSet<(Code, String)> {
    match check(texts) {
        Ok(_) => BTreeSet::new(),
        Err(defects) => {
            let key: Vec<_> = texts[1].lines().filter(|line| line.len() > 40 && !line.contains(' ')).collect();
            for defect in &defects {
                assert!(!key.iter().any(|line| defect.message.contains(*line)));
            }
            defects.into_iter().map(|defect| (defect.code, defect.file.unwrap())).collect()
        }
    }
}

fn with(change: impl FnOnce(&mut Texts)) -> BTreeSet<(Code, String)> {
    let mut texts = good();
    change(&mut texts);
    faults(&texts)
}

fn one(code: Code, file: &str) -> BTreeSet<(Code, String)> {
    [(code, file.to_owned())].into()
}

#[test]
fn a_good_one_is_understood() {
    let candidate = candidate();
    assert_eq!(candidate.private_key, identity().key_der());
    assert_eq!(candidate.certificate.der(), identity().certificate_der());
    assert_eq!(candidate.intermediate.der(), authority().intermediate_der());
    let shown = format!("{candidate:?}");
    assert!(shown.len() < 1000 && !shown.contains("private"), "{shown}");
}

#[test]
fn a_certificate_says_what_people_want_to_know() {
    let certificate = candidate().certificate;
    let subject = format!("CN=Pass Type ID: {PASS_TYPE}, OU={TEAM}, O=Edgepass Tests, UID={PASS_TYPE}, C=US");
    assert_eq!(certificate.subject(), subject);
    assert!(certificate.issuer().starts_with("CN=Edgepass Test Developer Relations"));
    assert_eq!(certificate.pass_type().as_deref(), Some(PASS_TYPE));
    assert_eq!(certificate.team().as_deref(), Some(TEAM));
    assert!(certificate.is_valid_at(now()) && certificate.not_before() < now() && now() < certificate.not_after());
    assert!(certificate.is_valid_at(certificate.not_before()) && certificate.is_valid_at(certificate.not_after()));
    assert!(!certificate.is_valid_at(certificate.not_after() + 1));

    let workshop = Workshop::new();
    workshop.run("x509 -in certificate.pem -noout -serial -out serial");
    let serial = workshop.text("serial").trim().trim_start_matches("serial=").to_lowercase();
    assert_eq!(certificate.serial_number(), serial);
}

#[test]
fn every_form_of_an_rsa_key_is_read() {
    let workshop = Workshop::new();
    assert_eq!(with(|texts| texts[1] = identity().key_pkcs1_pem()), [].into());
    workshop.run("rsa -in key.pem -traditional -out pkcs1.pem");
    workshop.run("rsa -in key.pem -out pkcs8.pem");
    for file in ["pkcs1.pem", "pkcs8.pem"] {
        let mut texts = good();
        texts[1] = workshop.text(file);
        assert_eq!(check(&texts).unwrap().private_key, identity().key_der(), "{file}");
    }
}

#[test]
fn files_as_openssl_takes_them_out_of_a_p12_are_read() {
    let workshop = Workshop::new();
    workshop.run("pkcs12 -export -in certificate.pem -inkey key.pem -certfile wwdr.pem -passout pass: -out pass.p12");
    workshop.run("pkcs12 -in pass.p12 -passin pass: -nodes -out all.pem");
    workshop.run("pkcs12 -in pass.p12 -passin pass: -cacerts -nokeys -out wwdr.txt");
    let all = workshop.text("all.pem");
    assert!(all.contains("Bag Attributes"));
    let texts = [all.clone(), all, workshop.text("wwdr.txt").replace('\n', "\r\n")];
    assert_eq!(faults(&texts), [].into());
}

#[test]
fn what_is_missing_or_broken_is_named_all_at_once() {
    let all = faults(&["x".to_owned(), String::new(), "x".to_owned()]);
    let expected = [
        (Code::CertificateUnreadable, "certificate".to_owned()),
        (Code::PrivateKeyUnreadable, "privateKey".to_owned()),
        (Code::IntermediateUnreadable, "intermediate".to_owned()),
    ];
    assert_eq!(all, expected.into());
    let cut = |text: &mut String| *text = text.replacen("MII", "MIJ", 1);
    assert_eq!(with(|texts| cut(&mut texts[0])), one(Code::CertificateUnreadable, "certificate"));
    assert_eq!(with(|texts| cut(&mut texts[1])), one(Code::PrivateKeyUnreadable, "privateKey"));
    assert_eq!(with(|texts| cut(&mut texts[2])), one(Code::IntermediateUnreadable, "intermediate"));
}

#[test]
fn keys_that_cannot_sign_passes_are_refused() {
    let workshop = Workshop::new();
    let unreadable = one(Code::PrivateKeyUnreadable, "privateKey");
    let encrypted = one(Code::PrivateKeyEncrypted, "privateKey");
    let algorithm = one(Code::PrivateKeyAlgorithm, "privateKey");
    for (command, expected) in [
        ("rsa -in key.pem -aes256 -passout pass:secret -out other.pem", &encrypted),
        ("rsa -in key.pem -aes256 -passout pass:secret -traditional -out other.pem", &encrypted),
        ("rsa -in key.pem -pubout -out other.pem", &unreadable),
        ("ecparam -name prime256v1 -genkey -out other.pem", &algorithm),
        ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.pem", &algorithm),
        ("genpkey -algorithm ed25519 -out other.pem", &algorithm),
        ("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out other.pem", &algorithm),
        ("genrsa -out other.pem 2048", &one(Code::PrivateKeyMismatch, "privateKey")),
    ] {
        workshop.run(command);
        assert_eq!(&with(|texts| texts[1] = workshop.text("other.pem")), expected, "{command}");
    }
    assert_eq!(with(|texts| texts[1] = texts[0].clone()), unreadable);
}

#[test]
fn the_certificate_must_be_one_for_the_pass_type() {
    let issued =
        |pass_type, team, validity| with(|texts| texts[0] = authority().issue(pass_type, team, validity).certificate_pem());
    let current = Validity::current();
    let one = |code| one(code, "certificate");
    assert_eq!(issued("pass.com.example.other", TEAM, current), one(Code::CertificatePassType));
    assert_eq!(issued(PASS_TYPE, "", current), one(Code::CertificateTeam));
    assert_eq!(issued(PASS_TYPE, TEAM, Validity::past()), one(Code::CertificateExpired));
    assert_eq!(issued(PASS_TYPE, TEAM, Validity::future()), one(Code::CertificateNotYetValid));
}

#[test]
fn the_names_for_the_pass_type_must_agree() {
    let workshop = Workshop::new();
    let pass_type = |subject: &str, extension: &str| {
        let mut arguments = vec!["req", "-x509", "-key", "key.pem", "-subj", subject, "-out", "other.pem"];
        if !extension.is_empty() {
            arguments.extend(["-addext", extension]);
        }
        workshop.run_split(&arguments);
        let mut texts = good();
        texts[0] = workshop.text("other.pem");
        !faults(&texts).contains(&(Code::CertificatePassType, "certificate".to_owned()))
    };
    let (uid, common) = (format!("/UID={PASS_TYPE}"), format!("/CN=Pass Type ID: {PASS_TYPE}"));
    let extension = |text: &str| format!("1.2.840.113635.100.6.1.16=ASN1:UTF8String:{text}");
    assert!(!pass_type(&uid, ""), "certificates for pushing to apps have a UID too");
    assert!(!pass_type(&format!("{uid}/CN=Apple Push Services: com.example"), ""));
    assert!(pass_type(&common, ""));
    assert!(pass_type(&format!("{uid}/CN=My coupons"), &extension(PASS_TYPE)));
    assert!(pass_type(&common, &extension(PASS_TYPE).replace("UTF8String", "IA5String")));
    let for_nfc = format!("/CN=Pass Type ID with NFC: {PASS_TYPE}");
    assert!(pass_type(&for_nfc, "") && pass_type(&format!("{uid}{for_nfc}"), &extension(PASS_TYPE)));
    assert!(!pass_type(&format!("{uid}/CN=Pass Type ID: pass.other"), ""));
    assert!(!pass_type(&format!("/UID=pass.other{common}"), ""));
    assert!(!pass_type(&uid, &extension("pass.other")));
    assert!(!pass_type(&uid, "1.2.840.113635.100.6.1.16=DER:0403707373"));
    assert!(!pass_type(&uid, "1.2.840.113635.100.6.1.16=DER:ff"));
    assert!(!pass_type(&format!("/CN={PASS_TYPE}"), &extension(PASS_TYPE)));
    assert!(!pass_type("/CN=Apple Push Services: com.example", ""));
}

#[test]
fn certificates_with_keys_other_than_rsa_of_2048_bits_are_refused() {
    let workshop = Workshop::new();
    let subject = format!("/UID={PASS_TYPE}/OU={TEAM}");
    for key in [&["ec", "-pkeyopt", "ec_paramgen_curve:P-256"][..], &["rsa:1024"]] {
        let before = ["req", "-x509", "-nodes", "-subj", &subject, "-keyout", "other.key", "-out", "other.pem"];
        workshop.run_split(&[&before[..], &["-newkey"], key].concat());
        let found = with(|texts| {
            texts[0] = workshop.text("other.pem");
            texts[1] = workshop.text("other.key");
        });
        assert!(found.is_superset(&one(Code::CertificateKey, "certificate")), "{found:?}");
    }
}

#[test]
fn the_intermediate_must_be_the_issuer() {
    let one = |code| one(code, "intermediate");
    let root = with(|texts| texts[2] = authority().root_pem());
    assert_eq!(root, one(Code::IntermediateMismatch), "the root is another name");
    let itself = with(|texts| texts[2] = texts[0].clone());
    assert_eq!(itself, one(Code::IntermediateMismatch));
    let expired = with(|texts| texts[2] = authority().renewed(Validity::past()).intermediate_pem());
    assert_eq!(expired, one(Code::IntermediateExpired));
    let future = with(|texts| texts[2] = authority().renewed(Validity::future()).intermediate_pem());
    assert_eq!(future, one(Code::IntermediateNotYetValid));
    let swapped = with(|texts| texts.swap(0, 2));
    assert_eq!(swapped, [(Code::CertificatesSwapped, "certificate".to_owned())].into());
}

#[test]
fn names_are_not_enough() {
    let foreign = TestAuthority::generate();
    let intermediate = with(|texts| texts[2] = foreign.intermediate_pem());
    assert_eq!(
        intermediate.into_iter().map(|(code, _)| code).collect::<Vec<_>>(),
        [Code::CertificateUntrusted, Code::IntermediateUntrusted]
    );
    let leaf = foreign.identity(PASS_TYPE, TEAM);
    let all = [leaf.certificate_pem(), leaf.key_pem(), foreign.intermediate_pem()];
    assert_eq!(faults(&all), one(Code::IntermediateUntrusted, "intermediate"));
    let [certificate, private_key, intermediate] = &all;
    let upload = Upload { certificate, private_key, intermediate: Some(intermediate) };
    assert!(ready(upload.check(PASS_TYPE, now(), &Trust::any(), &RustRsa)).is_ok(), "nobody asked");
}
