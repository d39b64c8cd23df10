//! A panic. workers-rs creates a new WebAssembly instance for the next request.

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
    let list = move || http::send(&base, "GET", &path, &[("X-Bindings", "{\"panic\":true}")], Body::Empty);
    let panicking = thread::spawn(list.clone());
    server.wait_for_log("panicked at");
    server.wait_for_log("a planted panic");
    let failed = panicking.join().unwrap();
    assert!(failed.is_err() || failed.is_ok_and(|answer| answer.status >= 500));

    // The old instance still had a lock on the statements of these bindings.
    assert_eq!(list().unwrap().status, 204);
    phone.register(&card.pass).answer().clone().expect(200);
    assert_eq!(phone.list(card.pass_type()).status(), 200);
    assert_eq!(phone.fetch(&card.pass).status(), 200);
    card.change(1);
}
