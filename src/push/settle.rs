//! What becomes of a device that has several push tokens, from what became of each.
//!
//! | A token | Another | The device |
//! |---|---|---|
//! | has to wait | anything | waits for the latest time of all, with all of them |
//! | was not tried, as there was no time, or was not taken, as the service takes nothing | delivered, or given up | is left in the page, which pushes to all of them |
//! | delivered | given up | was told |

use super::{
    Device,
    outcomes::{Note, Outcomes},
};
use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    mem,
};

type Key<'a> = (&'a str, &'a str);

impl Outcomes {
    /// One note at most for each device, and none that waits is left.
    pub(super) fn settle(&mut self) {
        let mut notes: BTreeMap<(String, String), Note> = BTreeMap::new();
        for note in mem::take(&mut self.notes) {
            match notes.entry((note.pass_type.clone(), note.device.clone())) {
                Entry::Occupied(mut known) => known.get_mut().join(note),
                Entry::Vacant(none) => _ = none.insert(note),
            }
        }
        let waits: BTreeSet<Key<'_>> =
            notes.values().filter(|note| note.due.is_some()).map(Note::key).collect();
        self.left.retain(|left| !waits.contains(&key(left)));
        let left = self.left.iter().map(key);
        let told = self.told.iter().map(|(pass_type, device)| (pass_type.as_str(), device.as_str()));
        let goes_on: BTreeSet<Key<'_>> = left.chain(told).collect();
        self.notes =
            notes.into_values().filter(|note| !note.gives_up() || !goes_on.contains(&note.key())).collect();
    }
}

fn key(device: &Device) -> Key<'_> {
    (&device.pass_type, &device.device)
}

impl Note {
    fn key(&self) -> Key<'_> {
        (&self.pass_type, &self.device)
    }

    fn gives_up(&self) -> bool {
        self.due.is_none() && self.reason.is_some()
    }

    /// Of two notes about a device the one that waits longer; or else that it was told.
    fn join(&mut self, other: Self) {
        let counts = |note: &Self| (note.due, !note.gives_up());
        if counts(&other) > counts(self) {
            *self = other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn device(push_token: &str) -> Device {
        let (pass_type, device) = ("pass.com.example.tea".to_owned(), "d".to_owned());
        let push_token = push_token.to_owned();
        Device { pass_type, device, push_token, registered_at: 0, attempts: 0, failing_since: None }
    }

    fn note(due: Option<i64>, reason: Option<&'static str>) -> Note {
        let Device { pass_type, device, .. } = device("a");
        let failing_since = due.map(|_| 1);
        Note { pass_type, device, due, attempts: 0, failing_since, reason: reason.map(Cow::Borrowed) }
    }

    fn settled(notes: Vec<Note>, left: Vec<Device>, told: bool) -> (Vec<Note>, usize) {
        let Device { pass_type, device, .. } = device("a");
        let told = if told { vec![(pass_type, device)] } else { Vec::new() };
        let mut outcomes = Outcomes::default();
        (outcomes.notes, outcomes.left, outcomes.told) = (notes, left, told);
        outcomes.settle();
        (outcomes.notes, outcomes.left.len())
    }

    #[test]
    fn a_device_waits_for_the_latest_time_that_one_of_its_tokens_asks_for() {
        let [soon, late] = [30, 900].map(|due| move || note(Some(due), Some("TooManyRequests")));
        let expected = (vec![late()], 0);
        assert_eq!(settled(vec![soon(), late()], Vec::new(), false), expected);
        assert_eq!(settled(vec![late(), soon()], Vec::new(), false), expected);
        assert_eq!(settled(vec![late()], vec![device("b")], false), expected, "the other was not tried");
        assert_eq!(settled(vec![late()], Vec::new(), true), expected, "the other was delivered");
        assert_eq!(settled(vec![late(), note(None, Some("NoDeviceToken"))], Vec::new(), false), expected);
    }

    #[test]
    fn a_device_is_not_given_up_when_another_token_was_not_tried() {
        assert_eq!(settled(vec![note(None, Some("NoAnswer"))], vec![device("b")], false), (Vec::new(), 1));
        assert_eq!(settled(vec![note(None, None)], vec![device("b")], false), (vec![note(None, None)], 1));
    }

    #[test]
    fn a_device_is_not_given_up_when_another_token_was_delivered() {
        let given_up = || note(None, Some("NoDeviceToken"));
        assert_eq!(settled(vec![given_up()], Vec::new(), true), (Vec::new(), 0));
        assert_eq!(
            settled(vec![given_up(), note(None, None)], Vec::new(), true),
            (vec![note(None, None)], 0)
        );
        assert_eq!(settled(vec![given_up()], Vec::new(), false), (vec![given_up()], 0));
    }
}
