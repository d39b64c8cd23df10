//! A copy of the database after each call: when each pass changed, and since when each registration is there. Each call may
//! change only what its caller may change.

use super::world::World;
use edgepass::{push::Worker, wallet::Wallet};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// Who calls the database.
pub(crate) enum Who {
    Register,
    Unregister,
    Issuer,
    Reader,
    Worker(Rc<Run>),
}

/// A worker under way.
pub(crate) struct Run {
    pub(crate) client: Wallet,
    pub(crate) name: String,
    now_ms: i64,
    pub(crate) claimed: Cell<Option<Claimed>>,
    /// The newest revision of each pass type at that time.
    pub(crate) revisions: RefCell<BTreeMap<String, i64>>,
    pub(crate) concluded: Cell<Option<u64>>,
    /// Pass types and push tokens of its wallet when it took its page.
    pub(crate) registered: RefCell<Option<BTreeSet<(String, String)>>>,
}

impl Run {
    pub(crate) fn new(worker: &Worker) -> Self {
        Self {
            client: worker.wallet,
            name: worker.name.clone(),
            claimed: Cell::default(),
            now_ms: worker.now_ms,
            revisions: RefCell::default(),
            concluded: Cell::default(),
            registered: RefCell::default(),
        }
    }
}

/// The number of the call that took a page, and the worker's clock.
#[derive(Clone, Copy)]
pub(crate) struct Claimed {
    pub(crate) number: u64,
    pub(crate) now_ms: i64,
}

#[derive(Clone, Default)]
pub(crate) struct Shadow {
    pub(crate) passes: BTreeMap<(String, String), Pass>,
    pub(crate) registrations: BTreeMap<(String, String, String), Registration>,
}

#[derive(Clone, Debug)]
pub(crate) struct Pass {
    pub(crate) revision: i64,
    pub(crate) withdrawn: bool,
    pub(crate) changed: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Registration {
    pub(crate) push_token: String,
    pub(crate) client: Option<String>,
    pub(crate) since: u64,
    /// Unix milliseconds at which its push token was registered.
    pub(crate) registered_ms: i64,
    /// Unix seconds at which the service noted that it was registered.
    pub(crate) noted: i64,
}

type RegistrationRow = ((String, String, String), String, Option<String>, i64);

impl World {
    pub(crate) fn look(&self, who: &Who) {
        let Some(before) = self.shadow.take() else { return };
        let after = Shadow { passes: self.passes_now(&before), registrations: self.registrations_now(&before, who) };
        if let Who::Worker(run) = who {
            let tokens = after.registrations.iter().filter(|(_, row)| row.client.as_deref() == run.client.column());
            let tokens = tokens.map(|((_, pass_type, _), row)| (pass_type.clone(), row.push_token.clone()));
            run.registered.borrow_mut().get_or_insert_with(|| tokens.collect());
            if run.claimed.get().is_none() {
                let claimed = Claimed { number: self.sequence(), now_ms: run.now_ms };
                run.claimed.set(Some(claimed));
                let mut revisions = run.revisions.borrow_mut();
                for ((pass_type, _), pass) in &after.passes {
                    let newest = revisions.entry(pass_type.clone()).or_default();
                    *newest = pass.revision.max(*newest);
                }
                drop(revisions);
                self.hand_out(run, claimed);
            }
        }
        self.shadow.replace(Some(after));
        if matches!(who, Who::Issuer | Who::Register) {
            self.want();
        }
    }

    fn passes_now(&self, before: &Shadow) -> BTreeMap<(String, String), Pass> {
        let database = self.database.borrow();
        let sql = "SELECT pass_type, serial, revision, withdrawn_at IS NOT NULL FROM passes";
        let mut statement = database.sqlite.connection().prepare_cached(sql).unwrap();
        let rows =
            statement.query_map((), |row| Ok(((row.get(0)?, row.get(1)?), row.get::<_, i64>(2)?, row.get::<_, bool>(3)?)));
        let now = self.sequence();
        let pass = |row: rusqlite::Result<((String, String), i64, bool)>| {
            let (key, revision, withdrawn) = row.unwrap();
            let known = before.passes.get(&key).filter(|known| known.revision == revision);
            let changed = known.map_or(now, |known| known.changed);
            (key, Pass { revision, withdrawn, changed })
        };
        rows.unwrap().map(pass).collect()
    }

    fn registrations_now(&self, before: &Shadow, who: &Who) -> BTreeMap<(String, String, String), Registration> {
        let rows = self.registration_rows();
        let after: BTreeMap<_, _> = rows
            .into_iter()
            .map(|(key, push_token, client, noted)| {
                let known = before.registrations.get(&key);
                let same = known.filter(|known| known.push_token == push_token && known.client == client);
                assert!(same.is_some() || matches!(who, Who::Register), "a registration changed by itself");
                // A registration with another wallet is another one.
                let same_wallet = known.filter(|known| known.client == client);
                let since = same_wallet.map_or(self.sequence(), |known| known.since);
                let noted_again = same.filter(|same| same.noted == noted);
                let registered_ms = noted_again.map_or(self.now_ms(), |same| same.registered_ms);
                (key, Registration { push_token, client, since, registered_ms, noted })
            })
            .collect();
        for (key, gone) in before.registrations.iter().filter(|(key, _)| !after.contains_key(key)) {
            match who {
                Who::Unregister => {}
                Who::Worker(_) => self.check_deleted(key, gone),
                _ => panic!("the registration {key:?} was deleted by nobody"),
            }
        }
        after
    }

    /// A registration may be deleted only if the push service said that its token died after it was registered.
    fn check_deleted(&self, key: &(String, String, String), gone: &Registration) {
        let dead = self.service.dead.borrow();
        let said = dead.iter().filter(|dead| dead.push_token == gone.push_token && dead.pass_type == key.1);
        let said: Vec<Option<i64>> = said.map(|dead| dead.since_ms).collect();
        let allowed = said.iter().any(|since_ms| since_ms.is_none_or(|since| gone.registered_ms < since));
        assert!(allowed, "the registration {key:?}, {gone:?} was deleted; what the service said: {said:?}");
        self.event(|| format!("the registration {key:?} is deleted: its token is dead"));
    }

    fn registration_rows(&self) -> Vec<RegistrationRow> {
        let database = self.database.borrow();
        let sql = "SELECT unpack(device_id), pass_type, serial, unpack(push_token), client, registered_at FROM registrations";
        let mut statement = database.sqlite.prepare(sql);
        let rows =
            statement.query_map((), |row| Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?, row.get(4)?, row.get(5)?)));
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }
}
