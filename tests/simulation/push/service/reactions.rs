//! The answers of the push services.

use super::{super::world::World, Dead, MadeUp, Mood, Push};
use edgepass::{
    push::{Answer, NoAnswer},
    wallet::Wallet,
};
use std::{
    future::{Future, poll_fn},
    rc::Rc,
    task::Poll,
};

/// The answer, and whether the phone gets the push.
type Reaction = (Result<Answer, NoAnswer>, bool);

fn said(status: u16, reason: &str) -> Answer {
    Answer { status, retry_after: None, body: format!(r#"{{"reason":"{reason}"}}"#) }
}

impl World {
    pub(crate) fn clock_reaches(self: &Rc<Self>, moment_ms: i64) -> impl Future<Output = ()> {
        let world = Rc::clone(self);
        poll_fn(move |context| {
            if world.now_ms() >= moment_ms {
                world.progress();
                return Poll::Ready(());
            }
            world.wake_at(moment_ms);
            // Executors of several futures poll only those that were woken.
            context.waker().wake_by_ref();
            Poll::Pending
        })
    }

    pub(super) fn answer(&self, client: Wallet, push: &Push) -> Result<Answer, NoAnswer> {
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

    fn react(&self, client: Wallet, push: &Push) -> Reaction {
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

    /// The answer that does not depend on the push token.
    fn refuse(&self, client: Wallet, push: &Push) -> Option<Result<Answer, NoAnswer>> {
        match self.mood() {
            Mood::Down => Some(self.failure()),
            Mood::Refusing if client == Wallet::Apple => Some(Ok(said(403, "InvalidProviderToken"))),
            Mood::Refusing => Some(Ok(said(401, "Unauthorized"))),
            Mood::RefusingType(refused) if client == Wallet::Apple && refused == push.pass_type => {
                Some(Ok(said(400, "TopicDisallowed")))
            }
            Mood::RefusingType(_) | Mood::Flaky(_) => None,
        }
    }

    pub(super) fn probe(&self, client: Wallet, push: &Push) -> Result<Answer, NoAnswer> {
        if let Some(refusal) = self.refuse(client, push) {
            return refusal;
        }
        match self.mood() {
            Mood::Flaky(percent) if self.chance.percent(percent) => self.failure(),
            _ if self.service.expired.borrow().contains(&push.bearer) => Ok(said(403, "ExpiredProviderToken")),
            _ => Ok(said(400, "BadDeviceToken")),
        }
    }

    fn mood(&self) -> Mood {
        if self.now_ms() >= self.service.until_ms.get() {
            self.service.mood.set(Mood::Flaky(self.service.usual.get()));
        }
        self.service.mood.get()
    }

    fn react_to(&self, client: Wallet, push: &Push, percent: usize) -> Reaction {
        if self.service.expired.borrow().contains(&push.bearer) {
            return (Ok(said(403, "ExpiredProviderToken")), false);
        }
        let (died_ms, unreachable) = {
            let tokens = self.service.tokens.borrow();
            let token = &tokens[&push.token];
            (token.died_ms.filter(|died| *died <= self.now_ms()), token.unreachable)
        };
        if unreachable {
            return (if client == Wallet::Apple { Ok(said(429, "TooManyRequests")) } else { Err(NoAnswer) }, false);
        }
        if !self.chance.percent(percent) {
            let answer = died_ms.map_or_else(|| Answer { status: 200, ..Answer::default() }, |died| self.died(push, died));
            return (Ok(answer), died_ms.is_none());
        }
        match self.chance.below(6) {
            // The phone gets the push, but the answer is lost.
            0 => (Err(NoAnswer), died_ms.is_none()),
            1 if client == Wallet::Apple && died_ms.is_none() => (Ok(self.mistaken(push)), false),
            2 if client == Wallet::Apple => (Ok(self.patience(said(429, "TooManyRequests"))), false),
            3 if client == Wallet::Apple => (Ok(said(410, "Unregistered")), false),
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
        self.service.dead.borrow_mut().push(Dead { run: Rc::clone(&push.run), pass_type, push_token, since_ms });
    }

    fn died(&self, push: &Push, died_ms: i64) -> Answer {
        if self.chance.percent(20) {
            self.bury(push, None);
            return said(400, self.chance.pick(&["BadDeviceToken", "DeviceTokenNotForTopic"]).unwrap());
        }
        self.gone(push, died_ms)
    }

    /// 410 although the token is alive. It was registered after the time in the answer.
    fn mistaken(&self, push: &Push) -> Answer {
        let shadow = self.shadow.borrow();
        let rows = shadow.iter().flat_map(|shadow| shadow.registrations.values());
        let rows = rows.filter(|row| row.push_token == push.token);
        let newest = rows.map(|row| row.registered_ms).max().unwrap_or_default();
        let moment = if self.chance.percent(50) { newest / 1000 * 1000 } else { newest - self.some_ms(5_000) };
        self.gone(push, moment)
    }

    fn gone(&self, push: &Push, moment_ms: i64) -> Answer {
        self.bury(push, Some(moment_ms));
        let reason = self.chance.pick(&["Unregistered", "ExpiredToken"]).unwrap();
        let body = format!(r#"{{"reason":"{reason}","timestamp":{moment_ms}}}"#);
        Answer { status: 410, retry_after: None, body }
    }
}
