//! The crates `x509-cert` and `cms` read the same facts.

use super::{authority, identity, made, now};
use cms::{content_info::ContentInfo, signed_data::SignedData};
use der::{Decode as _, Encode as _};
use pass_factory::Change;
use pkpass::signature::Certificate;
use proptest::prelude::*;

fn assert_agree(bytes: &[u8]) {
    let (ours, theirs) = (Certificate::from_der(bytes), x509_cert::Certificate::from_der(bytes));
    let (Some(ours), Ok(theirs)) = (ours, theirs) else { return };
    let theirs = theirs.tbs_certificate();
    let seconds = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap();
    assert_eq!(ours.not_before(), seconds(theirs.validity().not_before));
    assert_eq!(ours.not_after(), seconds(theirs.validity().not_after));
    let serial = theirs.serial_number().as_bytes();
    let serial = serial.strip_prefix(&[0]).filter(|rest| !rest.is_empty()).unwrap_or(serial);
    assert_eq!(ours.serial_number(), pkpass::hex(serial));
    if let Some(key) = ours.public_key() {
        assert_eq!(key, theirs.subject_public_key_info().to_der().unwrap());
    }
    if let Some(proof) = ours.proof_by(&Certificate::from_der(&authority().intermediate_der()).unwrap()) {
        let length = bytes.windows(proof.message.len()).position(|window| window == proof.message);
        assert_eq!(length, Some(4), "the signed part is in the file");
    }
    let has_nfc = theirs.extensions().is_some_and(|all| all.iter().any(|one| one.extn_id.to_string() == Change::NFC.kind));
    assert_eq!(ours.may_use_nfc(), has_nfc);
}

#[test]
fn certificates_have_the_same_facts() {
    let nfc = authority().issue_changed("pass.x", "TEAM", pass_factory::Validity::current(), &[Change::NFC]);
    for der in [identity().certificate_der(), authority().intermediate_der(), nfc.certificate_der()] {
        assert!(Certificate::from_der(&der).is_some() && x509_cert::Certificate::from_der(&der).is_ok());
        assert_agree(&der);
    }
}

proptest! {
    #[test]
    fn changed_ones_too(at in any::<prop::sample::Index>(), byte: u8) {
        let mut der = identity().certificate_der();
        *at.get_mut(&mut der[..]) = byte;
        assert_agree(&der);
    }
}

#[test]
fn what_is_made_is_cms() {
    let file = made(now());
    let info = ContentInfo::from_der(&file).unwrap();
    assert_eq!(info.to_der().unwrap(), file, "sorted, and with no byte to spare");
    let message: SignedData = info.content.decode_as().unwrap();
    assert_eq!(message.certificates.unwrap().0.len(), 2);
    assert!(message.encap_content_info.econtent.is_none());
    let attributes = message.signer_infos.0.as_slice()[0].signed_attrs.clone().unwrap();
    assert_eq!(attributes.len(), 3);
}
