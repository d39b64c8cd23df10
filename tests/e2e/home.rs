//! `GET /`

use crate::util::{ask, send, used};
use edgepass_support::{
    http::Body,
    server::{ISSUER_KEY, MASTER_KEY, Options, Server},
};

#[test]
fn it_is_a_page_for_everybody_that_asks_no_database_and_names_no_secret() {
    for accept in ["text/html", "*/*", "application/json"] {
        let answer = send("GET", "/", &[("Accept", accept)], Body::Empty).expect(200);
        used(&answer, 0, 0);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(answer.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'")));
        let page = answer.text();
        assert!(page.contains(&format!("edgepass {}", env!("CARGO_PKG_VERSION"))), "{page}");
        assert!(page.contains("href=\"/healthz?deep\"") && page.contains("docs"), "{page}");
        assert!(![ISSUER_KEY, MASTER_KEY].iter().any(|secret| page.contains(secret)));
    }
    assert_eq!(ask("HEAD", "/").expect(200).body, b"");
}

#[test]
fn it_says_what_is_set_up_and_what_to_do_first() {
    let options = |vars| Options { vars, without: &["ISSUER_KEY", "MASTER_KEY", "PUBLIC_URL"], ..Options::default() };
    let server = Server::start(options(&[("BASE_PATH", "/wallet")]));
    let page = |server: &Server, path| server.request("GET", path, &[], Body::Empty).expect(200).text();
    for path in ["/", "/wallet", "/wallet/"] {
        let page = page(&server, path);
        assert_eq!(page.matches("Not yet</dd>").count(), 3, "{page}");
        for said in ["wrangler secret put ISSUER_KEY", "wrangler secret put MASTER_KEY", "APNS_KEY_ID", "/wallet/healthz?deep"]
        {
            assert!(page.contains(said), "{said} is not in {page}");
        }
    }
    let server = server.restart(Options { vars: &[("PUBLIC_URL", "http://example.com")], ..Options::default() });
    let page = page(&server, "/");
    assert!(page.matches("Not yet</dd>").count() == 2 && page.contains("PUBLIC_URL is not an address"), "{page}");
}
