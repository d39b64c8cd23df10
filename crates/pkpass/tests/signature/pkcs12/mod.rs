//! PKCS #12 files: what OpenSSL and Keychain Access write is read, and what is wrong with a file is told apart.

mod choice;
mod damage;
mod faults;
#[path = "../../pass_files/mutation.rs"]
mod mutation;
mod writers;

use super::{MANIFEST, PASS_TYPE, TEAM, Workshop, authority, identity, now, ready, trust};
use pass_factory::{crypto::RustRsa, pkcs12};
use pkpass::{
    Defect,
    signature::{Candidate, Pkcs12},
};

const PASSWORD: &str = "hunter2 is no password";

/// The file that Keychain Access exports: certificate, intermediate, key.
fn exported() -> pkcs12::Pkcs12<'static> {
    pkcs12::Pkcs12 {
        certificates: vec![identity().certificate_der(), authority().intermediate_der()],
        keys: vec![identity().key_der()],
        password: PASSWORD,
        ..pkcs12::Pkcs12::default()
    }
}

/// Opens a file, and checks that nothing it says holds the password.
fn open(file: &[u8], password: &str) -> Result<Candidate, Vec<Defect>> {
    open_with(file, password, None)
}

fn open_with(file: &[u8], password: &str, intermediate: Option<&str>) -> Result<Candidate, Vec<Defect>> {
    let upload = Pkcs12 { file, password, intermediate };
    let opened = ready(upload.check(PASS_TYPE, now(), &trust(), &RustRsa));
    let said = format!("{upload:?} {opened:?}");
    assert!(password.len() < 5 || !said.contains(password), "{said}");
    opened
}

/// The codes and files of the defects, `code@file`; nothing for a good file.
fn verdict(opened: &Result<Candidate, Vec<Defect>>) -> String {
    let name = |defect: &Defect| {
        let code = serde_json::to_value(defect.code).unwrap();
        format!("{}@{}", code.as_str().unwrap(), defect.file.as_deref().unwrap())
    };
    opened.as_ref().err().map(|defects| defects.iter().map(name).collect::<Vec<_>>().join(" ")).unwrap_or_default()
}

/// Checks that a file has the shared identity in it.
#[track_caller]
fn is_identity(file: &[u8], password: &str, what: &str) {
    let opened = open(file, password).unwrap_or_else(|defects| panic!("{what}: {defects:?}"));
    assert_eq!(opened.certificate.der(), identity().certificate_der(), "{what}");
    assert_eq!(opened.intermediate.der(), authority().intermediate_der(), "{what}");
    assert_eq!(opened.private_key, identity().key_der(), "{what}");
}

/// A file whose key OpenSSL's `pkcs8` encrypted with these options.
fn with_key_of_openssl(workshop: &Workshop, options: &str, password: &str) -> pkcs12::Pkcs12<'static> {
    let arguments = format!("pkcs8 -topk8 -in key.pem -out key.der -outform DER{options} -passout");
    let password = format!("pass:{password}");
    workshop.run_split(&arguments.split(' ').chain([password.as_str()]).collect::<Vec<_>>());
    pkcs12::Pkcs12 { shrouded_keys: vec![workshop.read("key.der")], keys: Vec::new(), ..exported() }
}
