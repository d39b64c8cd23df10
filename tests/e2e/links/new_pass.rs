//! The page of a link that its issuer made itself, to a pass that does not exist yet, and the pictures on it.
//! `issuer/new_links.rs` tests what clients without a browser get.

use super::{IPHONE, WINDOWS, is_page, visit};
use crate::util::{Made, ask, calls, is_problem, is_problem_about, is_refused_early, issuer, new_pass_key, path_to_new, used};
use serde_json::{Value, json};

/// The path of a link to this pass. Its token has one more claim.
#[track_caller]
fn path_with(made: &Made, name: &str, value: &Value) -> String {
    let mut claims = json!({
        "passTypeIdentifier": made.pass_type,
        "serialNumber": made.serial,
        "template": made.template.name,
    });
    claims[name] = value.clone();
    path_to_new(&new_pass_key(&issuer()), &claims)
}

#[test]
fn the_first_opening_in_a_browser_makes_the_pass_and_its_page_has_a_code_and_a_logo() {
    let made = Made::loyalty();
    let path = path_with(&made, "values", &json!({ "points": 5 }));
    used(&ask("GET", &format!("{path}/qr.svg")).expect(200), 0, 0);
    is_problem(&ask("GET", &format!("{path}/logo.png")), 404);
    made.is_unknown();
    let first = visit(&path, WINDOWS);
    is_page(&first, 200);
    assert_eq!(calls(&first), 2, "as many as a PUT");
    assert_eq!(first.header("vary"), Some("accept, user-agent, accept-language"));
    let name = path.strip_prefix("/links/new/").expect("a path of its own");
    for picture in ["logo.png", "qr.svg"] {
        assert!(first.text().contains(&format!("src=\"./{name}/{picture}\"")), "{first:#}");
        ask("GET", &format!("{path}/{picture}")).expect(200);
    }
    let again = visit(&path, WINDOWS);
    is_page(&again, 200);
    used(&again, 1, 0);
    assert!(visit(&path, IPHONE).expect(200).body == made.file(), "the bytes differ");
    made.withdraw();
    let withdrawn = visit(&path, WINDOWS);
    is_page(&withdrawn, 404);
    assert!(withdrawn.text().contains("<h1>This pass is no longer available</h1>"), "{withdrawn:#}");
}

#[test]
fn a_token_that_opens_nothing_has_a_page_that_says_so_and_no_pictures() {
    let made = Made::loyalty();
    let expired = path_with(&made, "exp", &json!(1));
    for (path, title) in [(format!("{expired}x"), "This link does not work"), (expired.clone(), "This link has expired")] {
        let answer = visit(&path, WINDOWS);
        is_page(&answer, 404);
        used(&answer, 0, 0);
        assert!(answer.text().contains(&format!("<h1>{title}</h1>")), "{answer:#}");
        for picture in ["logo.png", "qr.svg"] {
            is_refused_early(&ask("GET", &format!("{path}/{picture}")), 404);
        }
    }
    let defective = visit(&path_with(&made, "values", &json!({ "stars": 5 })), WINDOWS);
    is_page(&defective, 404);
    assert!(defective.text().contains("<h1>This link does not work</h1>"), "{defective:#}");
    made.is_unknown();
}

#[test]
fn a_long_token_has_a_page_without_a_code() {
    let made = Made::loyalty();
    let path = path_with(&made, "pass", &json!({ "userInfo": { "note": "x".repeat(1000) } }));
    is_problem_about(&ask("GET", &format!("{path}/qr.svg")), 400, &["too long for a QR code"]);
    let answer = visit(&path, WINDOWS);
    is_page(&answer, 200);
    assert!(!answer.text().contains("qr.svg") && answer.text().contains("href=\"?download\""), "{answer:#}");
}
