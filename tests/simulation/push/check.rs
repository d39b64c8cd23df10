//! Checks what must be true when nothing is left to do.

use super::{
    shadow::{Pass, Registration, Shadow},
    simulation::Simulation,
};
use crate::spelling::device;
use edgepass::wallet::Wallet;

const DAY_MS: i64 = 86_400_000;

impl Simulation {
    /// Whether something is due for a wallet whose push service is set up.
    pub(crate) fn is_busy(&self) -> bool {
        let usable: Vec<&str> = self.world.policy.usable.iter().map(|client| client.column().unwrap_or_default()).collect();
        let usable = serde_json::to_string(&usable).unwrap();
        let sql = "SELECT (SELECT count(*) FROM push_pages WHERE client IN (SELECT value FROM json_each(?1)))
            + (SELECT count(*) FROM push_jobs WHERE due_at IS NOT NULL AND client IN (SELECT value FROM json_each(?1)))
            + (SELECT count(*) FROM push_devices WHERE due_at IS NOT NULL AND client IN (SELECT value FROM json_each(?1)))";
        let database = self.world.database.borrow();
        database.sqlite.connection().query_row(sql, [usable], |row| row.get::<_, i64>(0)).unwrap() > 0
    }

    pub(crate) fn check(&self) {
        let shadow = self.world.shadow.borrow();
        let shadow = shadow.as_ref().unwrap();
        for ((device_name, pass_type, serial), row) in &shadow.registrations {
            let pass = &shadow.passes[&(pass_type.clone(), serial.clone())];
            self.check_deleted_in_the_end(pass_type, row, shadow);
            if pass.withdrawn || !self.is_served(row.client.as_deref()) {
                continue;
            }
            let holder = self.phones.iter().find(|phone| device(phone.number, pass_type) == *device_name);
            let Some(phone) = holder.filter(|phone| phone.push_token == row.push_token) else { continue };
            if row.push_token.starts_with("..") {
                continue;
            }
            self.check_told(phone.number, pass_type, serial, pass, row);
            let number = self.passes.iter().position(|issued| issued.serial == *serial).unwrap();
            let listed = phone.listed.iter().find(|(listed, _)| *listed == pass_type).map_or(0, |(_, at)| *at);
            if phone.held.contains_key(&number) && !self.is_given_up(phone.number, pass_type, pass) {
                assert!(listed > pass.changed, "phone {} did not look after {serial} changed", phone.number);
            }
        }
    }

    /// The service does not try a text that cannot be a push token.
    pub(crate) fn check_never_tried(&self) {
        let sql = "SELECT count(*) FROM push_devices AS d WHERE d.attempts > 0 AND d.client = '' AND NOT EXISTS (
            SELECT 1 FROM registrations AS r WHERE r.device_id = d.device_id AND r.pass_type = d.pass_type
                AND unpack(r.push_token) NOT LIKE '..%')
            AND EXISTS (SELECT 1 FROM registrations AS r WHERE r.device_id = d.device_id AND r.pass_type = d.pass_type)";
        let database = self.world.database.borrow();
        let tried: i64 = database.sqlite.prepare(sql).query_row((), |row| row.get(0)).unwrap();
        assert_eq!(tried, 0, "devices are tried again whose push token cannot be one");
    }

    fn is_served(&self, client: Option<&str>) -> bool {
        Wallet::from_column(client).is_some_and(|client| self.world.providers[0].serves(client))
    }

    /// The phone got a push after the pass's last change, unless it registered later.
    fn check_told(&self, phone: usize, pass_type: &str, serial: &str, pass: &Pass, row: &Registration) {
        let pushed = self.world.service.pushed.borrow().get(&(phone, pass_type.to_owned())).copied();
        let pushed = pushed.unwrap_or_default();
        if row.since > pass.changed || pushed.reached > pass.changed || self.is_given_up(phone, pass_type, pass) {
            return;
        }
        panic!("phone {phone} was not pushed after {serial} changed: {pass:?}, {row:?}, {pushed:?}");
    }

    /// Pushes failed for a day, and one was tried after the last change.
    fn is_given_up(&self, phone: usize, pass_type: &str, pass: &Pass) -> bool {
        let pushed = self.world.service.pushed.borrow().get(&(phone, pass_type.to_owned())).copied();
        let Some(pushed) = pushed else { return false };
        let long = pushed.failing_ms.is_some_and(|(since, last)| last - since >= DAY_MS - 60_000);
        let sql = "SELECT count(*) FROM push_devices WHERE pass_type = ?1 AND device_id = pack(?2) AND due_at IS NULL AND reason IS NOT NULL";
        let database = self.world.database.borrow();
        let given_up: bool =
            database.sqlite.prepare(sql).query_row((pass_type, device(phone, pass_type)), |row| row.get(0)).unwrap();
        given_up && pushed.tried > pass.changed && (long || self.restored)
    }

    /// Nothing fails at the end. If the push service then dated a token's death, the registration is gone. It stays if a part
    /// of it was registered later, or if the worker was so slow that another one took its page.
    fn check_deleted_in_the_end(&self, pass_type: &str, row: &Registration, shadow: &Shadow) {
        let dead = self.world.service.dead.borrow();
        let same = |(key, other): &(&(String, String, String), &Registration)| {
            key.1 == pass_type && other.push_token == row.push_token
        };
        let newest = shadow.registrations.iter().filter(same).map(|(_, other)| other.noted).max();
        let old = |since: i64| newest.is_some_and(|newest| newest < since / 1000);
        let mut found = dead[self.settled..].iter();
        let stays = found.find(|dead| {
            dead.push_token == row.push_token
                && dead.pass_type == pass_type
                && dead.since_ms.is_some_and(old)
                && dead.run.concluded.get().is_some()
        });
        let since_ms = stays.map(|dead| dead.since_ms);
        assert!(stays.is_none(), "{row:?} stays, though the service said that it is dead since {since_ms:?}");
    }
}
