//! Pages that take long.

use super::super::{
    service::{MadeUp, Mood, Token},
    simulation::Simulation,
};
use super::{HOUR_MS, MINUTE_MS, SECOND_MS, push_token};
use crate::{issued::TYPES, spelling::device};
use rusqlite::params;

/// A phone fails at the beginning of a page that takes longer than the phone has to wait. So its time has passed when the
/// page is concluded.
#[test]
fn a_phone_that_failed_early_in_a_long_page_is_tried_again_without_the_cron_trigger() {
    for seed in 1..4 {
        let mut simulation = Simulation::with_passes(seed, MINUTE_MS, 1000, 1);
        simulation.switch_cron_off();
        simulation.world.service.latency.set(480);
        simulation.register_on(0, 0..500);
        let unreachable = Token { unreachable: true, ..Token::alive(0) };
        simulation.world.service.tokens.borrow_mut().insert(push_token(0), unreachable);
        simulation.register_long_ago([0]);
        simulation.world.queue.waiting.take();
        simulation.passes[0].publish_next(&simulation.world);
        simulation.world.queue.waiting.borrow_mut().truncate(1);
        simulation.run_until(simulation.world.now_ms() + 10 * MINUTE_MS);
        assert!(simulation.requests() > 501, "seed {seed}: {} pushes", simulation.requests());
    }
}

/// Ten pushes fail at once while one answer is late. After the answer to the probe, all six lanes go on.
#[test]
fn a_late_answer_does_not_slow_down_the_rest_of_the_page() {
    let mut simulation = Simulation::with_passes(2, MINUTE_MS, 1000, 20);
    simulation.switch_cron_off();
    simulation.workers = 1;
    let made_up = |phone: usize, answer| {
        let token = Token { made_up: Some(answer), ..Token::alive(phone) };
        simulation.world.service.tokens.borrow_mut().insert(push_token(phone), token);
    };
    for pass in 0..20 {
        simulation.register_on(pass, [1000 + pass]);
        made_up(1000 + pass, MadeUp::Answer(404, "BadPath"));
    }
    made_up(1000, MadeUp::LateAnswer(429, "TooManyRequests"));
    simulation.register_on(0, 0..300);
    simulation.register_long_ago([1000]);
    simulation.world.queue.waiting.take();
    simulation.publish_all();
    simulation.run_until(simulation.world.now_ms() + 35 * SECOND_MS);
    let pushed = simulation.world.service.pushed.borrow();
    let reached = pushed.values().filter(|pushed| pushed.times > 0).count();
    assert_eq!(reached, 300, "with one lane it takes more than a minute");
}

/// A message comes a moment too early, as clocks differ.
#[test]
fn a_message_that_comes_a_moment_early_loses_no_due_time() {
    let mut simulation = Simulation::with_passes(1, MINUTE_MS, 1000, 1);
    simulation.switch_cron_off();
    simulation.register_on(0, [0]);
    let unreachable = Token { unreachable: true, ..Token::alive(0) };
    simulation.world.service.tokens.borrow_mut().insert(push_token(0), unreachable);
    simulation.world.queue.waiting.take();
    simulation.passes[0].publish_next(&simulation.world);
    simulation.run_until(simulation.world.now_ms() + 5 * SECOND_MS);
    for waiting in simulation.world.queue.waiting.borrow_mut().iter_mut() {
        waiting.due_ms -= 1000;
    }
    simulation.run_until(simulation.world.now_ms() + 10 * MINUTE_MS);
    assert!(simulation.requests() > 2, "{} pushes", simulation.requests());
}

/// A phone that rotates has two tokens, and is pushed to with both. If its page fails again and again, for an hour with a
/// wrong key, the page must not grow.
#[test]
fn a_device_with_two_tokens_has_two_however_often_its_page_is_left() {
    let mut simulation = Simulation::with_passes(1, SECOND_MS, 1000, 2);
    simulation.register_on(0, [0, 1]);
    simulation.register_on(1, [0]);
    let database = simulation.world.database.borrow();
    let rotated = "UPDATE registrations SET push_token = pack(?3) WHERE device_id = pack(?1) AND serial = ?2";
    let phone = params![device(0, TYPES[0]), simulation.passes[1].serial, push_token(1)];
    assert_eq!(database.sqlite.prepare(rotated).execute(phone).unwrap(), 1);
    drop(database);
    simulation.world.service.mood.set(Mood::Refusing);
    simulation.world.service.until_ms.set(simulation.world.now_ms() + HOUR_MS);
    simulation.publish_all();
    simulation.run_until(simulation.world.now_ms() + HOUR_MS);
    let refused = simulation.requests();
    simulation.finish();
    assert!(simulation.requests() - refused <= 6, "{} pushes", simulation.requests() - refused);
}
