//! Random passes, and the conditions of a filter in Rust.

use super::super::NOW;
use edgepass_support::{chance::Chance, storage::Sqlite};
use rusqlite::params;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const TYPES: [&str; 3] = ["pass.com.example.a", "pass.com.example.b", "pass.com.example.b2"];
pub(super) const TEMPLATES: [&str; 2] = ["coffee", "tea"];
pub(super) const EXTERNAL_IDS: [&str; 3] = ["K-1", "K-2", "ü"];
const LEVELS: [&str; 3] = [r#"{"level":"gold","points":5}"#, r#"{"level":"gold","points":5.0}"#, r#"{"level":"5"}"#];

/// Lists were noted from this second on.
const LISTS_SINCE: i64 = NOW - 500;

/// All revisions are above.
pub(super) const REVISION: i64 = NOW * 1000;

/// What the database has of a pass.
#[derive(Default)]
pub(super) struct Pass {
    pub(super) template: Option<&'static str>,
    pub(super) external_id: Option<&'static str>,
    pub(super) withdrawn: bool,
    pub(super) revision: i64,
    pub(super) modified_at: i64,
    pub(super) first: Option<i64>,
    pub(super) values: Option<&'static str>,
    pub(super) devices: Vec<Device>,
}

/// A device that registered it.
pub(super) struct Device {
    pub(super) registered_at: i64,
    pub(super) fails: bool,
    /// The revision and the time of its newest list.
    pub(super) list: Option<(i64, i64)>,
}

pub(super) type Passes = BTreeMap<(&'static str, String), Pass>;

fn maybe<'a>(chance: &Chance, among: &[&'a str]) -> Option<&'a str> {
    if chance.percent(60) { chance.pick(among).copied() } else { None }
}

pub(super) fn number(chance: &Chance, below: usize) -> i64 {
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

pub(super) fn random_database(chance: &Chance) -> (Sqlite, Passes) {
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

pub(super) fn meets((pass_type, _): &(&str, String), pass: &Pass, name: &str, value: &Value) -> bool {
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
