//! Links that open nothing: a page for people, and the same problem as always for others.

use super::{IPHONE, WINDOWS, is_page, link, path, visit, visit_in};
use crate::util::{Card, ask, is_problem_about, issuer, until, used};
use edgepass_support::{
    pass::Layout,
    random,
    server::{Options, Server},
};

/// What clients without a browser are told of all of them.
const NOTHING: &str = "This link does not exist, or has expired.";

#[test]
fn an_unknown_or_changed_link_has_a_page_and_asks_no_database() {
    let good = link(&Card::published());
    for path in ["/links/x".to_owned(), good.replace(".pkpass", "A.pkpass"), format!("{good}es")] {
        for agent in [WINDOWS, IPHONE] {
            let answer = visit(&path, agent);
            is_page(&answer, 404);
            used(&answer, 0, 0);
            assert!(answer.text().contains("<h1>This link does not work</h1>"), "{answer:#}");
        }
        is_problem_about(&ask("GET", &path), 404, &[NOTHING]);
    }
}

#[test]
fn an_expired_link_says_so_and_asks_no_database() {
    let card = Card::published();
    let path = path(&issuer().link(card.pass_type(), card.serial(), Some(1)).expect(201));
    let expired = until("the link has expired", || {
        let answer = visit(&path, IPHONE);
        (answer.status != 200).then_some(answer)
    });
    is_page(&expired, 404);
    used(&expired, 0, 0);
    assert!(expired.text().contains("<h1>This link has expired</h1>"), "{expired:#}");
    is_problem_about(&ask("GET", &path), 404, &[NOTHING]);
}

#[test]
fn a_withdrawn_pass_has_a_page_that_says_so_until_it_is_published_again() {
    let card = Card::published();
    let path = link(&card);
    card.withdraw();
    for agent in [WINDOWS, IPHONE] {
        let answer = visit(&path, agent);
        is_page(&answer, 404);
        assert!(answer.text().contains("<h1>This pass is no longer available</h1>"), "{answer:#}");
    }
    is_problem_about(&ask("GET", &path), 404, &[NOTHING]);
    card.publish(&card.file()).expect(200);
    visit(&path, IPHONE).expect(200);
}

#[test]
fn the_page_is_in_the_language_of_the_person() {
    for (language, title) in [
        ("de", "Dieser Link funktioniert nicht"),
        ("fr", "Ce lien ne fonctionne pas"),
        ("es", "Este enlace no funciona"),
        ("ja", "このリンクは開けません"),
    ] {
        let answer = visit_in("/links/x", WINDOWS, language);
        is_page(&answer, 404);
        let text = answer.text();
        assert!(text.contains(&format!("<html lang=\"{language}\">")) && text.contains(title), "{answer:#}");
    }
}

#[test]
fn a_bundle_that_has_grown_too_large_has_a_page() {
    let pass_type = crate::util::new_type();
    let cards = ["1", "2"].map(|serial| Card::published_as(&pass_type, serial));
    let path = path(&issuer().bundle(&[(&pass_type, "1"), (&pass_type, "2")]).expect(201));
    for card in &cards {
        let large = card.edited(|pass| pass.file("noise.bin", random::hex(2_200_000)).layout(Layout::Stored));
        card.publish(&large).expect(200);
    }
    let answer = visit(&path, IPHONE);
    is_page(&answer, 409);
    assert!(answer.text().contains("<h1>That did not work</h1>"), "{answer:#}");
    is_problem_about(&ask("GET", &path), 409, &["8 MiB"]);
}

#[test]
fn if_storage_does_not_answer_the_page_says_to_try_again_and_the_log_says_why() {
    let server = Server::start(Options { unmigrated: true, ..Options::default() });
    let path = link(&Card::published());
    let headers = [("Accept", super::ACCEPT), ("User-Agent", IPHONE), ("Accept-Language", "en")];
    let answer = server.request("GET", &path, &headers, edgepass_support::http::Body::Empty);
    is_page(&answer, 503);
    assert!(answer.header("retry-after").is_some() && answer.header("x-request-id").is_some(), "{answer:#}");
    assert!(answer.text().contains("<h1>That did not work</h1>"), "{answer:#}");
    let line = server.wait_for_log("/links/:link");
    assert!(line.contains("no such table"), "{line}");
}
