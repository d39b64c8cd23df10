//! The push services. They know which push tokens are alive, answer by the tables of their makers, and fail as chance has it.

use super::{shadow::Run, world::World};
use edgepass::{
    client::Client,
    push::{Answer, NoAnswer, Request, Transport},
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    future::{Future, poll_fn},
    rc::Rc,
    task::Poll,
};

/// What a push service does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// So many of 100 pushes fail, in all ways.
    Flaky(usize),
    /// It answers to nothing, or with 5xx.
    Down,
    /// It takes nothing from us: our configuration.
    Refusing,
    /// It does not take this pass type from us.
    RefusingType(&'static str),
}

/// What the service answers to a push token that somebody made up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MadeUp {
    Answer(u16, &'static str),
    /// Nearly as late as an answer may come.
    LateAnswer(u16, &'static str),
    NoAnswer,
}

/// A push token that a phone had.
pub(crate) struct Token {
    pub(crate) phone: usize,
    /// Unix milliseconds at which it dies, or died.
    pub(crate) died_ms: Option<i64>,
    /// It is registered, but the phone cannot be reached for days.
    pub(crate) unreachable: bool,
    /// Somebody made it up: what the service answers to it.
    pub(crate) made_up: Option<MadeUp>,
}

impl Token {
    /// The token of a phone that can be reached.
    pub(crate) fn alive(phone: usize) -> Self {
        Self { phone, died_ms: None, unreachable: false, made_up: None }
    }
}

/// What became of pushes to a device.
#[derive(Default, Clone, Copy, Debug)]
pub(crate) struct Pushed {
    /// The number of the last push that the phone got.
    pub(crate) reached: u64,
    /// The number of the last attempt.
    pub(crate) tried: u64,
    /// Unix milliseconds of the first failure since the last success, and of the last.
    pub(crate) failing_ms: Option<(i64, i64)>,
    /// How often the phone got one.
    pub(crate) times: usize,
}

/// A push token was said to be dead.
pub(crate) struct Dead {
    /// The worker that was told.
    pub(crate) run: Rc<Run>,
    pub(crate) pass_type: String,
    pub(crate) push_token: String,
    /// Since when, in unix milliseconds.
    pub(crate) since_ms: Option<i64>,
}

pub(crate) struct Service {
    pub(crate) mood: Cell<Mood>,
    pub(crate) until_ms: Cell<i64>,
    /// What it does when the mood is over.
    pub(crate) usual: Cell<usize>,
    pub(crate) tokens: RefCell<BTreeMap<String, Token>>,
    /// By phone and pass type.
    pub(crate) pushed: RefCell<BTreeMap<(usize, String), Pushed>>,
    /// Phones that got a push and did not look yet.
    pub(crate) heard: RefCell<Vec<(usize, String)>>,
    /// What was said to be dead.
    pub(crate) dead: RefCell<Vec<Dead>>,
    /// Provider tokens that are too old.
    pub(crate) expired: RefCell<BTreeSet<String>>,
    pub(crate) last_bearer: RefCell<String>,
    /// In which time, in half hours, one was last too old.
    pub(crate) last_expired: Cell<i64>,
    /// How many requests came.
    pub(crate) requests: Cell<usize>,
    /// The longest that an answer takes, in milliseconds.
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

/// A push token that no device has.
const NO_DEVICE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The way to the push services.
pub(crate) struct Wire {
    pub(crate) world: Rc<World>,
    pub(crate) run: Rc<Run>,
}

/// A request as a push service reads it.
pub(crate) struct Push {
    /// The worker that pushes.
    run: Rc<Run>,
    pub(crate) token: String,
    pub(crate) pass_type: String,
    bearer: String,
}

impl Push {
    fn read(run: &Rc<Run>, request: &Request) -> Self {
        let run = Rc::clone(run);
        let header =
            |wanted| request.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
        if run.client == Client::Apple {
            let token = request.url.strip_prefix("https://api.push.apple.com/3/device/").unwrap().to_owned();
            let (topic, bearer) = (header("apns-topic").unwrap(), header("authorization").unwrap());
            return Self { run, token, pass_type: topic, bearer };
        }
        assert!(!request.url.contains("apple"), "{}", request.url);
        let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        Self {
            run,
            token: text(&body["pushTokens"][0]),
            pass_type: text(&body["passTypeIdentifier"]),
            bearer: String::new(),
        }
    }
}

impl Transport for Wire {
    async fn post(&self, request: Request) -> Result<Answer, NoAnswer> {
        let (world, push) = (&self.world, Push::read(&self.run, &request));
        if push.token == NO_DEVICE {
            return self.probe(&push).await;
        }
        self.check(&push);
        // The request is on its way for a while, in which anything may happen.
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
    /// The service is tried with a push token that nobody has.
    async fn probe(&self, push: &Push) -> Result<Answer, NoAnswer> {
        let world = &self.world;
        world.clock_reaches(world.now_ms() + world.some_ms(world.service.latency.get())).await;
        let answer = world.probe(self.run.client, push);
        world.event(|| format!("probe of {}: {answer:?}", push.pass_type));
        let wait = if answer.is_err() { 10_000 } else { 0 };
        world.clock_reaches(world.now_ms() + wait).await;
        answer
    }

    /// No push token is used that was not registered, by this wallet and for this pass type, when the page was taken.
    fn check(&self, push: &Push) {
        let registered = self.run.registered.borrow();
        let Some(registered) = &*registered else { return };
        let known = registered.contains(&(push.pass_type.clone(), push.token.clone()));
        assert!(known, "the push token {} of {} was not registered", push.token, push.pass_type);
        self.check_own(push);
    }
}

/// What the service answers, and whether the phone gets the push.
type Reaction = (Result<Answer, NoAnswer>, bool);

fn said(status: u16, reason: &str) -> Answer {
    Answer { status, retry_after: None, body: format!(r#"{{"reason":"{reason}"}}"#) }
}

impl World {
    /// Is ready when the clock has reached a moment.
    pub(crate) fn clock_reaches(self: &Rc<Self>, moment_ms: i64) -> impl Future<Output = ()> {
        let world = Rc::clone(self);
        poll_fn(move |context| {
            if world.now_ms() >= moment_ms {
                world.progress();
                return Poll::Ready(());
            }
            world.wake_at(moment_ms);
            // Whoever looks after several futures only polls those that ask for it.
            context.waker().wake_by_ref();
            Poll::Pending
        })
    }

    fn answer(&self, client: Client, push: &Push) -> Result<Answer, NoAnswer> {
        let service = &self.service;
        let number = self.tick();
        service.requests.set(service.requests.get() + 1);
        service.last_bearer.replace(push.bearer.clone());
        let (answer, reaches) = self.react(client, push);
        let phone = service.tokens.borrow()[&push.token].phone;
        let mut pushed = service.pushed.borrow_mut();
        let device = pushed.entry((phone, push.pass_type.clone())).or_default();
        device.tried = number;
        if reaches {
            device.reached = number;
            device.times += 1;
            service.heard.borrow_mut().push((phone, push.pass_type.clone()));
        }
        let now = self.now_ms();
        device.failing_ms = match &answer {
            Ok(answer) if answer.status == 200 => None,
            _ => Some((device.failing_ms.map_or(now, |(since, _)| since), now)),
        };
        answer
    }

    fn react(&self, client: Client, push: &Push) -> Reaction {
        if let Some(refusal) = self.refuse(client, push) {
            return (refusal, false);
        }
        match self.service.tokens.borrow()[&push.token].made_up {
            Some(MadeUp::NoAnswer) => return (Err(NoAnswer), false),
            Some(MadeUp::Answer(status, reason) | MadeUp::LateAnswer(status, reason)) => {
                return (Ok(said(status, reason)), false);
            }
            None => {}
        }
        match self.mood() {
            Mood::Flaky(percent) => self.react_to(client, push, percent),
            _ => self.react_to(client, push, 0),
        }
    }

    /// What it answers whatever the push token is.
    fn refuse(&self, client: Client, push: &Push) -> Option<Result<Answer, NoAnswer>> {
        match self.mood() {
            Mood::Down => Some(self.failure()),
            Mood::Refusing if client == Client::Apple => Some(Ok(said(403, "InvalidProviderToken"))),
            Mood::Refusing => Some(Ok(said(401, "Unauthorized"))),
            Mood::RefusingType(refused) if client == Client::Apple && refused == push.pass_type => {
                Some(Ok(said(400, "TopicDisallowed")))
            }
            Mood::RefusingType(_) | Mood::Flaky(_) => None,
        }
    }

    fn probe(&self, client: Client, push: &Push) -> Result<Answer, NoAnswer> {
        if let Some(refusal) = self.refuse(client, push) {
            return refusal;
        }
        match self.mood() {
            Mood::Flaky(percent) if self.chance.percent(percent) => self.failure(),
            _ if self.service.expired.borrow().contains(&push.bearer) => {
                Ok(said(403, "ExpiredProviderToken"))
            }
            _ => Ok(said(400, "BadDeviceToken")),
        }
    }

    fn mood(&self) -> Mood {
        if self.now_ms() >= self.service.until_ms.get() {
            self.service.mood.set(Mood::Flaky(self.service.usual.get()));
        }
        self.service.mood.get()
    }

    fn react_to(&self, client: Client, push: &Push, percent: usize) -> Reaction {
        if self.service.expired.borrow().contains(&push.bearer) {
            return (Ok(said(403, "ExpiredProviderToken")), false);
        }
        let (died_ms, unreachable) = {
            let tokens = self.service.tokens.borrow();
            let token = &tokens[&push.token];
            (token.died_ms.filter(|died| *died <= self.now_ms()), token.unreachable)
        };
        if unreachable {
            return (
                if client == Client::Apple { Ok(said(429, "TooManyRequests")) } else { Err(NoAnswer) },
                false,
            );
        }
        if !self.chance.percent(percent) {
            let answer = died_ms
                .map_or_else(|| Answer { status: 200, ..Answer::default() }, |died| self.died(push, died));
            return (Ok(answer), died_ms.is_none());
        }
        match self.chance.below(6) {
            // The phone got it, but nobody hears of that.
            0 => (Err(NoAnswer), died_ms.is_none()),
            1 if client == Client::Apple && died_ms.is_none() => (Ok(self.mistaken(push)), false),
            2 if client == Client::Apple => (Ok(self.patience(said(429, "TooManyRequests"))), false),
            3 if client == Client::Apple => (Ok(said(410, "Unregistered")), false),
            _ => (self.failure(), false),
        }
    }

    fn failure(&self) -> Result<Answer, NoAnswer> {
        match self.chance.below(4) {
            0 => Ok(said(500, "InternalServerError")),
            1 => Ok(self.patience(said(503, "ServiceUnavailable"))),
            2 => Ok(Answer { status: 502, retry_after: None, body: "<html>".to_owned() }),
            _ => Err(NoAnswer),
        }
    }

    fn patience(&self, mut answer: Answer) -> Answer {
        let seconds = self.chance.below(900);
        answer.retry_after = self.chance.percent(30).then(|| seconds.to_string());
        answer
    }

    fn bury(&self, push: &Push, since_ms: Option<i64>) {
        let (pass_type, push_token) = (push.pass_type.clone(), push.token.clone());
        self.service.dead.borrow_mut().push(Dead {
            run: Rc::clone(&push.run),
            pass_type,
            push_token,
            since_ms,
        });
    }

    /// The token is dead.
    fn died(&self, push: &Push, died_ms: i64) -> Answer {
        if self.chance.percent(20) {
            self.bury(push, None);
            return said(400, self.chance.pick(&["BadDeviceToken", "DeviceTokenNotForTopic"]).unwrap());
        }
        self.gone(push, died_ms)
    }

    /// 410 although the token is alive: it was registered after the moment that Apple tells.
    fn mistaken(&self, push: &Push) -> Answer {
        let shadow = self.shadow.borrow();
        let rows = shadow.iter().flat_map(|shadow| shadow.registrations.values());
        let rows = rows.filter(|row| row.push_token == push.token);
        let newest = rows.map(|row| row.registered_ms).max().unwrap_or_default();
        let moment =
            if self.chance.percent(50) { newest / 1000 * 1000 } else { newest - self.some_ms(5_000) };
        self.gone(push, moment)
    }

    fn gone(&self, push: &Push, moment_ms: i64) -> Answer {
        self.bury(push, Some(moment_ms));
        let reason = self.chance.pick(&["Unregistered", "ExpiredToken"]).unwrap();
        let body = format!(r#"{{"reason":"{reason}","timestamp":{moment_ms}}}"#);
        Answer { status: 410, retry_after: None, body }
    }
}
