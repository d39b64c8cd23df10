//! A wrong configuration makes the push service call every push token bad. No registration may be lost.

use super::{
    adversary::{make_up, shop},
    service::{MadeUp, Wire},
    shadow::{Run, Who},
    simulation::Simulation,
    world::Port,
};
use crate::issued::TYPES;
use edgepass::{
    push::{self, Worker},
    wallet::Wallet,
};
use edgepass_support::storage::block_on;
use rusqlite::params;
use std::rc::Rc;

const MINUTE_MS: i64 = 60_000;
const BAD: Option<MadeUp> = Some(MadeUp::Answer(400, "BadDeviceToken"));

/// Passes change one after the other, each on one phone. So no page has many bad tokens.
#[test]
fn bad_push_tokens_that_come_one_by_one_stay_while_nothing_is_delivered_and_go_when_something_is() {
    let mut simulation = shop(2, 100);
    for pass in 0..100 {
        make_up(&simulation, pass, pass..pass + 1, BAD);
        simulation.passes[pass].publish_next(&simulation.world);
        simulation.run_until(simulation.world.now_ms() + 5_000);
    }
    simulation.run_until(simulation.world.now_ms() + 60 * MINUTE_MS);
    assert_eq!(simulation.count("registrations"), 100);

    // The configuration is right again. One phone of each type can be reached.
    simulation.register_on(0, [1000]);
    simulation.register_on(1, [1000]);
    for pass in 0..2 {
        simulation.passes[pass].publish_next(&simulation.world);
    }
    simulation.run_until(simulation.world.now_ms() + 180 * MINUTE_MS);
    assert_eq!(simulation.count("registrations"), 2, "bad tokens go");
}

/// One page has phones of two types, and only one type is wrong.
#[test]
fn many_bad_push_tokens_hold_their_type_and_delete_nothing_whatever_else_is_in_the_page() {
    let mut simulation = shop(2, 4);
    simulation.register_on(0, 0..250);
    make_up(&simulation, 1, 250..450, BAD);
    for pass in 0..2 {
        simulation.passes[pass].publish_next(&simulation.world);
    }
    simulation.run_until(simulation.world.now_ms() + 5 * MINUTE_MS);
    assert_eq!(simulation.count("registrations"), 450);
    assert_eq!(simulation.count("push_holds WHERE pass_type LIKE '%tea'"), 1);
    assert_eq!(simulation.count("push_holds"), 1, "the other type is not held");
}

impl Simulation {
    /// Does the same as `push/test` with `deleteBadTokens`.
    fn confirm(&self, pass_type: &str) {
        let database = self.world.database.borrow();
        let release = "DELETE FROM push_holds WHERE client = '' AND pass_type IN ('', ?1)";
        database.sqlite.prepare(release).execute([pass_type]).unwrap();
        let confirm = "INSERT INTO push_holds (client, pass_type, until, since, times, cause, reason) VALUES ('', ?1, 0, ?2, 0, 'confirmed', '')";
        database.sqlite.prepare(confirm).execute(params![pass_type, self.world.now_ms()]).unwrap();
    }
}

/// A worker pushed before the issuer's word, and records its results after it.
#[test]
fn an_issuer_s_word_outlives_the_worker_that_is_under_way() {
    let mut simulation = shop(2, 1);
    simulation.world.service.latency.set(2_000);
    make_up(&simulation, 0, 0..60, BAD);
    simulation.passes[0].publish_next(&simulation.world);
    simulation.run_until(simulation.world.now_ms() + 3_000);
    simulation.confirm(TYPES[0]);
    simulation.run_until(simulation.world.now_ms() + 10 * MINUTE_MS);
    assert_eq!(simulation.count("registrations"), 0);
}

/// The permission lasts a day. After that, bad tokens hold their type again, and workers wait for the end of the hold.
#[test]
fn an_issuer_s_word_of_the_day_before_deletes_nothing() {
    let mut simulation = shop(2, 1);
    simulation.confirm(TYPES[0]);
    simulation.run_until(simulation.world.now_ms() + 25 * 60 * MINUTE_MS);
    make_up(&simulation, 0, 0..60, BAD);
    simulation.passes[0].publish_next(&simulation.world);
    simulation.run_until(simulation.world.now_ms() + 5_000);
    assert_eq!(simulation.count("registrations"), 60);
    assert_eq!(simulation.count("push_holds WHERE cause = 'configuration'"), 1);
    let left = format!("push_pages WHERE worker = '' AND due_at > {}", simulation.world.now_ms());
    assert_eq!(simulation.count(&left), 1);
}

/// A worker saw the hold, and records its results after a test push has ended it.
#[test]
fn a_page_is_not_left_until_the_end_of_a_hold_that_is_over() {
    let mut simulation = shop(2, 1);
    make_up(&simulation, 0, 0..1, Some(MadeUp::Answer(400, "TopicDisallowed")));
    simulation.passes[0].publish_next(&simulation.world);
    simulation.run_until(simulation.world.now_ms() + 5_000);
    assert_eq!(simulation.count("push_holds"), 1);
    let world = &simulation.world;
    let execute = |sql: &str| world.database.borrow().sqlite.prepare(sql).execute([]).unwrap();
    execute(&format!("UPDATE push_pages SET due_at = {}", world.now_ms()));
    let worker = Worker { name: "late".to_owned(), wallet: Wallet::Apple, now_ms: world.now_ms() };
    let run = Rc::new(Run::new(&worker));
    let port = Port { world: Rc::clone(world), who: Who::Worker(Rc::clone(&run)) };
    let page = block_on(push::claim(&port, &worker, &world.policy)).unwrap().page.unwrap();
    let wire = Wire { world: Rc::clone(world), run };
    let delivered = block_on(push::deliver(page, &worker, &world.providers[0], &wire));
    execute("DELETE FROM push_holds");
    let results = block_on(push::record_results(&port, &worker, &delivered)).unwrap();
    assert_eq!((results.left, results.messages.len()), (1, 1));
    assert!(results.messages[0].delay < 3, "the message comes now: {results:?}");
    assert_eq!(simulation.count(&format!("push_pages WHERE due_at <= {}", world.now_ms())), 1);
}
