//! What the operator sees, and what happens when something is missing.

use std::sync::LazyLock;

use edgepass_support::{
    http::{Answer, Body, segment},
    issuer::Issuer,
    random,
    server::{ISSUER_KEY, Options, Server},
};
use serde_json::Value;

use crate::{
    card::{Card, new_type},
    compare::{is_problem, is_problem_about},
    made::Made,
    paths::mounted,
    rebound::rebound,
};

/// A Worker that was deployed and not set up: no tables in its database, no issuer key.
fn bare() -> &'static Server {
    static BARE: LazyLock<Server> = LazyLock::new(|| {
        Server::start(Options { without: &["ISSUER_KEY"], unmigrated: true, ..Options::default() })
    });
    &BARE
}

/// The lines that the Worker itself has printed: all but wrangler's.
fn printed(server: &Server) -> Vec<Value> {
    server.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The log line of a refused request, found by the identifier that its answer carries.
#[track_caller]
fn line_of(server: &Server, answer: &Answer) -> Value {
    let id = answer.header("x-request-id").unwrap_or_else(|| panic!("no request identifier: {answer:#}"));
    let line = server.wait_for_log(id);
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[test]
fn each_request_is_one_line_of_json_with_its_route_and_cost() {
    let server = mounted();
    let card = Card::new(&new_type(), "Jane-Doe-4711").at(server.issuer());
    card.publish(&card.file()).expect(201);
    let mut phone = server.phone();
    let (_, _, _) = (phone.register(&card.pass), phone.register(&card.pass), phone.list(card.pass_type()));
    let (_, _) = (phone.fetch(&card.pass), phone.fetch_conditionally(&card.pass));
    let wrong_token = card.pass.clone().with_token("never-to-be-printed");
    assert_eq!(phone.register(&wrong_token).status(), 401);
    let _ = phone.unregister(&card.pass);
    let last = server.request("PATCH", "/healthz", &[], Body::Empty).expect(405);
    let last = line_of(server, &last);
    assert_eq!((&last["calls"], &last["read"], &last["written"]), (&0.into(), &0.into(), &0.into()));

    let lines = printed(server);
    let registration = "/v1/devices/:device/registrations/:type/*serial";
    for (method, route, status, calls, written) in [
        ("PUT", "/issuer/v1/passes/:type/:serial", 201, 1, None),
        ("POST", registration, 201, 1, Some(2)),
        ("POST", registration, 200, 1, Some(0)),
        ("POST", registration, 401, 1, Some(0)),
        ("GET", "/v1/devices/:device/registrations/:type", 200, 1, Some(0)),
        ("GET", "/v1/passes/:type/*serial", 200, 1, Some(0)),
        ("GET", "/v1/passes/:type/*serial", 304, 1, Some(0)),
        ("DELETE", registration, 200, 1, Some(1)),
        ("PATCH", "/healthz", 405, 0, Some(0)),
    ] {
        let of_request =
            |line: &&Value| line["method"] == method && line["route"] == route && line["status"] == status;
        let line =
            lines.iter().find(of_request).unwrap_or_else(|| panic!("no line of {method} {route} {status}"));
        assert_eq!(line["calls"], calls, "{line}");
        assert!(written.is_none_or(|written| line["written"] == written), "{line}");
        assert!(line["ms"].is_u64() && line["read"].is_u64(), "{line}");
        let id = line["id"].as_str().unwrap();
        assert_eq!(id.len(), 36, "{line}");
        assert_eq!(lines.iter().filter(|line| line["id"] == id).count(), 1, "one line a request");
    }

    let secrets = [
        &*card.pass.token,
        phone.device(),
        phone.push_token(),
        "never-to-be-printed",
        card.serial(),
        ISSUER_KEY,
    ];
    for secret in secrets {
        assert!(!server.log().contains(secret), "{secret} is in the log");
    }
}

#[test]
fn requests_of_phones_that_went_well_are_logged_only_where_that_is_wanted() {
    let server = Server::start(Options { without: &["LOG_ALL"], ..Options::default() });
    let card = Card::new(&new_type(), "S-1").at(server.issuer());
    card.publish(&card.file()).expect(201);
    let mut phone = server.phone();
    let (_, _) = (phone.register(&card.pass), phone.list(card.pass_type()));
    let (_, _) = (phone.fetch(&card.pass), phone.fetch_conditionally(&card.pass));
    server.request("POST", "/v1/log", &[], Body::Bytes(b"{\"logs\":[\"a line\"]}")).expect(200);
    let stolen = card.pass.clone().with_token("another token of 16");
    let refused = phone.unregister(&stolen).answer().clone().expect(401);
    let _ = phone.unregister(&card.pass);
    server.request("GET", "/healthz", &[], Body::Empty).expect(200);
    let last = server.request("GET", "/nowhere", &[], Body::Empty).expect(404);
    let _ = line_of(&server, &last);
    assert_eq!(line_of(&server, &refused)["status"], 401);

    let lines = printed(&server);
    let routes: Vec<_> =
        lines.iter().filter_map(|line| Some((line["route"].as_str()?, line["status"].as_u64()?))).collect();
    let others: Vec<_> = routes.iter().filter(|(route, _)| !route.starts_with("/issuer/")).collect();
    assert_eq!(others, [&("/v1/devices/:device/registrations/:type/*serial", 401)]);
    assert!(routes.contains(&("/issuer/v1/passes/:type/:serial", 201)), "what an issuer does is: {routes:?}");
}

#[test]
fn a_failed_answer_carries_the_identifier_of_its_log_line_and_a_good_one_none() {
    let card = Card::published();
    let server = Server::shared();
    for (method, path, status) in [
        ("GET", card.path(), 401),
        ("GET", "/nowhere".to_owned(), 404),
        ("PUT", card.list_path("d"), 405),
        ("POST", format!("{}/personalize", card.path()), 501),
        ("GET", "/issuer/v1/passes?limit=0".to_owned(), 401),
    ] {
        let answer = server.request(method, &path, &[], Body::Empty).expect(status);
        let line = line_of(server, &answer);
        assert_eq!((&line["status"], &line["method"]), (&status.into(), &method.into()));
        assert_eq!(line["route"].is_null(), status == 404, "{line}");
    }
    let good = server.request("GET", "/healthz", &[], Body::Empty).expect(200);
    assert_eq!(good.header("x-request-id"), None);
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
    let pass = format!("/issuer/v1/passes/{}/S-1", new_type());
    let requests = [
        ("PUT", pass.clone()),
        ("GET", pass.clone()),
        ("DELETE", pass.clone()),
        ("POST", pass.clone()),
        ("PATCH", pass.clone()),
        ("GET", format!("{pass}/registrations")),
        ("POST", format!("{pass}/links")),
        ("GET", "/issuer/v1/passes".to_owned()),
        ("POST", "/issuer/v1/links".to_owned()),
        ("GET", "/issuer/v1/pass-types".to_owned()),
        ("PUT", format!("/issuer/v1/pass-types/{}/signing-identity", new_type())),
        ("GET", "/issuer/v1/templates".to_owned()),
        ("PUT", "/issuer/v1/templates/t".to_owned()),
        ("POST", "/issuer/v1/templates/t/republish".to_owned()),
        ("GET", "/issuer/v1/device-log".to_owned()),
        ("GET", format!("{pass}/push")),
        ("GET", "/issuer/v1/push".to_owned()),
        ("POST", "/issuer/v1/push/test".to_owned()),
    ];
    for (method, path) in requests {
        let right = format!("Bearer {ISSUER_KEY}");
        for authorization in [None, Some("Bearer "), Some(right.as_str()), Some("Bearer undefined")] {
            let headers: Vec<_> = authorization.map(|value| ("Authorization", value)).into_iter().collect();
            let answer = bare().request(method, &path, &headers, Body::Empty);
            is_problem(&answer, 503);
            assert_eq!(answer.json()["title"], "Not Configured");
            assert!(answer.json()["detail"].as_str().unwrap().contains("wrangler secret put ISSUER_KEY"));
            assert_eq!(answer.database().unwrap().calls, 0);
        }
    }
}

#[test]
fn an_issuer_key_that_is_empty_or_short_is_no_key() {
    let mut server = Server::start(Options { vars: &[("ISSUER_KEY", "")], ..Options::default() });
    let inspect =
        |server: &Server, key: &str| Issuer::new(server.base(), key).inspect("pass.com.example", "S-1");
    for key in ["", "x"] {
        is_problem_about(&inspect(&server, key), 503, &["wrangler secret put ISSUER_KEY"]);
    }
    for (key, status) in
        [("a-key-of-23-characters-", 503), ("двенадцать-букв", 503), ("a-key-of-24-characters--", 404)]
    {
        server = server.restart(Options { vars: &[("ISSUER_KEY", key)], ..Options::default() });
        let answer = inspect(&server, key);
        is_problem(&answer, status);
        if status == 503 {
            let words = ["ISSUER_KEY", "24 characters", "openssl rand -hex 32"];
            is_problem_about(&answer, status, &words);
            assert_eq!(answer.database().unwrap().calls, 0);
        }
        server.request("GET", "/healthz", &[], Body::Empty).expect(200);
    }
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
    let requests = [
        ("POST", &registration, body.as_str()),
        ("DELETE", &registration, ""),
        ("GET", &list, ""),
        ("GET", &pass, ""),
    ];
    let server = bare();
    for (method, path, body) in requests {
        let headers = [("Authorization", &*format!("ApplePass {token}"))];
        let answer = server.request(method, path, &headers, Body::Bytes(body.as_bytes()));
        is_problem(&answer, 503);
        assert!(
            answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok_and(|s| s > 0))
        );
        for internal in ["no such table", "SQL", "D1", "passes", "registrations"] {
            assert!(!answer.text().contains(internal), "{internal} is in {answer:#}");
        }
        let line = line_of(server, &answer);
        assert_eq!((&line["status"], &line["calls"]), (&503.into(), &1.into()), "one attempt: {line}");
        assert!(
            line["trouble"]["database"].as_str().is_some_and(|cause| cause.contains("no such table")),
            "{line}"
        );
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
    let line: Value = serde_json::from_str(&bare().wait_for_log(cause)).unwrap();
    assert!(
        line["trouble"]["database"].as_str().is_some_and(|cause| cause.contains("no such table")),
        "{line}"
    );
    for missing in ["DB", "PASSES", "WORK"] {
        let bindings = format!("{{\"{missing}\":null,\"LOG_ALL\":null}}");
        rebound().request("POST", "/v1/log", &[("X-Bindings", &bindings)], body).expect(200);
    }
    let line: Value = serde_json::from_str(&rebound().wait_for_log("\"route\":\"/v1/log\"")).unwrap();
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
    let line: Value = serde_json::from_str(&Server::shared().wait_for_log("\"cron\":\"sweep\"")).unwrap();
    assert!(line["lookedAt"].is_u64() && line.get("trouble").is_none(), "{line}");
    assert_eq!(line["deleted"], 0, "files are kept as long as a restored database could name them: {line}");
    assert_eq!(Server::shared().phone().fetch(&card.pass).status(), 200);
}

#[test]
fn a_sweep_that_fails_prints_why() {
    bare().trigger("17 * * * *").expect(200);
    let line: Value = serde_json::from_str(&bare().wait_for_log("\"cron\":\"sweep\"")).unwrap();
    assert!(
        line["trouble"]["database"].as_str().is_some_and(|cause| cause.contains("no such table")),
        "{line}"
    );
}

#[test]
fn a_look_for_lost_work_that_fails_prints_why() {
    bare().trigger("* * * * *").expect(200);
    let line: Value = serde_json::from_str(&bare().wait_for_log("\"cron\":\"resume\"")).unwrap();
    assert!(
        line["trouble"]["database"].as_str().is_some_and(|cause| cause.contains("no such table")),
        "{line}"
    );
}

#[test]
fn the_line_of_a_made_pass_names_no_template_and_no_serial_number() {
    let server = mounted();
    let made = Made::ready_at(server).sibling("Jane-Doe-4712");
    made.make(&"{}").expect(201);
    made.patch(&serde_json::json!({ "description": "another" })).expect(200);
    let refused = made.patch(&"not json").expect(400);
    let line = line_of(server, &refused);
    assert_eq!(
        (&line["method"], &line["route"]),
        (&"PATCH".into(), &"/issuer/v1/passes/:type/:serial".into())
    );
    let lines = printed(server);
    for (method, status, calls) in [("PUT", 201, 2), ("PATCH", 200, 2), ("PATCH", 400, 0)] {
        let found = lines.iter().any(|line| {
            line["method"] == method
                && line["route"] == "/issuer/v1/passes/:type/:serial"
                && line["status"] == status
                && line["calls"] == calls
        });
        assert!(found, "no line of {method} {status} {calls}");
    }
    for secret in ["Jane-Doe-4712", &*made.template.name, &*made.pass().token] {
        assert!(!server.log().contains(secret), "{secret} is in the log");
    }
}
