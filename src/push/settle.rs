//! Makes the decisions that need the results of a whole page: which bad push tokens are deleted, and what happens to a device
//! with several push tokens.
//!
//! | One token | Another one | The device |
//! |---|---|---|
//! | has to wait | any result | waits for the latest time of all, with all of its tokens |
//! | is left in the page | delivered, or given up | stays in the page, for a push to all of its tokens |
//! | delivered | given up | counts as told |

use super::{
    Cause, Page, Target,
    outcomes::{Moment, Note, Outcomes},
    verdict::BAD,
};
use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    mem,
};

/// So many bad push tokens of a pass type in a page mean a wrong configuration, if they are at least half of those pushed to.
/// The key may be another team's, or the address that of the development servers.
const MANY: usize = 20;

type Key<'a> = (&'a str, &'a str);

impl Outcomes {
    pub(super) fn settle(&mut self, page: &Page, at: Moment) {
        self.settle_bad_tokens(page, at);
        self.settle_devices();
    }

    /// With a wrong configuration the service calls every push token bad. So a bad token is deleted only if a push of its pass
    /// type was delivered in this page, or since the token was first called bad. Until then it is tried again. If many tokens
    /// of a type are bad, or the type was held for that, none is deleted. An issuer can permit the deletion of all.
    fn settle_bad_tokens(&mut self, page: &Page, at: Moment) {
        let mut by_type: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (target, reason) in mem::take(&mut self.bad) {
            by_type.entry(target.pass_type.clone()).or_default().push((target, reason));
        }
        for (pass_type, bad) in by_type {
            let is_confirmed = page.confirmed.contains(&pass_type);
            let sent = self.sent.iter().filter(|sent| **sent == pass_type).count();
            let are_many = bad.len() >= MANY && bad.len().saturating_mul(2) >= sent;
            let was_held = page.was_held_for_bad_tokens(&pass_type);
            let delivered = self.accepted.contains(&pass_type);
            for (target, reason) in bad {
                if is_confirmed {
                    self.bury(target, reason, None);
                } else if are_many {
                    self.hold(page, pass_type.clone(), (Cause::Configuration, reason.clone(), None), at);
                    self.leave(target, reason);
                } else if was_held || !(delivered || page.delivered_since_failure(&target)) {
                    self.retry(&target, &reason, None, at);
                } else {
                    self.bury(target, reason, None);
                }
            }
        }
    }

    /// Keeps at most one note for each device, and leaves no device in the page that has to wait.
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
    /// Whether the pass type has a hold because of bad push tokens. A hold that ended counts until a push is delivered or an
    /// issuer acts.
    fn was_held_for_bad_tokens(&self, pass_type: &str) -> bool {
        self.holds.iter().any(|hold| hold.pass_type == pass_type && BAD.contains(&hold.reason.as_str()))
    }

    /// Whether a push of its pass type was delivered since the phone first failed.
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

    /// Of two notes about a device, keeps the one that waits longer, or else the one of a delivery. Keeps the failures in any
    /// case.
    fn join(&mut self, mut other: Self) {
        let rank = |note: &Self| (note.due, !note.gives_up());
        if rank(&other) > rank(self) {
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

    fn left() -> Target {
        let [pass_type, serial, push_token] = [TYPE, "S", "b"].map(str::to_owned);
        let devices = vec!["d".to_owned()];
        Target { pass_type, serial, push_token, devices, registered_at: 0, attempts: 0, failing_since: None }
    }

    fn note(due: Option<i64>, reason: Option<&'static str>) -> Note {
        let [pass_type, device] = [TYPE, "d"].map(str::to_owned);
        let failing_since = due.map(|_| 1);
        Note { pass_type, device, due, attempts: 0, failing_since, reason: reason.map(Cow::Borrowed) }
    }

    fn settle(notes: Vec<Note>, left: Vec<Target>, told: bool) -> (Vec<Note>, usize) {
        let mut outcomes = Outcomes::default();
        (outcomes.notes, outcomes.left) = (notes, left);
        outcomes.told.extend(told.then(|| (TYPE.to_owned(), "d".to_owned())));
        outcomes.settle_devices();
        (outcomes.notes, outcomes.left.len())
    }

    #[test]
    fn a_device_waits_for_the_latest_time_that_one_of_its_tokens_asks_for() {
        let [soon, late] = [30, 900].map(|due| move || note(Some(due), Some("TooManyRequests")));
        let expected = (vec![late()], 0);
        assert_eq!(settle(vec![soon(), late()], vec![], false), expected);
        assert_eq!(settle(vec![late(), soon()], vec![], false), expected);
        assert_eq!(settle(vec![late()], vec![left()], false), expected, "the other was not tried");
        assert_eq!(settle(vec![late()], vec![], true), expected, "the other was delivered");
        assert_eq!(settle(vec![late(), note(None, Some("NoDeviceToken"))], vec![], false), expected);
    }

    #[test]
    fn a_device_is_given_up_only_when_no_other_token_is_left_or_delivered() {
        let given_up = || note(None, Some("NoDeviceToken"));
        assert_eq!(settle(vec![given_up()], vec![left()], false), (vec![], 1));
        assert_eq!(settle(vec![note(None, None)], vec![left()], false), (vec![note(None, None)], 1));
        assert_eq!(settle(vec![given_up()], vec![], true), (vec![], 0));
        assert_eq!(settle(vec![given_up(), note(None, None)], vec![], true), (vec![note(None, None)], 0));
        assert_eq!(settle(vec![given_up()], vec![], false), (vec![given_up()], 0));
    }
}
