//! An issuer with one pass that was made from a template, and storage that may fail.

use crate::faults::{Faulty, FaultyBucket};
use edgepass::storage::Objects;
use edgepass::{
    crypto::MasterKey,
    endpoint::{Endpoint, Error, InternalError, serve},
    http::{Reply, conditional::WriteConditions, file::StoredFile},
    issuer::{
        Address, WithdrawPass,
        make::{self, Cache, ChangeRequest, MakePassRequest, PassMaker, PendingMessages, PublicationIds, Remade, parse_patch},
        republish::{self, RepublishMessage},
        signing_identity, template,
    },
    jobs::{self, Applied, Queue},
    message::Message,
    upkeep,
};
use edgepass_support::{
    pass::{DEFAULT_TEAM, Identity, Layout, PassBuilder, TestAuthority, Validity, write_archive},
    storage::{Snapshot, Stamp, Stepwise, block_on},
};
use pkpass::{archive::Archive, signature::Trust};
use rusqlite::types::FromSql;
use serde_json::{Value, json};
use std::{collections::BTreeSet, rc::Rc, sync::Arc};

pub(crate) const PASS_TYPE: &str = "pass.com.example.coffee";
pub(crate) const SERIAL: &str = "S-1";
pub(crate) const TEMPLATE: &str = "card";
const KEY: &str = "a-master-key-of-32-characters-or-more";

pub(crate) struct Shop {
    database: Stepwise<Faulty>,
    objects: Stepwise<FaultyBucket>,
    cache: Cache<()>,
    master_key: MasterKey,
    now_ms: i64,
}

impl Shop {
    /// A shop with an identity, a template and a pass. Later `fault_percent` of 100 calls fail.
    pub(crate) fn open(seed: u64, fault_percent: usize) -> Self {
        let shop = Self {
            database: Stepwise(Faulty::new(seed ^ 0xFA)),
            objects: Stepwise(FaultyBucket::new(seed ^ 0xB0)),
            cache: Cache::default(),
            master_key: MasterKey::from_secret(KEY).unwrap(),
            now_ms: i64::try_from(edgepass_support::clock::unix_now().as_millis()).unwrap(),
        };
        shop.store_identity("the first", &TestAuthority::shared().identity(PASS_TYPE, DEFAULT_TEAM));
        shop.replace_template("the first");
        shop.make(SERIAL);
        shop.fail(fault_percent);
        shop
    }

    /// A shop whose pass has points and a level.
    pub(crate) fn open_loyalty(seed: u64, fault_percent: usize) -> Self {
        let shop = Self::open(seed, 0);
        let fields = json!({
            "primaryFields": [{ "key": "points", "label": "Points", "value": 0 }],
            "secondaryFields": [{ "key": "level", "label": "Level", "value": "none" }],
        });
        shop.store_template(&PassBuilder::new(PASS_TYPE, SERIAL).field("storeCard", fields), "loyalty");
        assert_eq!(finished(shop.order_with(SERIAL, &json!({}))), 200);
        shop.fail(fault_percent);
        shop
    }

    pub(crate) fn fail(&self, percent: usize) {
        self.database.0.percent.set(percent);
        self.objects.0.percent.set(percent);
    }

    pub(crate) fn make(&self, serial: &str) {
        assert_eq!(finished(self.order(serial)), 201);
    }

    pub(crate) async fn order(&self, serial: &str) -> u16 {
        self.order_with(serial, &json!({})).await
    }

    pub(crate) async fn order_with(&self, serial: &str, values: &Value) -> u16 {
        let order = json!({ "template": TEMPLATE, "values": values, "pass": { "userInfo": {} } }).to_string();
        let order = MakePassRequest::parse(order.as_bytes()).unwrap();
        let maker = self.maker(&format!("{serial}-{values}"));
        maker.put(&address(serial), &order, &WriteConditions::default()).await.unwrap().status
    }

    /// Opens the link of a pass that is made when it is first opened.
    pub(crate) async fn create_once(&self, serial: &str, values: &Value, unique: &str) -> Result<Option<StoredFile>, Error> {
        let order = json!({ "template": TEMPLATE, "values": values }).to_string();
        let order = MakePassRequest::parse(order.as_bytes()).unwrap();
        self.maker(unique).create_once(&address(serial), &order).await
    }

    pub(crate) fn maker<'a>(&'a self, unique: &str) -> PassMaker<'a, Stepwise<Faulty>, Stepwise<FaultyBucket>, Stamp> {
        PassMaker {
            database: &self.database,
            objects: &self.objects,
            crypto: &Stamp,
            cache: &self.cache,
            master_key: &self.master_key,
            public_url: "https://passes.example.com",
            publication_ids: PublicationIds::new(unique.to_owned()),
            policy: Rc::default(),
            messages: PendingMessages::default(),
            now_ms: self.now_ms,
            dry_run: false,
            job_line: None,
        }
    }

    /// Stores an identity, and returns the newest revision at that time.
    pub(crate) fn store_identity(&self, version: &str, identity: &Identity) -> i64 {
        let body = json!({
            "certificate": identity.certificate_pem(),
            "privateKey": identity.key_pem(),
            "intermediate": TestAuthority::shared().intermediate_pem(),
        });
        let trust = Trust::any();
        let store = block_on(signing_identity::check(
            PASS_TYPE.to_owned(),
            body.to_string().as_bytes(),
            (&self.master_key, &trust),
            &Stamp,
            version.to_owned(),
            self.now_ms / 1000,
        ));
        assert!(matches!(self.serve(&store.unwrap()).unwrap().status, 200 | 201));
        self.newest_revision()
    }

    pub(crate) fn another_identity() -> Arc<Identity> {
        TestAuthority::shared().issue(PASS_TYPE, DEFAULT_TEAM, Validity::current())
    }

    /// Stores the template with another description and organization, and returns the newest revision at that time.
    pub(crate) fn replace_template(&self, description: &str) -> i64 {
        let builder = PassBuilder::new(PASS_TYPE, SERIAL).field("organizationName", description);
        self.store_template(&builder.description(description), description)
    }

    fn store_template(&self, builder: &PassBuilder, name: &str) -> i64 {
        let mut files = builder.entries();
        files.retain(|(path, _)| path != "manifest.json" && path != "signature");
        let archive = write_archive(&files, Layout::Deflated);
        let store = template::check(TEMPLATE.to_owned(), &archive, name.trim(), self.now_ms / 1000).unwrap();
        let reply = self.serve(&store).unwrap();
        assert!(matches!(reply.status, 200 | 201));
        self.newest_revision()
    }

    pub(crate) fn newest_revision(&self) -> i64 {
        let connection = self.database.0.sqlite.connection();
        let sql = "SELECT coalesce(max(revision), 0) FROM pass_types";
        connection.query_row(sql, (), |row| row.get(0)).unwrap()
    }

    pub(crate) async fn withdraw(&self, serial: &str) {
        assert_eq!(self.try_withdraw(serial).await, 204);
    }

    /// The status of the answer.
    pub(crate) async fn try_withdraw(&self, serial: &str) -> u16 {
        let (conditions, now) = (WriteConditions::default(), self.now());
        let withdraw = WithdrawPass { address: address(serial), conditions, now };
        serve(&withdraw, &self.database, &self.objects).await.unwrap().reply.status
    }

    /// The status of the answer. `None`: storage failed, and the result is unknown.
    pub(crate) async fn patch(&self, patch: &Value, writer: usize) -> Option<u16> {
        self.patch_pass(SERIAL, patch, writer).await
    }

    pub(crate) async fn patch_pass(&self, serial: &str, patch: &Value, writer: usize) -> Option<u16> {
        let patch = parse_patch(patch.to_string().as_bytes()).unwrap();
        let maker = self.maker(&format!("writer-{writer}"));
        match maker.patch(&address(serial), &patch, &WriteConditions::default()).await {
            Ok(reply) => Some(reply.status),
            Err(Error::ClientError(refusal)) => Some(Reply::from(refusal).status),
            Err(Error::InternalError(_)) => None,
        }
    }

    /// Sends a change with a key. The status of the answer. `None`: storage failed, and the result is unknown.
    pub(crate) async fn change(&self, change: &Value, key: String, unique: String) -> Option<u16> {
        let change = ChangeRequest::parse(change.to_string().as_bytes(), key).unwrap();
        match self.maker(&unique).change(&address(SERIAL), &change, &WriteConditions::default()).await {
            Ok(reply) => Some(reply.status),
            Err(Error::ClientError(refusal)) => Some(Reply::from(refusal).status),
            Err(Error::InternalError(_)) => None,
        }
    }

    /// The cron trigger, so many seconds from now.
    pub(crate) async fn apply_increments(&self, seconds: usize, unique: &str) -> Result<Applied, InternalError> {
        let passes = make::due(&self.database, self.now() + i64::try_from(seconds).unwrap()).await?;
        jobs::apply_increments(&self.maker(unique), &passes, &NoQueue).await
    }

    pub(crate) fn remove_identity(&self) {
        self.database.0.sqlite.connection().execute("DELETE FROM signing_identities", ()).unwrap();
    }

    /// Changes what the pass is made from, as another writer.
    pub(crate) fn overtake(&self, writer: usize) {
        let fields = json!([{ "userInfo": { "writer": writer } }]).to_string();
        self.database.0.sqlite.connection().execute("UPDATE passes SET fields = ?1", [fields]).unwrap();
    }

    pub(crate) fn sweep_increments(&self, seconds: i64) {
        finished(upkeep::forget_increments(&self.database, self.now() + seconds)).unwrap();
    }

    pub(crate) async fn try_remake(&self, unique: &str) -> Result<Remade, InternalError> {
        self.maker(unique).remake(&address(SERIAL), TEMPLATE).await
    }

    pub(crate) fn snapshot(&mut self) -> Snapshot {
        self.database.0.sqlite.snapshot()
    }

    pub(crate) fn restore(&mut self, snapshot: &Snapshot) {
        self.database.0.sqlite.restore(snapshot);
    }

    /// The number of rows.
    pub(crate) fn count(&self, from: &str) -> i64 {
        let connection = self.database.0.sqlite.connection();
        connection.query_row(&format!("SELECT count(*) FROM {from}"), (), |row| row.get(0)).unwrap()
    }

    pub(crate) async fn remake(&self, number: usize) {
        self.maker(&format!("remake-{number}")).remake(&address(SERIAL), TEMPLATE).await.unwrap();
    }

    pub(crate) async fn serve_async(&self, endpoint: &dyn Endpoint) -> Option<Reply> {
        serve(endpoint, &self.database, &self.objects).await.ok().map(|answer| answer.reply)
    }

    pub(crate) fn database(&self) -> &Stepwise<Faulty> {
        &self.database
    }

    pub(crate) fn bucket(&self) -> &Stepwise<FaultyBucket> {
        &self.objects
    }

    /// The keys of all objects.
    pub(crate) fn keys(&self) -> Vec<String> {
        block_on(self.objects.0.memory.list("", 1000)).unwrap().0
    }

    pub(crate) fn execute(&self, sql: &str) {
        self.database.0.sqlite.connection().execute_batch(sql).unwrap();
    }

    /// Rows of a statement that answers with JSON arrays of texts.
    pub(crate) fn rows<const N: usize>(&self, sql: &str) -> Vec<[String; N]> {
        let mut statement = self.database.0.sqlite.connection().prepare(sql).unwrap();
        let rows = statement.query_map((), |row| row.get::<_, String>(0)).unwrap();
        let texts = rows.map(|row| serde_json::from_str::<Vec<String>>(&row.unwrap()).unwrap());
        texts.map(|texts| texts.try_into().unwrap()).collect()
    }

    pub(crate) fn serve(&self, endpoint: &dyn Endpoint) -> Option<Reply> {
        finished(serve(endpoint, &self.database, &self.objects)).ok().map(|answer| answer.reply)
    }

    pub(crate) fn resumed(&self, seconds: i64) -> Vec<RepublishMessage> {
        finished(republish::resume(&self.database, self.now() + seconds)).unwrap()
    }

    pub(crate) fn now(&self) -> i64 {
        self.now_ms / 1000
    }

    pub(crate) fn pass(&self) -> Value {
        self.pass_of(SERIAL)
    }

    pub(crate) fn pass_of(&self, serial: &str) -> Value {
        self.pass_under(&self.row::<String>("object_key", serial))
    }

    /// The content of the pass whose file has this key.
    pub(crate) fn pass_under(&self, object_key: &str) -> Value {
        let file = self.object(object_key);
        let archive = Archive::open(&file).unwrap();
        serde_json::from_slice(&archive.read(archive.find("pass.json").unwrap()).unwrap()).unwrap()
    }

    pub(crate) fn file_of(&self, serial: &str) -> Vec<u8> {
        self.object(&self.row::<String>("object_key", serial))
    }

    pub(crate) fn object(&self, key: &str) -> Vec<u8> {
        let file = block_on(Objects::read(&self.objects.0.memory, key));
        file.unwrap().expect("the row names a file that is there")
    }

    pub(crate) fn row<T: FromSql>(&self, column: &str, serial: &str) -> T {
        let sql = format!("SELECT {column} FROM passes WHERE pass_type = ?1 AND serial = ?2");
        let connection = self.database.0.sqlite.connection();
        connection.query_row(&sql, (PASS_TYPE, serial), |row| row.get(0)).unwrap()
    }

    /// Each file in the bucket is either in service or noted as replaced.
    pub(crate) fn check_files(&self) {
        let keys = |sql| -> BTreeSet<String> {
            let connection = self.database.0.sqlite.connection();
            let mut statement = connection.prepare(sql).unwrap();
            statement.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let in_service = keys("SELECT object_key FROM passes UNION SELECT object_key FROM templates");
        let replaced = keys("SELECT object_key FROM retired_objects");
        let stored: BTreeSet<String> = self.keys().into_iter().collect();
        assert_eq!(in_service.intersection(&replaced).next(), None);
        assert_eq!(stored, in_service.union(&replaced).cloned().collect());
    }
}

/// A queue that forgets its messages.
struct NoQueue;

impl Queue for NoQueue {
    async fn send(&self, _: &[Message]) {}
}

pub(crate) fn address(serial: &str) -> Address {
    Address { pass_type: PASS_TYPE.to_owned(), serial: serial.to_owned() }
}

pub(crate) fn finished<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
