//! Who gets the pass, and who gets the page.

use super::{ACCEPT, ANDROID, FIREFOX_ON_IPHONE, INSTAGRAM, IPHONE, MAC_CHROME, WINDOWS, bundle, is_page, link, page, visit};
use crate::util::{Card, ask, seen, send, used};
use edgepass_support::{http::Body, issuer::PKPASS};

#[test]
fn safari_gets_the_pass_and_the_answer_tells_that_it_depends_on_who_asks() {
    let card = Card::published();
    let answer = visit(&link(&card), IPHONE).expect(200);
    used(&answer, 1, 0);
    assert!(answer.body == card.file_of_devices(), "the bytes differ");
    assert_eq!(answer.header("content-type"), Some(PKPASS));
    assert_eq!(answer.header("vary"), Some("accept, user-agent, accept-language"));
}

#[test]
fn others_get_a_page_that_says_what_to_do_there() {
    let card = Card::published();
    let path = link(&card);
    let code = "/qr.svg\"";
    for (agent, said, has_code) in [
        (INSTAGRAM, "Open the page in Safari", false),
        (ANDROID, "Google Wallet", true),
        (MAC_CHROME, "through iCloud", true),
        (WINDOWS, "Point the camera of your iPhone", true),
        ("", "Point the camera of your iPhone", true),
    ] {
        let page = page(&path, agent, "en");
        assert!(page.contains(said) && page.contains("href=\"?download\""), "{page}");
        assert_eq!(page.contains(code), has_code, "{page}");
    }
}

#[test]
fn clients_that_do_not_ask_for_html_get_what_they_always_got() {
    let card = Card::published();
    let path = link(&card);
    let always = ask("GET", &path).expect(200);
    assert_eq!(always.header("vary"), None);
    for agent in [IPHONE, ANDROID, WINDOWS, INSTAGRAM, "curl/8.14.1"] {
        for accept in ["*/*", PKPASS, "application/json, image/*"] {
            let answer = send("GET", &path, &[("User-Agent", agent), ("Accept", accept)], Body::Empty);
            assert!(seen(&answer) == seen(&always), "{agent} {accept}: {:?}", answer.headers);
        }
    }
}

#[test]
fn everybody_can_download_the_file_from_the_page() {
    let card = Card::published();
    let path = link(&card);
    for query in ["?download", "?download=1", "?x=1&download"] {
        for agent in [ANDROID, WINDOWS, INSTAGRAM] {
            let answer = visit(&format!("{path}{query}"), agent).expect(200);
            assert!(answer.body == card.file_of_devices(), "the bytes differ");
            assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"S-1.pkpass\""));
        }
    }
    is_page(&visit(&format!("{path}?downloads"), ANDROID), 200);
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let card = Card::published();
    for path in [link(&card), "/links/x".to_owned()] {
        for agent in [IPHONE, WINDOWS] {
            let headers = [("Accept", ACCEPT), ("User-Agent", agent), ("Accept-Language", "en")];
            let head = send("HEAD", &path, &headers, Body::Empty);
            let get = visit(&path, agent);
            assert_eq!((head.status, &*head.body), (get.status, &b""[..]));
            for name in ["content-type", "content-security-policy", "vary", "cache-control", "etag"] {
                assert_eq!(head.header(name), get.header(name), "{name}");
            }
        }
    }
}

#[test]
fn a_bundle_has_a_page_too_also_for_firefox_on_iphone() {
    let path = bundle(&["1", "2", "3"]);
    assert_eq!(visit(&path, IPHONE).expect(200).header("content-type"), Some("application/vnd.apple.pkpasses"));
    for (agent, said) in
        [(FIREFOX_ON_IPHONE, "Open the page in Safari"), (ANDROID, "Open this page on an iPhone"), (WINDOWS, "Download passes")]
    {
        let page = page(&path, agent, "en");
        assert!(page.contains("3 passes") && page.contains(said), "{page}");
    }
    let file = visit(&format!("{path}?download"), WINDOWS).expect(200);
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"passes.pkpasses\""));
}
