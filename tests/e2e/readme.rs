//! The commands of README.md, run as they are written.

use crate::util::{Shell, Template, identity};
use edgepass_support::{
    issuer::Issuer,
    server::{Options, Server},
};

const DEV_VARS: &str = include_str!("../../.dev.vars.example");

#[test]
fn its_commands_make_change_and_publish_a_pass_as_they_are_written() {
    let key = DEV_VARS.lines().find_map(|line| line.strip_prefix("ISSUER_KEY=")).expect("there is a key");
    let server = Server::start(Options { vars: &[("ISSUER_KEY", key)], ..Options::default() });
    // As `edgepass dev` has them stored.
    let pass_type = "pass.com.example.coffee";
    let issuer = Issuer::new(server.base(), key);
    issuer.store_identity(pass_type, &identity(pass_type)).expect(201);
    let mut template = Template::new().at(issuer);
    "coffee".clone_into(&mut template.name);
    template.store().expect(201);
    let shell = Shell::new(include_str!("../../README.md"), &server, DEV_VARS);
    let commands = ["Make a pass", "Publish a pass you signed"].map(|section| shell.commands(section));
    let printed = shell.run(&commands.concat());
    assert_eq!(printed.matches(r#""serialNumber":"S-1""#).count(), 2, "{printed}");
    assert_eq!(printed.matches(r#""changed":true"#).count(), 2, "{printed}");
    assert!(printed.contains(r#""serialNumber":"S-2""#) && printed.contains(r#""changed":false"#), "{printed}");
    let warning = "WARNING: the pass names https://passes.example.com/wallet as its webServiceURL";
    assert!(printed.contains(warning), "{printed}");
}
