//! Merge patches that stand for more merge patches.
//!
//! Two merge patches applied one after the other mostly do what one patch with the members of both does. One patch cannot say
//! that a member *becomes* an object: an object in a patch is merged into the object that is there. `{"a":null}` and then
//! `{"a":{"b":1}}` says it, and nothing shorter does.
//!
//! Two patches can say all that any number of them can: the first removes members, the second does the rest. So a history of
//! changes never grows beyond the keys that it changes.
//!
//! A list of fields that is merged by key is like an object: the first patch removes fields, the second does the rest.

use super::{
    by_key::{compose_fields, is_keyed},
    change_texts, count_values,
    merge::{Place, merge, merge_members, merge_value, without_nulls},
};
use serde_json::{Map, Value};

/// The effect of merge patches applied one after the other, in one patch or two.
///
/// Patches with the same effect are equal and make equal bytes, whatever their history. Each patch is an object; RFC 7396 also
/// has patches that replace the whole document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patches {
    /// Applied first, unless empty. It has only nulls, objects of nulls, and lists of fields that go, none of them empty. Where
    /// it has an object or a null, `patch` has an object or a list of fields. Where it has a list, `patch` has a list.
    clear: Map<String, Value>,
    /// Applied then. Where `clear` has a null, this has the new value itself, without nulls. A list of fields that is merged by
    /// key has those first that go, in the order of their keys.
    patch: Map<String, Value>,
}

impl Patches {
    /// One patch.
    #[must_use]
    pub fn new(patch: Map<String, Value>) -> Self {
        let mut patches = Self { clear: Map::new(), patch: Map::new() };
        compose(Place::Document, &mut patches.clear, &mut patches.patch, patch);
        patches
    }

    /// Parses a JSON array of one or more merge patches. `None` if it is something else.
    #[must_use]
    pub fn parse(json: &str) -> Option<Self> {
        let Value::Array(given) = super::parse(json)? else { return None };
        if given.is_empty() {
            return None;
        }
        let mut patches = Self::new(Map::new());
        for patch in given {
            let Value::Object(patch) = patch else { return None };
            patches.push(Self::new(patch));
        }
        Some(patches)
    }

    /// Adds patches that are applied after these.
    pub fn push(&mut self, next: Self) {
        for patch in [next.clear, next.patch] {
            compose(Place::Document, &mut self.clear, &mut self.patch, patch);
        }
    }

    /// Changes an object as every patch in turn would.
    pub fn apply(&self, target: &mut Map<String, Value>) {
        merge(target, &self.clear);
        merge(target, &self.patch);
    }

    /// Changes each text that the patches set.
    pub(crate) fn change_texts(&mut self, change: &dyn Fn(&mut String)) {
        change_texts(&mut self.patch, change);
    }

    /// The patches as a JSON array of one merge patch or two.
    #[must_use]
    pub fn to_json(&self) -> String {
        let json = if self.clear.is_empty() {
            serde_json::to_string(&[&self.patch])
        } else {
            serde_json::to_string(&[&self.clear, &self.patch])
        };
        json.unwrap_or_default()
    }

    /// How many values the patches have.
    #[must_use]
    pub fn count_values(&self) -> usize {
        count_values(&self.clear).saturating_add(count_values(&self.patch))
    }
}

/// Adds one more patch to `clear` and `patch`.
fn compose(place: Place, clear: &mut Map<String, Value>, patch: &mut Map<String, Value>, next: Map<String, Value>) {
    for (key, change) in next {
        let under = place.under(&key);
        match change {
            Value::Object(change) => compose_member(under, clear, patch, key, change),
            Value::Array(change) if under == Place::Fields && is_keyed(&change) => compose_list(clear, patch, key, change),
            // The member becomes this value, or goes, whatever it was before.
            change => {
                clear.remove(&key);
                patch.insert(key, change);
            }
        }
    }
}

/// Adds a patch that merges an object into the member `key`.
fn compose_member(
    under: Place,
    clear: &mut Map<String, Value>,
    patch: &mut Map<String, Value>,
    key: String,
    change: Map<String, Value>,
) {
    match patch.entry(key.as_str()).or_insert_with(|| Value::Object(Map::new())) {
        Value::Object(earlier) => compose_object(under, clear, earlier, key, change),
        earlier => {
            *earlier = Value::Object(without_nulls(under, &change));
            clear.insert(key, Value::Null);
        }
    }
}

/// Adds a patch that merges an object into the member `key`, if the patches so far make that member an object.
fn compose_object(
    under: Place,
    clear: &mut Map<String, Value>,
    earlier: &mut Map<String, Value>,
    key: String,
    change: Map<String, Value>,
) {
    let mut inner = match clear.remove(&key) {
        Some(Value::Null) => {
            merge_members(under, earlier, &change);
            clear.insert(key, Value::Null);
            return;
        }
        Some(Value::Object(inner)) => inner,
        _ => Map::new(),
    };
    compose(under, &mut inner, earlier, change);
    if !inner.is_empty() {
        clear.insert(key, Value::Object(inner));
    }
}

/// Adds a patch that merges a list of fields into the member `key`.
fn compose_list(clear: &mut Map<String, Value>, patch: &mut Map<String, Value>, key: String, change: Vec<Value>) {
    let cleared = clear.remove(&key);
    let mut fields = match patch.remove(&key) {
        None => Vec::new(),
        Some(Value::Array(fields)) if is_keyed(&fields) && cleared != Some(Value::Null) => fields,
        // The patches so far set the member to this value, whatever it was before.
        Some(mut value) => {
            merge_value(Place::Fields, &mut value, &Value::Array(change));
            if value.as_array().is_some_and(|fields| is_keyed(fields)) {
                clear.insert(key.clone(), Value::Null);
            }
            patch.insert(key, value);
            return;
        }
    };
    let mut gone = match cleared {
        Some(Value::Array(gone)) => gone,
        _ => Vec::new(),
    };
    compose_fields(&mut gone, &mut fields, change);
    if !gone.is_empty() {
        clear.insert(key.clone(), Value::Array(gone));
    }
    patch.insert(key, Value::Array(fields));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composed(patches: &str) -> String {
        Patches::parse(patches).unwrap().to_json()
    }

    #[test]
    fn the_later_change_to_a_key_counts() {
        for (given, kept) in [
            (r#"[{"a":1}]"#, r#"[{"a":1}]"#),
            (r#"[{"a":1},{"b":null}]"#, r#"[{"a":1,"b":null}]"#),
            (r#"[{"a":1},{"a":null},{"a":[2]}]"#, r#"[{"a":[2]}]"#),
            (r#"[{"a":{"b":1,"c":1}},{"a":{"b":null}}]"#, r#"[{"a":{"b":null,"c":1}}]"#),
            (r#"[{"a":{"b":1}},{"a":{}},{}]"#, r#"[{"a":{"b":1}}]"#),
            (r#"[{"a":{"b":1}},{"a":"x"}]"#, r#"[{"a":"x"}]"#),
            (r"[{},{}]", r"[{}]"),
        ] {
            assert_eq!(composed(given), kept);
        }
    }

    #[test]
    fn an_object_that_replaces_a_member_takes_two_patches() {
        for (given, kept) in [
            (r#"[{"a":null},{"a":{"b":1}}]"#, r#"[{"a":null},{"a":{"b":1}}]"#),
            (r#"[{"a":1},{"a":{"b":1,"c":null}}]"#, r#"[{"a":null},{"a":{"b":1}}]"#),
            (r#"[{"a":1},{"a":{"b":1}},{"a":{"b":null,"c":2}}]"#, r#"[{"a":null},{"a":{"c":2}}]"#),
            (r#"[{"a":{"b":[]}},{"a":{"b":{}}}]"#, r#"[{"a":{"b":null}},{"a":{"b":{}}}]"#),
        ] {
            assert_eq!(composed(given), kept);
        }
    }

    #[test]
    fn never_more_than_two() {
        let given = r#"[{"a":1,"b":1},{"a":{"x":1},"b":2},{"b":{"y":1}},{"a":3},{"a":{"z":{}}}]"#;
        assert_eq!(composed(given), r#"[{"a":null,"b":null},{"a":{"z":{}},"b":{"y":1}}]"#);
    }

    #[test]
    fn two_become_one_again() {
        assert_eq!(composed(r#"[{"a":1},{"a":{"x":1}},{"a":null}]"#), r#"[{"a":null}]"#);
        assert_eq!(composed(r#"[{"a":{"b":1}},{"a":{"b":{}}},{"a":{"b":2,"c":1}}]"#), r#"[{"a":{"b":2,"c":1}}]"#);
    }

    #[test]
    fn only_objects_are_patches() {
        for json in ["null", "1", r#""x""#, "[]"] {
            assert_eq!(Patches::parse(&format!("[{{}},{json}]")), None);
        }
        for json in ["", "{}", "[]", "[{}", "[[{}]]"] {
            assert_eq!(Patches::parse(json), None);
        }
    }

    #[test]
    fn the_deepest_patch_can_be_stored() {
        let deepest = format!("{}1{}", r#"{"a":"#.repeat(32), "}".repeat(32));
        let patches = Patches::parse(&format!("[{deepest}]")).unwrap();
        assert_eq!(Patches::parse(&patches.to_json()), Some(patches));
    }
}
