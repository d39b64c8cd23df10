//! An aborted WebAssembly instance. Nothing that a request reaches can panic; if it did, workers-rs' module makes a new
//! instance, and the Worker's own module, which stands before that one, must let it.

use std::thread;

use edgepass_support::{
    http::{self, Body},
    server::{Options, Server},
};

use crate::util::{Card, new_type};

const BEFORE: [(&str, &str); 2] =
    [("worker.mjs", include_str!("aborted/worker.mjs")), ("abort.mjs", include_str!("aborted/abort.mjs"))];

/// While the request is read, and when the database has answered it.
#[test]
fn after_an_abort_the_next_request_is_served_by_a_new_instance() {
    for path in ["/abort-now", "/v1/devices/abort-later/registrations/pass.com.example.aborted"] {
        is_well_after(path, "Critical");
    }
}

#[test]
fn after_a_stack_overflow_no_request_writes_into_the_memory_of_the_instance_that_ended() {
    is_well_after("/abort-overflow", "the stack is full on purpose");
}

fn is_well_after(path: &'static str, logged: &str) {
    let server = Server::start(Options { before: &BEFORE, ..Options::default() });
    let card = Card::new(&new_type(), "S-1").at(server.issuer());
    card.publish(&card.file()).expect(201);
    let mut phone = server.phone();
    phone.register(&card.pass).answer().clone().expect(201);

    let base = server.base().to_owned();
    // It has no answer, or a late one.
    let _aborted = thread::spawn(move || http::request(&base, "GET", path, &[], Body::Empty));
    server.wait_for_log(logged);

    phone.register(&card.pass).answer().clone().expect(200);
    assert_eq!(phone.list(card.pass_type()).status(), 200);
    assert_eq!(phone.fetch(&card.pass).status(), 200);
    card.change(1);
}
