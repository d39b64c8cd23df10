//! The push services. They know which push tokens are alive, answer as their makers document, and fail at random.

mod reactions;

use super::{shadow::Run, world::World};
use edgepass::{
    push::{Answer, NoAnswer, Request, Transport},
    wallet::Wallet,
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Flaky(usize),
    Down,
    /// Refuses all requests because of our configuration.
    Refusing,
    /// Refuses this pass type.
    RefusingType(&'static str),
}

/// The answer to a made-up push token.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MadeUp {
    Answer(u16, &'static str),
    LateAnswer(u16, &'static str),
    NoAnswer,
}

/// A push token that a phone had.
pub(crate) struct Token {
    pub(crate) phone: usize,
    /// Unix milliseconds at which it dies, or died.
    pub(crate) died_ms: Option<i64>,
    /// Whether the phone cannot be reached for days.
    pub(crate) unreachable: bool,
    /// The answer, if somebody made the token up.
    pub(crate) made_up: Option<MadeUp>,
}

impl Token {
    pub(crate) fn alive(phone: usize) -> Self {
        Self { phone, died_ms: None, unreachable: false, made_up: None }
    }
}

/// The results of pushes to a device.
#[derive(Default, Clone, Copy, Debug)]
pub(crate) struct Pushed {
    /// The number of the last push that the phone got.
    pub(crate) reached: u64,
    pub(crate) tried: u64,
    /// Unix milliseconds of the first failure since the last success, and of the last.
    pub(crate) failing_ms: Option<(i64, i64)>,
    pub(crate) times: usize,
}

/// An answer that says that a push token is dead.
pub(crate) struct Dead {
    pub(crate) run: Rc<Run>,
    pub(crate) pass_type: String,
    pub(crate) push_token: String,
    /// Since when, in unix milliseconds.
    pub(crate) since_ms: Option<i64>,
}

pub(crate) struct Service {
    pub(crate) mood: Cell<Mood>,
    pub(crate) until_ms: Cell<i64>,
    pub(crate) usual: Cell<usize>,
    pub(crate) tokens: RefCell<BTreeMap<String, Token>>,
    pub(crate) pushed: RefCell<BTreeMap<(usize, String), Pushed>>,
    /// Phones that got a push and did not look yet.
    pub(crate) heard: RefCell<Vec<(usize, String)>>,
    pub(crate) dead: RefCell<Vec<Dead>>,
    pub(crate) expired: RefCell<BTreeSet<String>>,
    pub(crate) last_bearer: RefCell<String>,
    /// The half-hour in which a provider token expired last.
    pub(crate) last_expired: Cell<i64>,
    pub(crate) requests: Cell<usize>,
    /// The longest time until an answer, in milliseconds.
    pub(crate) latency: Cell<usize>,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            mood: Cell::new(Mood::Flaky(0)),
            until_ms: Cell::new(0),
            usual: Cell::new(0),
            tokens: RefCell::default(),
            pushed: RefCell::default(),
            heard: RefCell::default(),
            dead: RefCell::default(),
            expired: RefCell::default(),
            last_bearer: RefCell::default(),
            last_expired: Cell::new(0),
            requests: Cell::new(0),
            latency: Cell::new(300),
        }
    }
}

const NO_DEVICE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A worker's connection to the push services.
pub(crate) struct Wire {
    pub(crate) world: Rc<World>,
    pub(crate) run: Rc<Run>,
}

/// A request as a push service reads it.
pub(crate) struct Push {
    pub(crate) run: Rc<Run>,
    pub(crate) token: String,
    pub(crate) pass_type: String,
    pub(crate) bearer: String,
}

impl Push {
    fn read(run: &Rc<Run>, request: &Request) -> Self {
        let run = Rc::clone(run);
        let header = |wanted| request.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
        if run.client == Wallet::Apple {
            let token = request.url.strip_prefix("https://api.push.apple.com/3/device/").unwrap().to_owned();
            let (topic, bearer) = (header("apns-topic").unwrap(), header("authorization").unwrap());
            return Self { run, token, pass_type: topic, bearer };
        }
        assert!(!request.url.contains("apple"), "{}", request.url);
        let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        Self { run, token: text(&body["pushTokens"][0]), pass_type: text(&body["passTypeIdentifier"]), bearer: String::new() }
    }
}

impl Transport for Wire {
    async fn post(&self, request: Request) -> Result<Answer, NoAnswer> {
        let (world, push) = (&self.world, Push::read(&self.run, &request));
        if push.token == NO_DEVICE {
            return self.probe(&push).await;
        }
        self.check(&push);
        // The request takes a while, and anything may happen meanwhile.
        world.clock_reaches(world.now_ms() + world.some_ms(world.service.latency.get())).await;
        let answer = world.answer(self.run.client, &push);
        self.note_pushed(&push, &answer);
        world.event(|| format!("push of {} to {}: {answer:?}", push.pass_type, push.token));
        let late = matches!(world.service.tokens.borrow()[&push.token].made_up, Some(MadeUp::LateAnswer(..)));
        let wait = match answer {
            Err(NoAnswer) => 10_000,
            Ok(_) if late => 9_000,
            Ok(_) => world.some_ms(world.service.latency.get()),
        };
        world.clock_reaches(world.now_ms() + wait).await;
        answer
    }

    fn now_ms(&self) -> i64 {
        self.world.now_ms()
    }

    fn random(&self) -> u32 {
        u32::try_from(self.world.chance.number() >> 32).unwrap()
    }
}

impl Wire {
    /// A probe: a push with a token that nobody has.
    async fn probe(&self, push: &Push) -> Result<Answer, NoAnswer> {
        let world = &self.world;
        world.clock_reaches(world.now_ms() + world.some_ms(world.service.latency.get())).await;
        let answer = world.probe(self.run.client, push);
        world.event(|| format!("probe of {}: {answer:?}", push.pass_type));
        let wait = if answer.is_err() { 10_000 } else { 0 };
        world.clock_reaches(world.now_ms() + wait).await;
        answer
    }

    /// The push token was registered for this wallet and pass type when the worker took its page.
    fn check(&self, push: &Push) {
        let registered = self.run.registered.borrow();
        let Some(registered) = &*registered else { return };
        let known = registered.contains(&(push.pass_type.clone(), push.token.clone()));
        assert!(known, "the push token {} of {} was not registered", push.token, push.pass_type);
        self.check_own(push);
    }
}
