//! What the service deletes by itself.

use crate::util::{Card, logged};
use edgepass_support::{
    http::Body,
    server::{Options, Server, database},
};
use serde_json::json;

#[test]
fn registrations_that_nobody_can_push_to_go_30_days_after_they_were_last_made() {
    let server = Server::start(Options { vars: &[("CLIENTS", "AndroidPass")], ..Options::default() });
    let card = Card::unpublished().at(server.issuer());
    card.publish(&card.file()).expect(201);
    let register = |device: &str, scheme: &str, announced: Option<&str>, push_token: &str| {
        let authorization = format!("{scheme} {}", card.pass.token);
        let mut headers = vec![("Authorization", authorization.as_str())];
        headers.extend(announced.map(|name| ("X-Pass-Client", name)));
        let body = json!({ "pushToken": push_token }).to_string();
        server.request("POST", &card.registration_path(device), &headers, Body::Bytes(body.as_bytes())).status
    };
    let phones = [
        ("d1", "ApplePass", None, "c0ffee"),      // push is not set up
        ("d2", "AndroidPass", None, "x"),         // let in, and not set up
        ("d3", "ApplePass", Some("Passes"), "x"), // let in without being named
        ("d4", "ApplePass", Some("Passworks"), "x"),
        ("d5", "ApplePass", None, "APA91b"),
        ("d6", "ApplePass", None, "APA91b"),
    ];
    for (device, scheme, announced, push_token) in phones {
        assert_eq!(register(device, scheme, announced, push_token), 201);
    }
    let age = "UPDATE registrations SET registered_at = registered_at - 31 * 86400";
    assert_eq!(database(server.state()).execute(age, ()).expect("the column is there"), phones.len());
    assert_eq!(register("d6", "ApplePass", None, "APA91b"), 200);
    server.trigger("17 * * * *").expect(200);
    let line = logged(&server, "\"cron\":\"sweep\"");
    assert!(line["registrationsDeleted"] == 2 && line.get("trouble").is_none(), "{line}");
    let left: Vec<_> = card.registrations().iter().map(|left| left["client"].to_string()).collect();
    assert_eq!(left, ["\"ApplePass\"", "\"AndroidPass\"", "\"Passes\"", "\"unknown\""]);
}

#[test]
fn a_part_of_the_sweep_that_fails_stops_none_of_the_others() {
    let server = Server::start(Options::default());
    let card = Card::unpublished().at(server.issuer());
    card.publish(&card.file()).expect(201);
    let told =
        "INSERT INTO push_devices (pass_type, device_id, client, covered, pushed_at, attempts) VALUES ('t', 'd', '', 0, 0, 0)";
    let database = database(server.state());
    database.execute(told, ()).expect("a device that has left");
    database.execute("ALTER TABLE registrations RENAME COLUMN registered_at TO gone", ()).expect("it is there");
    server.trigger("17 * * * *").expect(200);
    let line = logged(&server, "\"cron\":\"sweep\"");
    assert!(line["lookedAt"] == 1 && line["trouble"]["database"].is_string(), "{line}");
    let left = database.query_row("SELECT count(*) FROM push_devices", (), |row| row.get::<_, i64>(0));
    assert_eq!(left, Ok(0));
}
