//! Documents and patches to try. There are few keys, so that they meet.

use pkpass::json::{Patches, merge};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
};
use serde_json::{Map, Value};

const KEYS: [&str; 3] = ["a", "b", "c"];

pub(crate) type Object = Map<String, Value>;

/// null, or one of a few scalars and arrays, which a merge patch replaces as a whole.
fn leaf() -> impl Strategy<Value = Value> {
    let leaves = ["null", "null", "true", "1", "1.0", r#""x""#, "[]", r#"[null,{"a":null}]"#];
    proptest::sample::select(leaves.to_vec()).prop_map(|json| json.parse().unwrap())
}

/// An object to which patches are applied.
pub(crate) fn target() -> impl Strategy<Value = Object> {
    let value = leaf().prop_recursive(3, 40, 3, |inner| {
        prop_oneof![4 => object_of(inner.clone(), &KEYS).prop_map(Value::Object), 1 => vec(inner, 0..3).prop_map(Value::Array)]
    });
    object_of(value, &KEYS)
}

/// An object of three levels, with objects wherever the depth allows, mostly.
pub(crate) fn patch() -> impl Strategy<Value = Object> {
    patch_with(&KEYS)
}

pub(crate) fn patch_with(keys: &'static [&'static str]) -> impl Strategy<Value = Object> {
    let lowest = object_of(leaf(), keys).prop_map(Value::Object);
    let middle = object_of(prop_oneof![leaf(), lowest], keys).prop_map(Value::Object);
    object_of(prop_oneof![1 => leaf(), 2 => middle], keys)
}

pub(crate) fn flat_patch() -> impl Strategy<Value = Object> {
    object_of(leaf(), &KEYS)
}

/// Patches to be applied one after the other.
pub(crate) fn history() -> impl Strategy<Value = Vec<Object>> {
    vec(patch(), 1..7)
}

pub(crate) fn push_all(history: &[Object]) -> Patches {
    let mut each = history.iter().cloned().map(Patches::new);
    let mut patches = each.next().unwrap();
    each.for_each(|next| patches.push(next));
    patches
}

/// Patches put together do what each of them does in turn.
pub(crate) fn does_what_each_does_in_turn(target: Object, history: &[Object]) {
    let mut one_by_one = target.clone();
    for patch in history {
        merge(&mut one_by_one, patch);
    }
    let mut at_once = target;
    push_all(history).apply(&mut at_once);
    assert_eq!(at_once, one_by_one);
}

/// What is stored is one patch or two, can be read, and does the same.
pub(crate) fn survives_storage(target: Object, history: &[Object]) {
    let patches = push_all(history);
    let json = patches.to_json();
    assert_eq!(Patches::parse(&json), Some(patches.clone()));
    let (mut expected, mut got) = (target.clone(), target);
    patches.apply(&mut expected);
    let stored: Vec<Object> = serde_json::from_str(&json).unwrap();
    assert!((1..=2).contains(&stored.len()));
    for patch in &stored {
        merge(&mut got, patch);
    }
    assert_eq!(got, expected);
}

fn object_of(member: impl Strategy<Value = Value>, keys: &'static [&'static str]) -> impl Strategy<Value = Object> {
    let key = proptest::sample::select(keys).prop_map(str::to_owned);
    btree_map(key, member, 0..=keys.len()).prop_map(|members| members.into_iter().collect())
}
