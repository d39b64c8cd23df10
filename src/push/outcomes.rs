//! What came of a page's devices, as it adds up to what is written down at its end.

use super::{
    Cause, Device, Page, Scope, Verdict,
    deliver::Tried,
    schedule::{gives_up, wait_of_device, wait_of_service},
    verdict::Reason,
};

/// Failures in a row, none of which need be the device's own, after which the service counts as out of order: asking on would
/// only make each device wait longer. So many by chance are unlikely even if every third push fails.
const OUTAGE: usize = 10;

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

/// What came of the devices so far.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    /// What is to be known of devices.
    pub(super) notes: Vec<Note>,
    /// Dead push tokens.
    pub(super) dead: Vec<Dead>,
    /// Pass type, outcome, reason, number.
    pub(super) counts: Vec<(String, &'static str, Reason, i64)>,
    /// Pass type and device of each that a push was delivered to.
    pub(super) told: Vec<(String, String)>,
    /// Devices that the page has to do again.
    pub(super) left: Vec<Device>,
    /// Services and pass types that are not to be asked for a while.
    pub(super) held: Vec<Held>,
    /// Pass types that the service took pushes of.
    pub(super) taken: Vec<String>,
    /// How many pushes in a row failed up to now, so that it may be the service's doing; and the most it asked to wait.
    streak: usize,
    asked: Option<i64>,
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

impl Note {
    /// Nothing is tried again: it was told, or, with a reason, it was given up.
    fn ended(Device { pass_type, device, .. }: Device, reason: Option<Reason>) -> Self {
        Self { pass_type, device, due: None, attempts: 0, failing_since: None, reason }
    }
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
    pub(super) fn add(&mut self, page: &Page, device: Device, tried: Tried, at: Moment) {
        let blamed = tried.blames_service();
        if blamed.is_none() && tried.sent {
            // Any answer about the device shows that the service works.
            self.streak = 0;
        }
        match tried.verdict {
            Verdict::Delivered => self.delivered(device),
            Verdict::Dead { reason, before_ms } => self.dead(device, reason, before_ms, at),
            Verdict::Never { reason } => self.give_up(device, reason),
            Verdict::Later { reason, retry_after } => {
                if let Some(cause) = blamed {
                    return self.suspect(page, device, (cause, reason, retry_after), at);
                }
                self.later(device, reason, retry_after, at);
            }
            Verdict::Held { cause, scope, reason, retry_after } => {
                let pass_type =
                    if scope == Scope::PassType { device.pass_type.clone() } else { String::new() };
                self.count(&device.pass_type, "held", reason.clone());
                self.left.push(device);
                self.hold(page, pass_type, (cause, reason, retry_after), at);
            }
            Verdict::ExpiredCredentials => {
                self.count(&device.pass_type, "held", EXPIRED);
                self.left.push(device);
                self.hold(page, String::new(), (Cause::Configuration, EXPIRED, None), at);
            }
        }
    }

    fn delivered(&mut self, device: Device) {
        self.count(&device.pass_type, "delivered", Reason::Borrowed(""));
        if !self.taken.contains(&device.pass_type) {
            self.taken.push(device.pass_type.clone());
        }
        self.told.push((device.pass_type.clone(), device.device.clone()));
        if device.attempts > 0 {
            self.notes.push(Note::ended(device, None));
        }
    }

    /// Registrations have seconds, so that one of the very second in which the token died may be newer: it stays.
    fn dead(&mut self, device: Device, reason: Reason, before_ms: Option<i64>, at: Moment) {
        let before = before_ms.map(|before| before.div_euclid(1000));
        if before.is_some_and(|before| device.registered_at >= before) {
            return self.later(device, reason, None, at);
        }
        self.count(&device.pass_type, "dead", reason);
        let Device { pass_type, device, push_token, .. } = device;
        self.dead.push(Dead { pass_type, device, push_token, before });
    }

    fn later(&mut self, device: Device, reason: Reason, retry_after: Option<i64>, at: Moment) {
        let attempts = device.attempts.saturating_add(1);
        let since = device.failing_since.unwrap_or(at.now_ms);
        if attempts >= FEWEST_ATTEMPTS && gives_up(since, at.now_ms) {
            return self.give_up(device, reason);
        }
        self.count(&device.pass_type, "later", reason.clone());
        let failures = u32::try_from(attempts).unwrap_or(u32::MAX);
        let due = at.now_ms.saturating_add(wait_of_device(failures, at.random, retry_after));
        let Device { pass_type, device, .. } = device;
        let (due, failing_since, reason) = (Some(due), Some(since), Some(reason));
        self.notes.push(Note { pass_type, device, due, attempts, failing_since, reason });
    }

    /// The next change is a new beginning.
    fn give_up(&mut self, device: Device, reason: Reason) {
        self.count(&device.pass_type, "given up", reason.clone());
        self.notes.push(Note::ended(device, Some(reason)));
    }

    /// A failure that may be the service's, as it is after so many in a row. The device is tried again in any case, by its own
    /// time: what made it fail must not meet each worker that takes the page over.
    fn suspect(&mut self, page: &Page, device: Device, why: Why, at: Moment) {
        if self.held.iter().any(|held| held.pass_type.is_empty()) {
            // It was under way when the service was found to be out of order.
            self.count(&device.pass_type, "held", why.1);
            self.left.push(device);
            return;
        }
        self.streak = self.streak.saturating_add(1);
        self.asked = self.asked.max(why.2);
        let (cause, reason, retry_after) = why;
        self.later(device, reason.clone(), retry_after, at);
        if self.streak >= OUTAGE {
            self.hold(page, String::new(), (cause, reason, self.asked), at);
        }
    }

    fn hold(&mut self, page: &Page, pass_type: String, (cause, reason, retry_after): Why, at: Moment) {
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
        let counted = self
            .counts
            .iter_mut()
            .find(|(counted, what, why, _)| counted == pass_type && *what == outcome && *why == reason);
        match counted {
            Some((.., number)) => *number = number.saturating_add(1),
            None => self.counts.push((pass_type.to_owned(), outcome, reason, 1)),
        }
    }
}
