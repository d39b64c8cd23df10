//! The secret `APNS_KEY`, in the forms in which it comes, and in those in which it cannot be used.

use super::{pem, pkcs8};
use edgepass::push::apns::Key;
use proptest::prelude::*;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair},
};

fn why(secret: &str) -> &'static str {
    Key::parse(secret).err().unwrap_or("it was read")
}

#[test]
fn line_breaks_may_be_lost_or_written_out() {
    let file = pem("PRIVATE KEY", &pkcs8());
    let expected = Key::parse(&file).unwrap().sign(b"message");
    for secret in [
        format!("{file}\n"),
        file.replace('\n', "\r\n"),
        file.replace('\n', ""),
        file.replace('\n', " "),
        file.replace('\n', "\\n"),
        file.replace('\n', "\\r\\n"),
        format!("\"{}\"", file.replace('\n', "\\n")),
        format!("Bag Attributes\n  friendlyName: push\n{file}\n"),
    ] {
        assert_eq!(Key::parse(&secret).unwrap().sign(b"message"), expected, "{secret}");
    }
}

#[test]
fn what_is_wrong_with_a_key_is_said() {
    let der = pkcs8();
    let file = pem("PRIVATE KEY", &der);
    let body = file.lines().nth(1).unwrap();
    let other = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    for (secret, words) in [
        (String::new(), "no private key in PEM"),
        (body.to_owned(), "no private key in PEM"),
        (file.replace("PRIVATE KEY", "CERTIFICATE"), "no private key in PEM"),
        (file.split_at(150).0.to_owned(), "no private key in PEM"),
        (pem("ENCRYPTED PRIVATE KEY", &der), "encrypted"),
        (pem("EC PRIVATE KEY", &der), "none for push"),
        (pem("RSA PRIVATE KEY", &der), "none for push"),
        (pem("PRIVATE KEY", other.as_ref()), "none for push"),
        (file.replace(body, ""), "damaged"),
        (file.replacen('M', "!", 1), "damaged"),
        (pem("PRIVATE KEY", &[der.as_slice(), b"\0"].concat()), "damaged"),
    ] {
        let why = why(&secret);
        assert!(why.contains(words) && why.contains("APNS_KEY"), "{secret}\n{why}");
    }
}

#[test]
fn a_number_that_is_no_key_is_damaged() {
    let der = pkcs8();
    // RFC 5915: the number follows its tag and length, after the version.
    let at = der.windows(5).position(|bytes| bytes == [0x02, 1, 1, 0x04, 32]).unwrap() + 5;
    for number in [[0; 32], [0xFF; 32]] {
        let mut other = der.clone();
        other[at..at + 32].copy_from_slice(&number);
        assert!(why(&pem("PRIVATE KEY", &other)).contains("damaged"));
    }
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in "\\PC*|-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\\\\\n]{0,200}-----END PRIVATE KEY-----") {
        let _ = Key::parse(&text);
    }

    #[test]
    fn any_bytes_can_be_read(at in 0..67_usize, byte: u8, cut in 0..140_usize) {
        let mut der = pkcs8();
        der[at] = byte;
        let _ = Key::parse(&pem("PRIVATE KEY", &der));
        der.truncate(cut);
        prop_assert!(Key::parse(&pem("PRIVATE KEY", &der)).is_err() || cut >= 138);
    }
}
