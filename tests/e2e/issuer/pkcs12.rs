//! `PUT /issuer/v1/pass-types/{passTypeIdentifier}/signing-identity` with a PKCS #12 file

use crate::util::{
    self, Folder, Made, Shell, defects, identity, is_defect, is_problem_about, is_refused_early, issuer, new_type, used,
};
use base64ct::{Base64, Encoding};
use edgepass_support::{
    http::Answer,
    issuer::Pem,
    pass::{DEFAULT_TEAM, TestAuthority, pkcs12::Pkcs12},
    server::{ISSUER_KEY, Server},
};
use serde_json::{Value, json};

const PASSWORD: &str = "pä\"$w\\örd `' 🔑";

fn body(file: &[u8], password: &str) -> Value {
    json!({ "pkcs12": Base64::encode_string(file), "password": password })
}

fn send(pass_type: &str, body: &Value) -> Answer {
    issuer().send_identity(pass_type, body.to_string().as_bytes())
}

fn exported(pass_type: &str) -> Pkcs12<'static> {
    util::exported(pass_type, PASSWORD)
}

/// Exports an identity with openssl.
fn export(pem: &Pem, options: &[&str]) -> Vec<u8> {
    let folder = Folder::new();
    folder.write("all.pem", [&*pem.certificate, &pem.intermediate, &pem.private_key].concat());
    let password = format!("pass:{PASSWORD}");
    let fixed = ["pkcs12", "-export", "-in", "all.pem", "-out", "pass.p12", "-passout", &password];
    folder.run("openssl", &[&fixed, options].concat());
    folder.bytes("pass.p12")
}

/// Makes a pass, and has openssl verify its signature.
fn signs(pass_type: &str) {
    let made = Made { pass_type: pass_type.to_owned(), ..Made::ready() };
    made.make(&"{}").expect(201);
    let folder = Folder::new();
    for name in ["manifest.json", "signature"] {
        folder.write(name, made.entry(name));
    }
    folder.write("root.pem", TestAuthority::shared().root_pem());
    let verify = "cms -verify -binary -inform DER -in signature -content manifest.json -CAfile root.pem -purpose any";
    folder.run("openssl", &verify.split(' ').collect::<Vec<_>>());
}

#[test]
fn files_of_openssl_and_keychain_access_sign_passes() {
    for options in [&[][..], &["-legacy"], &["-legacy", "-nomac"], &["-macalg", "sha512", "-iter", "100000"]] {
        let pass_type = new_type();
        let file = export(&identity(&pass_type), options);
        let stored = send(&pass_type, &body(&file, PASSWORD)).expect(201);
        assert_eq!(stored.json(), issuer().identity(&pass_type).expect(200).json(), "{options:?}");
        signs(&pass_type);
    }
    let pass_type = new_type();
    let file = exported(&pass_type).write();
    send(&pass_type, &body(&file, PASSWORD)).expect(201);
    send(&pass_type, &body(&file, PASSWORD)).expect(200);
    signs(&pass_type);
}

#[test]
fn it_may_need_an_intermediate_and_no_password_and_base64_may_have_lines() {
    let (pass_type, authority) = (new_type(), TestAuthority::shared());
    let alone = Pkcs12 {
        certificates: vec![authority.identity(&pass_type, DEFAULT_TEAM).certificate_der()],
        password: "",
        ..exported(&pass_type)
    };
    let lines: Vec<_> = Base64::encode_string(&alone.write())
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let mut body = json!({ "pkcs12": lines.join("\r\n") });
    is_defect(&send(&pass_type, &body), 400, "intermediate_mismatch");
    body["intermediate"] = json!(authority.intermediate_pem());
    send(&pass_type, &body).expect(201);
    signs(&pass_type);
}

/// Checks that a body is refused with one defect of the file, and changes nothing.
#[track_caller]
fn is_refused(pass_type: &str, body: &Value, code: &str) {
    let answer = send(pass_type, body);
    assert_eq!(defects(&answer, 400), [code], "{answer:#}");
    assert_eq!(answer.json()["defects"][0]["file"], "pkcs12", "{answer:#}");
    used(&answer, 0, 0);
    issuer().identity(pass_type).expect(404);
}

#[test]
fn a_wrong_password_is_told_from_a_wrong_file() {
    let pass_type = new_type();
    let file = exported(&pass_type).write();
    let pem = identity(&pass_type);
    for file in [&file, &export(&pem, &[]), &export(&pem, &["-legacy"]), &export(&pem, &["-nomac"])] {
        for password in ["", "wrong"] {
            is_refused(&pass_type, &body(file, password), "pkcs12_password");
        }
        is_refused(&pass_type, &body(&file[..file.len() / 2], PASSWORD), "pkcs12_damaged");
    }
    is_refused(&pass_type, &json!({ "pkcs12": Base64::encode_string(&file) }), "pkcs12_password");
    for other in [b"".as_slice(), b"x", pem.certificate.as_bytes(), &exported(&pass_type).certificates[0]] {
        is_refused(&pass_type, &body(other, PASSWORD), "pkcs12_format");
    }
    let claims = Pkcs12 { claimed_iterations: Some(u32::MAX), iterations: 1, ..exported(&pass_type) };
    is_refused(&pass_type, &body(&claims.write(), PASSWORD), "pkcs12_iterations");
    is_refused(&pass_type, &body(&exported(&new_type()).write(), PASSWORD), "certificate_pass_type");
}

#[test]
fn a_body_of_another_form_is_400() {
    let (pass_type, pem) = (new_type(), identity(&new_type()));
    let good = body(&exported(&pass_type).write(), PASSWORD);
    for (member, value) in [
        ("pkcs12", Value::Null),
        ("pkcs12", json!("no, base64")),
        ("pkcs12", json!(["x"])),
        ("password", json!(7)),
        ("certificate", json!(pem.certificate)),
        ("privateKey", json!(pem.private_key)),
    ] {
        let mut body = good.clone();
        body[member] = value;
        let answer = send(&pass_type, &body);
        is_refused_early(&answer, 400);
        is_problem_about(&answer, 400, &["pkcs12"]);
    }
    issuer().identity(&pass_type).expect(404);
}

/// The commands of docs/signing.md, as they are printed. Only the password is not typed.
#[test]
fn the_commands_of_the_documentation_store_it() {
    let pass_type = new_type();
    let server = Server::shared();
    let shell = Shell::new(include_str!("../../../docs/signing.md"), server, &format!("ISSUER_KEY={ISSUER_KEY}\n"));
    let pem = identity(&pass_type);
    shell.write("pass.p12", exported(&pass_type).write());
    shell.write("pass.pem", format!("{}{}", pem.certificate, pem.intermediate).as_bytes());
    shell.write("pass.key", pem.private_key.as_bytes());
    let typed = "stty -echo; IFS= read -r PASSWORD; stty echo; echo";
    let section = shell.commands("2. Or a key that you have");
    assert_eq!(section.matches(typed).count(), 1, "{section}");
    let commands = [shell.commands(""), section.replace(typed, "PASSWORD=$(cat password)")].concat();
    shell.write("password", PASSWORD.as_bytes());
    let printed = shell.run(&commands.replace("pass.com.example.coffee", &pass_type));
    assert!(printed.contains(&format!("Pass Type ID: {pass_type}")), "{printed}");
    signs(&pass_type);
}
