//! The statements of device endpoints as JSON, by name: the floor of `make bench` runs the very same.

use edgepass::store::{
    Statement,
    sql::device::{latest, register, unregister, updatable},
};
use std::collections::BTreeMap;

fn main() {
    let statements: [&Statement; 6] = [
        &register::Held::STATEMENT,
        &register::Register::STATEMENT,
        &updatable::Updatable::STATEMENT,
        &latest::Latest::STATEMENT,
        &unregister::Authorized::STATEMENT,
        &unregister::Unregister::STATEMENT,
    ];
    let by_name: BTreeMap<_, _> = statements.map(|statement| (statement.name, statement.sql)).into();
    println!("{}", serde_json::json!(by_name));
}
