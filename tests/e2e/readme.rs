//! The commands of README.md, run as they are written.

use crate::util::identity;
use edgepass_support::{
    issuer::Issuer,
    random,
    server::{Options, Server},
};
use std::{
    env, fs,
    process::{Command, Output},
};

const README: &str = include_str!("../../README.md");
const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");
const DEV_VARS: &str = include_str!("../../.dev.vars.example");

fn commands(section: &str) -> String {
    let (_, rest) = README.split_once(&format!("\n## {section}\n")).expect("the README has the section");
    let text = rest.split("\n## ").next().unwrap_or_default();
    let blocks = text.split("```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
}

fn run(commands: &str, server: &Server) -> Output {
    let directory = env::temp_dir().join(format!("edgepass-readme-{}", random::hex(8)));
    let folder = directory.join("examples/coffee.pass");
    fs::create_dir_all(&folder).expect("the temporary directory is writable");
    for file in ["icon.png", "icon@2x.png", "icon@3x.png", "pass.json"] {
        fs::copy(format!("{REPOSITORY}/examples/coffee.pass/{file}"), folder.join(file)).expect("the example is there");
    }
    fs::write(directory.join(".dev.vars"), DEV_VARS).expect("the temporary directory is writable");
    let commands = commands
        .replace("http://127.0.0.1:8787", server.base())
        .replace("curl ", "curl --silent --show-error --fail-with-body ")
        .replace("cargo run ", &format!("cargo run --quiet --manifest-path {REPOSITORY}/Cargo.toml "))
        // The service does not know its own address when it starts.
        .replace("phone -- coffee.pkpass", &format!("phone -- coffee.pkpass --url {}", server.base()));
    let output = Command::new("sh").args(["-euc", &commands]).current_dir(&directory).output().expect("there is a shell");
    fs::remove_dir_all(&directory).expect("it was just made");
    output
}

#[test]
fn its_commands_make_change_and_publish_a_pass_as_they_are_written() {
    let key = DEV_VARS.lines().find_map(|line| line.strip_prefix("ISSUER_KEY=")).expect("there is a key");
    let server = Server::start(Options { vars: &[("ISSUER_KEY", key)], ..Options::default() });
    // As `make dev` has it stored.
    let pass_type = "pass.com.example.coffee";
    Issuer::new(server.base(), key).store_identity(pass_type, &identity(pass_type)).expect(201);
    let output = run(&["Make a pass", "Publish a pass you signed"].map(commands).concat(), &server);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(printed.matches(r#""serialNumber":"S-1""#).count(), 2, "{printed}");
    assert_eq!(printed.matches(r#""changed":true"#).count(), 2, "{printed}");
    assert!(printed.contains(r#""serialNumber":"S-2""#) && printed.contains(r#""changed":false"#), "{printed}");
    let warning = "WARNING: the pass names https://passes.example.com/wallet as its webServiceURL";
    assert!(printed.contains(warning), "{printed}");
}
