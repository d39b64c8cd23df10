//! `/issuer/v1/passes/by-external-id/{externalId}`

use crate::util::{Made, ask, calls, is_problem_about, is_refused_early, issuer, issuer_routes, new_type, seen};
use edgepass_support::{
    http::{Answer, Body, segment},
    issuer::{MERGE_PATCH, PKPASS},
};
use serde_json::json;

/// A pass with this external identifier.
fn published(external_id: &str) -> Made {
    let made = Made::published();
    made.change(&json!({ "externalId": external_id })).expect(200);
    made
}

fn path(external_id: &str) -> String {
    format!("/issuer/v1/passes/by-external-id/{}", segment(external_id))
}

fn send(method: &str, path: &str) -> Answer {
    issuer().send(method, path, &[], Body::Empty)
}

#[test]
fn it_stands_for_the_pass_in_every_route_of_a_pass() {
    let external_id = format!("K/{} ü", new_type());
    let made = published(&external_id);
    let by_name = issuer_routes(&path(&external_id)).into_iter();
    let mut routes = 0;
    for (by_name, direct) in by_name.zip(issuer_routes(&made.path())).filter(|(one, other)| one.path != other.path) {
        routes += 1;
        if direct.methods().any(|method| method == "GET") {
            let (one, other) = (send("GET", &by_name.path), send("GET", &direct.path));
            assert_eq!(seen(&one), seen(&other), "{}", direct.path);
            assert_eq!((one.status, calls(&one)), (200, calls(&other) + 1));
        }
    }
    assert!(routes >= 4, "{routes} routes of a pass");
    let file = made.issuer.send("GET", &path(&external_id), &[("Accept", PKPASS)], Body::Empty).expect(200);
    assert_eq!(file.body, made.file());

    send("POST", &format!("{}/links", path(&external_id))).expect(201);
    let patch = json!({ "backgroundColor": "rgb(1, 2, 3)" }).to_string();
    let patched = made
        .issuer
        .send("PATCH", &path(&external_id), &[("Content-Type", MERGE_PATCH)], Body::Bytes(patch.as_bytes()))
        .expect(200);
    assert_eq!((&patched.json()["serialNumber"], &patched.json()["changed"]), (&json!("S-1"), &json!(true)));
    send("DELETE", &format!("{}/registrations", path(&external_id))).expect(200);
    let stale = [("If-Match", "\"stale\"")];
    assert_eq!(made.issuer.send("DELETE", &path(&external_id), &stale, Body::Empty).status, 412);
    send("DELETE", &path(&external_id)).expect(204);
    assert!(made.metadata()["withdrawn"].is_string());
}

#[test]
fn where_there_is_none_the_answer_says_how_to_create_one() {
    let unknown = path(&new_type());
    for route in issuer_routes(&unknown).iter().filter(|route| route.path.starts_with(&unknown)) {
        for method in route.methods().filter(|method| *method != "HEAD") {
            let body = json!({ "template": "t" }).to_string();
            let media_type = if method == "PATCH" { MERGE_PATCH } else { "application/json" };
            let answer = issuer().send(method, &route.path, &[("Content-Type", media_type)], Body::Bytes(body.as_bytes()));
            is_problem_about(&answer, 404, &["externalId", "pass type and serial number"]);
        }
    }
    is_refused_early(&send("GET", &path("a\nb")), 400);
    is_refused_early(&ask("GET", &path("x")), 401);
}

#[test]
fn several_passes_are_a_conflict_that_lists_them_and_a_template_narrows() {
    let external_id = new_type();
    let (one, other) = (published(&external_id), published(&external_id));
    let several = send("DELETE", &path(&external_id));
    let addresses = [&one, &other].map(|made| format!("{}/{} of template {}", made.pass_type, made.serial, made.template.name));
    is_problem_about(&several, 409, &[&addresses[0], &addresses[1], "?template="]);
    for made in [&one, &other] {
        let narrowed = format!("{}?template={}", path(&external_id), made.template.name);
        assert_eq!(send("GET", &narrowed).expect(200).json(), made.metadata());
    }
    let links = format!("{}/links?template={}", path(&external_id), one.template.name);
    send("POST", &links).expect(201);
    is_problem_about(&send("GET", &format!("{}?template=none", path(&external_id))), 404, &["externalId"]);
}

#[test]
fn a_template_is_a_parameter_of_these_paths_only() {
    let made = Made::published();
    let direct = format!("{}?template={}", made.path(), made.template.name);
    is_refused_early(&send("GET", &direct), 400);
    is_refused_early(&send("GET", &format!("{}?limit=1", path("K-1"))), 400);
    is_refused_early(&send("GET", &format!("/issuer/v1/pass-types/{}/signing-identity?template=t", made.pass_type)), 400);
}
