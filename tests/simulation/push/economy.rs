//! Records each device's last push. Nobody is pushed to twice for the same change without a reason, and nobody too early.

use super::{
    service::{Push, Wire},
    shadow::{Claimed, Run},
    world::World,
};
use crate::spelling::device;
use edgepass::push::{Answer, NoAnswer};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// Pass type, device, and the wallet as in the tables.
type Key = (String, String, String);

/// The last worker that got a device, and its result.
struct Last {
    run: Rc<Run>,
    claimed: Claimed,
    /// The newest revision of the pass type then. The device is told of it.
    revision: i64,
    /// How many push tokens it had then. A token that was not tried, as there was no time or the service was held, is a
    /// reason to push again.
    targets: usize,
    /// Whether all pushes to it were delivered. `None`: there was none yet.
    delivered: Option<bool>,
    /// By push token, in unix milliseconds: nobody may push to the device before, as the push service refused this device.
    not_before_ms: BTreeMap<String, i64>,
    /// Whether another worker took it in the same millisecond. Then the two cannot be told apart.
    same_moment: bool,
}

#[derive(Default)]
pub(crate) struct Economy {
    last: RefCell<BTreeMap<Key, Last>>,
    /// The newest revision of a pass that the device has, or had.
    wanted: RefCell<BTreeMap<Key, i64>>,
}

/// The least wait after a first failure, in milliseconds: 30 seconds less a quarter.
const LEAST_WAIT_MS: i64 = 22_500;
const DAY_MS: i64 = 86_400_000;

impl Economy {
    /// After this, devices may be pushed to again.
    pub(crate) fn forget(&self) {
        self.last.borrow_mut().clear();
        self.wanted.borrow_mut().clear();
    }
}

impl World {
    pub(crate) fn want(&self) {
        let shadow = self.shadow.borrow();
        let Some(shadow) = &*shadow else { return };
        let mut wanted = self.economy.wanted.borrow_mut();
        for ((device, pass_type, serial), row) in &shadow.registrations {
            let Some(pass) = shadow.passes.get(&(pass_type.clone(), serial.clone())) else { continue };
            let key = (pass_type.clone(), device.clone(), row.client.clone().unwrap_or_default());
            let newest = wanted.entry(key).or_default();
            *newest = pass.revision.max(*newest);
        }
    }

    /// A worker took a page. The workers that had its devices before may have failed, died or lost their pages. If not, there
    /// must be something new, and the device's time must have come.
    pub(crate) fn hand_out(&self, run: &Rc<Run>, claimed: Claimed) {
        for (key, targets) in self.own_devices(run) {
            let revision = run.revisions.borrow().get(&key.0).copied().unwrap_or_default();
            let mut all = self.economy.last.borrow_mut();
            let mut same_moment = false;
            if let Some(last) = all.get(&key) {
                self.check_reason(&key, last, claimed);
                same_moment = last.claimed.now_ms == claimed.now_ms;
            }
            let (run, delivered, not_before_ms) = (Rc::clone(run), None, BTreeMap::new());
            let last = Last { run, claimed, revision, targets, delivered, not_before_ms, same_moment };
            all.insert(key, last);
        }
    }

    /// The devices that a worker's page owns, and the number of their push tokens.
    fn own_devices(&self, run: &Run) -> Vec<(Key, usize)> {
        let database = self.database.borrow();
        let sql = "SELECT d.pass_type, unpack(d.device_id), d.client,
                (SELECT count(DISTINCT r.push_token) FROM registrations AS r
                 WHERE r.device_id = d.device_id AND r.pass_type = d.pass_type AND r.client IS nullif(d.client, ''))
            FROM push_pages AS g CROSS JOIN json_each(g.devices) AS e CROSS JOIN push_devices AS d
                ON d.pass_type = e.value ->> 0 AND d.device_id = pack(e.value ->> 1) AND d.client = g.client
                    AND d.pushed_at = g.opened_at
            WHERE g.worker = ?1";
        let mut statement = database.sqlite.prepare(sql);
        let rows = statement.query_map([&run.name], |row| {
            Ok(((row.get(0)?, row.get(1)?, row.get(2)?), usize::try_from(row.get::<_, u32>(3)?).unwrap()))
        });
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }

    fn check_reason(&self, key: &Key, last: &Last, claimed: Claimed) {
        let concluded = last.run.concluded.get().is_some_and(|concluded| concluded < claimed.number);
        if !concluded || last.same_moment || last.claimed.now_ms == claimed.now_ms {
            return;
        }
        let wanted = self.economy.wanted.borrow().get(key).copied().unwrap_or(i64::MAX);
        assert!(
            last.delivered != Some(true) || last.not_before_ms.len() < last.targets || wanted > last.revision,
            "{key:?} is told again, though it was told of {} and has nothing newer than {wanted}",
            last.revision
        );
        let early = last.not_before_ms.values().max().map_or(0, |not_before_ms| not_before_ms - claimed.now_ms);
        assert!(early <= 0, "{key:?} is told again {early} ms before its time");
    }
}

impl Wire {
    fn key(&self, push: &Push) -> Key {
        let phone = self.world.service.tokens.borrow()[&push.token].phone;
        let client = self.run.client.column().unwrap_or_default();
        (push.pass_type.clone(), device(phone, &push.pass_type), client.to_owned())
    }

    /// A push begins. The worker may push only to devices that it was handed.
    pub(crate) fn check_own(&self, push: &Push) {
        let (Some(claimed), key) = (self.run.claimed.get(), self.key(push)) else { return };
        let all = self.world.economy.last.borrow();
        let own = all.get(&key).is_none_or(|last| last.claimed.number >= claimed.number);
        assert!(own, "{key:?} is pushed by a worker that it was not handed out to");
    }

    pub(crate) fn note_pushed(&self, push: &Push, answer: &Result<Answer, NoAnswer>) {
        let key = self.key(push);
        let mut all = self.world.economy.last.borrow_mut();
        let Some(last) = all.get_mut(&key).filter(|last| Rc::ptr_eq(&last.run, &self.run)) else { return };
        // A second push with this push token had another provider token.
        last.not_before_ms.insert(push.token.clone(), self.not_before_ms(push, answer));
        let delivered = matches!(answer, Ok(answer) if answer.status == 200);
        last.delivered = Some(delivered && last.delivered != Some(false));
    }

    /// When the device may be pushed to again after a failure of its own. A device that failed for a day is given up, and the
    /// next change begins anew.
    fn not_before_ms(&self, push: &Push, answer: &Result<Answer, NoAnswer>) -> i64 {
        let Ok(Answer { status: 429, retry_after, .. }) = answer else { return 0 };
        let phone = self.world.service.tokens.borrow()[&push.token].phone;
        let pushed = self.world.service.pushed.borrow();
        let failing = pushed.get(&(phone, push.pass_type.clone())).and_then(|pushed| pushed.failing_ms);
        if failing.is_some_and(|(since, last)| last - since >= DAY_MS - 60_000) {
            return 0;
        }
        let asked = retry_after.as_ref().map_or(0, |seconds| seconds.parse::<i64>().unwrap() * 1000);
        self.world.now_ms() + LEAST_WAIT_MS.max(asked)
    }
}
