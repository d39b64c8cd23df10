//! What the operator finds in the log.

use crate::{
    paths::mounted,
    util::{Card, Made, new_type},
};
use edgepass_support::{
    http::{Answer, Body},
    server::{ISSUER_KEY, Options, Server},
};
use serde_json::Value;

/// The lines of the Worker, without wrangler's.
fn printed(server: &Server) -> Vec<Value> {
    server.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Finds the log line of a refused request by the identifier in its answer.
#[track_caller]
pub(crate) fn line_of(server: &Server, answer: &Answer) -> Value {
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
        ("POST", registration, 201, 1, Some(3)),
        ("POST", registration, 200, 1, Some(0)),
        ("POST", registration, 401, 1, Some(0)),
        ("GET", "/v1/devices/:device/registrations/:type", 200, 1, Some(1)),
        ("GET", "/v1/passes/:type/*serial", 200, 1, Some(0)),
        ("GET", "/v1/passes/:type/*serial", 304, 1, Some(0)),
        ("DELETE", registration, 200, 1, Some(2)),
        ("PATCH", "/healthz", 405, 0, Some(0)),
    ] {
        let of_request = |line: &&Value| line["method"] == method && line["route"] == route && line["status"] == status;
        let line = lines.iter().find(of_request).unwrap_or_else(|| panic!("no line of {method} {route} {status}"));
        assert_eq!(line["calls"], calls, "{line}");
        assert!(written.is_none_or(|written| line["written"] == written), "{line}");
        assert!(line["ms"].is_u64() && line["read"].is_u64(), "{line}");
        let id = line["id"].as_str().unwrap();
        assert_eq!(id.len(), 36, "{line}");
        assert_eq!(lines.iter().filter(|line| line["id"] == id).count(), 1, "one line a request");
    }

    let secrets = [&*card.pass.token, phone.device(), phone.push_token(), "never-to-be-printed", card.serial(), ISSUER_KEY];
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
    let routes: Vec<_> = lines.iter().filter_map(|line| Some((line["route"].as_str()?, line["status"].as_u64()?))).collect();
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
fn the_line_of_a_made_pass_names_no_template_and_no_serial_number() {
    let server = mounted();
    let made = Made::ready_at(server).sibling("Jane-Doe-4712");
    made.make(&"{}").expect(201);
    made.patch(&serde_json::json!({ "description": "another" })).expect(200);
    let refused = made.patch(&"not json").expect(400);
    let line = line_of(server, &refused);
    assert_eq!((&line["method"], &line["route"]), (&"PATCH".into(), &"/issuer/v1/passes/:type/:serial".into()));
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
