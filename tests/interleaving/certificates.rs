//! Certificates that arrive while others arrive, while their requests are deleted, or while keys are sealed anew.

use crate::{
    SEEDS,
    faults::Faulty,
    schedule::{Task, run_in_any_order},
    shop::finished,
};
use edgepass::{
    crypto::MasterKey,
    endpoint::{Endpoint, Error, run},
    http::{Body, Reply},
    issuer::{
        certificate_request::{Form, ListRequests, RemoveRequest, StoreCertificate, StoreContext, create},
        signing_identity,
    },
    storage::sql::upkeep::reseal::Page,
    upkeep::reseal,
};
use edgepass_support::{
    chance::Chance,
    clock,
    pass::{DEFAULT_TEAM, IssuedCertificate, TestAuthority},
    storage::{Stamp, Stepwise},
};
use pkpass::{
    pem,
    signature::{Trust, public_key_of_request},
};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::HashMap};

const PASS_TYPE: &str = "pass.com.example.coffee";
const OLD: &str = "the master key that was there before";
const NEW: &str = "the master key that is there from now on";

/// A service whose database lets others go first, and may fail.
struct Desk {
    database: Stepwise<Faulty>,
    master_key: MasterKey,
    now: i64,
}

/// A request that waits, and the certificate for it.
struct Waiting {
    id: String,
    certificate: IssuedCertificate,
}

impl Desk {
    fn new(seed: u64) -> Self {
        let now = i64::try_from(clock::unix_now().as_secs()).unwrap();
        let master_key = MasterKey::from_secret(NEW).unwrap().with_previous(OLD).unwrap();
        Self { database: Stepwise(Faulty::new(seed ^ 0xCE)), master_key, now }
    }

    /// `None`: the database failed, and the result is unknown.
    async fn serve(&self, endpoint: &dyn Endpoint) -> Option<Reply> {
        let rows = run(&self.database, &endpoint.ask()).await.ok()?;
        Some(endpoint.answer(&rows).unwrap())
    }

    /// Makes a request under this master key.
    fn request(&self, name: &str, secret: &str) -> Waiting {
        let master_key = MasterKey::from_secret(secret).unwrap();
        let request = create(PASS_TYPE.to_owned(), name.to_owned(), Form::Json, &master_key, &Stamp, self.now);
        let reply = finished(self.serve(&finished(request).unwrap())).unwrap();
        let told = json_of(&reply);
        let text = told["certificateRequest"].as_str().unwrap();
        let der = pem::blocks(text).next().unwrap().bytes().unwrap();
        Waiting { id: name.to_owned(), certificate: certify(&public_key_of_request(&der).unwrap()) }
    }

    async fn store(&self, version: &str, certificate: &IssuedCertificate) -> Option<u16> {
        let sent = StoreCertificate::parse(PASS_TYPE.to_owned(), certificate.chain_pem().as_bytes()).unwrap();
        let trust = Trust::any();
        let (master_key, version) = (&self.master_key, version.to_owned());
        let context = StoreContext { master_key, trust: &trust, crypto: &Stamp, version, now: self.now };
        status(sent.store(&self.database, &context).await)
    }

    async fn remove(&self, id: &str) -> Option<u16> {
        let remove = RemoveRequest { pass_type: PASS_TYPE.to_owned(), id: id.to_owned() };
        self.serve(&remove).await.map(|reply| reply.status)
    }

    /// Stores an identity whose key was made elsewhere.
    async fn store_identity(&self, version: &str) -> Option<u16> {
        let identity = TestAuthority::shared().identity(PASS_TYPE, DEFAULT_TEAM);
        let body = json!({
            "certificate": identity.certificate_pem(),
            "privateKey": identity.key_pem(),
            "intermediate": TestAuthority::shared().intermediate_pem(),
        });
        let (body, trust) = (body.to_string(), Trust::any());
        let secrets = (&self.master_key, &trust);
        let store =
            signing_identity::check(PASS_TYPE.to_owned(), body.as_bytes(), secrets, &Stamp, version.to_owned(), self.now);
        self.serve(&store.await.unwrap()).await.map(|reply| reply.status)
    }

    /// The version of the identity in use.
    fn version(&self) -> Option<String> {
        let connection = self.database.0.sqlite.connection();
        connection.query_row("SELECT version FROM signing_identities", (), |row| row.get(0)).ok()
    }

    /// The requests that wait.
    fn waiting(&self) -> Vec<String> {
        let list = finished(self.serve(&ListRequests { pass_type: PASS_TYPE.to_owned() })).unwrap();
        let list = json_of(&list)["certificateRequests"].as_array().cloned().unwrap();
        list.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    }

    fn fail(&self, percent: usize) {
        self.database.0.percent.set(percent);
    }
}

fn json_of(reply: &Reply) -> Value {
    let Body::Text(text) = &reply.body else { panic!("{reply:?}") };
    serde_json::from_str(text).unwrap()
}

fn status(result: Result<Reply, Error>) -> Option<u16> {
    match result {
        Ok(reply) => Some(reply.status),
        Err(Error::ClientError(refusal)) => Some(Reply::from(refusal).status),
        Err(Error::InternalError(_)) => None,
    }
}

/// The certificate of a key. There are few keys.
fn certify(public_key: &[u8]) -> IssuedCertificate {
    thread_local! {
        static ISSUED: RefCell<HashMap<Vec<u8>, IssuedCertificate>> = RefCell::default();
    }
    ISSUED.with_borrow_mut(|issued| {
        let issue = || TestAuthority::shared().certify(public_key, PASS_TYPE, DEFAULT_TEAM);
        issued.entry(public_key.to_vec()).or_insert_with(issue).clone()
    })
}

/// Polls these at the same time, and returns what each was told.
fn at_once<const N: usize>(
    tasks: [std::pin::Pin<Box<dyn Future<Output = Option<u16>> + '_>>; N],
    seed: u64,
) -> [Option<u16>; N] {
    let told = [const { std::cell::Cell::new(None) }; N];
    let noted = tasks.into_iter().zip(&told).map(|(task, told)| Box::pin(async move { told.set(task.await) }) as Task<'_>);
    run_in_any_order(noted, &Chance::new(seed));
    told.map(std::cell::Cell::into_inner)
}

#[test]
fn a_certificate_that_arrives_twice_at_once_is_in_use_and_its_request_is_gone() {
    for seed in 0..SEEDS {
        let desk = Desk::new(seed);
        let waiting = desk.request("one", NEW);
        let told =
            at_once([Box::pin(desk.store("a", &waiting.certificate)), Box::pin(desk.store("b", &waiting.certificate))], seed);
        assert!(matches!(told, [Some(201), Some(200)] | [Some(200), Some(201)]), "seed {seed}: {told:?}");
        assert!(desk.version().is_some() && desk.waiting().is_empty(), "seed {seed}");
    }
}

#[test]
fn of_two_certificates_at_once_one_is_in_use_and_both_requests_are_gone() {
    for seed in 0..SEEDS {
        let desk = Desk::new(seed);
        let (one, two) = (desk.request("one", NEW), desk.request("two", NEW));
        let told = at_once([Box::pin(desk.store("a", &one.certificate)), Box::pin(desk.store("b", &two.certificate))], seed);
        let last = if told == [Some(201), Some(200)] { "b" } else { "a" };
        assert!(matches!(told, [Some(201), Some(200)] | [Some(200), Some(201)]), "seed {seed}: {told:?}");
        assert_eq!((desk.version().as_deref(), desk.waiting().len()), (Some(last), 0), "seed {seed}");
    }
}

#[test]
fn a_request_that_is_deleted_while_its_certificate_arrives_is_either_deleted_or_used() {
    let mut used = 0;
    for seed in 0..SEEDS {
        let desk = Desk::new(seed);
        let waiting = desk.request("one", NEW);
        let told = at_once([Box::pin(desk.store("a", &waiting.certificate)), Box::pin(desk.remove(&waiting.id))], seed);
        match (told, desk.version()) {
            ([Some(201), Some(404)], Some(_)) => used += 1,
            ([Some(400), Some(204)], None) => {}
            other => panic!("seed {seed}: {other:?}"),
        }
        assert!(desk.waiting().is_empty(), "seed {seed}");
    }
    assert!((1..SEEDS).contains(&used), "{used}");
}

#[test]
fn a_key_that_was_replaced_does_not_come_back_with_a_renewed_certificate() {
    for seed in 0..SEEDS {
        let desk = Desk::new(seed);
        let first = desk.request("one", NEW);
        assert_eq!(finished(desk.store("first", &first.certificate)), Some(201));
        let told = at_once([Box::pin(desk.store("renewed", &first.certificate)), Box::pin(desk.store_identity("other"))], seed);
        assert!(matches!(told, [Some(200 | 400), Some(200)]), "seed {seed}: {told:?}");
        assert_eq!(desk.version().as_deref(), Some("other"), "seed {seed}");
    }
}

#[test]
fn a_failing_database_loses_neither_a_request_nor_an_identity() {
    for seed in 0..SEEDS {
        let desk = Desk::new(seed);
        let (one, two) = (desk.request("one", NEW), desk.request("two", NEW));
        assert_eq!(finished(desk.store("first", &one.certificate)), Some(201));
        desk.fail(30);
        let told = at_once([Box::pin(desk.store("a", &two.certificate)), Box::pin(desk.store("b", &two.certificate))], seed);
        desk.fail(0);
        // The key is in one place: it waits, or is in use.
        let is_used = desk.version().as_deref() != Some("first");
        assert_eq!(desk.waiting().is_empty(), is_used, "seed {seed}");
        let is_told = told.iter().flatten().any(|status| *status == 200);
        assert!(is_used || !is_told, "seed {seed}: {told:?}");
        assert!(told.iter().flatten().all(|status| *status == 200), "seed {seed}: {told:?}");
        // Sent again, it is in use.
        assert_eq!(finished(desk.store("again", &two.certificate)), Some(200), "seed {seed}");
    }
}

#[test]
fn a_key_that_moves_while_keys_are_sealed_anew_opens_afterwards() {
    for seed in 0..SEEDS {
        let desk = Desk::new(seed);
        let (one, _two) = (desk.request("one", OLD), desk.request("two", OLD));
        let walk = async {
            reseal(&desk.database, &Stamp, &desk.master_key, desk.now).await.unwrap();
            Some(0)
        };
        let told = at_once([Box::pin(desk.store("a", &one.certificate)), Box::pin(walk)], seed);
        assert_eq!(told, [Some(201), Some(0)], "seed {seed}");
        let rows = finished(run(
            &desk.database,
            &edgepass::storage::Batch::repeatable(vec![Page { after: "", after_id: "", limit: 9 }.query()]),
        ));
        let rows = rows.unwrap().all::<Page>().unwrap();
        assert_eq!(rows.len(), 2, "seed {seed}");
        let new = MasterKey::from_secret(NEW).unwrap();
        for row in rows {
            let opened = finished(new.open(&Stamp, &row.pass_type, &row.private_key)).unwrap();
            assert!(opened.is_some(), "seed {seed}: the key of {:?} is under the previous master key", row.id);
        }
    }
}
