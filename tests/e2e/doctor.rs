//! The doctor of `cargo run --example doctor`, which looks at the service from outside.

use crate::util::{Card, Made};
use edgepass_support::{
    clock,
    doctor::{Finding, Options, State, examine},
    pass::Pass,
    server::Server,
};
use pkpass::signature::Trust;

fn findings(file: &[u8]) -> Vec<Finding> {
    let now = i64::try_from(clock::unix_now().as_secs()).expect("the present");
    let url = Some(Server::shared().base().to_owned());
    examine(file, &Options { trust: Trust::any(), now, url, register: true })
}

fn problems(findings: &[Finding]) -> Vec<&str> {
    findings.iter().filter(|finding| finding.state == State::Problem).map(|finding| finding.check.as_str()).collect()
}

#[test]
fn it_finds_no_problem_in_a_pass_of_the_service_and_leaves_no_device() {
    let made = Made::published();
    let found = findings(&made.file());
    assert_eq!(problems(&found), [""; 0], "{found:#?}");
    for check in ["send_pass", "list_of_unknown_device", "register", "list", "unregister"] {
        assert!(found.iter().any(|finding| finding.check == check), "{check} is not in {found:#?}");
    }
    assert_eq!(made.metadata()["registrations"], 0);
}

#[test]
fn it_finds_that_the_service_does_not_know_the_token_or_the_pass() {
    let card = Card::published();
    let other = card.edited(|pass| pass.token("another-token-than-the-service-has"));
    assert!(Pass::read(&other).is_ok());
    assert_eq!(problems(&findings(&other)), ["token_refused"]);
    assert_eq!(problems(&findings(&Card::unpublished().file())), ["token_refused"]);
}
