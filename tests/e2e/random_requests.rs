//! Ten thousand requests that mean nothing. `SEED=… cargo test --test e2e random` sends the same ones again.

mod request;

use self::request::Request;
use crate::util::{Card, new_phone};
use edgepass_support::{chance::Chance, http::Connection, random, server::Server};
use std::{env, thread};

const REQUESTS: u64 = 10_000;
const CONNECTIONS: u64 = 4;

fn seed() -> u64 {
    let given = env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| u64::from_str_radix(&random::hex(4), 16).unwrap_or(1))
}

#[test]
fn ten_thousand_random_requests_make_no_500_and_no_hang_and_the_service_goes_on() {
    let seed = seed();
    println!("SEED={seed}");
    let base = Server::shared().base();
    thread::scope(|scope| {
        for lane in 0..CONNECTIONS {
            scope.spawn(move || {
                let (chance, mut connection) = (Chance::new(seed ^ (lane << 32)), Connection::new(base));
                for number in 0..REQUESTS / CONNECTIONS {
                    let request = Request::random(&chance);
                    // A connection waits for an answer for a minute: a request that hangs ends the test.
                    let answer = request
                        .send(&mut connection)
                        .unwrap_or_else(|error| panic!("SEED={seed}, {lane}/{number}: {error}: {request:?}"));
                    let personalize = request.method == "POST" && request.path.contains("/personalize");
                    let expected = answer.status < 500 || (answer.status == 501 && personalize);
                    assert!(expected, "SEED={seed}, {lane}/{number}: {request:?}: {answer:#}");
                    assert!(answer.database().is_some(), "not the Worker's answer: {request:?}: {answer:#}");
                }
            });
        }
    });

    let card = Card::published();
    let mut phone = new_phone();
    for expected in [201, 200] {
        let exchange = phone.register(&card.pass);
        assert_eq!((exchange.status(), exchange.complaints()), (expected, &[][..]));
    }
    assert_eq!(phone.fetch(&card.pass).complaints(), [""; 0]);
}
