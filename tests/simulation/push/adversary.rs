//! One holder of a pass registers push tokens that he made up. Whatever the push service answers to them, phones that hold passes of
//! another type are told in time.

use super::{
    bounds::push_token,
    issuer::Issued,
    service::{MadeUp, Token},
    simulation::{Simulation, TYPES},
    world::World,
};

const MINUTE_MS: i64 = 60_000;

/// The phones; the adversary's have higher numbers.
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

/// The adversary's pass is the first one. The other is of another type.
fn simulation(seed: u64) -> Simulation {
    // One worker at a time as `wrangler dev` runs them, or several with the small pages of the free plan.
    let (workers, page) = if seed.is_multiple_of(2) { (1, 1000) } else { (3, 40) };
    let mut simulation = Simulation::over(World::new(seed, MINUTE_MS, page, false));
    simulation.world.shadow.replace(None);
    simulation.switch_cron_off();
    simulation.workers = workers;
    simulation.passes = (0..TYPES.len()).map(Issued::new).collect();
    for pass in 0..TYPES.len() {
        simulation.passes[pass].publish_next(&simulation.world);
    }
    simulation.register_on(1, 0..PHONES);
    simulation
}

/// The adversary registers more tokens.
fn make_up(simulation: &Simulation, tokens: std::ops::Range<usize>, answer: Option<MadeUp>) {
    simulation.register_on(0, tokens.clone());
    for phone in tokens {
        let answer = answer.or_else(|| simulation.world.chance.pick(&ANSWERS).copied());
        let token = Token { made_up: answer, ..Token::alive(phone) };
        simulation.world.service.tokens.borrow_mut().insert(push_token(phone), token);
    }
}

/// The phones are told of a change of their pass within a minute, as the interval is over: all workers but the one may be at work
/// with the adversary's tokens for a minute, and a little longer if answers come late.
fn check_told(simulation: &mut Simulation, answer: Option<MadeUp>) {
    simulation.passes[1].publish_next(&simulation.world);
    let changed = simulation.world.sequence();
    let minutes = if matches!(answer, Some(MadeUp::LateAnswer(..)) | None) { 2 } else { 1 };
    simulation.run_until(simulation.world.now_ms() + minutes * MINUTE_MS);
    let pushed = simulation.world.service.pushed.borrow();
    for phone in 0..PHONES {
        let reached = pushed.get(&(phone, TYPES[1].to_owned())).is_some_and(|told| told.reached > changed);
        let seed = simulation.world.seed;
        assert!(reached, "seed {seed}: phone {phone} waits, as made-up tokens are answered {answer:?}");
    }
}

#[test]
fn made_up_push_tokens_of_one_pass_keep_no_phone_of_another_type_waiting() {
    let kinds = ANSWERS.into_iter().map(Some).chain([None, None, None]);
    for (seed, answer) in (1..).zip(kinds) {
        for seed in [seed, seed + 101, seed + 301] {
            let mut simulation = simulation(seed);
            let mut tokens = PHONES;
            for _ in 0..8 {
                let more = tokens + 1 + simulation.world.chance.below(60);
                make_up(&simulation, tokens..more, answer);
                tokens = more;
                simulation.passes[0].publish_next(&simulation.world);
                let soon = simulation.world.now_ms() + simulation.world.some_ms(90_000);
                simulation.run_until(soon);
                check_told(&mut simulation, answer);
                simulation.run_until(simulation.world.now_ms() + 2 * MINUTE_MS);
            }
            let sql = "SELECT count(*) FROM push_holds WHERE pass_type <> ?1";
            let database = simulation.world.database.borrow();
            let held: i64 = database.sqlite.prepare(sql).query_row([TYPES[0]], |row| row.get(0)).unwrap();
            assert_eq!(
                held, 0,
                "seed {seed}: the service is held, as made-up tokens are answered {answer:?}"
            );
        }
    }
}
