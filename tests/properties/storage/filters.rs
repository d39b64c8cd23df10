//! The issuer's listing of passes, against the same conditions in Rust.

mod model;

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
use model::{Device, EXTERNAL_IDS, REVISION, TEMPLATES, TYPES, meets, number, random_database};
use serde_json::{Map, Value, json};

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
            let covering = |device: &Device| {
                device.list.filter(|(revision, at)| *revision >= pass.revision && Some(*at) >= pass.first).map(|(_, at)| at)
            };
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
