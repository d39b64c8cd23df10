//! Collects the results of a page's pushes, for [`record_results`](super::record_results()).

use super::{
    Cause, Page, Scope, Target, Verdict,
    attempt::Attempt,
    doubt::Doubt,
    schedule::{gives_up, wait_of_device, wait_of_service},
    verdict::{BAD, Reason},
};
use crate::wallet::Wallet;

/// No device is given up before so many failures in a row. So an outage of the service alone does not use up its retries.
const FEWEST_ATTEMPTS: i64 = 10;

/// How long a hold still counts after its end, in milliseconds.
const HOUR_MS: i64 = 3_600_000;

/// A time, and a random number for the waits that begin then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// Unix milliseconds.
    pub(super) now_ms: i64,
    pub(super) random: u32,
}

/// The results so far.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    /// Changes to rows of devices.
    pub(super) notes: Vec<Note>,
    /// Dead push tokens.
    pub(super) dead: Vec<Dead>,
    /// Push tokens that the service calls bad, without saying since when.
    pub(super) bad: Vec<(Target, Reason)>,
    /// Pass type, outcome, reason, number of phones.
    pub(super) counts: Vec<(String, &'static str, Reason, i64)>,
    /// Pass type and device of each delivered push.
    pub(super) told: Vec<(String, String)>,
    /// Phones that stay in the page.
    pub(super) left: Vec<Target>,
    /// The number of phones that were not tried, because others of the same pass failed.
    pub(super) put_off: usize,
    /// Holds that begin now.
    pub(super) holds: Vec<NewHold>,
    /// Pass types of delivered pushes.
    pub(super) accepted: Vec<String>,
    /// The pass type of each push that was sent.
    pub(super) sent: Vec<String>,
    doubt: Doubt,
    /// Why the service is in doubt: the last failure, with the longest wait that the service asked for.
    why: Option<Why>,
}

/// The cause of a failure, its reason, and the seconds that the service asks to wait.
type Why = (Cause, Reason, Option<i64>);

/// APNs' word for [`Verdict::ExpiredCredentials`].
const EXPIRED: Reason = Reason::Borrowed("ExpiredProviderToken");

/// A change to a device's row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) pass_type: String,
    pub(super) device: String,
    /// Unix milliseconds of the next push. `None`: the device is not pushed again.
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
    /// Unix seconds. Registrations of this second or later stay.
    pub(super) before: Option<i64>,
}

/// A hold that begins now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NewHold {
    /// The pass type. Empty for the whole service.
    pub(super) pass_type: String,
    /// Unix milliseconds.
    pub(super) until: i64,
    pub(super) cause: Cause,
    pub(super) reason: Reason,
}

impl Outcomes {
    /// When the hold on this pass type ends, in unix milliseconds. `None` when there is no hold.
    pub(super) fn held_until(&self, page: &Page, pass_type: &str, now_ms: i64) -> Option<i64> {
        let stored = page.holds.iter().map(|hold| (&hold.pass_type, hold.until));
        let new = self.holds.iter().map(|hold| (&hold.pass_type, hold.until));
        let of_type = stored.chain(new).filter(|(held, _)| held.is_empty() || *held == pass_type);
        of_type.map(|(_, until)| until).max().filter(|until| *until > now_ms)
    }

    /// Adds the result of a push.
    pub(super) fn add(&mut self, page: &Page, target: Target, attempt: Attempt, at: Moment) {
        let blamed = attempt.blames_service();
        if attempt.sent {
            self.sent.push(target.pass_type.clone());
            if blamed.is_none() {
                self.doubt.end(&target.pass());
                if self.doubt.pass_type().is_none() {
                    self.why = None;
                }
            }
        }
        match attempt.verdict {
            Verdict::Delivered => self.note_delivery(&target),
            Verdict::Dead { reason, before_ms: None } if BAD.contains(&&*reason) => self.bad.push((target, reason)),
            Verdict::Dead { reason, before_ms: None } => self.bury(target, reason, None),
            Verdict::Dead { reason, before_ms: Some(before_ms) } => self.bury_if_older(target, reason, before_ms, at),
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

    /// The pass type to probe the service with, if so many pushes failed in a row that the service is in doubt.
    pub(super) fn pass_type_to_probe(&self) -> Option<String> {
        self.doubt.pass_type().filter(|_| !self.is_service_held()).map(str::to_owned)
    }

    /// Holds the service, or the pass type, if the probe failed too.
    pub(super) fn judge(&mut self, page: &Page, pass_type: String, probe: Attempt, wallet: Wallet, at: Moment) {
        self.doubt.settle();
        let Some((cause, reason, asked)) = self.why.take() else { return };
        // Other wallets do not document the answer to an unknown push token. It may be 404.
        let is_unknown = wallet != Wallet::Apple && probe.status == Some(404);
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

    /// Returns the phone, unless its pass is in doubt. In that case it waits like the pass's other phones.
    pub(super) fn put_off(&mut self, target: Target) -> Option<Target> {
        let Some(due) = self.doubt.waits_until(&target) else { return Some(target) };
        self.put_off = self.put_off.saturating_add(1);
        self.note(&target, Some(due), (target.attempts, target.failing_since), None);
        None
    }

    fn is_service_held(&self) -> bool {
        self.holds.iter().any(|hold| hold.pass_type.is_empty())
    }

    /// Notes the same for each device that has the push token. `failures` are their number and the time of the first one.
    fn note(&mut self, target: &Target, due: Option<i64>, failures: (i64, Option<i64>), reason: Option<&Reason>) {
        let (attempts, failing_since) = failures;
        self.notes.extend(target.keys().map(|(pass_type, device)| {
            let (pass_type, device, reason) = (pass_type.to_owned(), device.to_owned(), reason.cloned());
            Note { pass_type, device, due, attempts, failing_since, reason }
        }));
    }

    fn note_delivery(&mut self, target: &Target) {
        self.count(&target.pass_type, "delivered", Reason::Borrowed(""));
        if !self.accepted.contains(&target.pass_type) {
            self.accepted.push(target.pass_type.clone());
        }
        self.told.extend(target.keys().map(|(pass_type, device)| (pass_type.to_owned(), device.to_owned())));
        if target.attempts > 0 {
            self.note(target, None, (0, None), None);
        }
    }

    /// The token died at `before_ms`. A registration stores only the second, so one of that very second may be newer, and
    /// stays.
    fn bury_if_older(&mut self, target: Target, reason: Reason, before_ms: i64, at: Moment) {
        let before = before_ms.div_euclid(1000);
        if target.registered_at >= before {
            self.retry(&target, &reason, None, at);
        } else {
            self.bury(target, reason, Some(before));
        }
    }

    /// Deletes the push token's registrations. Those of the second `before` or later stay.
    pub(super) fn bury(&mut self, target: Target, reason: Reason, before: Option<i64>) {
        self.count(&target.pass_type, "dead", reason);
        let Target { pass_type, push_token, devices, .. } = target;
        self.dead.extend(devices.into_iter().map(|device| {
            let (pass_type, push_token) = (pass_type.clone(), push_token.clone());
            Dead { pass_type, device, push_token, before }
        }));
    }

    /// Tries the phone again later, or gives it up. Returns when, in unix milliseconds. A phone that is given up may be tried
    /// for the next change at once.
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
        self.note(target, Some(due), (attempts, Some(since)), Some(reason));
        due
    }

    /// Stops the retries. The next change starts again with no failures.
    fn give_up(&mut self, target: &Target, reason: &Reason) {
        self.count(&target.pass_type, "given up", reason.clone());
        self.note(target, None, (0, None), Some(reason));
    }

    /// Leaves the phone in the page.
    pub(super) fn leave(&mut self, target: Target, reason: Reason) {
        self.count(&target.pass_type, "held", reason);
        self.left.push(target);
    }

    /// The service may have caused this failure. The phone is still retried at its own time and does not stay in the page:
    /// otherwise each worker that takes the page over would meet the same failure.
    fn suspect(&mut self, target: Target, (cause, reason, retry_after): Why, at: Moment) {
        if self.is_service_held() {
            // The hold began while this push was under way.
            return self.leave(target, reason);
        }
        let due = self.retry(&target, &reason, retry_after, at);
        self.doubt.add(target.pass(), due);
        let asked = self.why.take().and_then(|(.., asked)| asked);
        self.why = Some((cause, reason, asked.max(retry_after)));
    }

    pub(super) fn hold(&mut self, page: &Page, pass_type: String, (cause, reason, retry_after): Why, at: Moment) {
        if self.holds.iter().any(|hold| hold.pass_type == pass_type) {
            return;
        }
        // A hold that ended long ago does not make this one longer.
        let recent = at.now_ms.saturating_sub(HOUR_MS);
        let stored = page.holds.iter().find(|hold| hold.pass_type == pass_type && hold.until >= recent);
        let times = stored.map_or(0, |hold| hold.times).saturating_add(1);
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        let until = at.now_ms.saturating_add(wait_of_service(cause, times, at.random, retry_after));
        self.holds.push(NewHold { pass_type, until, cause, reason });
    }

    fn count(&mut self, pass_type: &str, outcome: &'static str, reason: Reason) {
        let is_same = |(counted, what, why, _): &&mut (String, &str, Reason, i64)| {
            counted == pass_type && *what == outcome && *why == reason
        };
        match self.counts.iter_mut().find(is_same) {
            Some((.., number)) => *number = number.saturating_add(1),
            None => self.counts.push((pass_type.to_owned(), outcome, reason, 1)),
        }
    }
}
