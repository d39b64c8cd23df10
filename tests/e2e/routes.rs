//! What is answered where nothing is, or nothing of that method.

use crate::util::{
    Card, Made, ask, is_problem, is_problem_about, is_refused_early, issuer, issuer_routes, new_phone, send, used,
};
use edgepass_support::{
    http::{Body, Connection},
    server::{ISSUER_KEY, PUBLIC_URL, Server},
};
use std::thread;

#[test]
fn what_cannot_be_an_identifier_is_400_and_asks_no_database() {
    let card = Card::published();
    let long = "x".repeat(256);
    for path in [
        format!("/v1/passes/{}/{long}", card.pass_type()),
        format!("/v1/passes/{long}/S-1"),
        format!("/v1/passes/{}/%FF", card.pass_type()),
        format!("/v1/passes/{}/a%00b", card.pass_type()),
        format!("/v1/passes/{}/a%0Ab", card.pass_type()),
        format!("/v1/devices/{long}/registrations/{}", card.pass_type()),
        format!("/v1/devices/%FF/registrations/{}", card.pass_type()),
        format!("/v1/devices/d/registrations/%00{}", card.pass_type()),
    ] {
        let answer = send("GET", &path, &[("Authorization", &*card.credentials())], Body::Empty);
        is_refused_early(&answer, 400);
    }
}

/// Paths that are no route.
const NOWHERE: &str = r"
    // /v1 /v1/ /v1/v1 /v2/log /V1/log /v1/logs /v1/log/ /v1/log/x /v1//log /v1/passes /v1/passes/
    /v1/passes/pass.com.example.coffee /v1/passes/pass.com.example.coffee/ /v1/devices /v1/devices/d
    /v1/devices/d/registrations /v1/devices/d/registrations/ /v1/devices/d/registration/pass.com.example.coffee
    /v1/devices/d/x/registrations/pass.com.example.coffee /issuer /issuer/v1 /issuer/v1/passes/
    /issuer/v1/passes/pass.com.example.coffee /issuer/v1/passes/pass.com.example.coffee/S-1/x
    /issuer/v1/passes/pass.com.example.coffee/S-1/registrations/x /issuer/v1/passes/pass.com.example.coffee/S-1/links/x
    /issuer/v1/links/x /issuer/v1/pass-types/ /issuer/v1/pass-types/pass.com.example.coffee
    /issuer/v1/pass-types/pass.com.example.coffee/signing-identity/x /issuer/v1/templates/ /issuer/v1/templates/t/x
    /issuer/v1/templates/t/republish/x /links /links/ /links/x/y /links/x/qr.svg/ /links/x/QR.svg /links/new/ /links/new/x/y
    /issuer/v1/links/key/x /issuer/v2/passes /healthz/ /Healthz /favicon.ico /.env /wp-login.php?x=1
";

/// Other spellings of a route. A rule in front of the service that guards a path must not be walked around by one.
const RESPELLED: &str = r"
    //issuer/v1/passes ///issuer/v1/push /issuer//v1/passes /issuer/v1//passes /v1/issuer/v1/passes
    /v1//issuer/v1/passes //v1/../issuer/v1/passes /%69ssuer/v1/passes /issuer/%76%31/passes /issuer%2Fv1/passes
    /ISSUER/v1/passes /\issuer/v1/passes //healthz /v1/healthz //links/x /links//x
";

#[test]
fn an_unknown_path_or_number_of_segments_is_404_and_asks_no_database() {
    for path in NOWHERE.split_whitespace().chain(RESPELLED.split_whitespace()) {
        for method in ["GET", "POST", "DELETE", "PROPFIND"] {
            let answer = ask(method, path);
            assert_eq!(answer.status, 404, "{method} {path}");
            is_refused_early(&answer, 404);
        }
    }
}

#[test]
fn a_wrong_method_is_405_with_those_that_are_allowed() {
    let card = Card::published();
    let issuer = format!("Bearer {ISSUER_KEY}");
    let others = [
        (card.registration_path("d"), "POST, DELETE"),
        (card.list_path("d"), "GET, HEAD"),
        (card.path(), "GET, HEAD"),
        ("/v1/log".to_owned(), "POST"),
        ("/".to_owned(), "GET, HEAD"),
        ("/links/x".to_owned(), "GET, HEAD"),
        ("/links/x/qr.svg".to_owned(), "GET, HEAD"),
        ("/links/x/logo.png".to_owned(), "GET, HEAD"),
        ("/links/new/x".to_owned(), "GET, HEAD"),
        ("/links/new/x/qr.svg".to_owned(), "GET, HEAD"),
        ("/links/new/x/logo.png".to_owned(), "GET, HEAD"),
        ("/healthz".to_owned(), "GET, HEAD"),
    ];
    let routes = issuer_routes(&card.issuer_path()).into_iter().map(|route| (route.path, route.allowed));
    for (path, allowed) in routes.chain(others) {
        let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY"];
        for method in methods.into_iter().filter(|method| allowed.split(", ").all(|allowed| allowed != *method)) {
            let headers = [("Authorization", &*issuer)];
            let answer = send(method, &path, &headers, Body::Empty);
            // The listener of `wrangler dev` itself knows no such method as QUERY.
            if answer.status == 501 && answer.database().is_none() {
                continue;
            }
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
            used(&answer, 0, 0);
            if method != "HEAD" {
                is_problem(&answer, 405);
            }
        }
    }
    assert_eq!(card.metadata()["withdrawn"], serde_json::Value::Null);
}

#[test]
fn a_refused_head_has_no_body() {
    for (path, status) in [("/nowhere", 404), ("/v1/log", 405), ("/v1/passes/t/s", 401), ("/v1/passes/t/%FF", 400)] {
        let answer = ask("HEAD", path).expect(status);
        assert_eq!(answer.body, b"", "{path}");
    }
}

#[test]
fn a_large_body_that_nobody_reads_does_not_cost_the_answer() {
    let body = vec![b'['; 69_000];
    for path in ["/v1/log", "//v1/log", "/v1/v1/log"] {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut connection = Connection::new(Server::shared().base());
                    for _ in 0..40 {
                        let answer = connection.send("PATCH", path, &[], Body::Bytes(&body)).unwrap();
                        assert_eq!(answer.status, 405, "{path}: {answer:#}");
                    }
                });
            }
        });
    }
}

#[test]
fn a_body_of_unknown_length_that_is_far_too_large_still_gets_its_413() {
    let body = vec![b'['; 1_000_000];
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..6 {
                    let answer = send("POST", "/v1/log", &[], Body::Chunked(&body));
                    assert_eq!(answer.status, 413, "{answer:#}");
                }
            });
        }
    });
}

#[test]
fn nothing_is_ever_a_redirect() {
    let card = Card::published();
    for path in [card.path(), card.list_path("d"), "/v1/log".to_owned(), "/".to_owned(), "/healthz".to_owned()] {
        for path in [path.clone(), format!("{path}/"), format!("/{path}"), format!("//{path}//"), format!("/v1{path}")] {
            for method in ["GET", "HEAD", "POST", "DELETE"] {
                let answer = ask(method, &path);
                assert!(!(300..=399).contains(&answer.status), "{method} {path}: {answer:#}");
                assert_eq!(answer.header("location"), None);
            }
        }
    }
}

#[test]
fn conditions_where_they_mean_nothing_are_400_and_not_left_out() {
    let issuer = issuer();
    for (path, methods) in [
        ("/issuer/v1/templates/t", &["PUT", "DELETE"][..]),
        ("/issuer/v1/pass-types/pass.x/signing-identity", &["PUT", "DELETE"]),
        ("/issuer/v1/passes/pass.x/S-1/registrations", &["DELETE"]),
    ] {
        for method in methods {
            for condition in [("If-Match", "\"x\""), ("If-None-Match", "*")] {
                let answer = issuer.send(method, path, &[condition], Body::Empty);
                is_problem_about(&answer, 400, &["If-Match"]);
                used(&answer, 0, 0);
            }
        }
    }
}

#[test]
fn each_body_is_only_what_its_content_type_says() {
    let (card, made) = (Card::published(), Made::published());
    let (mut phone, issuer) = (new_phone(), issuer());
    let link = issuer.link(&made.pass_type, &made.serial, None).expect(201);
    let opened = link.json()["url"].as_str().unwrap().replace(PUBLIC_URL, "");
    let get = |path: &str| ask("GET", path);
    for (answer, has_body) in [
        (phone.register(&card.pass).answer(), false),
        (phone.list(card.pass_type()).answer(), true),
        (phone.list(card.pass_type()).answer(), false),
        (phone.fetch(&card.pass).answer(), true),
        (phone.fetch_conditionally(&card.pass).answer(), false),
        (phone.head(&card.pass).answer(), true),
        (phone.log(&["a line"]).answer(), false),
        (&issuer.inspect(card.pass_type(), card.serial()), true),
        (&issuer.download(card.pass_type(), card.serial()), true),
        (&issuer.withdraw(card.pass_type(), card.serial()), false),
        (&link, true),
        (&get(&opened).expect(200), true),
        (&get("/nowhere"), true),
        (&get("/healthz?deep"), true),
    ] {
        let told = has_body.then_some("nosniff");
        assert_eq!(answer.header("x-content-type-options"), told, "{answer:#}");
    }
}

#[test]
fn an_unknown_query_parameter_of_the_issuer_api_is_400_that_names_it_and_the_known_ones() {
    let (card, issuer) = (Card::published(), issuer());
    for route in issuer_routes(&card.issuer_path()) {
        for method in route.methods() {
            let path = format!("{}?serialNumber=K-1", route.path);
            let answer = issuer.send(method, &path, &[], Body::Empty).expect(400);
            used(&answer, 0, 0);
            if method != "HEAD" {
                is_problem_about(&answer, 400, &["`serialNumber` is unknown"]);
                is_problem_about(&answer, 400, route.queries(method));
            }
            assert_eq!(ask(method, &format!("{}?x", route.path)).status, 401, "{method} {path}");
        }
    }
    for (query, fault) in
        [("limit=1&limit=2", "`limit` is given twice"), ("passTypeIdentifier=%FF", "has no value"), ("limit", "`limit` has")]
    {
        let answer = issuer.send("GET", &format!("/issuer/v1/passes?{query}"), &[], Body::Empty);
        is_problem_about(&answer, 400, &[fault]);
    }
    assert_eq!(card.metadata()["withdrawn"], serde_json::Value::Null);
}

#[test]
fn a_limit_or_cursor_that_makes_no_sense_is_400_and_asks_no_database() {
    let (card, issuer) = (Card::published(), issuer());
    let limits = ["0", "-1", "1001", "", "ten", "1.5", "99999999999999999999"].map(|limit| format!("limit={limit}"));
    for route in issuer_routes(&card.issuer_path()).iter().filter(|route| route.queries("GET").contains(&"limit")) {
        let get = |query: &str| issuer.send("GET", &format!("{}?{query}", route.path), &[], Body::Empty);
        let cursors: &[&str] = match route.path.rsplit('/').next() {
            Some("passes") => &["", "x", "zz", "616", "6162", "ff0aff"],
            Some("registrations") => &["", "x", "-1", "100", "9223372036854775807"],
            _ => &[],
        };
        for query in limits.iter().cloned().chain(cursors.iter().map(|cursor| format!("cursor={cursor}"))) {
            let answer = get(&query);
            assert_eq!(answer.status, 400, "{} {query}", route.path);
            is_refused_early(&answer, 400);
        }
        get("limit=1000").expect(200);
    }
}

#[test]
fn phones_and_people_may_send_any_query() {
    let card = Card::published();
    let headers = [("Authorization", &*card.credentials())];
    let link = issuer().link(card.pass_type(), card.serial(), None).expect(201).json();
    let link = link["url"].as_str().unwrap();
    let link = &link[link.find("/links/").unwrap()..];
    for (path, status) in [(card.path(), 200), (card.list_path("d"), 204), ("/healthz".to_owned(), 200), (link.to_owned(), 200)]
    {
        send("GET", &format!("{path}?x=1&x=2&y"), &headers, Body::Empty).expect(status);
    }
}
