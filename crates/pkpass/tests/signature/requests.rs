//! Requests for certificates: openssl and the authority of the tests accept them.

use super::{PASS_TYPE, TEAM, Workshop, authority, now, ready, trust};
use pass_factory::crypto::RustRsa;
use pkpass::{
    pem::{self, CERTIFICATE_REQUEST, PRIVATE_KEY},
    signature::{Certificate, NewRequest, Upload, make_request, public_key_of_request},
};

fn request(name: &str) -> NewRequest {
    ready(make_request(name, &RustRsa)).unwrap().unwrap()
}

#[test]
fn openssl_verifies_a_request_and_reads_its_name() {
    let workshop = Workshop::new();
    for (name, shown) in
        [(PASS_TYPE, PASS_TYPE), ("pass.com.example.ü", "pass.com.example.\\C3\\BC"), (&"x".repeat(255), "xxx")]
    {
        let request = request(name);
        workshop.write("request.der", &request.der);
        workshop.run("req -inform DER -in request.der -verify -noout -subject -out subject");
        let subject = workshop.text("subject");
        assert!(subject.starts_with(&format!("subject=CN = {shown}")), "{subject}");
        // openssl writes the same bytes.
        workshop.run("req -inform DER -in request.der -outform DER -out again.der");
        assert_eq!(workshop.read("again.der"), request.der);
    }
}

#[test]
fn its_certificate_and_its_key_are_an_identity() {
    let NewRequest { der, pkcs8 } = request(PASS_TYPE);
    let issued = authority().sign_request(&pem::encode(CERTIFICATE_REQUEST, &der), PASS_TYPE, TEAM);
    let certificate = Certificate::from_der(&issued.der()).unwrap();
    assert_eq!(public_key_of_request(&der), certificate.public_key());
    let upload =
        Upload { certificate: &issued.chain_pem(), private_key: &pem::encode(PRIVATE_KEY, &pkcs8), intermediate: None };
    let candidate = ready(upload.check(PASS_TYPE, now(), &trust(), &RustRsa)).unwrap();
    assert_eq!((candidate.certificate, candidate.private_key), (certificate, pkcs8));
}

#[test]
fn what_is_no_request_has_no_key() {
    let der = request(PASS_TYPE).der;
    assert!(public_key_of_request(&der).is_some());
    for length in 0..der.len() {
        assert_eq!(public_key_of_request(&der[..length]), None, "{length}");
    }
    let longer = [der.as_slice(), b"\0"].concat();
    for other in [&longer[..], &super::identity().certificate_der(), b"\x30\0"] {
        assert_eq!(public_key_of_request(other), None);
    }
}

#[test]
fn a_request_and_a_key_show_nothing_in_logs() {
    let shown = format!("{:?} {:?}", request(PASS_TYPE), pass_factory::crypto::generate());
    assert!(shown.len() < 100, "{shown}");
}
