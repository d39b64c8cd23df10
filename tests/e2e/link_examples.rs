//! The commands and programs of docs/own-links.md, run as they are printed.

use crate::util::{Shell, identity};
use edgepass_support::{
    http::Body,
    pass::Pass,
    server::{ISSUER_KEY, Options, PUBLIC_URL, Server},
};

const TYPE: &str = "pass.com.example.coffee";

#[test]
fn its_programs_print_the_same_link_which_makes_the_pass() {
    let server = Server::start(Options::default());
    server.issuer().store_identity(TYPE, &identity(TYPE)).expect(201);
    let shell = Shell::new(include_str!("../../docs/own-links.md"), &server, &format!("ISSUER_KEY={ISSUER_KEY}\n"));
    shell.run(&shell.commands("The key"));
    for (name, language) in [("link.py", "python"), ("link.mjs", "js"), ("link.sh", "sh")] {
        shell.write(name, shell.blocks(language).last().expect("the page has a program"));
    }
    let setup = &shell.blocks("sh")[1];
    let links = shell.run(&format!("{setup}\npython3 link.py\nnode link.mjs\nsh link.sh"));
    let links: Vec<_> = links.lines().collect();
    assert_eq!(links.len(), 3, "{links:?}");
    assert!(links.iter().all(|link| *link == links[0]), "{links:#?}");
    let path = links[0].strip_prefix(PUBLIC_URL).expect("the link leads to the service");
    let file = server.request("GET", path, &[], Body::Empty).expect(200).body;
    let pass = Pass::read(&file).expect("the service made a pass");
    assert_eq!(pass.content["storeCard"]["primaryFields"][0]["value"], 5);
    let external = server.issuer().send("GET", "/issuer/v1/passes/by-external-id/guest%207", &[], Body::Empty);
    assert_eq!(external.expect(200).json()["serialNumber"], "G-7");
}
