//! The state that the server's thread and the tests share.

use super::{
    behaviour::Behaviour,
    checks,
    credentials::Credentials,
    line::{Cut, Line},
    options::{Check, Observer},
    problem::Problem,
    provider_token::Claims,
    records::{Raw, Received, Records},
    scripts::Scripts,
    updates::Updates,
};
use crate::clock;
use hyper::{header::AUTHORIZATION, http::request::Parts};
use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

/// A client makes a new provider token at once when it gets this answer.
const EXPIRED: &str = "403 ExpiredProviderToken";

pub(super) struct Shared {
    pub(super) credentials: Credentials,
    pub(super) check: Check,
    pub(super) observer: Option<Observer>,
    pub(super) state: Mutex<State>,
    pub(super) more: Condvar,
}

pub(super) struct State {
    pub(super) down: bool,
    pub(super) lines: Vec<Weak<Line>>,
    pub(super) tokens: Scripts,
    pub(super) otherwise: Behaviour,
    pub(super) paths: Scripts,
    pub(super) updates: Updates,
    pub(super) records: Records,
    /// How far the clock was advanced.
    pub(super) ahead: Duration,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line of a new connection. `None` while the service is down.
    pub(super) fn connect(&self) -> Option<Arc<Line>> {
        let mut state = self.lock();
        if state.down {
            return None;
        }
        let line = Arc::new(Line::default());
        state.lines.retain(|line| line.strong_count() > 0);
        state.lines.push(Arc::downgrade(&line));
        state.records.connections += 1;
        Some(line)
    }

    pub(super) fn receive(&self, request: &Parts, body: &[u8]) -> Behaviour {
        let mut state = self.lock();
        let behaviour = if state.down { Behaviour::Reset } else { self.decide(&mut state, request, body) };
        drop(state);
        self.more.notify_all();
        behaviour
    }

    fn decide(&self, state: &mut State, request: &Parts, body: &[u8]) -> Behaviour {
        if let Some(behaviour) = state.paths.next(request.uri.path()) {
            state.records.others.push(Raw::new(request, body, clock::instant()));
            return behaviour;
        }
        let mut problems = Vec::new();
        let token = checks::push_token(request, &mut problems);
        let claims = self.authorize(state, request, &mut problems);
        checks::headers(&request.headers, &mut problems);
        checks::body(body, &mut problems);
        let refused = problems.iter().find_map(Problem::behaviour);
        let behaviour = refused.or_else(|| state.tokens.next(token)).unwrap_or_else(|| state.otherwise.clone());
        if behaviour.outcome() == EXPIRED {
            bearer(request).inspect(|jwt| state.updates.expire(jwt));
        }
        state.records.count(token, &behaviour, &problems);
        if !state.records.counting || self.observer.is_some() {
            let raw = Raw::new(request, body, clock::instant());
            let received = Received::new(raw, token, claims, problems, behaviour.outcome());
            self.observer.iter().for_each(|observer| observer(&received));
            state.records.keep(received);
        }
        behaviour
    }

    fn authorize(&self, state: &mut State, request: &Parts, problems: &mut Vec<Problem>) -> Option<Claims> {
        let given = checks::one(&request.headers, AUTHORIZATION.as_str(), problems);
        let credentials = match self.check {
            Check::Key => Some(&self.credentials),
            Check::Form => None,
            Check::Nothing => {
                let wrong = "there is an authorization header, besides the certificate";
                problems.extend(given.map(|_| Problem::tolerated(wrong)));
                return None;
            }
        };
        let Some(given) = given else {
            problems.push(Problem::refused("MissingProviderToken", "there is no authorization"));
            return None;
        };
        let Some(jwt) = bearer(request) else {
            let wrong = format!("authorization is {given}, without bearer");
            problems.push(Problem::refused("InvalidProviderToken", wrong));
            return None;
        };
        let now = i64::try_from((clock::unix_now() + state.ahead).as_secs()).unwrap_or(i64::MAX);
        let (claims, taken) = state.updates.take(jwt, credentials, now);
        problems.extend(taken.err());
        claims
    }

    /// Resets all connections, and accepts none until [`super::Apns::up`].
    pub(super) fn down(&self) {
        let mut state = self.lock();
        state.down = true;
        for line in state.lines.drain(..).filter_map(|line| line.upgrade()) {
            line.cut(Cut::Reset);
        }
    }
}

fn bearer(request: &Parts) -> Option<&str> {
    let (scheme, token) = request.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}
