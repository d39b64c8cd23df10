//! The form of a signature, and that a fault of it hides no other.

use base64ct::{Base64, Encoding as _};
use pass_factory::{TestAuthority, Validity};

use super::{
    MANIFEST, PASS_TYPE, TEAM, Workshop, assert_rows, authority, ber, check, examine, good, identity, sign, signed,
    tree::element,
};

const SIGN: &str = "smime -sign -binary";

#[test]
fn forms() {
    let (leaf, wwdr) = (identity(), authority().intermediate_pem());
    let by = |command: &str| sign(command, &leaf, &wwdr);
    let der = good(&leaf);
    let base64 = Base64::encode_string(&der);
    assert_rows(
        [
            ("DER", der.clone(), ""),
            ("SHA-1", by("cms -sign -binary -md sha1"), ""),
            ("SHA-384", by("cms -sign -binary -md sha384"), ""),
            ("SHA-224", by("cms -sign -binary -md sha224"), "signature_algorithm"),
            ("the signer by its key", by("cms -sign -binary -keyid"), ""),
            ("PEM", by("smime -sign -binary -outform PEM"), "signature_format"),
            ("PEM of CMS", by("cms -sign -binary -outform PEM"), "signature_format"),
            ("a message", by("cms -sign -binary -outform SMIME"), "signature_format"),
            ("base64", base64.clone().into_bytes(), "signature_format"),
            (
                "base64 in lines",
                base64.as_bytes().chunks(64).flat_map(|line| [line, b"\r\n"].concat()).collect(),
                "signature_format",
            ),
            ("text that is none", b"-----BEGIN PKCS7-----\n!\n-----END PKCS7-----\n".to_vec(), "signature_format"),
            ("nothing", Vec::new(), "signature_format"),
            ("cut off", der[..der.len() - 1].to_vec(), "signature_format"),
            ("more after it", [der.as_slice(), b"\n"].concat(), "signature_format"),
            ("64 KiB", vec![0x30; 64 * 1024], "signature_format"),
            ("more than 64 KiB", vec![0x30; 64 * 1024 + 1], "signature_format"),
            ("indefinite lengths", ber::indefinite(&der, 9), ""),
            ("no attributes", by("cms -sign -binary -noattr"), "signature_attribute"),
            ("line ends changed", by("cms -sign"), "signature_digest"),
            ("no certificates", by("cms -sign -binary -nocerts"), "signature_certificate_missing"),
        ],
        check,
    );
}

/// The manifest inside the signature, as DER or in pieces.
fn attached(content: &[u8]) -> Vec<u8> {
    const DATA: &[u8] = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
    let der = good(&identity());
    let at = der.windows(DATA.len()).position(|window| window == DATA).unwrap();
    super::tree::with(&der, at, &|node| element(0x30, &[node.value, &element(0xA0, content)].concat()))
}

#[test]
fn attached_manifests() {
    let (leaf, wwdr) = (identity(), authority().intermediate_pem());
    let by = |command: &str| sign(command, &leaf, &wwdr);
    let piece = element(0x04, MANIFEST);
    let (front, back) = MANIFEST.split_at(10);
    let pieces = [element(0x04, front), element(0x04, back)].concat();
    let open = [&[0x24, 0x80][..], &pieces, &[0, 0]].concat();
    // The lengths of everything around the pieces are indefinite, too: BER's other rules are for those only.
    let streamed = |content: &[u8]| ber::indefinite(&attached(content), 5);
    let in_der = attached(&piece);
    // node-forge leaves the rest in DER.
    let around = |content: &[u8]| {
        let (marker, mut file) = (element(0x04, b"the content"), ber::indefinite(&attached(&element(0x04, b"the content")), 5));
        let at = file.windows(marker.len()).position(|window| window == marker).unwrap();
        file.splice(at..at + marker.len(), content.iter().copied());
        file
    };
    assert_rows(
        [
            ("openssl -nodetach", by("smime -sign -binary -nodetach"), "|signature_attached"),
            ("openssl -stream", by("cms -sign -binary -stream"), "|signature_attached"),
            ("both", by("cms -sign -binary -nodetach -stream -keyid"), "|signature_attached"),
            ("DER, as node-forge", in_der, "|signature_attached"),
            ("indefinite lengths", streamed(&piece), "|signature_attached"),
            ("in pieces, as BouncyCastle", around(&open), "|signature_attached"),
            ("in pieces of a known length", around(&element(0x24, &pieces)), "|signature_attached"),
            ("one piece in another", around(&element(0x24, &open)), "|signature_attached"),
            ("a piece missing", around(&element(0x24, &element(0x04, front))), "signature_attached"),
            ("a piece of another type", around(&element(0x24, &element(0x0C, MANIFEST))), "signature_format"),
            ("another file", attached(&element(0x04, b"{}")), "signature_attached"),
            ("nothing", attached(&element(0x04, b"")), "signature_attached"),
            ("the manifest as a text", attached(&element(0x0C, MANIFEST)), "signature_attached"),
        ],
        check,
    );
}

/// Each fault of the envelope, with an expired certificate of another type and team that nobody trusted issued.
#[test]
fn no_fault_hides_another() {
    let foreign = TestAuthority::generate();
    let stranger = foreign.issue("pass.com.example.other", "OTHER", Validity::past());
    let wwdr = foreign.intermediate_pem();
    let by = |command: &str| sign(command, &stranger, &wwdr);
    let rest = " certificate_pass_type certificate_team certificate_expired intermediate_untrusted";
    let workshop = Workshop::new();
    workshop.write("certificate.pem", stranger.certificate_pem().as_bytes());
    workshop.write("key.pem", stranger.key_pem().as_bytes());
    workshop.write("wwdr.pem", format!("{wwdr}{}", TestAuthority::generate().intermediate_pem()).as_bytes());
    let extra = workshop.sign(SIGN);
    let twice = workshop.sign("smime -sign -binary -signer certificate.pem -inkey key.pem");
    workshop.write("wwdr.pem", wwdr.as_bytes());
    let options = "-signer certificate.pem -inkey key.pem -keyopt rsa_padding_mode:pss -in manifest.json -certfile wwdr.pem";
    workshop.run(&format!("cms -sign -binary {options} -outform DER -out pss"));
    for (what, file, code) in [
        ("nothing", by(SIGN), ""),
        ("PEM", by("smime -sign -binary -outform PEM"), "signature_format"),
        ("a message", by("smime -sign -binary -outform SMIME"), "signature_format"),
        ("base64", Base64::encode_string(&by(SIGN)).into_bytes(), "signature_format"),
        ("a digest that is not taken", by("cms -sign -binary -md sha224"), "signature_algorithm"),
        ("another padding", workshop.read("pss"), "signature_algorithm"),
        ("another type of content", by("cms -sign -binary -econtent_type pkcs7-signedData"), "signature_format"),
        ("two signers", twice, "signature_format signature_certificate_extra"),
        ("a certificate more", extra, "signature_certificate_extra"),
        ("line ends changed", by("cms -sign"), "signature_digest"),
        ("no attributes", by("cms -sign -binary -noattr"), "signature_attribute"),
    ] {
        assert_rows([(what, file, &*format!("{code}{rest}").leak())], check);
    }
}

#[test]
fn a_pass_without_type_or_team_is_checked_against_none() {
    let any = super::Signed { pass_type: None, team: None, ..signed(&[]) };
    for (what, pass_type, expected) in [("a pass type", PASS_TYPE, ""), ("none", "", "certificate_pass_type")] {
        let file = good(&authority().identity(pass_type, TEAM));
        assert_rows([(what, file, expected)], |file| examine(&super::Signed { signature: file, ..any }));
    }
}
