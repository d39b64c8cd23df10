//! Merge patches that stand for more merge patches.
//!
//! Two merge patches applied one after the other are mostly as good as one that has the members of both. What
//! one patch cannot say is that a member *becomes* an object, whatever it was: a patch with an object merges
//! it into the one that is there. `{"a":null}` and then `{"a":{"b":1}}` says that, and nothing shorter does.
//!
//! Two patches can say all that any number of them can: the first takes away what has to be gone, the second
//! does the rest. So a history of changes never grows beyond the keys that it is about.

use super::{
    Document, Members,
    merge::{merge_members, merge_object, without_nulls},
    reader, writer,
};

/// What merge patches do when they are applied one after the other, in one patch or two.
///
/// Patches that change every document alike are equal and make equal bytes, whatever history they came from.
/// A patch is an object here; RFC 7396 knows others, which replace the whole document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patches {
    /// Applied first, unless empty. It has nothing but nulls, in objects, none of them empty; where it has an
    /// object, or a null, `patch` has an object.
    clear: Members,
    /// Applied then. What is where `clear` has a null is the new value itself, so it has no nulls.
    patch: Members,
}

impl Patches {
    /// One patch; `None` if it is not an object.
    #[must_use]
    pub fn of(patch: Document) -> Option<Self> {
        let Document::Object(patch) = patch else { return None };
        Some(Self { clear: Members::new(), patch })
    }

    /// Adds patches to be applied after these.
    pub fn push(&mut self, next: Self) {
        compose(&mut self.clear, &mut self.patch, next.clear);
        compose(&mut self.clear, &mut self.patch, next.patch);
    }

    /// Changes a document as applying every patch in turn would.
    pub fn apply(&self, target: &mut Document) {
        if !self.clear.is_empty() {
            merge_object(target, &self.clear);
        }
        merge_object(target, &self.patch);
    }

    /// The patches as a JSON array of one merge patch or two.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = "[".to_owned();
        if !self.clear.is_empty() {
            writer::object(&self.clear, &mut json);
            json.push(',');
        }
        writer::object(&self.patch, &mut json);
        json.push(']');
        json
    }

    /// How many values the patches have.
    #[must_use]
    pub fn values(&self) -> usize {
        values(&self.clear).saturating_add(values(&self.patch))
    }

    /// Reads a JSON array of merge patches, as many as there are; `None` if it is something else or is empty. How many values they
    /// have was bounded when they were stored.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let levels = reader::MAX_LEVELS.checked_add(1)?; // the array is one level above the patches
        let Ok(Document::Array(items)) = reader::read(text.as_bytes(), levels, usize::MAX) else {
            return None;
        };
        let mut items = items.into_iter().map(Self::of);
        let mut patches = items.next()??;
        for next in items {
            patches.push(next?);
        }
        Some(patches)
    }
}

/// How many values are in an object, itself included.
fn values(members: &Members) -> usize {
    members.values().map(values_of).fold(1, usize::saturating_add)
}

fn values_of(document: &Document) -> usize {
    match document {
        Document::Object(members) => values(members),
        Document::Array(items) => items.iter().map(values_of).fold(1, usize::saturating_add),
        Document::Text(_) | Document::Plain(_) => 1,
    }
}

/// Adds one more patch to `clear` and `patch`.
fn compose(clear: &mut Members, patch: &mut Members, next: Members) {
    for (key, change) in next {
        if let Document::Object(change) = change {
            compose_member(clear, patch, key, change);
        } else {
            // Whatever the member was before, it is this now, or is gone.
            clear.remove(&key);
            patch.insert(key, change);
        }
    }
}

/// Adds what one more patch does to the member `key`, into which it merges an object.
fn compose_member(clear: &mut Members, patch: &mut Members, key: String, change: Members) {
    match patch.get_mut(&key) {
        None => {
            patch.insert(key, Document::Object(change));
        }
        Some(Document::Object(earlier)) => compose_object(clear, earlier, key, change),
        Some(earlier) => {
            *earlier = Document::Object(without_nulls(&change));
            clear.insert(key, Document::null());
        }
    }
}

/// Adds what one more patch does to the member `key`, of which the patches so far make an object.
fn compose_object(clear: &mut Members, earlier: &mut Members, key: String, change: Members) {
    let mut inner = match clear.remove(&key) {
        None => Members::new(),
        Some(Document::Object(inner)) => inner,
        Some(null) => {
            merge_members(earlier, &change);
            clear.insert(key, null);
            return;
        }
    };
    compose(&mut inner, earlier, change);
    if !inner.is_empty() {
        clear.insert(key, Document::Object(inner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composed(patches: &str) -> String {
        Patches::read(patches).unwrap().to_json()
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
            assert_eq!(Patches::of(Document::read(json.as_bytes()).unwrap()), None);
            assert_eq!(Patches::read(&format!("[{{}},{json}]")), None);
        }
        for json in ["", "{}", "[]", "[{}", "[[{}]]"] {
            assert_eq!(Patches::read(json), None);
        }
    }

    #[test]
    fn the_deepest_patch_can_be_stored() {
        let deepest = format!("{}1{}", r#"{"a":"#.repeat(32), "}".repeat(32));
        let patches = Patches::of(Document::read(deepest.as_bytes()).unwrap()).unwrap();
        assert_eq!(Patches::read(&patches.to_json()), Some(patches));
    }
}
