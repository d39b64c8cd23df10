//! A simulation of Apple's push service: HTTP/2 and HTTP/1.1 on a port of 127.0.0.1.
//!
//! It checks requests as strictly as APNs does, and more strictly where Wallet's pushes have only one form. Each mistake is
//! a [`Problem`] of the request. The answer has APNs' status and reason if APNs refuses it. A request without problems is
//! delivered, or handled as a script says.
//!
//! ```no_run
//! use std::time::Duration;
//! use edgepass_support::apns::{Apns, Behaviour};
//!
//! let apns = Apns::start();
//! apns.script("0a1b", [Behaviour::refuse("TooManyRequests"), Behaviour::Deliver]);
//! // … a service that was given apns.url(), apns.key_pem(), apns.key_id() and apns.team_id() pushes twice …
//! let pushes = apns.wait_for(2, Duration::from_secs(10));
//! assert_eq!(pushes[0].outcome, "429 TooManyRequests");
//! assert_eq!(apns.problems(), []);
//! ```

mod answer;
mod behaviour;
mod checks;
mod credentials;
mod line;
mod listener;
mod options;
mod problem;
mod provider_token;
mod records;
mod scripts;
mod shared;
mod updates;

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

pub use self::{
    behaviour::{Behaviour, REASONS},
    credentials::Credentials,
    options::{Check, Observer, Options},
    problem::Problem,
    provider_token::Claims,
    records::{Raw, Received},
    updates::ProviderToken,
};
use self::{
    listener::Listener,
    records::Records,
    scripts::Scripts,
    shared::{Shared, State},
    updates::Updates,
};

/// A push service that runs until the value is dropped.
pub struct Apns {
    shared: Arc<Shared>,
    listener: Listener,
}

impl Apns {
    /// Checks and keeps everything.
    pub fn start() -> Self {
        Self::with(Options::default()).expect("there is a free port")
    }

    /// Checks everything, and only counts.
    pub fn counting() -> Self {
        Self::with(Options { counting: true, ..Options::default() }).expect("there is a free port")
    }

    /// Checks no provider tokens, as on a connection with a certificate.
    pub fn without_token_check() -> Self {
        Self::with(Options { check: Check::Nothing, ..Options::default() }).expect("there is a free port")
    }

    pub fn with(options: Options) -> io::Result<Self> {
        let Options { port, credentials, check, updates_every, counting, observer } = options;
        let state = State {
            down: false,
            lines: Vec::new(),
            tokens: Scripts::default(),
            otherwise: Behaviour::Deliver,
            paths: Scripts::default(),
            updates: Updates::new(updates_every),
            records: Records { counting, ..Records::default() },
            ahead: Duration::ZERO,
        };
        let (state, more) = (Mutex::new(state), Condvar::new());
        let shared = Arc::new(Shared { credentials, check, observer, state, more });
        let listener = Listener::start(port, Arc::clone(&shared))?;
        Ok(Self { shared, listener })
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }

    pub fn port(&self) -> u16 {
        self.listener.port
    }

    pub fn credentials(&self) -> &Credentials {
        &self.shared.credentials
    }

    /// The team's key: the text of a `.p8` file.
    pub fn key_pem(&self) -> &str {
        self.shared.credentials.pem()
    }

    /// The key's identifier. Empty if any is accepted.
    pub fn key_id(&self) -> &str {
        self.shared.credentials.key_id.as_deref().unwrap_or_default()
    }

    /// The team's identifier. Empty if any is accepted.
    pub fn team_id(&self) -> &str {
        self.shared.credentials.team_id.as_deref().unwrap_or_default()
    }
}

impl Apns {
    /// Sets a script for pushes to a token: one step for each push, and the last one for all that follow. It replaces an
    /// earlier script. A push with problems uses no step.
    pub fn script(&self, token: &str, steps: impl IntoIterator<Item = Behaviour>) {
        self.shared.lock().tokens.set(token, steps, true);
    }

    /// Like [`Apns::script`], but later pushes are handled like those to any other token.
    pub fn script_once(&self, token: &str, steps: impl IntoIterator<Item = Behaviour>) {
        self.shared.lock().tokens.set(token, steps, false);
    }

    /// Sets the behaviour for all tokens without a script.
    pub fn otherwise(&self, behaviour: Behaviour) {
        self.shared.lock().otherwise = behaviour;
    }

    /// Answers any request to this path with 200 and `{}`, as the push service of another wallet.
    pub fn accept(&self, path: &str) {
        self.accept_with(path, [Behaviour::raw(200, "{}")]);
    }

    /// Like [`Apns::accept`], with a script.
    pub fn accept_with(&self, path: &str, steps: impl IntoIterator<Item = Behaviour>) {
        self.shared.lock().paths.set(path, steps, true);
    }

    /// Begins an outage: open and new connections are reset.
    pub fn down(&self) {
        self.shared.down();
    }

    pub fn up(&self) {
        self.shared.lock().down = false;
    }

    /// Advances the clock that measures the age of provider tokens.
    pub fn advance(&self, time: Duration) {
        self.shared.lock().ahead += time;
    }
}

impl Apns {
    /// The pushes so far. None if they are only counted.
    pub fn requests(&self) -> Vec<Received> {
        self.shared.lock().records.requests.clone()
    }

    /// Waits for so many pushes, or until the time is over. Returns all.
    pub fn wait_for(&self, count: usize, timeout: Duration) -> Vec<Received> {
        self.wait_while(timeout, |records| records.count < count);
        self.requests()
    }

    /// Like [`Apns::wait_for`], for pushes of one kind.
    pub fn wait_for_those(&self, count: usize, timeout: Duration, wanted: impl Fn(&Received) -> bool) -> Vec<Received> {
        let number = |records: &Records| records.requests.iter().filter(|push| wanted(push)).count();
        self.wait_while(timeout, |records| number(records) < count);
        self.requests().into_iter().filter(wanted).collect()
    }

    pub fn count(&self) -> usize {
        self.shared.lock().records.count
    }

    /// The number of pushes by outcome: `200`, `410 Unregistered`, `reset`.
    pub fn outcomes(&self) -> BTreeMap<String, u64> {
        self.shared.lock().records.outcomes.clone()
    }

    /// The token of each delivered push, in alphabetical order.
    pub fn delivered_tokens(&self) -> Vec<String> {
        let state = self.shared.lock();
        let often = |(token, times): (&String, &u64)| (0..*times).map(|_| token.clone()).collect::<Vec<_>>();
        let mut tokens: Vec<_> = state.records.deliveries.iter().flat_map(often).collect();
        drop(state);
        tokens.sort_unstable();
        tokens
    }

    pub fn delivered_devices(&self) -> usize {
        self.shared.lock().records.deliveries.len()
    }

    /// The first thousand problems of all pushes.
    pub fn problems(&self) -> Vec<Problem> {
        self.shared.lock().records.problems.clone()
    }

    /// The valid provider tokens, in their order.
    pub fn provider_tokens(&self) -> Vec<ProviderToken> {
        self.shared.lock().updates.tokens().to_vec()
    }

    /// The requests to other paths than APNs' own.
    pub fn others(&self) -> Vec<Raw> {
        self.shared.lock().records.others.clone()
    }

    /// Like [`Apns::wait_for`], for [`Apns::others`].
    pub fn wait_for_others(&self, count: usize, timeout: Duration) -> Vec<Raw> {
        self.wait_while(timeout, |records| records.others.len() < count);
        self.others()
    }

    pub fn connections(&self) -> u64 {
        self.shared.lock().records.connections
    }

    /// The largest number of requests that waited for an answer at the same time.
    pub fn most_at_once(&self) -> usize {
        self.shared.lock().records.most_open
    }

    fn wait_while(&self, timeout: Duration, waiting: impl Fn(&Records) -> bool) {
        let state = self.shared.lock();
        let more = self.shared.more.wait_timeout_while(state, timeout, |state| waiting(&state.records));
        drop(more.unwrap_or_else(PoisonError::into_inner));
    }
}
