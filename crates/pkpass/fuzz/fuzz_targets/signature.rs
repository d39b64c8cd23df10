//! Any bytes as `signature`, as a certificate and as a private key. RSA says yes to everything, so that nothing hides what
//! comes after it.
#![no_main]

mod yes;

use libfuzzer_sys::fuzz_target;
use pkpass::signature::{Certificate, Signed, Signer, Trust, Upload, examine};
use yes::{NOW, Yes, ready};

fuzz_target!(|bytes: &[u8]| {
    for (trust, needs_nfc) in [(Trust::any(), false), (Trust::apple(), true)] {
        let signed = Signed { signature: bytes, manifest: b"{}", pass_type: None, team: None, needs_nfc };
        let report = ready(examine(&signed, &trust, NOW, &Yes));
        for message in report.defects.iter().map(|it| &it.message).chain(report.warnings.iter().map(|it| &it.message)) {
            assert!(message.chars().count() < 600 && !message.contains(char::is_control), "{message}");
        }
    }
    if let Some(certificate) = Certificate::from_der(bytes) {
        assert_eq!(certificate.der(), bytes);
        let _ = (certificate.issuer(), certificate.pass_type(), certificate.team(), certificate.serial_number());
        let g4 = Certificate::from_der(include_bytes!("../../src/apple/AppleWWDRCAG4.der")).expect("Apple's is good");
        if let Some(signer) = Signer::new(&certificate, &g4) {
            let file = ready(signer.sign(b"{}", &(), NOW, &Yes)).expect("it signs").expect("it is not long ago");
            let signed = Signed { signature: &file, manifest: b"{}", pass_type: None, team: None, needs_nfc: false };
            // What is made is read, whatever the certificate is.
            let report = ready(examine(&signed, &Trust::any(), NOW, &Yes));
            assert!(!report.defects.iter().any(|defect| format!("{:?}", defect.code).starts_with("SignatureFormat")));
        }
    }
    // The same bytes in PEM, and as the text itself.
    let pem = |label: &str| format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", base64(bytes));
    let text = String::from_utf8_lossy(bytes);
    for texts in [
        [pem("CERTIFICATE"), pem("PRIVATE KEY")],
        [pem("CERTIFICATE"), pem("RSA PRIVATE KEY")],
        [text.to_string(), text.to_string()],
    ] {
        let [certificate, private_key] = &texts;
        for intermediate in [None, Some(certificate.as_str())] {
            let upload = Upload { certificate, private_key, intermediate };
            if let Err(defects) = ready(upload.check("pass.x", NOW, &Trust::any(), &Yes)) {
                assert!(!defects.is_empty());
            }
        }
    }
});

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = three.iter().chain(&[0, 0]).take(3).fold(0, |number, byte| number << 8 | usize::from(*byte));
        let digits = [18, 12, 6, 0].map(|shift| char::from(DIGITS[number >> shift & 63]));
        text.extend(digits.iter().take(three.len() + 1));
        text.extend(['='; 3].iter().take(3 - three.len()));
    }
    text
}
