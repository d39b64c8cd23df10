//! Any bytes as a PKCS #12 file, with the password of the corpus and with an empty one. RSA says yes to everything, so that
//! nothing hides what comes after it.
#![no_main]

mod yes;

use libfuzzer_sys::fuzz_target;
use pkpass::signature::{Pkcs12, Trust};
use yes::{NOW, Yes, ready};

fuzz_target!(|file: &[u8]| {
    for password in ["password", ""] {
        let upload = Pkcs12 { file, password, intermediate: None };
        if let Err(defects) = ready(upload.check("pass.x", NOW, &Trust::any(), &Yes)) {
            assert!(!defects.is_empty());
            for message in defects.iter().map(|defect| &defect.message) {
                assert!(message.chars().count() < 600 && !message.contains(char::is_control), "{message}");
            }
        }
    }
});
