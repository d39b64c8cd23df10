//! The holder of a pass registers push tokens that he made up. Whatever the push service answers to them, phones with passes
//! of another type are pushed to in time.

use super::{
    bounds::push_token,
    service::{MadeUp, Token},
    simulation::Simulation,
    world::World,
};
use crate::issued::Issued;
use std::ops::Range;

const MINUTE_MS: i64 = 60_000;

/// The number of honest phones. The adversary's have higher numbers.
const PHONES: usize = 3;

const ANSWERS: [MadeUp; 13] = [
    MadeUp::NoAnswer,
    MadeUp::Answer(400, "BadDeviceToken"),
    MadeUp::Answer(400, "DeviceTokenNotForTopic"),
    MadeUp::Answer(400, "IdleTimeout"),
    MadeUp::Answer(404, "BadPath"),
    MadeUp::Answer(405, "MethodNotAllowed"),
    MadeUp::Answer(410, "Unregistered"),
    MadeUp::Answer(413, "PayloadTooLarge"),
    MadeUp::Answer(418, "Teapot"),
    MadeUp::Answer(429, "TooManyRequests"),
    MadeUp::Answer(500, "InternalServerError"),
    MadeUp::Answer(503, "ServiceUnavailable"),
    MadeUp::LateAnswer(429, "TooManyRequests"),
];

/// Published passes of two types. Nothing fails, and the cron trigger never runs.
pub(super) fn shop(seed: u64, passes: usize) -> Simulation {
    // One worker at a time, as in `wrangler dev`, or several with the small pages of the free plan. One worker with small
    // pages does not hold the bound: docs/push.md, "Limits", says so.
    let (workers, page) = if seed.is_multiple_of(2) { (1, 1000) } else { (3, 40) };
    let mut simulation = Simulation::in_world(World::new(seed, MINUTE_MS, page, false));
    simulation.world.shadow.replace(None);
    simulation.switch_cron_off();
    simulation.workers = workers;
    simulation.passes = (0..passes).map(Issued::new).collect();
    for pass in 0..passes {
        simulation.passes[pass].publish_next(&simulation.world);
    }
    simulation
}

/// Registers a pass with made-up push tokens, and sets the answer to them. `None`: a random answer to each.
pub(super) fn make_up(simulation: &Simulation, pass: usize, tokens: Range<usize>, answer: Option<MadeUp>) {
    simulation.register_on(pass, tokens.clone());
    for phone in tokens {
        let answer = answer.or_else(|| simulation.world.chance.pick(&ANSWERS).copied());
        let token = Token { made_up: answer, ..Token::alive(phone) };
        simulation.world.service.tokens.borrow_mut().insert(push_token(phone), token);
    }
}

/// Changes a pass, and checks that its phones are pushed to within these minutes.
fn check_told(simulation: &mut Simulation, pass: usize, phones: Range<usize>, minutes: i64) {
    let pass_type = simulation.passes[pass].pass_type;
    simulation.passes[pass].publish_next(&simulation.world);
    let changed = simulation.world.sequence();
    simulation.run_until(simulation.world.now_ms() + minutes * MINUTE_MS);
    let pushed = simulation.world.service.pushed.borrow();
    for phone in phones {
        let reached = pushed.get(&(phone, pass_type.to_owned())).is_some_and(|told| told.reached > changed);
        assert!(reached, "seed {}: phone {phone} waits", simulation.world.events.seed);
    }
}

/// Seeds with each answer, and with random ones.
fn answers() -> impl Iterator<Item = (u64, Option<MadeUp>)> {
    (1..).zip(ANSWERS.into_iter().map(Some).chain([None, None, None]))
}

#[test]
fn made_up_push_tokens_of_one_pass_keep_no_phone_of_another_type_waiting() {
    for (seed, answer) in answers() {
        for seed in [seed, seed + 101, seed + 301] {
            println!("seed {seed}: made-up tokens are answered {answer:?}");
            let mut simulation = shop(seed, 2);
            simulation.register_on(1, 0..PHONES);
            let mut tokens = PHONES;
            for _ in 0..8 {
                let more = tokens + 1 + simulation.world.chance.below(60);
                make_up(&simulation, 0, tokens..more, answer);
                tokens = more;
                simulation.passes[0].publish_next(&simulation.world);
                let soon = simulation.world.now_ms() + simulation.world.some_ms(90_000);
                simulation.run_until(soon);
                // A worker spends a minute on the adversary's tokens, and a little more if answers are late.
                let minutes = if matches!(answer, Some(MadeUp::LateAnswer(..)) | None) { 2 } else { 1 };
                check_told(&mut simulation, 1, 0..PHONES, minutes);
                simulation.run_until(simulation.world.now_ms() + 2 * MINUTE_MS);
            }
            assert_eq!(simulation.count("push_holds WHERE pass_type LIKE '%tea' OR pass_type = ''"), 0);
        }
    }
}

/// Somebody with passes of several types cannot stop the service either.
#[test]
fn made_up_push_tokens_of_many_passes_hold_no_service() {
    let mut simulation = shop(2, 8);
    for pass in 0..6 {
        make_up(&simulation, pass, 100 + 30 * pass..130 + 30 * pass, Some(MadeUp::NoAnswer));
    }
    simulation.register_on(7, 0..PHONES);
    for _ in 0..5 {
        for pass in 0..6 {
            simulation.passes[pass].publish_next(&simulation.world);
        }
        simulation.run_until(simulation.world.now_ms() + 70_000);
        check_told(&mut simulation, 7, 0..PHONES, 2);
    }
    assert_eq!(simulation.count("push_holds"), 0);
}

/// The pass is one that many people hold.
#[test]
fn made_up_push_tokens_keep_nobody_waiting_who_registered_the_same_pass_before() {
    for (_, answer) in answers().filter(|(_, answer)| !matches!(answer, Some(MadeUp::Answer(400, _)) | None)) {
        let mut simulation = shop(2, 2);
        make_up(&simulation, 0, 1000..1300, answer);
        simulation.register_on(0, 5000..5003);
        simulation.register_long_ago(5000..5003);
        check_told(&mut simulation, 0, 5000..5003, 1);
    }
}
