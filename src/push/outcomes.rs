//! What came of a page's phones, as it adds up to what is written down at its end.

use super::{
    Cause, Page, Scope, Target, Verdict,
    doubt::Doubt,
    schedule::{gives_up, wait_of_device, wait_of_service},
    tried::Tried,
    verdict::{BAD, Reason},
};
use crate::wallet::Wallet;

/// Failures in a row before which no device is given up: an outage of the service must not have cost it its chances.
const FEWEST_ATTEMPTS: i64 = 10;

/// How long a hold counts after its end, in milliseconds.
const HOUR_MS: i64 = 3_600_000;

/// When, and by which chance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// Unix milliseconds.
    pub(super) now_ms: i64,
    /// Any number.
    pub(super) random: u32,
}

/// What came of the phones so far.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    /// What is to be known of devices.
    pub(super) notes: Vec<Note>,
    /// Dead push tokens.
    pub(super) dead: Vec<Dead>,
    /// Push tokens that the service calls bad, without saying since when.
    pub(super) bad: Vec<(Target, Reason)>,
    /// Pass type, outcome, reason, number of phones.
    pub(super) counts: Vec<(String, &'static str, Reason, i64)>,
    /// Pass type and device of each that a push was delivered to.
    pub(super) told: Vec<(String, String)>,
    /// Phones that the page has to do again.
    pub(super) left: Vec<Target>,
    /// How many phones were not tried, since those before them of the same pass failed.
    pub(super) put_off: usize,
    /// Services and pass types that are not to be asked for a while.
    pub(super) held: Vec<Held>,
    /// Pass types that the service took pushes of.
    pub(super) taken: Vec<String>,
    /// Pass types of the pushes that were sent.
    pub(super) sent: Vec<String>,
    doubt: Doubt,
    /// Of the failures in doubt: why, and the most that the service asked to wait.
    why: Option<Why>,
}

/// Whose doing a failure is, its reason, and the seconds that the service asks to wait.
type Why = (Cause, Reason, Option<i64>);

/// APNs' word, which [`Verdict::ExpiredCredentials`] stands for.
const EXPIRED: Reason = Reason::Borrowed("ExpiredProviderToken");

/// What is to be known of a device.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) pass_type: String,
    pub(super) device: String,
    /// Unix milliseconds at which it is pushed again; `None` when it is not.
    pub(super) due: Option<i64>,
    pub(super) attempts: i64,
    pub(super) failing_since: Option<i64>,
    pub(super) reason: Option<Reason>,
}

/// A dead push token.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dead {
    pub(super) pass_type: String,
    pub(super) device: String,
    pub(super) push_token: String,
    /// Unix seconds: what was registered in this second or later stays.
    pub(super) before: Option<i64>,
}

/// What is not to be asked for a while.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// The pass type; empty for all.
    pub(super) pass_type: String,
    /// Unix milliseconds.
    pub(super) until: i64,
    pub(super) cause: Cause,
    pub(super) reason: Reason,
}

impl Outcomes {
    /// Until when devices of this pass type are not to be pushed to, in unix milliseconds: the service was found, just now or
    /// before, not to take it. `None` when it may be asked.
    pub(super) fn held_until(&self, page: &Page, pass_type: &str, now_ms: i64) -> Option<i64> {
        let before = page.holds.iter().map(|hold| (hold.pass_type.as_str(), hold.until));
        let now = self.held.iter().map(|held| (held.pass_type.as_str(), held.until));
        let of_type = before.chain(now).filter(|(held, _)| held.is_empty() || *held == pass_type);
        of_type.map(|(_, until)| until).max().filter(|until| *until > now_ms)
    }

    /// Notes what became of a push.
    pub(super) fn add(&mut self, page: &Page, target: Target, tried: Tried, at: Moment) {
        let blamed = tried.blames_service();
        if tried.sent {
            self.sent.push(target.pass_type.clone());
            if blamed.is_none() {
                self.doubt.end(&target.pass());
                if self.doubt.pass_type().is_none() {
                    self.why = None;
                }
            }
        }
        match tried.verdict {
            Verdict::Delivered => self.deliver(&target),
            Verdict::Dead { reason, before_ms: None } if BAD.contains(&&*reason) => {
                self.bad.push((target, reason));
            }
            Verdict::Dead { reason, before_ms: None } => self.bury(target, reason, None),
            Verdict::Dead { reason, before_ms: Some(before_ms) } => self.die(target, reason, before_ms, at),
            Verdict::Never { reason } => self.give_up(&target, &reason),
            Verdict::Later { reason, retry_after } => match blamed {
                Some(cause) => self.suspect(target, (cause, reason, retry_after), at),
                None => _ = self.retry(&target, &reason, retry_after, at),
            },
            Verdict::Held { cause, scope, reason, retry_after } => {
                let pass_type = if scope == Scope::PassType { target.pass_type.clone() } else { String::new() };
                self.leave(target, reason.clone());
                self.hold(page, pass_type, (cause, reason, retry_after), at);
            }
            Verdict::ExpiredCredentials => {
                self.leave(target, EXPIRED);
                self.hold(page, String::new(), (Cause::Configuration, EXPIRED, None), at);
            }
        }
    }

    /// The pass type to probe the service with, when so many pushes failed in a row that it may be out of order.
    pub(super) fn doubted_with(&self) -> Option<String> {
        self.doubt.pass_type().filter(|_| !self.is_service_held()).map(str::to_owned)
    }

    /// What the answer to the probe of this pass type means.
    pub(super) fn judge(&mut self, page: &Page, pass_type: String, probe: Tried, client: Wallet, at: Moment) {
        self.doubt.settle();
        let Some((cause, reason, asked)) = self.why.take() else { return };
        // Other wallets do not say what they answer for a push token that they do not know.
        let is_unknown = client != Wallet::Apple && probe.status == Some(404);
        if probe.is_accepted() || is_unknown {
            return;
        }
        match probe.verdict {
            Verdict::Held { cause, scope: Scope::PassType, reason, retry_after } => {
                self.hold(page, pass_type, (cause, reason, retry_after), at);
            }
            _ => self.hold(page, String::new(), (cause, reason, asked), at),
        }
    }

    /// Gives the phone back, unless so many others of its pass failed in a row that it is not tried now.
    pub(super) fn put_off(&mut self, target: Target) -> Option<Target> {
        let Some(due) = self.doubt.waits_until(&target) else { return Some(target) };
        self.put_off = self.put_off.saturating_add(1);
        self.note(&target, |note| (note.due, note.reason) = (Some(due), None));
        None
    }

    fn is_service_held(&self) -> bool {
        self.held.iter().any(|held| held.pass_type.is_empty())
    }

    /// Notes the same of each device that has the push token: what `change` makes of it.
    fn note(&mut self, target: &Target, change: impl Fn(&mut Note)) {
        let Target { pass_type, devices, attempts, failing_since, .. } = target;
        for device in devices {
            let (pass_type, device) = (pass_type.clone(), device.clone());
            let (attempts, failing_since) = (*attempts, *failing_since);
            let mut note = Note { pass_type, device, due: None, attempts, failing_since, reason: None };
            change(&mut note);
            self.notes.push(note);
        }
    }

    /// Nothing is tried again: it was told, or, with a reason, it was given up.
    fn end(&mut self, target: &Target, reason: Option<&Reason>) {
        self.note(target, |note| {
            (note.attempts, note.failing_since, note.reason) = (0, None, reason.cloned());
        });
    }

    fn deliver(&mut self, target: &Target) {
        self.count(&target.pass_type, "delivered", Reason::Borrowed(""));
        if !self.taken.contains(&target.pass_type) {
            self.taken.push(target.pass_type.clone());
        }
        let told = target.keys().map(|(pass_type, device)| (pass_type.to_owned(), device.to_owned()));
        self.told.extend(told);
        if target.attempts > 0 {
            self.end(target, None);
        }
    }

    /// Registrations have seconds, so that one of the very second in which the token died may be newer: it stays.
    fn die(&mut self, target: Target, reason: Reason, before_ms: i64, at: Moment) {
        let before = before_ms.div_euclid(1000);
        if target.registered_at >= before {
            self.retry(&target, &reason, None, at);
        } else {
            self.bury(target, reason, Some(before));
        }
    }

    /// The push token's registrations go; those that were registered in the second `before` or later stay.
    pub(super) fn bury(&mut self, target: Target, reason: Reason, before: Option<i64>) {
        self.count(&target.pass_type, "dead", reason);
        let Target { pass_type, push_token, devices, .. } = target;
        self.dead.extend(devices.into_iter().map(|device| {
            let (pass_type, push_token) = (pass_type.clone(), push_token.clone());
            Dead { pass_type, device, push_token, before }
        }));
    }

    /// The phone is tried again: when, in unix milliseconds; at once, for the next change, if it was given up.
    pub(super) fn retry(&mut self, target: &Target, reason: &Reason, retry_after: Option<i64>, at: Moment) -> i64 {
        let attempts = target.attempts.saturating_add(1);
        let since = target.failing_since.unwrap_or(at.now_ms);
        if attempts >= FEWEST_ATTEMPTS && gives_up(since, at.now_ms) {
            self.give_up(target, reason);
            return at.now_ms;
        }
        self.count(&target.pass_type, "later", reason.clone());
        let failures = u32::try_from(attempts).unwrap_or(u32::MAX);
        let due = at.now_ms.saturating_add(wait_of_device(failures, at.random, retry_after));
        self.note(target, |note| {
            (note.due, note.attempts, note.failing_since) = (Some(due), attempts, Some(since));
            note.reason = Some(reason.clone());
        });
        due
    }

    /// The next change is a new beginning.
    fn give_up(&mut self, target: &Target, reason: &Reason) {
        self.count(&target.pass_type, "given up", reason.clone());
        self.end(target, Some(reason));
    }

    /// The page has to do it again.
    pub(super) fn leave(&mut self, target: Target, reason: Reason) {
        self.count(&target.pass_type, "held", reason);
        self.left.push(target);
    }

    /// A failure that may be the service's, as it is after so many in a row. The phone is tried again in any case, by its own
    /// time: what made it fail must not meet each worker that takes the page over.
    fn suspect(&mut self, target: Target, (cause, reason, retry_after): Why, at: Moment) {
        if self.is_service_held() {
            // It was under way when the service was found to be out of order.
            return self.leave(target, reason);
        }
        let due = self.retry(&target, &reason, retry_after, at);
        self.doubt.add(target.pass(), due);
        let asked = self.why.take().and_then(|(.., asked)| asked);
        self.why = Some((cause, reason, asked.max(retry_after)));
    }

    pub(super) fn hold(&mut self, page: &Page, pass_type: String, (cause, reason, retry_after): Why, at: Moment) {
        if self.held.iter().any(|held| held.pass_type == pass_type) {
            return;
        }
        // One that is long over was another one.
        let recent = at.now_ms.saturating_sub(HOUR_MS);
        let before = page.holds.iter().find(|hold| hold.pass_type == pass_type && hold.until >= recent);
        let times = before.map_or(0, |hold| hold.times).saturating_add(1);
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        let until = at.now_ms.saturating_add(wait_of_service(cause, times, at.random, retry_after));
        self.held.push(Held { pass_type, until, cause, reason });
    }

    fn count(&mut self, pass_type: &str, outcome: &'static str, reason: Reason) {
        let counted =
            self.counts.iter_mut().find(|(counted, what, why, _)| counted == pass_type && *what == outcome && *why == reason);
        match counted {
            Some((.., number)) => *number = number.saturating_add(1),
            None => self.counts.push((pass_type.to_owned(), outcome, reason, 1)),
        }
    }
}
