//! What is decided when all of a page was pushed to: whether push tokens that the service calls bad go, and what becomes of a
//! device that has several push tokens.
//!
//! | A token | Another | The device |
//! |---|---|---|
//! | has to wait | anything | waits for the latest time of all, with all of them |
//! | was not tried, as there was no time, or was not taken, as the service takes nothing | delivered, or given up | is left in the page, which pushes to all of them |
//! | delivered | given up | was told |

use super::{
    Cause, Page, Target,
    outcomes::{Moment, Note, Outcomes},
    verdict::BAD,
};
use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    mem,
};

/// So many bad push tokens of a pass type in a page, if they are at least half of those pushed to, tell of a wrong configuration:
/// another team's key, or the development servers.
const MANY: usize = 20;

type Key<'a> = (&'a str, &'a str);

impl Outcomes {
    /// Decides what is left open.
    pub(super) fn settle(&mut self, page: &Page, at: Moment) {
        self.settle_bad_tokens(page, at);
        self.settle_devices();
    }

    /// A wrong configuration makes the service call every push token bad. So one goes only if a push of its pass type was delivered
    /// in this page, or since the token was first called bad; until then it is tried again. Where many of a type are bad, or were
    /// when the type was held for it, none goes. An issuer's word lets them all go.
    fn settle_bad_tokens(&mut self, page: &Page, at: Moment) {
        let mut by_type: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (target, reason) in mem::take(&mut self.bad) {
            by_type.entry(target.pass_type.clone()).or_default().push((target, reason));
        }
        for (pass_type, bad) in by_type {
            let is_confirmed = page.confirmed.contains(&pass_type);
            let sent = self.sent.iter().filter(|sent| **sent == pass_type).count();
            let are_many = bad.len() >= MANY && bad.len().saturating_mul(2) >= sent;
            let stay = page.has_bad_tokens(&pass_type);
            let delivered = self.taken.contains(&pass_type);
            for (target, reason) in bad {
                if is_confirmed {
                    self.bury(target, reason, None);
                } else if are_many {
                    self.hold(page, pass_type.clone(), (Cause::Configuration, reason.clone(), None), at);
                    self.leave(target, reason);
                } else if stay || !(delivered || page.delivered_since_failure(&target)) {
                    self.retry(&target, &reason, None, at);
                } else {
                    self.bury(target, reason, None);
                }
            }
        }
    }

    /// One note at most for each device, and none that waits is left.
    fn settle_devices(&mut self) {
        let mut notes: BTreeMap<(String, String), Note> = BTreeMap::new();
        for note in mem::take(&mut self.notes) {
            match notes.entry((note.pass_type.clone(), note.device.clone())) {
                Entry::Occupied(mut known) => known.get_mut().join(note),
                Entry::Vacant(none) => _ = none.insert(note),
            }
        }
        let waits: BTreeSet<Key<'_>> = notes.values().filter(|note| note.due.is_some()).map(Note::key).collect();
        for Target { pass_type, devices, .. } in &mut self.left {
            devices.retain(|device| !waits.contains(&(pass_type, device)));
        }
        self.left.retain(|left| !left.devices.is_empty());
        let left = self.left.iter().flat_map(Target::keys);
        let told = self.told.iter().map(|(pass_type, device)| (pass_type.as_str(), device.as_str()));
        let goes_on: BTreeSet<Key<'_>> = left.chain(told).collect();
        self.notes = notes.into_values().filter(|note| !note.gives_up() || !goes_on.contains(&note.key())).collect();
    }
}

impl Page {
    /// Whether the pass type is, or was, held because of bad push tokens, and neither a push was delivered since nor an issuer
    /// looked.
    fn has_bad_tokens(&self, pass_type: &str) -> bool {
        self.holds.iter().any(|hold| hold.pass_type == pass_type && BAD.contains(&hold.reason.as_str()))
    }

    /// Whether a push of its pass type was delivered since the phone failed first.
    fn delivered_since_failure(&self, target: &Target) -> bool {
        let delivered = self.delivered.iter().find(|row| row.pass_type == target.pass_type);
        delivered.zip(target.failing_since).is_some_and(|(row, since)| row.last_at >= since)
    }
}

impl Note {
    fn key(&self) -> Key<'_> {
        (&self.pass_type, &self.device)
    }

    fn gives_up(&self) -> bool {
        self.due.is_none() && self.reason.is_some()
    }

    /// Of two notes about a device the one that waits longer; or else that it was told. A failure counts in any case.
    fn join(&mut self, mut other: Self) {
        let counts = |note: &Self| (note.due, !note.gives_up());
        if counts(&other) > counts(self) {
            mem::swap(self, &mut other);
        }
        if self.due.is_some() && other.attempts > self.attempts {
            (self.attempts, self.failing_since) = (other.attempts, other.failing_since);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    const TYPE: &str = "pass.com.example.tea";

    fn target(push_token: &str) -> Target {
        let [pass_type, serial, push_token] = [TYPE, "S", push_token].map(str::to_owned);
        let devices = vec!["d".to_owned()];
        Target { pass_type, serial, push_token, devices, registered_at: 0, attempts: 0, failing_since: None }
    }

    fn note(due: Option<i64>, reason: Option<&'static str>) -> Note {
        let [pass_type, device] = [TYPE, "d"].map(str::to_owned);
        let failing_since = due.map(|_| 1);
        Note { pass_type, device, due, attempts: 0, failing_since, reason: reason.map(Cow::Borrowed) }
    }

    fn settled(notes: Vec<Note>, left: Vec<Target>, told: bool) -> (Vec<Note>, usize) {
        let told = if told { vec![(TYPE.to_owned(), "d".to_owned())] } else { Vec::new() };
        let mut outcomes = Outcomes::default();
        (outcomes.notes, outcomes.left, outcomes.told) = (notes, left, told);
        outcomes.settle_devices();
        (outcomes.notes, outcomes.left.len())
    }

    #[test]
    fn a_device_waits_for_the_latest_time_that_one_of_its_tokens_asks_for() {
        let [soon, late] = [30, 900].map(|due| move || note(Some(due), Some("TooManyRequests")));
        let expected = (vec![late()], 0);
        assert_eq!(settled(vec![soon(), late()], Vec::new(), false), expected);
        assert_eq!(settled(vec![late(), soon()], Vec::new(), false), expected);
        assert_eq!(settled(vec![late()], vec![target("b")], false), expected, "the other was not tried");
        assert_eq!(settled(vec![late()], Vec::new(), true), expected, "the other was delivered");
        assert_eq!(settled(vec![late(), note(None, Some("NoDeviceToken"))], Vec::new(), false), expected);
    }

    #[test]
    fn a_device_is_not_given_up_when_another_token_was_not_tried() {
        assert_eq!(settled(vec![note(None, Some("NoAnswer"))], vec![target("b")], false), (Vec::new(), 1));
        assert_eq!(settled(vec![note(None, None)], vec![target("b")], false), (vec![note(None, None)], 1));
    }

    #[test]
    fn a_device_is_not_given_up_when_another_token_was_delivered() {
        let given_up = || note(None, Some("NoDeviceToken"));
        assert_eq!(settled(vec![given_up()], Vec::new(), true), (Vec::new(), 0));
        assert_eq!(settled(vec![given_up(), note(None, None)], Vec::new(), true), (vec![note(None, None)], 0));
        assert_eq!(settled(vec![given_up()], Vec::new(), false), (vec![given_up()], 0));
    }
}
