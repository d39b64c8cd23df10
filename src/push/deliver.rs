//! A worker pushes to the phones of its page.
//!
//! Six pushes run at a time, since the platform gives an invocation six connections.

use super::{
    Answer, Page, Providers, Request, Target, Verdict, Worker,
    attempt::Attempt,
    outcomes::{Moment, Outcomes},
};
use crate::wallet::Wallet;
use futures_util::future::{join, join3};
use std::{borrow::Cow, cell::RefCell, future::Future, vec::IntoIter};

/// How requests reach push services.
pub trait Transport {
    /// Sends a request and waits for the answer, with a time limit.
    ///
    /// # Errors
    /// [`NoAnswer`] when no answer came. The request may have arrived.
    fn post(&self, request: Request) -> impl Future<Output = Result<Answer, NoAnswer>>;

    /// Unix milliseconds.
    fn now_ms(&self) -> i64;

    /// A random number. It spreads the retries of pushes that failed together.
    fn random(&self) -> u32;
}

/// The service did not answer: it is not reachable or too slow, or the answer was incomplete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAnswer;

/// The results of a page.
#[derive(Debug)]
pub struct Delivered {
    pub(super) outcomes: Outcomes,
    /// Unix milliseconds at the end.
    pub(super) now_ms: i64,
}

/// Pushes once to each phone of a page. A phone is left if the time is over or its service is held.
pub async fn deliver<T: Transport>(mut page: Page, worker: &Worker, providers: &Providers, transport: &T) -> Delivered {
    let targets = RefCell::new(std::mem::take(&mut page.targets).into_iter());
    let run = Run { page: &page, worker, providers, transport, targets, outcomes: RefCell::default() };
    let last_start = worker.last_start(transport.now_ms());
    let lane = || run.lane(last_start);
    loop {
        join(join3(lane(), lane(), lane()), join3(lane(), lane(), lane())).await;
        let doubt = run.outcomes.borrow().pass_type_to_probe();
        let Some(pass_type) = doubt else { break };
        let probe = probe(worker.wallet, &pass_type, providers, transport).await;
        run.outcomes.borrow_mut().judge(&page, pass_type, probe, worker.wallet, moment(transport));
    }
    let mut outcomes = run.outcomes.into_inner();
    outcomes.settle(&page, moment(transport));
    Delivered { outcomes, now_ms: transport.now_ms() }
}

/// The state that the six lanes of a worker share.
struct Run<'a, T> {
    page: &'a Page,
    worker: &'a Worker,
    providers: &'a Providers,
    transport: &'a T,
    targets: RefCell<IntoIter<Target>>,
    outcomes: RefCell<Outcomes>,
}

impl<T: Transport> Run<'_, T> {
    /// Pushes to one phone after the other, until the service is in doubt.
    async fn lane(&self, last_start: i64) {
        while self.outcomes.borrow().pass_type_to_probe().is_none() {
            let next = self.targets.borrow_mut().next();
            let Some(target) = next else { return };
            let now = self.transport.now_ms();
            let held = self.outcomes.borrow().held_until(self.page, &target.pass_type, now);
            if now > last_start || held.is_some() {
                self.outcomes.borrow_mut().left.push(target);
                continue;
            }
            let Some(target) = self.outcomes.borrow_mut().put_off(target) else { continue };
            let wallet = self.worker.wallet;
            let attempt = push(wallet, &target.pass_type, &target.push_token, self.providers, self.transport).await;
            self.outcomes.borrow_mut().add(self.page, target, attempt, moment(self.transport));
        }
    }
}

fn moment(transport: &impl Transport) -> Moment {
    Moment { now_ms: transport.now_ms(), random: transport.random() }
}

/// The push token of a probe: as long as Apple's, and of no device.
const NO_DEVICE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Tries the push service with a push token that no device has.
pub(crate) async fn probe(wallet: Wallet, pass_type: &str, providers: &Providers, transport: &impl Transport) -> Attempt {
    push(wallet, pass_type, NO_DEVICE, providers, transport).await
}

/// Pushes to a phone. If the service refused the provider token and there is another one now, pushes once more.
async fn push(wallet: Wallet, pass_type: &str, push_token: &str, providers: &Providers, transport: &impl Transport) -> Attempt {
    let request = |now_ms| providers.request(wallet, pass_type, push_token, now_ms);
    let first = match request(transport.now_ms()) {
        Ok(first) => first,
        Err(verdict) => return Attempt { verdict, status: None, sent: false },
    };
    let credentials = first.credentials().map(str::to_owned);
    let attempt = send(wallet, first, providers, transport).await;
    if !attempt.verdict.is_about_credentials() {
        return attempt;
    }
    // Several lanes may get this answer. One of them changes the token.
    let now = transport.now_ms();
    let is_other = |second: &Request| second.credentials() != credentials.as_deref();
    match request(now) {
        Ok(second) if is_other(&second) || providers.change_credentials(&attempt.verdict, now) => {}
        _ => return attempt,
    }
    match request(now) {
        Ok(second) => send(wallet, second, providers, transport).await,
        Err(_) => attempt,
    }
}

async fn send(wallet: Wallet, request: Request, providers: &Providers, transport: &impl Transport) -> Attempt {
    if let Ok(answer) = transport.post(request).await {
        let verdict = providers.verdict(wallet, &answer, transport.now_ms());
        return Attempt { verdict, status: Some(answer.status), sent: true };
    }
    let verdict = Verdict::Later { reason: Cow::Borrowed("NoAnswer"), retry_after: None };
    Attempt { verdict, status: None, sent: true }
}
