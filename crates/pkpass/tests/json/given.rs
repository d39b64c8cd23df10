//! Documents and patches to try. There are few keys, so that they meet.

use pkpass::json::{Document, Patches};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
};

/// null, or one of a few scalars and arrays, which a merge patch replaces as a whole.
pub(crate) fn leaf() -> impl Strategy<Value = Document> {
    let leaves = ["null", "null", "true", "1", "1.0", r#""x""#, "[]", r#"[null,{"a":null}]"#];
    proptest::sample::select(leaves.to_vec()).prop_map(read)
}

pub(crate) fn document() -> impl Strategy<Value = Document> {
    leaf().prop_recursive(3, 40, 3, |inner| prop_oneof![4 => object_of(inner.clone(), &["a", "b", "c"]), 1 => array_of(inner)])
}

/// An object of three levels, with objects wherever the depth allows, mostly.
pub(crate) fn patch() -> impl Strategy<Value = Document> {
    patch_with(&["a", "b", "c"])
}

pub(crate) fn patch_with(keys: &'static [&'static str]) -> impl Strategy<Value = Document> {
    let lowest = object_of(leaf(), keys);
    let middle = object_of(prop_oneof![leaf(), lowest], keys);
    object_of(prop_oneof![1 => leaf(), 2 => middle], keys)
}

pub(crate) fn flat_patch() -> impl Strategy<Value = Document> {
    object_of(leaf(), &["a", "b", "c"])
}

/// Patches to be applied one after the other.
pub(crate) fn history() -> impl Strategy<Value = Vec<Document>> {
    vec(patch(), 1..7)
}

pub(crate) fn pushed(history: &[Document]) -> Patches {
    let mut each = history.iter().map(|patch| Patches::of(patch.clone()).unwrap());
    let mut patches = each.next().unwrap();
    each.for_each(|next| patches.push(next));
    patches
}

pub(crate) fn read(json: &str) -> Document {
    Document::read(json.as_bytes()).unwrap()
}

fn object_of(member: impl Strategy<Value = Document>, keys: &'static [&'static str]) -> impl Strategy<Value = Document> {
    let key = proptest::sample::select(keys).prop_map(str::to_owned);
    btree_map(key, member, 0..=keys.len()).prop_map(Document::Object)
}

fn array_of(item: impl Strategy<Value = Document>) -> impl Strategy<Value = Document> {
    vec(item, 0..3).prop_map(Document::Array)
}
