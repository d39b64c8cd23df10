//! `GET /links/{link}` of people with browsers, and the pictures of its page. `issuer/links.rs` tests how links are created,
//! and what clients without a browser get.

mod browser;
mod negotiation;
mod new_pass;
mod page;
mod pictures;
mod trouble;

use crate::util::{Card, send, used};
use edgepass_support::{
    http::{Answer, Body},
    server::{PUBLIC_URL, Server},
};

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.6 Mobile/15E148 Safari/604.1";
const FIREFOX_ON_IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
                                 Gecko) FxiOS/143.0 Mobile/15E148 Safari/604.1";
const INSTAGRAM: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                         Mobile/22G86 Instagram 395.0.0.29.85 (iPhone15,2; iOS 18_6; en_US; en; scale=3.00; IABMV/1)";
const ANDROID: &str = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                       Mobile Safari/537.36";
const MAC_CHROME: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
                          Chrome/140.0.0.0 Safari/537.36";
const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                       Safari/537.36";

/// What browsers send.
const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// The path of a link, at the shared server.
#[track_caller]
fn path(created: &Answer) -> String {
    let url = created.json()["url"].as_str().unwrap_or_else(|| panic!("no url: {created:#}")).to_owned();
    url.strip_prefix(PUBLIC_URL).unwrap_or_else(|| panic!("another address: {url}")).to_owned()
}

#[track_caller]
fn link(card: &Card) -> String {
    path(&Server::shared().issuer().link(card.pass_type(), card.serial(), None).expect(201))
}

/// A link to passes with these serial numbers, of one type.
#[track_caller]
fn bundle(serials: &[&str]) -> String {
    let pass_type = crate::util::new_type();
    let passes: Vec<_> = serials.iter().map(|serial| (&*pass_type, *serial)).collect();
    for serial in serials {
        Card::published_as(&pass_type, serial);
    }
    path(&Server::shared().issuer().bundle(&passes).expect(201))
}

/// Opens it with the browser of this name.
#[track_caller]
fn visit(path: &str, agent: &str) -> Answer {
    visit_in(path, agent, "en")
}

/// The same by a person who reads these languages.
#[track_caller]
fn visit_in(path: &str, agent: &str, languages: &str) -> Answer {
    send("GET", path, &[("Accept", ACCEPT), ("User-Agent", agent), ("Accept-Language", languages)], Body::Empty)
}

/// Checks that it is a page with this status that runs nothing, and which nobody keeps or learns the address of.
#[track_caller]
fn is_page(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{answer:#}");
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "private, no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{answer:#}");
    }
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'; img-src 'self' data:; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script"), "{policy}");
    assert!(!answer.text().contains("<script"), "{answer:#}");
}

/// The page of a link that opens something. It costs one call of the database.
#[track_caller]
fn page(path: &str, agent: &str, languages: &str) -> String {
    let answer = visit_in(path, agent, languages);
    is_page(&answer, 200);
    assert_eq!(answer.header("vary"), Some("accept, user-agent, accept-language"));
    used(&answer, 1, 0);
    answer.text()
}
