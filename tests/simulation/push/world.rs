//! The shared state: the database, the clock, the queue, the push service, and records of them.

use super::{
    economy::Economy,
    queue::Queue,
    service::Service,
    shadow::{Shadow, Who},
};
use crate::{events::Events, faults::Faulty};
use edgepass::{
    endpoint::{Answer, Endpoint, serve},
    push::{Policy, Providers},
    storage::{Batch, Database, DatabaseError, Rows, Usage},
    wallet::Wallet,
};
use edgepass_support::{
    chance::Chance,
    storage::{Memory, block_on},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// A key for provider tokens.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqR7IKoGr+09JZqQp
dgIPucEX2FUqmoR6AsmokP9E9V6hRANCAATiYiY4xbZ7bz9pUhq7I18Ws9ipWuyR
W8Xs9QtWKwy+AaCYqyxkpFcJiSOV9aw31oATdaBIOV4tSMBvTnFqbc9g
-----END PRIVATE KEY-----";

pub(crate) const START_MS: i64 = 1_764_000_000_000;

pub(crate) struct World {
    pub(crate) chance: Chance,
    pub(crate) database: RefCell<Faulty>,
    pub(crate) objects: Memory,
    pub(crate) clock_ms: Cell<i64>,
    /// The number of the last event.
    sequence: Cell<u64>,
    names: Cell<u64>,
    /// The next moment that a task waits for, in unix milliseconds.
    pub(crate) wake_ms: Cell<i64>,
    pub(crate) steps: Cell<u64>,
    /// The push services as two isolates know them.
    pub(crate) providers: [Providers; 2],
    pub(crate) policy: Rc<Policy>,
    pub(crate) queue: Queue,
    pub(crate) service: Service,
    pub(crate) economy: Economy,
    /// The database after the last call. `None` in tests that do not check it.
    pub(crate) shadow: RefCell<Option<Shadow>>,
    pub(crate) events: Events,
}

impl World {
    pub(crate) fn new(seed: u64, interval_ms: i64, page: i64, android: bool) -> Rc<Self> {
        let settings = |name: &str| match name {
            "APNS_KEY" => Some(KEY.to_owned()),
            "APNS_KEY_ID" => Some("KEY1234567".to_owned()),
            "APNS_TEAM_ID" => Some("TEAM123456".to_owned()),
            "WALLET_PASSES_KEY" => android.then(|| "key".to_owned()),
            _ => None,
        };
        let providers = [(); 2].map(|()| Providers::new(&settings, false));
        let usable = Wallet::ALL.into_iter().filter(|client| providers[0].serves(*client)).collect();
        Rc::new(Self {
            chance: Chance::new(seed),
            database: RefCell::new(Faulty::new(seed ^ 0xFA)),
            objects: Memory::default(),
            clock_ms: Cell::new(START_MS),
            sequence: Cell::new(0),
            names: Cell::new(0),
            wake_ms: Cell::new(i64::MAX),
            steps: Cell::new(0),
            providers,
            policy: Rc::new(Policy { interval_ms, page, usable, expected: vec![Wallet::Apple] }),
            queue: Queue::default(),
            service: Service::default(),
            economy: Economy::default(),
            shadow: RefCell::new(Some(Shadow::default())),
            events: Events::new(seed),
        })
    }

    /// Numbers an event.
    pub(crate) fn tick(&self) -> u64 {
        self.sequence.set(self.sequence.get() + 1);
        self.sequence.get()
    }

    pub(crate) fn sequence(&self) -> u64 {
        self.sequence.get()
    }

    pub(crate) fn name(&self, of: &str) -> String {
        self.names.set(self.names.get() + 1);
        format!("{of}-{}", self.names.get())
    }

    pub(crate) fn wake_at(&self, moment_ms: i64) {
        self.wake_ms.set(self.wake_ms.get().min(moment_ms));
    }

    pub(crate) fn progress(&self) {
        self.steps.set(self.steps.get() + 1);
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock_ms.get()
    }

    /// A number of milliseconds below `bound`.
    pub(crate) fn some_ms(&self, bound: usize) -> i64 {
        i64::try_from(self.chance.below(bound)).unwrap()
    }

    pub(crate) fn set_faults(&self, percent: usize) {
        self.database.borrow().percent.set(percent);
    }

    /// Serves a request at once. `None`: storage failed, or the answer was lost.
    pub(crate) fn serve(self: &Rc<Self>, endpoint: &dyn Endpoint, who: Who) -> Option<Answer<Rc<[u8]>>> {
        let port = Port { world: Rc::clone(self), who };
        let answer = block_on(serve(endpoint, &port, &self.objects)).ok()?;
        let lost = self.chance.percent(self.database.borrow().percent.get() / 2);
        (!lost).then_some(answer)
    }

    pub(crate) fn event(&self, event: impl FnOnce() -> String) {
        let elapsed = self.clock_ms.get() - START_MS;
        self.events.push(format!("{elapsed:>10} #{} {}", self.sequence.get(), event()));
    }
}

/// The database for one caller. It checks the changes after each call.
pub(crate) struct Port {
    pub(crate) world: Rc<World>,
    pub(crate) who: Who,
}

impl Port {
    fn has_page(&self) -> bool {
        let Who::Worker(run) = &self.who else { return false };
        if self.world.shadow.borrow().is_none() {
            return false;
        }
        let database = self.world.database.borrow();
        let sql = "SELECT count(*) FROM push_pages WHERE worker = ?1";
        let mut statement = database.sqlite.connection().prepare_cached(sql).unwrap();
        statement.query_row([&run.name], |row| row.get(0)).unwrap()
    }
}

impl Database for Port {
    async fn run(&self, batch: &Batch<'_>) -> Result<Rows, DatabaseError> {
        let had_page = self.has_page();
        let answer = block_on(self.world.database.borrow().run(batch));
        self.world.progress();
        self.world.tick();
        if let Who::Worker(run) = &self.who
            && had_page
            && !self.has_page()
        {
            run.concluded.set(Some(self.world.sequence()));
        }
        self.world.look(&self.who);
        answer
    }

    fn usage(&self) -> Usage {
        self.world.database.borrow().usage()
    }
}
