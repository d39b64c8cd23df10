//! Each element has one form and one place. Any other is refused, whatever it means.

use super::{
    PASS_TYPE, authority, identity, made, now, ready, signed,
    tree::{Node, element, positions, with},
    trust,
};
use base64ct::{Base64, Encoding as _};
use pass_factory::crypto::RustRsa;
use pkpass::{
    DefectCode as Code, Report,
    signature::{Certificate, GeneratedKey, Rsa, SignedMessage, Trust, Upload, examine},
};
use std::{cell::RefCell, collections::BTreeSet};

/// Ways to write an element that are not DER's.
fn other_forms(node: &Node<'_>) -> Vec<Vec<u8>> {
    let length = &node.header[1..];
    // One byte more than needed, and two.
    let longer = [1, 2].map(|more| {
        let digits = if length.len() == 1 { length } else { &length[1..] };
        let first = 0x80 | u8::try_from(digits.len() + more).unwrap();
        [&[node.tag, first][..], &vec![0; more], digits].concat()
    });
    let short_as_long = [&[node.tag, 0x81], length].concat();
    let huge = [&[node.tag][..], b"\x84\xff\xff\xff\xff"].concat();
    let half = [&[node.tag][..], b"\x84\x80\0\0\0"].concat();
    let indefinite = [&[node.tag, 0x80], node.value, &[0, 0]].concat();
    let mut forms: Vec<_> = longer.into_iter().chain([huge, half]).map(|it| [&it, node.value].concat()).collect();
    if length.len() == 1 {
        forms.push([&short_as_long, node.value].concat());
    }
    forms.push(indefinite);
    forms.push([&[node.tag ^ 0x20], &node.header[1..], node.value].concat());
    forms.push([&[node.tag | 0x1F], &node.header[1..], node.value].concat());
    forms
}

const SHA256_WITH_NULL: &[u8] = b"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\0";

/// What may be added to an element that is made of elements.
const ADDED: [&[u8]; 6] = [b"\0", b"\0\0", b"\x05\0", b"\x04\x01\x41", b"\x30\0", b"\xbe\0"];

fn with_something_added(node: &Node<'_>) -> Vec<Vec<u8>> {
    let added = ADDED.iter().filter(|_| node.is_constructed());
    added.map(|more| element(node.tag, &[node.value, more].concat())).collect()
}

/// Changes one element after the other in all the ways of `changes`.
fn each_changed<'a>(
    der: &'a [u8],
    changes: &'a dyn Fn(&Node<'_>) -> Vec<Vec<u8>>,
) -> impl Iterator<Item = (usize, Vec<u8>)> + 'a {
    positions(der).into_iter().flat_map(move |position| {
        let count = changes(&Node::first(&der[position..])).len();
        (0..count).map(move |number| (position, with(der, position, &|node| changes(node)[number].clone())))
    })
}

/// Accepts a file whose proofs are those of a good one.
struct Judge {
    proofs: RefCell<Vec<SignedMessage>>,
    is_learning: bool,
    trust: Trust,
}

impl Rsa for Judge {
    type SigningKey = ();
    type Error = ();

    async fn import(&self, _: &[u8]) -> Result<(), ()> {
        Err(())
    }

    async fn sign(&self, (): &(), _: &[u8]) -> Result<Vec<u8>, ()> {
        Err(())
    }

    async fn generate(&self) -> Result<GeneratedKey, ()> {
        Err(())
    }

    async fn verify(&self, proof: &SignedMessage) -> bool {
        if self.is_learning {
            self.proofs.borrow_mut().push(proof.clone());
        }
        self.proofs.borrow().contains(proof)
    }
}

impl Judge {
    fn new(good: &[u8]) -> Self {
        let judge = Self { proofs: RefCell::default(), is_learning: true, trust: trust() };
        assert!(judge.accepts(good));
        assert_eq!(judge.proofs.borrow().len(), 3, "the attributes, the certificate, the intermediate");
        Self { is_learning: false, ..judge }
    }

    fn accepts(&self, file: &[u8]) -> bool {
        let report = ready(examine(&signed(file), &self.trust, now(), self));
        report == Report::default()
    }
}

#[test]
fn every_element_of_a_signature_has_one_form() {
    let file = made(now());
    let judge = Judge::new(&file);
    assert!(positions(&file).len() > 200);
    for changes in [&other_forms as &dyn Fn(&Node<'_>) -> _, &with_something_added] {
        for (position, changed) in each_changed(&file, changes) {
            // From the outermost inwards, lengths may be indefinite; and NULL is as good as no parameters.
            let is_indefinite = position == 0 && changed[1] == 0x80;
            let has_null = changed[position..].starts_with(SHA256_WITH_NULL);
            let expected = is_indefinite || has_null && !file[position..].starts_with(SHA256_WITH_NULL);
            assert_eq!(judge.accepts(&changed), expected, "{position}: {changed:x?}");
        }
    }
}

#[test]
fn every_element_of_a_signature_is_there_once() {
    let file = made(now());
    let judge = Judge::new(&file);
    let certificates = [identity().certificate_der(), authority().intermediate_der()];
    for position in positions(&file) {
        let twice = with(&file, position, &|node| [node.der(), node.der()].concat());
        // The certificates are a set.
        let is_certificate = certificates.contains(&Node::first(&file[position..]).der());
        assert_eq!(judge.accepts(&twice), is_certificate, "{position}");
    }
    let parameters = positions(&file).into_iter().filter(|position| {
        let without = with(&file, *position, &|_| Vec::new());
        judge.accepts(&without)
    });
    let missing: Vec<_> = parameters.map(|position| Node::first(&file[position..]).der()).collect();
    assert_eq!(missing, [b"\x05\0"], "the parameters of the signature's algorithm");
}

#[test]
fn no_byte_of_a_signature_can_be_another() {
    let file = made(now());
    let judge = Judge::new(&file);
    // These bytes are signed, or a signature. A sample of changes is enough there.
    let opaque = [identity().certificate_der(), authority().intermediate_der(), judge.proofs.borrow()[0].signature.clone()];
    let opaque = opaque.map(|bytes| {
        let start = file.windows(bytes.len()).position(|window| window == bytes).unwrap();
        start..start + bytes.len()
    });
    let mut accepted = BTreeSet::new();
    for position in 0..file.len() {
        let is_opaque = opaque.iter().any(|range| range.contains(&position));
        let (mut changed, good) = (file.clone(), file[position]);
        for value in (0..=255).filter(|value| *value != good) {
            // Single bits, neighbours, and what has a meaning often.
            let is_in_sample = (value ^ good).is_power_of_two() || value.abs_diff(good) == 1;
            if is_opaque && !is_in_sample && ![0, 0x05, 0x30, 0x80, 0xFF].contains(&value) {
                continue;
            }
            changed[position] = value;
            if judge.accepts(&changed) {
                accepted.insert((position, value));
            }
        }
    }
    let rsa = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04\x82\x01\x00";
    let position = file.windows(rsa.len()).position(|window| window == rsa).unwrap();
    assert_eq!(accepted, [(position + 10, 11)].into(), "sha256WithRSAEncryption for rsaEncryption");
}

/// Whether a certificate is read, and has a key and a signature that can be verified.
fn is_sound(der: &[u8]) -> bool {
    let issuer = Certificate::from_der(&authority().intermediate_der()).unwrap();
    Certificate::from_der(der).is_some_and(|read| read.public_key().is_some() && read.proof_by(&issuer).is_some())
}

#[test]
fn every_element_of_a_certificate_has_one_form() {
    for der in [identity().certificate_der(), authority().intermediate_der()] {
        assert!(is_sound(&der));
        for changes in [&other_forms as &dyn Fn(&Node<'_>) -> _, &with_something_added] {
            for (position, changed) in each_changed(&der, changes) {
                assert!(!is_sound(&changed), "{position}: {changed:x?}");
            }
        }
        for length in 0..der.len() {
            assert_eq!(Certificate::from_der(&der[..length]), None, "{length}");
        }
    }
}

/// What is wrong by the letter of DER is taken where openssl takes it, and some authority may write it: the bytes are signed by
/// that authority, so nobody else can change them.
#[test]
fn what_is_in_a_certificate_has_few_forms() {
    let der = identity().certificate_der();
    let nth =
        |tag: u8, number: usize| positions(&der).into_iter().filter(|position| der[*position] == tag).nth(number).unwrap();
    let is_read = |position, other: &[u8]| is_sound(&with(&der, position, &|_| other.to_vec()));
    for (what, position, good, bad) in [
        (
            "version",
            nth(0xA0, 0),
            &[&b"\xa0\x03\x02\x01\x01"[..], b"\xa0\x03\x02\x01\0"][..],
            &[
                &b"\xa0\x03\x02\x01\x03"[..],
                b"\xa0\x04\x02\x02\0\x02",
                b"\xa0\0",
                b"\xa0\x03\x0a\x01\x02",
                b"\xa0\x06\x02\x01\x02\x02\x01\x02",
            ][..],
        ),
        (
            "serial number",
            nth(0x02, 1),
            &[b"\x02\x01\x07", b"\x02\x01\xff"],
            &[b"\x02\0", b"\x02\x02\0\x07", b"\x02\x02\xff\xff", b"\x02\x16\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"],
        ),
        (
            "time",
            nth(0x17, 0),
            &[b"\x17\x0d260101000000Z", b"\x18\x0f20260101000000Z", b"\x18\x0f20510101000000Z"],
            &[
                b"\x17\x0b2601010000Z",
                b"\x17\x0d260230000000Z",
                b"\x17\x0d260101000060Z",
                b"\x17\x11260101000000+0000",
                b"\x17\x0d260101000000z",
                b"\x17\x0d+60101000000Z",
                b"\x17\x0d691231235959Z",
                b"\x18\x0f19691231235959Z",
                b"\x18\x1120510101000000.0Z",
                b"\x17\0",
            ],
        ),
        (
            "flag",
            nth(0x01, 0),
            &[b"", b"\x01\x01\0"],
            &[b"\x01\x01\x01", b"\x01\0", b"\x01\x02\xff\xff", b"\x01\x01\xff\x01\x01\xff"],
        ),
        ("kind", nth(0x06, 1), &[b"\x06\x03\x55\x04\x06", b"\x06\x04\x55\x80\x04\x06"], &[b"\x05\0", b"\x04\x01\x55"]),
        ("public key", nth(0x03, 0), &[], &[b"\x03\0", b"\x03\x01\x01", b"\x03\x02\x08\0", b"\x03\x02\x01\x05"]),
    ] {
        for other in good {
            assert!(is_read(position, other), "{what}: {other:x?}");
        }
        for other in bad {
            assert!(!is_read(position, other), "{what}: {other:x?}");
        }
    }
    let after_key = nth(0xA3, 0);
    let extensions = Node::first(&der[after_key..]).der();
    let before = |more: &[u8]| is_read(after_key, &[more, &extensions].concat());
    for good in [&b"\x81\x02\0\x01"[..], b"\x82\x02\0\x01", b"\x81\x02\0\x01\x82\x02\x07\x80", b"\x81\x02\x07\x01"] {
        assert!(before(good), "{good:x?}");
    }
    for other in
        [&b"\xa1\x02\0\x01"[..], b"\x82\x02\0\x01\x81\x02\0\x01", b"\x81\0", b"\x81\x02\0\x01\x81\x02\0\x01", b"\xa1\0"]
    {
        assert!(!before(other), "{other:x?}");
    }
}

#[test]
fn every_element_of_a_private_key_has_one_form() {
    let pem =
        |label: &str, der: &[u8]| format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", Base64::encode_string(der));
    let code = |private_key: &str| {
        let (certificate, intermediate) = (identity().certificate_pem(), authority().intermediate_pem());
        let upload = Upload { certificate: &certificate, private_key, intermediate: Some(&intermediate) };
        ready(upload.check(PASS_TYPE, now(), &trust(), &RustRsa)).map_err(|defects| defects[0].code).err()
    };
    let pkcs8 = identity().key_der();
    let octets = positions(&pkcs8).into_iter().find(|position| pkcs8[*position] == 0x04).unwrap();
    let pkcs1 = Node::first(&pkcs8[octets..]).value.to_vec();
    for (label, der) in [("PRIVATE KEY", &pkcs8), ("RSA PRIVATE KEY", &pkcs1)] {
        assert_eq!(code(&pem(label, der)), None);
        let twice = |node: &Node<'_>| vec![[node.der(), node.der()].concat(), Vec::new()];
        for changes in [&other_forms as &dyn Fn(&Node<'_>) -> _, &with_something_added, &twice] {
            for (position, changed) in each_changed(der, changes) {
                // Nobody needs the parameters of the algorithm: the key is wrapped anew.
                if der[position..].starts_with(b"\x05\0") && code(&pem(label, &changed)).is_none() {
                    continue;
                }
                assert_eq!(code(&pem(label, &changed)), Some(Code::PrivateKeyUnreadable), "{position}: {changed:x?}");
            }
        }
    }
    // Attributes, which are left out of what is kept.
    let with_attributes = |attributes: &[u8]| {
        let node = Node::first(&pkcs8);
        code(&pem("PRIVATE KEY", &element(node.tag, &[node.value, attributes].concat())))
    };
    assert_eq!(with_attributes(b"\xa0\x02\x30\0"), None);
    for other in [&b"\xa0\x01"[..], b"\x80\0", b"\xa1\0", b"\xa0\0\xa0\0"] {
        assert_eq!(with_attributes(other), Some(Code::PrivateKeyUnreadable));
    }
}
