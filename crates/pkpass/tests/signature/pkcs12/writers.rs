//! What OpenSSL and Keychain Access write.

use super::{PASSWORD, Workshop, exported, is_identity, open, verdict, with_key_of_openssl};
use pass_factory::pkcs12::{Authentication, Encryption, Lengths, Pkcs12};

/// Passwords, and what is special about them: nothing, empty, one letter, beyond ASCII, beyond 16 bits, quotes, longer than the
/// blocks of SHA-512.
const PASSWORDS: [&str; 7] = [PASSWORD, "", "x", "pässwörd €", "🔑 key", "\"'\\$`%&=:", LONG];

#[rustfmt::skip]
const LONG: &str = "a password of more than one hundred and twenty-eight bytes, which a password manager would write if it \
                    were asked to, and nobody could remember";

/// Exports certificate, key and intermediate with openssl.
fn export(workshop: &Workshop, options: &str, password: &str) -> Vec<u8> {
    let fixed = "pkcs12 -export -inkey key.pem -in certificate.pem -certfile wwdr.pem -out pass.p12 -name pass -passout";
    let password = format!("pass:{password}");
    let arguments = fixed.split(' ').chain([password.as_str()]).chain(options.split_whitespace());
    workshop.run_split(&arguments.collect::<Vec<_>>());
    workshop.read("pass.p12")
}

#[test]
fn what_openssl_exports_is_read() {
    let workshop = Workshop::new();
    for options in [
        "",
        "-legacy",
        "-legacy -iter 1",
        "-legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-RC2-40",
        "-legacy -descert",
        "-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1",
        "-certpbe PBE-SHA1-2DES -keypbe PBE-SHA1-2DES",
        "-certpbe AES-128-CBC -keypbe AES-192-CBC",
        "-certpbe DES-EDE3-CBC -keypbe DES-EDE3-CBC",
        "-certpbe NONE",
        "-keypbe NONE",
        "-certpbe NONE -keypbe NONE",
        "-certpbe NONE -keypbe NONE -nomac",
        "-nomac",
        "-legacy -nomac",
        "-macalg sha1",
        "-macalg sha384",
        "-macalg sha512",
        "-iter 1",
        "-iter 100000",
        "-nomaciter",
        "-CSP x -caname wwdr",
    ] {
        is_identity(&export(&workshop, options, PASSWORD), PASSWORD, options);
    }
}

#[test]
fn passwords_of_openssl_are_read_in_both_forms() {
    let workshop = Workshop::new();
    for password in PASSWORDS {
        for options in ["", "-legacy", "-nomac", "-legacy -nomac"] {
            is_identity(&export(&workshop, options, password), password, &format!("{options} {password}"));
        }
    }
}

/// OpenSSL's command has no option for the hash function of PBKDF2 in these files, and `pkcs8` has one.
#[test]
fn each_hash_function_of_pbkdf2_is_read() {
    let workshop = Workshop::new();
    for function in ["hmacWithSHA1", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512"] {
        let file = with_key_of_openssl(&workshop, &format!(" -v2 aes-256-cbc -v2prf {function}"), PASSWORD);
        is_identity(&file.write(), PASSWORD, function);
    }
}

#[test]
fn what_keychain_access_exports_is_read_here_and_by_openssl() {
    let workshop = Workshop::new();
    for iterations in [1, 2048] {
        for lengths in [Lengths::Definite, Lengths::Indefinite(1000), Lengths::Indefinite(7)] {
            for password in PASSWORDS {
                let file = Pkcs12 { password, iterations, lengths, ..exported() };
                is_identity(&file.write(), password, &format!("{iterations} {lengths:?} {password}"));
                workshop.write("pass.p12", &file.write());
                let password = format!("pass:{password}");
                workshop
                    .run_split(&["pkcs12", "-legacy", "-in", "pass.p12", "-nodes", "-out", "all.pem", "-passin", &password]);
                assert!(workshop.text("all.pem").contains("PRIVATE KEY"));
            }
        }
    }
}

#[test]
fn an_empty_password_may_be_nothing_or_a_zero() {
    for nothing_for_empty in [true, false] {
        for authentication in [Authentication::Sha1, Authentication::None] {
            let file = Pkcs12 { password: "", nothing_for_empty, authentication, ..exported() };
            is_identity(&file.write(), "", &format!("{nothing_for_empty} {authentication:?}"));
            assert_eq!(verdict(&open(&file.write(), "x")), "pkcs12_password@pkcs12");
        }
    }
}

/// RFC 9579; openssl 3.4 is the first to write it.
#[test]
fn pbmac1_is_read() {
    for (encryption, password) in
        [Encryption::Aes, Encryption::TripleDes].into_iter().flat_map(|it| PASSWORDS.map(|password| (it, password)))
    {
        let file = Pkcs12 {
            password,
            key_encryption: encryption,
            certificate_encryption: encryption,
            authentication: Authentication::Pbmac1,
            ..exported()
        };
        is_identity(&file.write(), password, &format!("{encryption:?} {password}"));
        assert_eq!(verdict(&open(&file.write(), "wrong")), "pkcs12_password@pkcs12");
    }
}
