//! What a phone's requests cost, in counts that are the same on every machine: no time is measured here.
//!
//! ```sh
//! cargo test --test e2e device::cost -- --nocapture
//! ```
//!
//! prints what each request costs now, and which functions between JavaScript and WebAssembly it calls how often.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use edgepass_support::{
    http::{Answer, Body},
    pass::Pass,
    phone::Phone,
};

use crate::{
    counted::{self, Cost, Measured},
    util::{Card, new_type},
};

/// A request of a phone: its name, the status of the answer, what it costs, and how it is sent.
type Request = (&'static str, u16, Cost, fn(&mut Scene) -> Answer);

/// The requests, in the order in which a phone sends them.
///
/// The figures are exact; those of crossings include one header field, `Server-Timing`, that only local runs have, and the rate
/// limits, each of which is asked and waited for: two to register, one for all else that asks the database. What makes a figure
/// rise needs a reason that is worth it to every phone, and that reason belongs in the commit. "Repeated" is within a
/// minute of the last time; a later one writes two rows.
const REQUESTS: [Request; 14] = [
    // calls of the database, rows read, rows written, imports, exports
    ("register, new", 201, cost(1, 2, 2, 18, 9), Scene::register),
    ("register, repeated", 200, cost(1, 3, 0, 18, 9), Scene::register),
    ("register, new push token", 200, cost(1, 3, 2, 18, 9), Scene::register_with_another_push_token),
    ("register, wrong token", 401, cost(1, 2, 0, 24, 10), Scene::register_with_a_wrong_token),
    ("register, no token", 401, cost(0, 0, 0, 8, 4), Scene::register_without_a_token),
    ("list, one pass", 200, cost(1, 3, 0, 9, 7), Scene::list),
    ("list, 100 passes", 200, cost(1, 201, 0, 9, 7), Scene::list_many),
    ("list, nothing new", 204, cost(1, 4, 0, 9, 7), Scene::list),
    ("send", 200, cost(1, 1, 0, 13, 9), Scene::send),
    ("send, not modified", 304, cost(1, 1, 0, 9, 7), Scene::send),
    ("send, wrong token", 401, cost(1, 1, 0, 15, 8), Scene::send_with_a_wrong_token),
    ("unregister", 200, cost(1, 3, 1, 11, 8), Scene::unregister),
    ("unregister, wrong token", 401, cost(1, 2, 0, 17, 9), Scene::unregister_with_a_wrong_token),
    ("unregister, again", 200, cost(1, 2, 0, 11, 8), Scene::unregister),
];

const fn cost(calls: u32, read: u32, written: u32, imports: u32, exports: u32) -> Cost {
    Cost { calls, read, written, imports, exports }
}

/// Phones and passes at a Worker that is measured, for one test at a time.
struct Scene {
    card: Card,
    phone: Phone,
    /// Registered for many passes of one type.
    collector: Phone,
    type_of_many: String,
}

impl Scene {
    fn get() -> MutexGuard<'static, Self> {
        static SCENE: LazyLock<Mutex<Scene>> = LazyLock::new(|| Mutex::new(Scene::new()));
        SCENE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn new() -> Self {
        let server = counted::server();
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
        let mut scene = Self { card, phone: server.phone(), collector, type_of_many };
        // What an isolate does once is not what a request costs.
        let _ = scene.measure();
        scene
    }

    /// What each of [`REQUESTS`] costs a phone that the service has not seen before.
    fn measure(&mut self) -> Vec<Measured> {
        self.phone = counted::server().phone();
        let requests = REQUESTS.iter().map(|(name, status, _, send)| {
            let (answer, measured) = counted::measure(|| send(self));
            assert_eq!(answer.status, *status, "{name}: {answer:#}");
            measured
        });
        requests.collect()
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
        counted::server().request("POST", &path, &[], Body::Bytes(b"{\"pushToken\":\"1f\"}"))
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
    let measured = Scene::get().measure();
    let mut unlike = Vec::new();
    for ((name, _, told, _), measured) in REQUESTS.iter().zip(&measured) {
        println!("{name}: {measured}");
        unlike.extend(measured.cost.unlike(told).iter().map(|figure| format!("{name}: {figure}")));
    }
    assert!(unlike.is_empty(), "{unlike:#?}");
}

#[test]
fn a_request_costs_each_phone_the_same_each_time() {
    let mut scene = Scene::get();
    let first = scene.measure();
    for _ in 0..5 {
        assert_eq!(scene.measure(), first);
    }
}

#[test]
fn a_list_of_100_passes_crosses_into_webassembly_no_more_often_than_a_list_of_one() {
    let mut scene = Scene::get();
    scene.phone = counted::server().phone();
    scene.register().expect(201);
    let crossings = |list: fn(&mut Scene) -> Answer, scene: &mut Scene| {
        let (answer, measured) = counted::measure(|| list(scene));
        assert_eq!(answer.status, 200);
        (measured.cost.imports, measured.cost.exports)
    };
    assert_eq!(crossings(Scene::list_many, &mut scene), crossings(Scene::list, &mut scene));
}
