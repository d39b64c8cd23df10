//! The service, its database and bucket, the clock, and everybody who uses it.

use crate::{
    events::Events,
    faults::{Faulty, FaultyBucket},
    files,
    issued::{Issued, PASSES, TYPES},
    ledger::{self, Stored},
    phone::Phone,
};
use edgepass::{
    endpoint::{Answer, Endpoint, serve},
    upkeep,
};
use edgepass_support::{
    chance::Chance,
    storage::{Snapshot, block_on},
};
use std::{collections::BTreeMap, rc::Rc};

const PHONES: usize = 5;
const DAY_MS: i64 = 86_400_000;

pub(crate) struct World {
    pub(crate) chance: Chance,
    pub(crate) database: Faulty,
    pub(crate) objects: FaultyBucket,
    pub(crate) clock_ms: i64,
    latest_ms: i64,
    /// When the database was last restored. A restore relies on later publications not being dated before it.
    restored_ms: i64,
    pub(crate) phones: Vec<Phone>,
    pub(crate) passes: Vec<Issued>,
    pub(crate) contents: u64,
    pub(crate) tokens: usize,
    pub(crate) publications: u64,
    /// The highest revision so far, by pass type.
    pub(crate) newest_revision: BTreeMap<&'static str, i64>,
    snapshot: Option<(Snapshot, i64)>,
    /// Whether the database was ever restored to an earlier moment.
    pub(crate) restored: bool,
    fault_percent: usize,
    events: Events,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let chance = Chance::new(seed);
        let fault_percent = *chance.pick(&[0, 5, 20]).unwrap();
        let phones = (0..PHONES).map(|name| Phone { name, push_token: format!("first-token-{name}"), ..Phone::default() });
        let clock_ms = 1_764_000_000_000;
        Self {
            database: Faulty::new(seed ^ 0xFA),
            objects: FaultyBucket::new(seed ^ 0xB0),
            clock_ms,
            latest_ms: clock_ms,
            restored_ms: 0,
            phones: phones.collect(),
            passes: (0..PASSES).map(Issued::new).collect(),
            contents: 0,
            tokens: 0,
            publications: 0,
            newest_revision: BTreeMap::new(),
            snapshot: None,
            restored: false,
            fault_percent,
            events: Events::new(seed),
            chance,
        }
    }

    /// One event. Often several happen in one millisecond.
    pub(crate) fn step(&mut self) {
        self.set_faults(self.fault_percent);
        if self.chance.percent(40) {
            self.advance(i64::try_from(self.chance.below(4)).unwrap());
        }
        match self.chance.below(100) {
            0 => self.jump(),
            1 => self.take_snapshot(),
            2 if self.chance.percent(20) => self.restore(),
            3 if self.chance.percent(20) => self.wait_a_month(),
            4 => self.sweep(),
            5..30 => self.publish_something(),
            _ => self.use_a_phone(),
        }
        if self.chance.percent(10) {
            self.check_registrations();
        }
    }

    fn advance(&mut self, milliseconds: i64) {
        self.clock_ms += milliseconds;
        self.latest_ms = self.latest_ms.max(self.clock_ms);
    }

    /// Clocks at the edge are wrong in both directions.
    fn jump(&mut self) {
        let far = i64::try_from(self.chance.below(3_600_000)).unwrap();
        let back = far.min(self.clock_ms - self.restored_ms);
        self.advance(if self.chance.percent(50) { far } else { -back });
        self.event("the clock jumps");
    }

    fn take_snapshot(&mut self) {
        let snapshot = self.database.sqlite.snapshot();
        self.snapshot = Some((snapshot, self.latest_ms));
        self.event("snapshot");
    }

    /// D1's Time Travel. It takes the operator a while. Then the issuer publishes its newest contents again.
    fn restore(&mut self) {
        let Some((snapshot, taken_ms)) = &self.snapshot else { return };
        if *taken_ms < self.latest_ms - 29 * DAY_MS {
            return;
        }
        self.database.sqlite.restore(snapshot);
        self.advance(self.latest_ms + 3_600_000 - self.clock_ms);
        self.event("the database is restored");
        self.check_objects();
        self.restored = true;
        self.restored_ms = self.clock_ms;
        for pass in &mut self.passes {
            pass.replay = true;
            pass.uncertain.extend(pass.confirmed.take());
        }
        for held in self.phones.iter_mut().flat_map(|phone| phone.held.values_mut()) {
            held.acknowledged = None;
            held.attempted.clear();
        }
        for pass in 0..PASSES {
            self.replay(pass);
        }
    }

    fn wait_a_month(&mut self) {
        self.advance(31 * DAY_MS);
        self.event("a month passes");
        self.sweep();
    }

    fn sweep(&mut self) {
        let outcome = block_on(upkeep::sweep(&self.database, &self.objects, self.clock_ms / 1000));
        self.event(&format!("sweep: {outcome:?}"));
        self.check_objects();
    }

    fn check_objects(&self) {
        for key in ledger::object_keys(&self.database.sqlite) {
            assert!(self.objects.memory.contains(&key), "a row names the missing object {key}");
        }
    }

    /// Serves a request. `None`: storage failed, or the answer was lost. The client cannot tell which.
    pub(crate) fn serve(&self, endpoint: &dyn Endpoint) -> Option<Answer<Rc<[u8]>>> {
        let answer = block_on(serve(endpoint, &self.database, &self.objects)).ok()?;
        (!self.chance.percent(self.database.percent.get() / 2)).then_some(answer)
    }

    pub(crate) fn without_faults<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        let percent = self.database.percent.get();
        self.set_faults(0);
        let outcome = act(self);
        self.set_faults(percent);
        outcome
    }

    fn set_faults(&self, percent: usize) {
        self.database.percent.set(percent);
        self.objects.percent.set(percent);
    }

    pub(crate) fn stored(&self, pass: usize) -> Option<Stored> {
        self.passes[pass].stored(&self.database.sqlite)
    }

    pub(crate) fn content_of(&self, stored: &Stored) -> u64 {
        let key = &stored.object_key;
        let bytes = block_on(edgepass::storage::Objects::get(&self.objects.memory, key)).unwrap();
        files::content(&bytes.unwrap_or_else(|| panic!("a row names the missing object {key}")))
    }

    /// Faults end, and everybody finishes. Then every phone has the newest version of each of its passes.
    pub(crate) fn settle(&mut self) {
        self.event("settling");
        self.set_faults(0);
        for pass in 0..PASSES {
            if self.passes[pass].replay {
                self.replay(pass);
            }
        }
        for phone in 0..PHONES {
            for pass in self.phones[phone].held.keys().copied().collect::<Vec<_>>() {
                if self.phones[phone].held[&pass].leaving {
                    self.unregister(phone, pass);
                } else {
                    // Some attempts use a wrong token.
                    for _ in 0..5 {
                        self.register(phone, pass);
                    }
                }
            }
            for pass_type in TYPES {
                self.update(phone, pass_type);
            }
        }
        self.check_settled();
    }

    fn check_settled(&mut self) {
        let mut registrations: i64 = 0;
        for phone in &self.phones {
            for (pass, held) in &phone.held {
                registrations += 1;
                if let Some(stored) = self.stored(*pass).filter(|stored| !stored.withdrawn) {
                    let newest = self.content_of(&stored);
                    assert_eq!(held.content, newest, "phone {} does not have the newest of pass {pass}", phone.name);
                    assert_eq!(held.acknowledged.as_ref(), Some(&phone.push_token), "the newest push token is not known");
                }
            }
        }
        if !self.restored {
            assert!(ledger::count_registrations(&self.database.sqlite) <= registrations, "registrations of nobody");
        }
        for issued in &self.passes {
            let stored = issued.stored(&self.database.sqlite);
            let content = stored.as_ref().map(|stored| self.content_of(stored));
            let confirmed = content == issued.confirmed || content.is_some_and(|content| issued.uncertain.contains(&content));
            assert!(confirmed, "a confirmed publication is lost: {content:?}");
        }
        self.check_registrations();
        self.check_swept();
    }

    /// At the end the bucket has exactly the files that rows name.
    fn check_swept(&mut self) {
        for _ in 0..2 {
            self.advance(31 * DAY_MS);
            let now = self.clock_ms / 1000;
            // The first call continues where the last one stopped. The second one begins at the start.
            for _ in 0..2 {
                block_on(upkeep::sweep_pages(&self.database, &self.objects, now)).unwrap();
            }
        }
        self.check_objects();
        let named = ledger::object_keys(&self.database.sqlite).len();
        assert_eq!(self.objects.memory.len(), named, "files that nobody needs were not swept");
    }

    pub(crate) fn event(&self, event: &str) {
        self.events.push(format!("{} {event}", self.clock_ms));
    }

    pub(crate) fn show(answer: Option<&Answer<Rc<[u8]>>>) -> String {
        answer.map_or_else(|| "no answer".to_owned(), |answer| answer.reply.status.to_string())
    }
}
