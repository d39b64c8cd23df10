//! Counts pushes and database calls, while nothing or only the push service fails.

mod pages;

use super::{
    service::{Mood, Token},
    simulation::Simulation,
    world::{START_MS, World},
};
use crate::{
    issued::{Issued, TYPES},
    spelling::{self, device},
};
use edgepass::storage::Database;
use rusqlite::params;
use std::rc::Rc;

pub(super) fn push_token(phone: usize) -> String {
    spelling::push_token(phone, &format!("token-{phone}"))
}

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

impl Simulation {
    /// Published passes of one type, without registrations.
    fn with_passes(seed: u64, interval_ms: i64, page: i64, passes: usize) -> Self {
        let mut simulation = Self::in_world(World::new(seed, interval_ms, page, false));
        simulation.world.shadow.replace(None);
        // The type of a pass depends on its number, so these are of one type.
        simulation.passes = (0..passes).map(|number| Issued::new(number * TYPES.len())).collect();
        simulation.publish_all();
        simulation
    }

    fn publish_all(&mut self) {
        for number in 0..self.passes.len() {
            self.passes[number].publish_next(&self.world);
        }
    }

    /// Registers a pass on phones, without the service.
    pub(super) fn register_on(&self, pass: usize, phones: impl IntoIterator<Item = usize>) {
        let database = self.world.database.borrow();
        let Issued { pass_type, serial, .. } = &self.passes[pass];
        let sql = "INSERT INTO registrations (device_id, pass_type, serial, push_token, registered_at) VALUES (pack(?1), ?2, ?3, pack(?4), ?5)";
        let mut statement = database.sqlite.prepare(sql);
        for phone in phones {
            let (device, token) = (device(phone, pass_type), push_token(phone));
            statement.execute(params![device, pass_type, serial, token, START_MS / 1000]).unwrap();
            self.world.service.tokens.borrow_mut().insert(token, Token::alive(phone));
        }
    }

    /// These phones registered long before all others.
    pub(super) fn register_long_ago(&self, phones: impl IntoIterator<Item = usize>) {
        let database = self.world.database.borrow();
        let mut statement = database.sqlite.prepare("UPDATE registrations SET registered_at = 0 WHERE push_token = pack(?1)");
        for phone in phones {
            assert!(statement.execute([push_token(phone)]).unwrap() > 0);
        }
    }

    /// Counts the rows of a table, with or without a condition.
    pub(super) fn count(&self, rows: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {rows}");
        self.world.database.borrow().sqlite.prepare(&sql).query_row((), |row| row.get(0)).unwrap()
    }

    fn finish(&mut self) {
        while self.is_busy() || self.is_working() {
            self.run_until(self.world.now_ms() + MINUTE_MS);
            assert!(self.world.now_ms() < START_MS + 48 * HOUR_MS, "something is left to do after two days");
        }
    }

    fn calls(&self) -> u32 {
        self.world.database.borrow().usage().calls
    }

    fn requests(&self) -> usize {
        self.world.service.requests.get()
    }

    /// The number of phones, and how often one was reached: the least and the most.
    fn reached(&self) -> (usize, usize, usize) {
        let pushed = self.world.service.pushed.borrow();
        let times = || pushed.values().map(|pushed| pushed.times);
        (pushed.len(), times().min().unwrap_or_default(), times().max().unwrap_or_default())
    }
}

/// The same 50 phones have a thousand passes of one type, which all change in one minute. Several workers push.
#[test]
fn fifty_phones_with_a_thousand_passes_are_pushed_once_an_interval() {
    const PHONES: usize = 50;
    const PASSES: usize = 1000;
    for (seed, interval, page) in [(1, 60, 1000), (2, 10, 1000), (3, 60, 40)] {
        let mut simulation = Simulation::with_passes(seed, interval * SECOND_MS, page, PASSES);
        for pass in 0..PASSES {
            simulation.register_on(pass, 0..PHONES);
        }
        simulation.finish();
        assert_eq!(simulation.requests(), 0);
        let (began, calls) = (simulation.world.now_ms(), simulation.calls());
        for second in 0..60 {
            for _ in 0..PASSES.div_ceil(60) {
                let pass = simulation.world.chance.below(PASSES);
                simulation.passes[pass].publish_next(&simulation.world);
            }
            simulation.run_until(began + (second + 1) * SECOND_MS - 1);
        }
        let ended = simulation.world.sequence();
        simulation.finish();
        let most = usize::try_from(60 / interval + 1).unwrap();
        let (phones, least, times) = simulation.reached();
        println!(
            "interval {interval} s, page {page}: {} pushes, {times} at most to a phone, {} calls of the database",
            simulation.requests(),
            simulation.calls() - calls,
        );
        assert!(phones == PHONES && least > 0, "{phones} phones were pushed to");
        assert!(times <= most, "seed {seed}: a phone was pushed {times} times");
        assert!(simulation.requests() <= PHONES * most);
        let pushed = simulation.world.service.pushed.borrow();
        assert!(pushed.values().all(|pushed| pushed.reached > ended), "a phone was not pushed after the last change");
    }
}

/// Many passes, each on its own phone, change while the push service is down. `JOBS=10000` sets their number, with pages
/// of the default size.
#[test]
fn an_hour_without_the_push_service_is_made_up_for_and_nothing_is_hammered() {
    let jobs = crate::number("JOBS").map_or(1000, |jobs| usize::try_from(jobs).unwrap());
    let page = i64::try_from(jobs / 10).unwrap();
    let mut simulation = Simulation::with_passes(7, MINUTE_MS, page, jobs);
    for pass in 0..jobs {
        simulation.register_on(pass, [pass]);
    }
    simulation.world.queue.waiting.take();
    simulation.world.service.latency.set(100);
    simulation.world.service.mood.set(Mood::Down);
    let end = START_MS + HOUR_MS;
    simulation.world.service.until_ms.set(end);
    let (messages, calls) = (simulation.world.queue.sent.get(), simulation.calls());
    simulation.publish_all();
    let (told, publishing) = (simulation.world.queue.sent.get(), simulation.calls());
    simulation.run_until(end);
    let in_hour = (simulation.world.queue.sent.get() - told, simulation.calls() - publishing);
    let tried = simulation.requests();
    println!(
        "publishing: {} messages, {} calls; then in the hour: {} messages, {} calls, {tried} pushes tried",
        told - messages,
        publishing - calls,
        in_hour.0,
        in_hour.1,
    );
    assert_eq!(simulation.reached(), (simulation.reached().0, 0, 0));
    // One call for each message of the publications, and some for each minute.
    let consumed = usize::try_from(in_hour.1).unwrap();
    assert!(consumed <= told - messages + 60 * 12, "{consumed} calls");
    assert!(in_hour.0 <= 60 * 6, "{} messages", in_hour.0);
    // About ten pushes for each time that the service is tried.
    assert!(tried <= 60 * 15, "{tried} pushes tried");
    let (messages, calls) = (simulation.world.queue.sent.get(), simulation.calls());
    simulation.finish();
    let minutes = (simulation.world.now_ms() - end) / MINUTE_MS;
    println!(
        "all delivered {minutes} minutes after its end: {} messages, {} calls, {} pushes",
        simulation.world.queue.sent.get() - messages,
        simulation.calls() - calls,
        simulation.requests() - tried,
    );
    assert_eq!(simulation.reached(), (jobs, 1, 1));
    assert!(minutes <= 90, "{minutes} minutes");
}

/// The push service is down, works for some minutes, and fails again for a moment. The second outage counts as a new one.
#[test]
fn a_service_that_worked_again_is_asked_soon_after_it_failed_once_more() {
    for seed in 1..5 {
        let mut simulation = Simulation::with_passes(seed, SECOND_MS, 1000, 40);
        for pass in 0..40 {
            simulation.register_on(pass, [pass]);
        }
        simulation.world.queue.waiting.take();
        let out_of_order = |simulation: &mut Simulation, minutes: i64| {
            let end = simulation.world.now_ms() + minutes * MINUTE_MS;
            simulation.world.service.mood.set(Mood::Refusing);
            simulation.world.service.until_ms.set(end);
            simulation.publish_all();
            simulation.run_until(end);
        };
        out_of_order(&mut simulation, 20);
        simulation.finish();
        assert_eq!(simulation.reached(), (40, 1, 1), "seed {seed}");
        out_of_order(&mut simulation, 1);
        let ended = simulation.world.now_ms();
        simulation.finish();
        assert_eq!(simulation.reached(), (40, 2, 2), "seed {seed}");
        let waited = simulation.world.now_ms() - ended;
        assert!(waited <= 4 * MINUTE_MS, "seed {seed}: pushes waited {} s", waited / SECOND_MS);
    }
}

#[test]
fn registering_causes_no_push() {
    for seed in 1..20 {
        let mut simulation = Simulation::new(seed);
        for number in 0..simulation.passes.len() {
            simulation.passes[number].publish_next(&simulation.world);
        }
        simulation.finish();
        for _ in 0..10 {
            for at in 0..simulation.phones.len() {
                for pass in 0..simulation.passes.len() {
                    simulation.register(at, pass);
                }
                if simulation.phones[at].client.is_none() {
                    simulation.rotate(at);
                }
                simulation.unregister(at, 0);
            }
            simulation.run_until(simulation.world.now_ms() + 10 * MINUTE_MS);
        }
        simulation.finish();
        assert_eq!(simulation.requests(), 0, "seed {seed}");
        // A change does cause a push.
        let world = Rc::clone(&simulation.world);
        simulation.passes[1].publish_next(&world);
        simulation.finish();
        assert!(simulation.requests() > 0, "seed {seed}");
    }
}
