//! The issuer's listing of passes, against the same conditions in Rust.

use super::{NOW, publish, register, run};
use edgepass::{
    endpoint::serve,
    http::{Body, ClientError, date},
    issuer::{
        Filter, ListPasses,
        filter::{Found, Place},
    },
    storage::{Batch, Database},
};
use edgepass_support::{
    chance::Chance,
    storage::{Memory, Sqlite, block_on},
};
use rusqlite::params;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const TYPES: [&str; 3] = ["pass.com.example.a", "pass.com.example.b", "pass.com.example.b2"];
const TEMPLATES: [&str; 2] = ["coffee", "tea"];
const EXTERNAL_IDS: [&str; 3] = ["K-1", "K-2", "ü"];
const LEVELS: [&str; 3] = [r#"{"level":"gold","points":5}"#, r#"{"level":"gold","points":5.0}"#, r#"{"level":"5"}"#];

/// Lists were noted from this second on.
const LISTS_SINCE: i64 = NOW - 500;

/// All revisions are above.
const REVISION: i64 = NOW * 1000;

/// What the database has of a pass.
#[derive(Default)]
struct Pass {
    template: Option<&'static str>,
    external_id: Option<&'static str>,
    withdrawn: bool,
    revision: i64,
    modified_at: i64,
    first: Option<i64>,
    values: Option<&'static str>,
    devices: Vec<Device>,
}

/// A device that registered it.
struct Device {
    registered_at: i64,
    fails: bool,
    /// The revision and the time of its newest list.
    list: Option<(i64, i64)>,
}

type Passes = BTreeMap<(&'static str, String), Pass>;

fn maybe<'a>(chance: &Chance, among: &[&'a str]) -> Option<&'a str> {
    if chance.percent(60) { chance.pick(among).copied() } else { None }
}

fn number(chance: &Chance, below: usize) -> i64 {
    i64::try_from(chance.below(below)).unwrap()
}

fn random_pass(chance: &Chance) -> Pass {
    let device = |_| Device {
        registered_at: NOW - number(chance, 1000),
        fails: chance.percent(20),
        list: chance.percent(60).then(|| (REVISION + number(chance, 1000), NOW - number(chance, 1000))),
    };
    let devices: Vec<_> = (0..[0, 0, 1, 1, 2, 3][chance.below(6)]).map(device).collect();
    let first = devices.first().map(|device| device.registered_at);
    Pass {
        template: maybe(chance, &TEMPLATES),
        external_id: maybe(chance, &EXTERNAL_IDS),
        withdrawn: chance.percent(20),
        revision: REVISION + number(chance, 1000),
        modified_at: NOW - number(chance, 1000),
        first: first.or_else(|| chance.percent(50).then_some(NOW - 1)),
        values: maybe(chance, &LEVELS),
        devices,
    }
}

fn store(database: &Sqlite, pass_type: &str, serial: &str, pass: &Pass) {
    let sql = "INSERT INTO passes (pass_type, serial, revision, modified_at, manifest_sha256, file_sha256, object_key, size,
        template, external_id, withdrawn_at, first_registered_at, field_values)
        VALUES (?1, ?2, ?3, ?4, '', '', '', 0, ?5, ?6, ?7, ?8, ?9)";
    let Pass { template, external_id, revision, modified_at, values, .. } = pass;
    let (withdrawn_at, first) = (pass.withdrawn.then_some(NOW), pass.first.filter(|_| pass.devices.is_empty()));
    let values = params![pass_type, serial, revision, modified_at, template, external_id, withdrawn_at, first, values];
    database.prepare(sql).execute(values).unwrap();
    for (number, device) in pass.devices.iter().enumerate() {
        let name = format!("{pass_type} {serial} {number}");
        let client = (number == 1).then_some("AndroidPass");
        let sql = "INSERT INTO registrations (device_id, pass_type, serial, push_token, client, registered_at)
            VALUES (pack(?1), ?2, ?3, 'x', ?4, ?5)";
        database.prepare(sql).execute(params![name, pass_type, serial, client, device.registered_at]).unwrap();
        let sql = "INSERT INTO push_devices (pass_type, device_id, client, covered, pushed_at, attempts, reason)
            VALUES (?1, pack(?2), coalesce(?3, ''), 0, 0, 0, iif(?4, 'Unregistered', NULL))";
        database.prepare(sql).execute(params![pass_type, name, client, device.fails]).unwrap();
        if let Some((revision, listed_at)) = device.list {
            let sql = "INSERT INTO device_lists (device_id, pass_type, revision, listed_at) VALUES (pack(?1), ?2, ?3, ?4)";
            database.prepare(sql).execute(params![name, pass_type, revision, listed_at]).unwrap();
        }
    }
}

fn random_database(chance: &Chance) -> (Sqlite, Passes) {
    let database = Sqlite::new();
    let sql = "UPDATE upkeep SET progress = ?1 WHERE job = 'lists_since'";
    assert_eq!(database.prepare(sql).execute([LISTS_SINCE.to_string()]).unwrap(), 1);
    let mut passes = Passes::new();
    for _ in 0..60 {
        let address = (*chance.pick(&TYPES).unwrap(), format!("S-{}", chance.below(60)));
        passes.entry(address).or_insert_with(|| random_pass(chance));
    }
    for ((pass_type, serial), pass) in &passes {
        store(&database, pass_type, serial, pass);
    }
    (database, passes)
}

/// Some conditions, as members of a JSON object.
fn random_filter(chance: &Chance) -> Map<String, Value> {
    let since = REVISION + number(chance, 1000);
    let all = [
        ("passTypeIdentifier", json!(chance.pick(&TYPES))),
        ("template", json!(chance.pick(&TEMPLATES))),
        ("externalId", json!(chance.pick(&EXTERNAL_IDS))),
        ("withdrawn", json!(chance.percent(50))),
        ("changedSince", json!(since)),
        ("registered", json!(chance.pick(&["never", "removed", "now"]))),
        ("push", json!("failing")),
        ("behind", json!(true)),
        ("fields", chance.pick(&[json!({ "level": "gold" }), json!({ "points": 5 }), json!({ "level": 5 })]).unwrap().clone()),
    ];
    all.into_iter().filter(|_| chance.percent(20)).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn is_behind(pass: &Pass) -> bool {
    let missed = |device: &Device| {
        device.registered_at < pass.modified_at && device.list.is_none_or(|(revision, _)| revision < pass.revision)
    };
    !pass.withdrawn && pass.modified_at > LISTS_SINCE && pass.devices.iter().any(missed)
}

fn has_field(pass: &Pass, key: &str, wanted: &Value) -> bool {
    let values: Value = pass.values.map_or(Value::Null, |values| serde_json::from_str(values).unwrap());
    match (&values[key], wanted) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (one, other) => one == other,
    }
}

fn meets((pass_type, _): &(&str, String), pass: &Pass, name: &str, value: &Value) -> bool {
    match (name, value.as_str().unwrap_or_default()) {
        ("passTypeIdentifier", wanted) => *pass_type == wanted,
        ("template", wanted) => pass.template == Some(wanted),
        ("externalId", wanted) => pass.external_id == Some(wanted),
        ("withdrawn", _) => json!(pass.withdrawn) == *value,
        ("changedSince", _) => pass.revision > value.as_i64().unwrap(),
        ("registered", "never") => pass.first.is_none(),
        ("registered", "removed") => pass.first.is_some() && pass.devices.is_empty(),
        ("registered", _) => !pass.devices.is_empty(),
        ("push", _) => pass.devices.iter().any(|device| device.fails),
        ("behind", _) => is_behind(pass),
        _ => value.as_object().unwrap().iter().all(|(key, wanted)| has_field(pass, key, wanted)),
    }
}

fn page(database: &Sqlite, filter: &Filter, after: &Place, limit: i64) -> Found {
    let batch = Batch::repeatable(vec![filter.page(after, limit)]);
    let rows = block_on(database.run(&batch)).unwrap().from_batch(&batch);
    filter.found(&rows, limit).unwrap()
}

/// The addresses on all pages.
fn walk(database: &Sqlite, filter: &Filter, limit: i64) -> Vec<(String, String)> {
    let (mut listed, mut after) = (Vec::new(), Place::default());
    loop {
        let (found, next) = page(database, filter, &after, limit);
        assert!(found.len() <= usize::try_from(limit).unwrap());
        listed.extend(found.into_iter().map(|row| (row.pass_type, row.serial)));
        let Some(next) = next else { return listed };
        assert!(next > after, "the walk goes on");
        after = next;
    }
}

#[test]
fn a_filter_lists_what_meets_its_conditions_and_nothing_else() {
    for seed in 0..60 {
        let chance = Chance::new(seed);
        let (database, passes) = random_database(&chance);
        for _ in 0..40 {
            let members = random_filter(&chance);
            let filter = Filter::from_members(&members, true).unwrap();
            let limit = [1, 2, 7, 100][chance.below(4)];
            let meets_all = |address, pass| members.iter().all(|(name, value)| meets(address, pass, name, value));
            let expected = passes.iter().filter(|(address, pass)| meets_all(address, pass));
            let expected: Vec<_> = expected.map(|((pass_type, serial), _)| ((*pass_type).to_owned(), serial.clone())).collect();
            assert_eq!(walk(&database, &filter, limit), expected, "seed {seed}, limit {limit}, {members:?}");
        }
    }
}

#[test]
fn an_entry_has_the_life_of_its_pass() {
    for seed in 0..30 {
        let chance = Chance::new(seed);
        let (database, passes) = random_database(&chance);
        let list = ListPasses::from_query("limit=1000", true).unwrap();
        let reply = block_on(serve(&list, &database, &Memory::default())).unwrap().reply;
        let Body::Text(body) = reply.body else { panic!("no body") };
        let listed: Value = serde_json::from_str(&body).unwrap();
        for (entry, pass) in listed["passes"].as_array().unwrap().iter().zip(passes.values()) {
            let covering = |device: &Device| device.list.filter(|(revision, _)| *revision >= pass.revision).map(|(_, at)| at);
            let expected = json!({
                "now": pass.devices.len(),
                "ever": pass.first.is_some(),
                "first": pass.first.map(date::format),
                "lastRemoved": null,
                "lastListed": pass.devices.iter().filter_map(covering).max().map(date::format),
            });
            assert_eq!(entry["registered"], expected, "seed {seed}, {entry}");
            assert_eq!((&entry["template"], &entry["externalId"]), (&json!(pass.template), &json!(pass.external_id)));
        }
    }
}

/// A page looks at 10,000 passes. Here only every 9,000th meets the condition.
#[test]
fn a_page_that_ends_early_goes_on_in_the_next_one() {
    let database = Sqlite::new();
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45000)
        INSERT INTO passes (pass_type, serial, revision, modified_at, manifest_sha256, file_sha256, object_key, size, template,
            external_id, withdrawn_at)
        SELECT 'p', printf('%05d', i), 1, 0, '', '', '', 0, 'coffee', 'all', iif(i % 9000, NULL, 1) FROM n";
    database.prepare(sql).execute(()).unwrap();
    let expected: Vec<_> = (1..=5).map(|number| ("p".to_owned(), format!("{:05}", number * 9000))).collect();
    for query in ["", "&template=coffee", "&externalId=all", "&passTypeIdentifier=p"] {
        let filter = Filter::from_query(&format!("withdrawn=true{query}"), true).unwrap();
        for limit in [1, 2, 5, 1000] {
            assert_eq!(walk(&database, &filter, limit), expected, "{query}, limit {limit}");
        }
    }
    let steps = |query, limit| {
        let before = database.steps();
        let (found, next) = page(&database, &Filter::from_query(query, true).unwrap(), &Place::default(), limit);
        (database.steps() - before, found.len(), next)
    };
    let (whole, found, next) = steps("withdrawn=true", 1000);
    assert_eq!((found, next), (1, Some(("p".to_owned(), "10000".to_owned()))));
    // A full page stops where it is full.
    let (early, ..) = steps("withdrawn=false", 10);
    assert!(early * 100 < whole, "{early} steps for ten passes, {whole} for ten thousand");
}

#[test]
fn only_the_first_registration_ever_is_noted() {
    let database = Sqlite::new();
    publish(&database, "S-1");
    let first = || {
        let sql = "SELECT first_registered_at FROM passes WHERE serial = 'S-1'";
        database.prepare(sql).query_row((), |row| row.get::<_, Option<i64>>(0)).unwrap()
    };
    assert_eq!(first(), None);
    run(&database, vec![register("ab", "S-1", "cd")]);
    assert_eq!(first(), Some(NOW));
    database.prepare("UPDATE registrations SET registered_at = 1").execute(()).unwrap();
    run(&database, vec![register("ab", "S-1", "cd")]);
    database.prepare("DELETE FROM registrations").execute(()).unwrap();
    database.prepare("UPDATE passes SET first_registered_at = 7").execute(()).unwrap();
    run(&database, vec![register("ab", "S-1", "cd")]);
    assert_eq!(first(), Some(7));
}

#[test]
fn an_unknown_condition_or_value_is_refused() {
    for query in [
        "withdrawn=yes", "withdrawn=", "changedSince=yesterday", "changedSince=", "changedSince=-1", "registered=sometimes",
        "push=fine", "behind=false",
    ] {
        assert!(matches!(Filter::from_query(query, true), Err(ClientError::BadRequest(_))), "{query}");
    }
    for members in [
        json!({ "withdrawn": "maybe" }),
        json!({ "withdrawn": 1 }),
        json!({ "changedSince": null }),
        json!({ "serial": "S-1" }),
        json!({ "fields": [] }),
        json!({ "fields": { "a": null } }),
        json!({ "fields": { "a": { "b": 1 } } }),
        json!({ "template": 5 }),
        json!({ "behind": false }),
    ] {
        assert!(Filter::from_members(members.as_object().unwrap(), true).is_err(), "{members}");
    }
    assert!(Filter::from_query("behind=true", true).is_ok() && Filter::from_query("behind=true", false).is_err());
    let same = ["2027-01-15T08:00:00Z", "1800000000000", "1800000000", "Fri,%2015%20Jan%202027%2008:00:00%20GMT"]
        .map(|since| Filter::from_query(&format!("changedSince={since}"), true).unwrap());
    assert!(same.iter().all(|filter| *filter == same[0]));
}
