//! Pushing to a page's phones.
//!
//! Six pushes are under way at a time: the platform has six connections for an invocation, and a seventh would only wait.

use super::{
    Answer, Page, Providers, Request, Target, Verdict, Worker,
    outcomes::{Moment, Outcomes},
    tried::Tried,
};
use crate::wallet::Wallet;
use futures_util::future::{join, join3};
use std::{borrow::Cow, cell::RefCell, future::Future, vec::IntoIter};

/// How requests reach push services.
pub trait Transport {
    /// Sends a request and waits for the answer, but not for ever.
    ///
    /// # Errors
    /// [`NoAnswer`] when none came: whether the request arrived is unknown.
    fn post(&self, request: Request) -> impl Future<Output = Result<Answer, NoAnswer>>;

    /// Unix milliseconds.
    fn now_ms(&self) -> i64;

    /// Any number, so that those who failed together do not try again together.
    fn random(&self) -> u32;
}

/// The service did not answer: not reachable, too slow, or the answer broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAnswer;

/// What came of a page.
#[derive(Debug)]
pub struct Delivered {
    pub(super) page: Page,
    pub(super) outcomes: Outcomes,
    /// Unix milliseconds at its end.
    pub(super) now_ms: i64,
}

/// Pushes to the phones of a page, each once. Those that there is no time for, or that the service does not take, are left.
pub async fn deliver<T: Transport>(mut page: Page, worker: &Worker, providers: &Providers, transport: &T) -> Delivered {
    let targets = RefCell::new(std::mem::take(&mut page.targets).into_iter());
    let run = Run { page: &page, worker, providers, transport, targets, outcomes: RefCell::default() };
    let last_start = worker.last_start(transport.now_ms());
    let lane = || run.lane(last_start);
    loop {
        join(join3(lane(), lane(), lane()), join3(lane(), lane(), lane())).await;
        let doubt = run.outcomes.borrow().doubted_with();
        let Some(pass_type) = doubt else { break };
        let probe = probe(worker.client, &pass_type, providers, transport).await;
        run.outcomes.borrow_mut().judge(&page, pass_type, probe, worker.client, moment(transport));
    }
    let mut outcomes = run.outcomes.into_inner();
    outcomes.settle(&page, moment(transport));
    Delivered { page, outcomes, now_ms: transport.now_ms() }
}

/// A worker on its way through a page.
struct Run<'a, T> {
    page: &'a Page,
    worker: &'a Worker,
    providers: &'a Providers,
    transport: &'a T,
    targets: RefCell<IntoIter<Target>>,
    outcomes: RefCell<Outcomes>,
}

impl<T: Transport> Run<'_, T> {
    /// Pushes to one phone after the other, until the service is in doubt. Several lanes share the phones.
    async fn lane(&self, last_start: i64) {
        while self.outcomes.borrow().doubted_with().is_none() {
            let next = self.targets.borrow_mut().next();
            let Some(target) = next else { return };
            let now = self.transport.now_ms();
            let held = self.outcomes.borrow().held_until(self.page, &target.pass_type, now);
            if now > last_start || held.is_some() {
                self.outcomes.borrow_mut().left.push(target);
                continue;
            }
            let Some(target) = self.outcomes.borrow_mut().put_off(target) else { continue };
            let client = self.worker.client;
            let tried = send(client, &target.pass_type, &target.push_token, self.providers, self.transport).await;
            self.outcomes.borrow_mut().add(self.page, target, tried, moment(self.transport));
        }
    }
}

fn moment(transport: &impl Transport) -> Moment {
    Moment { now_ms: transport.now_ms(), random: transport.random() }
}

/// The push token of a probe: as long as Apple's, and of no device.
const NO_DEVICE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Tries the push service with a push token that no device has.
pub(crate) async fn probe(client: Wallet, pass_type: &str, providers: &Providers, transport: &impl Transport) -> Tried {
    send(client, pass_type, NO_DEVICE, providers, transport).await
}

/// Pushes to a phone; once more when the provider token was not taken and there is another one now.
async fn send(client: Wallet, pass_type: &str, push_token: &str, providers: &Providers, transport: &impl Transport) -> Tried {
    let request = |now_ms| providers.request(client, pass_type, push_token, now_ms);
    let first = match request(transport.now_ms()) {
        Ok(first) => first,
        Err(verdict) => return Tried { verdict, status: None, sent: false },
    };
    let credentials = first.credentials().map(str::to_owned);
    let tried = answered(client, first, providers, transport).await;
    if !tried.verdict.is_about_credentials() {
        return tried;
    }
    // Pushes side by side find the same, and one of them takes the other token.
    let now = transport.now_ms();
    let is_other = |second: &Request| second.credentials() != credentials.as_deref();
    match request(now) {
        Ok(second) if is_other(&second) || providers.change_credentials(&tried.verdict, now) => {}
        _ => return tried,
    }
    match request(now) {
        Ok(second) => answered(client, second, providers, transport).await,
        Err(_) => tried,
    }
}

async fn answered(client: Wallet, request: Request, providers: &Providers, transport: &impl Transport) -> Tried {
    if let Ok(answer) = transport.post(request).await {
        let verdict = providers.verdict(client, &answer, transport.now_ms());
        return Tried { verdict, status: Some(answer.status), sent: true };
    }
    let verdict = Verdict::Later { reason: Cow::Borrowed("NoAnswer"), retry_after: None };
    Tried { verdict, status: None, sent: true }
}
