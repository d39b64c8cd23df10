//! Signatures with one fault each, and the code of its defect.

use super::{MANIFEST, PASS_TYPE, TEAM, Workshop, authority, examine, identity, made, now, signed, trust, verdict, warnings};
use cms::{
    content_info::{CmsVersion, ContentInfo},
    revocation::RevocationInfoChoices,
    signed_data::{SignedData, SignerInfo},
};
use der::{Any, Decode as _, Encode as _, asn1::SetOfVec, oid::ObjectIdentifier};
use pass_factory::{Identity, PassBuilder, Signing, TestAuthority, Validity, crypto::RustRsa};
use pkpass::{
    DefectCode as Code, WarningCode,
    signature::{Signed, Trust},
};
use std::collections::BTreeSet;

const DAY: u64 = 24 * 60 * 60;

fn seconds() -> u64 {
    now().try_into().unwrap()
}

fn by(identity: &Identity) -> BTreeSet<Code> {
    verdict(&Signing::default().sign(MANIFEST, identity))
}

fn with(signing: Signing) -> BTreeSet<Code> {
    verdict(&signing.sign(MANIFEST, &identity()))
}

#[test]
fn a_good_one_has_no_fault() {
    assert_eq!(by(&identity()), BTreeSet::new());
}

#[test]
fn the_manifest_must_be_the_signed_one() {
    let signature = made(now());
    for manifest in [&b"{}"[..], b"", &[MANIFEST, b"\n"].concat()] {
        let changed = Signed { manifest, ..signed(&signature) };
        assert_eq!(examine(&changed, &trust()), [Code::SignatureDigest].into());
    }
}

#[test]
fn the_key_must_be_the_certificates() {
    let wrong = identity().with_key_of(&TestAuthority::generate().identity(PASS_TYPE, TEAM));
    assert_eq!(by(&wrong), [Code::SignatureInvalid].into());
}

#[test]
fn the_time_of_signing_must_be_there_and_within_reason() {
    let at = |time| with(Signing { time, ..Signing::default() });
    assert_eq!(at(None), [Code::SignatureTimeMissing].into());
    assert_eq!(at(Some(seconds() + DAY - 60)), BTreeSet::new());
    assert_eq!(at(Some(seconds() + DAY + 60)), [Code::SignatureTime].into());
    assert_eq!(at(Some(seconds() - DAY - 60)), [Code::SignatureTime].into(), "before the certificate");
}

#[test]
fn the_certificate_must_be_valid_now() {
    let issued = |validity| by(&authority().issue(PASS_TYPE, TEAM, validity));
    let expired = issued(Validity::past());
    assert!(expired.contains(&Code::CertificateExpired), "{expired:?}");
    let future = issued(Validity::future());
    assert!(future.contains(&Code::CertificateNotYetValid), "{future:?}");

    // Signed while it was valid.
    let signing = Signing { time: Some(seconds() - 2 * DAY), ..Signing::default() };
    let expired = signing.sign(MANIFEST, &authority().issue(PASS_TYPE, TEAM, Validity::past()));
    assert_eq!(verdict(&expired), [Code::CertificateExpired].into());
}

#[test]
fn the_certificate_must_be_of_the_pass_type_and_team() {
    for other in ["pass.com.example.coupons", "pass.com.example.Coupon", "pass", ""] {
        assert_eq!(by(&authority().identity(other, TEAM)), [Code::CertificatePassType].into(), "{other}");
    }
    assert_eq!(by(&authority().identity(PASS_TYPE, "OTHER")), [Code::CertificateTeam].into());
    let signature = made(now());
    let anybody = Signed { team: None, ..signed(&signature) };
    assert_eq!(examine(&anybody, &trust()), BTreeSet::new());
}

#[test]
fn certificate_and_intermediate_must_be_included() {
    let without = |certificate, intermediate| with(Signing { certificate, intermediate, ..Signing::default() });
    assert_eq!(without(false, true), [Code::SignatureCertificateMissing].into());
    assert_eq!(without(false, false), [Code::SignatureCertificateMissing].into());
    assert_eq!(without(true, false), [Code::SignatureIntermediateMissing].into());
}

#[test]
fn the_intermediate_must_be_valid_now() {
    let expired = authority().renewed(Validity::past());
    assert_eq!(by(&expired.identity(PASS_TYPE, TEAM)), [Code::IntermediateExpired].into());
    let future = authority().renewed(Validity::future());
    assert_eq!(by(&future.identity(PASS_TYPE, TEAM)), [Code::IntermediateNotYetValid].into());
}

#[test]
fn a_foreign_authority_is_not_trusted_although_it_has_the_same_names() {
    let foreign = TestAuthority::generate().identity(PASS_TYPE, TEAM);
    assert_eq!(by(&foreign), [Code::IntermediateUntrusted].into());
    assert_eq!(by(&foreign.with_intermediate_of(&identity())), [Code::CertificateUntrusted].into());
    let file = Signing::default().sign(MANIFEST, &foreign);
    assert_eq!(examine(&signed(&file), &Trust::any()), BTreeSet::new(), "nobody asked");
    // An anchor may be the intermediate itself, by its bytes and not by its name.
    let trust = Trust::from_pem(&authority().intermediate_pem()).unwrap();
    assert_eq!(examine(&signed(&file), &trust), [Code::IntermediateUntrusted].into());
    assert_eq!(examine(&signed(&made(now())), &trust), BTreeSet::new());
}

#[test]
fn the_holder_of_a_pass_certificate_cannot_issue_others() {
    let workshop = Workshop::new();
    let mallory = authority().identity("pass.com.example.mallory", "MALLORY");
    workshop.write("wwdr.pem", mallory.certificate_pem().as_bytes());
    let subject = format!("/UID={PASS_TYPE}/CN=Pass Type ID: {PASS_TYPE}/OU={TEAM}");
    workshop.run_split(&["req", "-new", "-key", "key.pem", "-subj", &subject, "-out", "request.pem"]);
    workshop.run("x509 -req -in request.pem -CA wwdr.pem -CAkey key.pem -days 30 -set_serial 7 -out certificate.pem");
    // A certificate is valid from the second it is made in.
    let signature = workshop.sign("smime -sign -binary");
    for anchor in [authority().root_pem(), authority().intermediate_pem()] {
        let found = examine(&signed(&signature), &Trust::from_pem(&anchor).unwrap());
        assert!(found.contains(&Code::IntermediateAuthority), "{found:?}");
    }
}

/// A good signature in another structure.
fn edited(edit: impl FnOnce(&mut SignedData)) -> BTreeSet<Code> {
    let info = ContentInfo::from_der(&made(now())).unwrap();
    let mut message: SignedData = info.content.decode_as().unwrap();
    edit(&mut message);
    let info = ContentInfo { content: Any::encode_from(&message).unwrap(), ..info };
    verdict(&info.to_der().unwrap())
}

/// A good signature with another signer info.
fn signed_by(edit: impl FnOnce(&mut SignerInfo)) -> BTreeSet<Code> {
    edited(|message| {
        let mut signer = message.signer_infos.0.as_slice()[0].clone();
        edit(&mut signer);
        message.signer_infos.0 = SetOfVec::try_from([signer]).unwrap();
    })
}

#[test]
fn the_structure_must_be_the_one_of_passes() {
    let format: BTreeSet<_> = [Code::SignatureFormat].into();
    assert_eq!(edited(|_| {}), BTreeSet::new());
    assert_eq!(edited(|message| message.version = CmsVersion::V3), format);
    assert_eq!(signed_by(|signer| signer.version = CmsVersion::V3), format);
    assert_eq!(edited(|message| message.crls = Some(RevocationInfoChoices(SetOfVec::new()))), format);
    assert_eq!(edited(|message| message.signer_infos.0 = SetOfVec::new()), format);
    let twice = |message: &mut SignedData| {
        let signer = message.signer_infos.0.as_slice()[0].clone();
        message.signer_infos.0 = SetOfVec::try_from([signer.clone(), signer]).unwrap();
    };
    assert_eq!(edited(twice), format);
    let unsigned = signed_by(|signer| signer.unsigned_attrs = Some(SetOfVec::new()));
    assert_eq!(unsigned, [Code::SignatureUnsigned].into());
    let no_digest = edited(|message| message.digest_algorithms = SetOfVec::new());
    assert_eq!(no_digest, [Code::SignatureAlgorithm].into());
    let no_certificates = edited(|message| message.certificates = None);
    assert_eq!(no_certificates, [Code::SignatureCertificateMissing].into());
    assert_eq!(verdict(&vec![0; 64 * 1024 + 1]), format);
}

#[test]
fn what_is_signed_must_be_said_once_and_in_full() {
    const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
    const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
    const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
    // What is no longer what was signed has `SignatureInvalid` besides.
    let attributes = |kind, times: usize, values: usize| {
        let mut found = signed_by(|signer| {
            let mut all = Vec::new();
            for attribute in signer.signed_attrs.as_ref().unwrap().iter() {
                let count = if attribute.oid == kind { times } else { 1 };
                for _ in 0..count {
                    let mut attribute = attribute.clone();
                    if attribute.oid == kind {
                        let value = attribute.values.as_slice()[0].clone();
                        attribute.values = SetOfVec::try_from(vec![value; values]).unwrap();
                    }
                    all.push(attribute);
                }
            }
            signer.signed_attrs = Some(SetOfVec::try_from(all).unwrap());
        });
        assert_eq!(found.remove(&Code::SignatureInvalid), (times, values) != (1, 1));
        found
    };
    for kind in [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME] {
        assert_eq!(attributes(kind, 1, 1), BTreeSet::new());
        for (times, values) in [(2, 1), (1, 0), (1, 2)] {
            assert_eq!(attributes(kind, times, values), [Code::SignatureAttribute].into());
        }
    }
    assert_eq!(attributes(CONTENT_TYPE, 0, 1), [Code::SignatureAttribute].into());
    assert_eq!(attributes(MESSAGE_DIGEST, 0, 1), [Code::SignatureAttribute].into());
    assert_eq!(attributes(SIGNING_TIME, 0, 1), [Code::SignatureTimeMissing].into());
}

#[test]
fn an_additional_certificate_must_be_explained() {
    let workshop = Workshop::new();
    let stranger = authority().identity("pass.com.example.other", TEAM).certificate_pem();
    let foreign = TestAuthority::generate();
    let with = |extra: &str| {
        workshop.write("wwdr.pem", format!("{}{extra}", authority().intermediate_pem()).as_bytes());
        verdict(&workshop.sign("smime -sign -binary"))
    };
    assert_eq!(with(&stranger), BTreeSet::new(), "issued by one that is included");
    let several = |count| (0..count).map(|n| authority().identity(&format!("pass.{n}"), TEAM).certificate_pem());
    assert_eq!(with(&several(6).collect::<String>()), BTreeSet::new());
    assert_eq!(with(&several(7).collect::<String>()), [Code::SignatureCertificateExtra].into());
    let foreign = foreign.identity("pass.com.example.other", TEAM).certificate_pem();
    assert_eq!(with(&foreign), [Code::SignatureCertificateExtra].into());
}

#[test]
fn a_certificate_of_an_elliptic_curve_or_with_a_short_key_is_refused() {
    let workshop = Workshop::new();
    let subject = format!("/UID={PASS_TYPE}/CN=Pass Type ID: {PASS_TYPE}/OU={TEAM}");
    for key in [&["ec", "-pkeyopt", "ec_paramgen_curve:P-256"][..], &["rsa:1024"]] {
        let before = ["req", "-x509", "-nodes", "-subj", &subject, "-keyout", "key.pem", "-out", "certificate.pem"];
        workshop.run_split(&[&before[..], &["-newkey"], key].concat());
        let found = verdict(&workshop.sign("cms -sign -binary"));
        assert!(found.contains(&Code::CertificateKey), "{found:?}");
        let text = workshop.text("certificate.pem");
        assert!(Trust::from_pem(&text).is_err());
    }
}

#[test]
fn the_algorithm_may_name_its_digest_once_more() {
    let file = made(now());
    let rsa = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04\x82\x01\x00";
    let position = file.windows(rsa.len()).position(|window| window == rsa).unwrap();
    let with = |number| {
        let mut file = file.clone();
        file[position + 10] = number;
        verdict(&file)
    };
    assert_eq!(with(11), BTreeSet::new(), "sha256WithRSAEncryption");
    for other in [4, 5, 10, 12, 13, 14] {
        assert_eq!(with(other), [Code::SignatureAlgorithm].into(), "{other}");
    }
}

#[test]
fn what_openssl_can_do_besides_is_refused() {
    let workshop = Workshop::new();
    for (command, code) in [
        ("cms -sign -binary -nocerts", Code::SignatureCertificateMissing),
        ("cms -sign -binary -outform PEM", Code::SignatureFormat),
        ("cms -sign -binary -outform SMIME", Code::SignatureFormat),
        ("cms -sign -binary -md sha224", Code::SignatureAlgorithm),
        ("cms -sign -binary -md sha3-256", Code::SignatureAlgorithm),
        ("cms -sign -binary -econtent_type pkcs7-signedData", Code::SignatureFormat),
        ("cms -sign", Code::SignatureDigest),
        ("smime -sign", Code::SignatureDigest),
        ("smime -sign -binary -signer certificate.pem -inkey key.pem", Code::SignatureFormat),
    ] {
        let found = verdict(&workshop.sign(command));
        assert_eq!(found, [code].into(), "{command}");
    }
    let options = "-sign -binary -signer certificate.pem -inkey key.pem -keyopt rsa_padding_mode:pss -in manifest.json";
    workshop.run(&format!("cms {options} -certfile wwdr.pem -outform DER -out signature"));
    assert_eq!(verdict(&workshop.read("signature")), [Code::SignatureAlgorithm].into());
    assert_eq!(verdict(&workshop.sign("cms -sign -binary -noattr")), [Code::SignatureAttribute].into());
}

#[test]
fn the_manifest_may_be_attached_and_nothing_else() {
    let workshop = Workshop::new();
    // The second is not told to, and does.
    for command in ["cms -sign -binary -nodetach", "cms -sign -binary -stream", "smime -sign -binary -nodetach -stream"] {
        let signature = workshop.sign(command);
        assert_eq!(
            (verdict(&signature), warnings(&signature)),
            ([].into(), [WarningCode::SignatureAttached].into()),
            "{command}"
        );
        let changed = Signed { manifest: b"{}", ..signed(&signature) };
        assert_eq!(examine(&changed, &trust()), [Code::SignatureAttached, Code::SignatureDigest].into(), "{command}");
    }
}

#[test]
fn a_missing_manifest_does_not_hide_what_is_wrong_with_the_certificate() {
    let expired = authority().issue(PASS_TYPE, TEAM, Validity::past());
    let file = PassBuilder::new(PASS_TYPE, "1").team(TEAM).identity(expired).omit("manifest.json").build();
    let report = pollster::block_on(pkpass::inspect(&file, None, &trust(), now(), &RustRsa)).unwrap_err();
    let codes: BTreeSet<_> = report.defects.iter().map(|defect| defect.code).collect();
    assert_eq!(codes, [Code::FileMissing, Code::CertificateExpired].into(), "{report:?}");
}
