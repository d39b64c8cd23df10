//! An aborted WebAssembly instance. Nothing that a request reaches can panic; if it did, workers-rs' module makes a new
//! instance, and the Worker's own module, which stands before that one, must let it.

use std::thread;

use edgepass_support::{
    http::{self, Body},
    server::{Options, Server},
};

use crate::card::{Card, new_type};

const BEFORE: [(&str, &str); 2] =
    [("worker.mjs", include_str!("aborted/worker.mjs")), ("abort.mjs", include_str!("aborted/abort.mjs"))];

#[test]
fn after_an_abort_the_next_request_is_served_by_a_new_instance() {
    let server = Server::start(Options { before: &BEFORE, ..Options::default() });
    let card = Card::new(&new_type(), "S-1").at(server.issuer());
    card.publish(&card.file()).expect(201);
    let mut phone = server.phone();
    phone.register(&card.pass).answer().clone().expect(201);

    let base = server.base().to_owned();
    // It has no answer, or a late one.
    let _aborted = thread::spawn(move || http::request(&base, "GET", "/abort-now", &[], Body::Empty));
    server.wait_for_log("Critical");

    phone.register(&card.pass).answer().clone().expect(200);
    server.wait_for_log("Reinitializing");
    assert_eq!(phone.list(card.pass_type()).status(), 200);
    assert_eq!(phone.fetch(&card.pass).status(), 200);
    card.change(1);
}
