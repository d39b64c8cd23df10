//! What a phone's requests ask of the database, in counts that are the same on every machine: no time is measured here.

use crate::util::{Card, new_type};
use edgepass_support::{
    http::{Answer, Body},
    pass::Pass,
    phone::Phone,
    server::Server,
};

/// A request of a phone: its name, the status of the answer, its cost, and a function that sends it.
type Request = (&'static str, u16, Cost, fn(&mut Scene) -> Answer);

/// The requests, in the order in which a phone sends them.
///
/// The figures are exact. A figure that rises needs a reason that is worth it to every phone, and that reason belongs in the
/// commit. "Repeated" is within a minute of the last time; a later one writes two rows.
const REQUESTS: [Request; 16] = [
    // calls of the database, rows read, rows written
    ("register, the first ever", 201, cost(1, 3, 3), Scene::register_first),
    ("register, new", 201, cost(1, 3, 2), Scene::register),
    ("register, repeated", 200, cost(1, 3, 0), Scene::register),
    ("register, new push token", 200, cost(1, 3, 2), Scene::register_with_another_push_token),
    ("register, wrong token", 401, cost(1, 2, 0), Scene::register_with_a_wrong_token),
    ("register, no token", 401, cost(0, 0, 0), Scene::register_without_a_token),
    ("list, one pass", 200, cost(1, 4, 1), Scene::list),
    ("list, 100 passes", 200, cost(1, 202, 1), Scene::list_many),
    ("list, repeated", 200, cost(1, 202, 0), Scene::list_many),
    ("list, nothing new", 204, cost(1, 5, 0), Scene::list),
    ("send", 200, cost(1, 1, 0), Scene::send),
    ("send, not modified", 304, cost(1, 1, 0), Scene::send),
    ("send, wrong token", 401, cost(1, 1, 0), Scene::send_with_a_wrong_token),
    ("unregister", 200, cost(1, 5, 2), Scene::unregister),
    ("unregister, wrong token", 401, cost(1, 2, 0), Scene::unregister_with_a_wrong_token),
    ("unregister, again", 200, cost(1, 2, 0), Scene::unregister),
];

const fn cost(calls: u32, read: u32, written: u32) -> Cost {
    Cost { calls, read, written }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Cost {
    calls: u32,
    /// Rows read, as billed.
    read: u32,
    /// Rows and entries of indexes written, as billed.
    written: u32,
}

impl Cost {
    fn of(answer: &Answer) -> Self {
        let used = answer.database().unwrap_or_else(|| panic!("no Server-Timing: {answer:#}"));
        Self { calls: used.calls, read: used.read, written: used.written }
    }
}

/// Phones and passes.
struct Scene {
    card: Card,
    /// No phone has it yet.
    untouched: Card,
    phone: Phone,
    /// Registered for many passes of one type.
    collector: Phone,
    type_of_many: String,
}

impl Scene {
    fn new() -> Self {
        let server = Server::shared();
        let published = |pass_type: &str, serial: &str| {
            let card = Card::new(pass_type, serial).at(server.issuer());
            card.publish(&card.file()).expect(201);
            card
        };
        let (type_of_many, mut collector) = (new_type(), server.phone());
        for number in 0..100 {
            let card = published(&type_of_many, &format!("S-{number}"));
            collector.register(&card.pass).answer().clone().expect(201);
        }
        let card = published(&new_type(), "S-1");
        // SQLite reads one row more where others follow in an index. Here they always do: this device is the last.
        let mut last = server.phone().with_device(&"f".repeat(32));
        last.register(&card.pass).answer().clone().expect(201);
        let untouched = published(&new_type(), "S-1");
        Self { card, untouched, phone: server.phone(), collector, type_of_many }
    }

    fn register_first(&mut self) -> Answer {
        self.phone.register(&self.untouched.pass).answer().clone()
    }

    fn register(&mut self) -> Answer {
        self.phone.register(&self.card.pass).answer().clone()
    }

    fn register_with_another_push_token(&mut self) -> Answer {
        self.phone.rotate_push_token();
        self.register()
    }

    fn register_with_a_wrong_token(&mut self) -> Answer {
        self.phone.register(&self.stolen()).answer().clone()
    }

    fn register_without_a_token(&mut self) -> Answer {
        let path = self.card.registration_path(self.phone.device());
        Server::shared().request("POST", &path, &[], Body::Bytes(b"{\"pushToken\":\"1f\"}"))
    }

    fn list(&mut self) -> Answer {
        self.phone.list(self.card.pass_type()).answer().clone()
    }

    fn list_many(&mut self) -> Answer {
        let answer = self.collector.list_since(&self.type_of_many, None).answer().clone();
        assert_eq!(answer.json()["serialNumbers"].as_array().map(Vec::len), Some(100));
        answer
    }

    fn send(&mut self) -> Answer {
        self.phone.fetch_conditionally(&self.card.pass).answer().clone()
    }

    fn send_with_a_wrong_token(&mut self) -> Answer {
        self.phone.fetch(&self.stolen()).answer().clone()
    }

    fn unregister(&mut self) -> Answer {
        self.phone.unregister(&self.card.pass).answer().clone()
    }

    fn unregister_with_a_wrong_token(&mut self) -> Answer {
        self.phone.unregister(&self.stolen()).answer().clone()
    }

    /// The pass with a token that is not its own.
    fn stolen(&self) -> Pass {
        self.card.pass.clone().with_token("another token of 16")
    }
}

#[test]
fn a_request_of_a_phone_costs_what_is_written_here() {
    let mut scene = Scene::new();
    let measured = REQUESTS.map(|(name, status, _, send)| {
        let answer = send(&mut scene).expect(status);
        (name, Cost::of(&answer))
    });
    assert_eq!(measured, REQUESTS.map(|(name, _, cost, _)| (name, cost)));
}
