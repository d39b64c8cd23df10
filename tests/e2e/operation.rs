//! What the operator sees, and what happens when something is missing.

use crate::{
    log_lines::line_of,
    paths::mounted,
    rebound::rebound,
    util::{Card, calls, is_problem, is_problem_about, issuer_routes, logged, new_phone, new_type},
};
use edgepass_support::{
    http::{Body, segment},
    random,
    server::{ISSUER_KEY, Options, Server},
};
use serde_json::Value;
use std::sync::LazyLock;

/// A Worker that was not set up: its database has no tables, and it has no issuer key.
fn bare() -> &'static Server {
    static BARE: LazyLock<Server> =
        LazyLock::new(|| Server::start(Options { without: &["ISSUER_KEY"], unmigrated: true, ..Options::default() }));
    &BARE
}

#[track_caller]
fn names_missing_table(line: &Value) {
    let cause = line["trouble"]["database"].as_str().unwrap_or_default();
    assert!(cause.contains("no such table"), "{line}");
}

#[test]
fn without_the_variable_there_is_no_server_timing() {
    for (path, status) in [("/healthz", 200), ("/nowhere", 404), ("/v1/devices/d/registrations/t", 204)] {
        let answer = mounted().request("GET", path, &[], Body::Empty).expect(status);
        assert_eq!(answer.header("server-timing"), None);
    }
}

#[test]
fn without_an_issuer_key_every_issuer_route_is_503_not_configured() {
    for route in issuer_routes(&format!("/issuer/v1/passes/{}/S-1", new_type())) {
        for method in route.methods().filter(|method| *method != "HEAD") {
            let right = format!("Bearer {ISSUER_KEY}");
            for authorization in [None, Some("Bearer "), Some(right.as_str()), Some("Bearer undefined")] {
                let headers: Vec<_> = authorization.map(|value| ("Authorization", value)).into_iter().collect();
                let answer = bare().request(method, &route.path, &headers, Body::Empty);
                is_problem(&answer, 503);
                assert_eq!(answer.json()["title"], "Not Configured");
                assert!(answer.json()["detail"].as_str().unwrap().contains("wrangler secret put ISSUER_KEY"));
                assert_eq!(calls(&answer), 0);
            }
        }
    }
}

#[test]
fn an_issuer_key_that_is_empty_or_short_is_no_key() {
    let inspect = |bound: &str, presented: &str| {
        let authorization = format!("Bearer {presented}");
        let bindings = format!("{{\"ISSUER_KEY\":\"{bound}\"}}");
        let headers = [("Authorization", authorization.as_str()), ("X-Bindings", bindings.as_str())];
        rebound().request("GET", "/healthz", &headers, Body::Empty).expect(200);
        rebound().request("GET", "/issuer/v1/passes/pass.com.example/S-1", &headers, Body::Empty)
    };
    for presented in ["", "x"] {
        is_problem_about(&inspect("", presented), 503, &["wrangler secret put ISSUER_KEY"]);
    }
    // The second has 28 bytes and 15 characters.
    let cyrillic = r"\u0434\u0432\u0435\u043d\u0430\u0434\u0446\u0430\u0442\u044c-\u0431\u0443\u043a\u0432";
    for (bound, presented) in [("a-key-of-23-characters-", "a-key-of-23-characters-"), (cyrillic, "двенадцать-букв")]
    {
        let answer = inspect(bound, presented);
        is_problem_about(&answer, 503, &["ISSUER_KEY", "24 characters", "randomBytes(32)"]);
        assert_eq!(calls(&answer), 0);
    }
    let long_enough = "a-key-of-24-characters--";
    is_problem(&inspect(long_enough, long_enough), 404);
}

#[test]
fn trouble_with_the_database_is_503_with_retry_after_and_tells_a_client_nothing() {
    let device = random::hex(16);
    let pass = format!("/v1/passes/{}/S-1", new_type());
    let list = format!("/v1/devices/{device}/registrations/{}", new_type());
    let registration = format!("{list}/S-1");
    let push_token = random::hex(32);
    let body = format!("{{\"pushToken\":\"{push_token}\"}}");
    let token = random::hex(16);
    let requests =
        [("POST", &registration, body.as_str()), ("DELETE", &registration, ""), ("GET", &list, ""), ("GET", &pass, "")];
    let server = bare();
    for (method, path, body) in requests {
        let headers = [("Authorization", &*format!("ApplePass {token}"))];
        let answer = server.request(method, path, &headers, Body::Bytes(body.as_bytes()));
        is_problem(&answer, 503);
        assert!(answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok_and(|s| s > 0)));
        for internal in ["no such table", "SQL", "D1", "passes", "registrations"] {
            assert!(!answer.text().contains(internal), "{internal} is in {answer:#}");
        }
        let line = line_of(server, &answer);
        // A list that the database refuses to note is only read.
        let attempts = if *path == list { 2 } else { 1 };
        assert_eq!((&line["status"], &line["calls"]), (&503.into(), &attempts.into()), "{line}");
        names_missing_table(&line);
    }
    for secret in [&device, &push_token, &token] {
        assert!(!server.log().contains(secret.as_str()), "{secret} is in the log");
    }
}

#[test]
fn lines_of_a_phone_are_200_also_when_they_cannot_be_stored_and_the_operator_is_told() {
    let body = Body::Bytes(b"{\"logs\":[\"a line\"]}");
    let answer = bare().request("POST", "/v1/log", &[], body).expect(200);
    assert_eq!(answer.body, b"");
    let cause = "\"route\":\"/v1/log\",\"status\":200";
    let line = logged(bare(), cause);
    names_missing_table(&line);
    for missing in ["DB", "PASSES", "WORK"] {
        let bindings = format!("{{\"{missing}\":null,\"LOG_ALL\":null}}");
        rebound().request("POST", "/v1/log", &[("X-Bindings", &bindings)], body).expect(200);
    }
    let line = logged(rebound(), "\"route\":\"/v1/log\"");
    assert!(line["trouble"].as_str().is_some_and(|cause| cause.contains("binding DB")), "{line}");
}

#[test]
fn what_needs_no_database_works_without_one() {
    let server = bare();
    server.request("GET", "/healthz", &[], Body::Empty).expect(200);
    server.request("POST", "/v1/log", &[], Body::Bytes(b"garbage")).expect(200);
    server.request("GET", &format!("/v1/passes/{}/S-1", segment(&new_type())), &[], Body::Empty).expect(401);
    server.request("GET", "/nowhere", &[], Body::Empty).expect(404);
}

#[test]
fn the_cron_trigger_sweeps_and_prints_a_line() {
    let card = Card::published();
    card.change(11);
    Server::shared().trigger("17 * * * *").expect(200);
    let line = logged(Server::shared(), "\"cron\":\"sweep\"");
    assert!(line["lookedAt"].is_u64() && line.get("trouble").is_none(), "{line}");
    assert_eq!(line["deleted"], 0, "files are kept as long as a restored database could name them: {line}");
    assert_eq!(new_phone().fetch(&card.pass).status(), 200);
}

#[test]
fn work_of_a_cron_trigger_that_fails_prints_why() {
    for (trigger, line) in [("17 * * * *", "\"cron\":\"sweep\""), ("* * * * *", "\"cron\":\"resume\"")] {
        bare().trigger(trigger).expect(200);
        names_missing_table(&logged(bare(), line));
    }
}
