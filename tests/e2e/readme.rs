//! The commands of README.md, run as they are written.

use std::{
    env, fs,
    process::{Command, Output},
};

use edgepass_support::{
    random,
    server::{ISSUER_KEY, Server},
};

const README: &str = include_str!("../../README.md");
const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// The shell commands of a section.
fn commands(section: &str) -> String {
    let (_, rest) = README.split_once(&format!("\n## {section}\n")).expect("the README has the section");
    let text = rest.split("\n## ").next().unwrap_or_default();
    let blocks = text.split("```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
}

/// Runs them against a service of the tests.
fn run(commands: &str, server: &Server) -> Output {
    let directory = env::temp_dir().join(format!("edgepass-readme-{}", random::hex(8)));
    let folder = directory.join("examples/coffee.pass");
    fs::create_dir_all(&folder).expect("the temporary directory is writable");
    for file in ["icon.png", "pass.json"] {
        fs::copy(format!("{REPOSITORY}/examples/coffee.pass/{file}"), folder.join(file))
            .expect("the example is there");
    }
    let commands = commands
        .replace("http://127.0.0.1:8787", server.base())
        .replace("dev-issuer-key", ISSUER_KEY)
        .replace("curl ", "curl --silent --show-error --fail-with-body ")
        .replace("cargo run ", &format!("cargo run --quiet --manifest-path {REPOSITORY}/Cargo.toml "))
        // The service does not know its own address when it starts.
        .replace("phone -- coffee.pkpass", &format!("phone -- coffee.pkpass --url {}", server.base()));
    let output = Command::new("sh")
        .args(["-euc", &commands])
        .current_dir(&directory)
        .output()
        .expect("there is a shell");
    fs::remove_dir_all(&directory).expect("it was just made");
    output
}

#[test]
fn its_commands_make_publish_and_change_a_pass_as_they_are_written() {
    let server = Server::shared();
    let published = run(&commands("Publish a pass you signed"), server);
    let printed = String::from_utf8_lossy(&published.stdout);
    assert!(published.status.success(), "{printed}\n{}", String::from_utf8_lossy(&published.stderr));
    assert!(
        printed.contains(r#""serialNumber":"S-2""#) && printed.contains(r#""changed":false"#),
        "{printed}"
    );
    let warning = "WARNING: the pass names https://passes.example.com/wallet as its webServiceURL";
    assert!(printed.contains(warning), "{printed}");
    // The identity of the pass type was stored by the demo above, as `make dev` has it stored.
    let made = run(&commands("Make a pass"), server);
    let printed = String::from_utf8_lossy(&made.stdout);
    assert!(made.status.success(), "{printed}\n{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(printed.matches(r#""serialNumber":"S-1""#).count(), 2, "{printed}");
    assert_eq!(printed.matches(r#""changed":true"#).count(), 2, "{printed}");
}
