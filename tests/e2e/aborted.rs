//! A panic. Nothing that a request reaches can panic in this service; should something panic all the same, workers-rs makes a new
//! instance for the next request.

use crate::{
    rebound::BEFORE,
    util::{Card, new_type},
};
use edgepass_support::{
    http::{self, Body},
    server::{Options, Server},
};
use std::thread;

#[test]
fn after_a_panic_the_next_requests_are_served_and_the_log_names_the_panic() {
    let server = Server::start(Options { before: &BEFORE, ..Options::default() });
    let card = Card::new(&new_type(), "S-1").at(server.issuer());
    card.publish(&card.file()).expect(201);
    let mut phone = server.phone();
    phone.register(&card.pass).answer().clone().expect(201);

    let (base, path) = (server.base().to_owned(), card.list_path("d"));
    let panicking = thread::spawn(move || http::send(&base, "GET", &path, &[("X-Bindings", "{\"panic\":true}")], Body::Empty));
    server.wait_for_log("panicked at");
    server.wait_for_log("a planted panic");
    let failed = panicking.join().unwrap();
    assert!(failed.is_err() || failed.is_ok_and(|answer| answer.status >= 500));

    phone.register(&card.pass).answer().clone().expect(200);
    assert_eq!(phone.list(card.pass_type()).status(), 200);
    assert_eq!(phone.fetch(&card.pass).status(), 200);
    card.change(1);
}
