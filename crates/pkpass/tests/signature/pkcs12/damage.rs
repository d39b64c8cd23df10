//! Files that were changed: nothing panics, takes long, or is taken for another identity.

use super::{PASSWORD, exported, identity, mutation::Mutation, open, verdict};
use pass_factory::pkcs12::{Authentication, Encryption, Lengths, Pkcs12};
use proptest::{collection::vec, prelude::*};

/// Files of all kinds, which open quickly.
fn files() -> impl Strategy<Value = Vec<u8>> {
    let encryption = || {
        prop_oneof![Just(Encryption::None), Just(Encryption::Rc2With40Bits), Just(Encryption::TripleDes), Just(Encryption::Aes)]
    };
    let authentication = prop_oneof![Just(Authentication::None), Just(Authentication::Sha1), Just(Authentication::Pbmac1)];
    let lengths = prop_oneof![Just(Lengths::Definite), Just(Lengths::Indefinite(1000)), Just(Lengths::Indefinite(3))];
    (encryption(), encryption(), authentication, lengths).prop_map(
        |(certificate_encryption, key_encryption, authentication, lengths)| {
            Pkcs12 { certificate_encryption, key_encryption, authentication, lengths, iterations: 1, ..exported() }.write()
        },
    )
}

/// Whatever opens has the certificate that was written. A file that asks for billions of iterations would not end.
fn probe(file: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(candidate) = open(file, PASSWORD) {
        prop_assert_eq!(candidate.certificate.der(), identity().certificate_der());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_file_of_the_writer_opens(file in files()) {
        prop_assert_eq!(verdict(&open(&file, PASSWORD)), "");
    }

    #[test]
    fn changed_files(mut file in files(), mutations in vec(Mutation::any(), 1..4)) {
        for mutation in &mutations {
            mutation.apply(&mut file);
        }
        probe(&file)?;
    }

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..400), header in 0..4_usize) {
        let headers = [&b""[..], b"\x30\x82\x01\0\x02\x01\x03", b"\x30\x80\x02\x01\x03\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80", b"\x30\x80\x02\x01\x03"];
        probe(&[headers[header], &bytes].concat())?;
    }

    #[test]
    fn any_password(password in any::<String>()) {
        let file = Pkcs12 { password: &password, iterations: 1, ..exported() }.write();
        prop_assert_eq!(verdict(&open(&file, &password)), "");
    }
}

/// With a MAC, no byte of what it covers can be another, and a change is never taken for something else than damage or a wrong
/// password.
#[test]
fn no_byte_can_be_changed() {
    let file = Pkcs12 { iterations: 1, lengths: Lengths::Definite, ..exported() }.write();
    for position in 0..file.len() {
        let mut changed = file.clone();
        changed[position] ^= 1 << (position % 8);
        let opened = open(&changed, PASSWORD);
        assert!(opened.is_err() || identity().key_der() == opened.unwrap().private_key, "{position}");
    }
    for length in 0..file.len() {
        assert!(open(&file[..length], PASSWORD).is_err(), "{length}");
    }
}

#[test]
fn depth_is_bounded() {
    for depth in [5, 32, 33, 1000, 20_000] {
        let open_elements = [0x30, 0x80].repeat(depth);
        let closed = [&open_elements[..], &[0, 0].repeat(depth)].concat();
        for file in [&open_elements, &closed, &[b"\x30\x80\x02\x01\x03", &closed[..], b"\0\0"].concat()] {
            assert!(verdict(&open(file, PASSWORD)).starts_with("pkcs12_"), "{depth}");
        }
    }
}
