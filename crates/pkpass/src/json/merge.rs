//! JSON Merge Patch, [RFC 7396](https://www.rfc-editor.org/rfc/rfc7396), with lists of fields merged by key.

use super::by_key::{is_keyed, merge_fields};
use crate::fields::{LISTS, STYLES};
use serde_json::{Map, Value};

/// The part of a `pass.json` that is merged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The whole.
    Document,
    /// A style, such as `storeCard`.
    Style,
    /// A list of fields, such as `storeCard.primaryFields`.
    Fields,
    Elsewhere,
}

impl Place {
    /// The part under a key.
    pub(super) fn under(self, key: &str) -> Self {
        match self {
            Self::Document if STYLES.contains(&key) => Self::Style,
            Self::Style if LISTS.contains(&key) => Self::Fields,
            _ => Self::Elsewhere,
        }
    }
}

/// Applies a merge patch to a `pass.json`. Null removes a member, an object is merged into the member, and any other value, an
/// array too, replaces it. But a list of fields, each with its own `key`, is merged into the list of fields that is there: a
/// member of a field that is null goes, another one replaces that of the field, and `"value": null` takes the field away.
pub fn merge(members: &mut Map<String, Value>, patch: &Map<String, Value>) {
    merge_members(Place::Document, members, patch);
}

pub(super) fn merge_members(place: Place, members: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (key, change) in patch {
        if change.is_null() {
            members.remove(key);
        } else {
            merge_value(place.under(key), members.entry(key.as_str()).or_insert(Value::Null), change);
        }
    }
}

pub(super) fn merge_value(place: Place, target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Object(members), Value::Object(patch)) => merge_members(place, members, patch),
        (target, Value::Object(patch)) => *target = Value::Object(without_nulls(place, patch)),
        (target, Value::Array(patch)) if place == Place::Fields && is_keyed(patch) => {
            let mut fields = target.as_array_mut().map(std::mem::take).unwrap_or_default();
            merge_fields(&mut fields, patch);
            *target = Value::Array(fields);
        }
        (target, patch) => *target = patch.clone(),
    }
}

/// Applies a patch to an empty object, in which its nulls have nothing to remove.
pub(super) fn without_nulls(place: Place, patch: &Map<String, Value>) -> Map<String, Value> {
    let mut members = Map::new();
    merge_members(place, &mut members, patch);
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(target: &str, patch: &str) -> String {
        let mut target = target.parse().unwrap();
        merge_value(Place::Document, &mut target, &patch.parse().unwrap());
        target.to_string()
    }

    /// The table of RFC 7396, appendix A.
    #[test]
    fn the_examples_of_the_rfc() {
        for (original, patch, result) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, r"{}"),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
            (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
            (r#"{"a":"foo"}"#, r"null", r"null"),
            (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"a":1,"e":null}"#),
            (r"[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            (r"{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            assert_eq!(merged(original, patch), result, "{original} with {patch}");
        }
    }

    /// The document of RFC 7396, section 3.
    #[test]
    fn the_article_of_the_rfc() {
        let original = r#"{"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},
            "tags":["example","sample"],"content":"This will be unchanged"}"#;
        let patch = r#"{"title":"Hello!","phoneNumber":"+01-123-456-7890","author":{"familyName":null},
            "tags":["example"]}"#;
        let result = concat!(
            r#"{"author":{"givenName":"John"},"content":"This will be unchanged","#,
            r#""phoneNumber":"+01-123-456-7890","tags":["example"],"title":"Hello!"}"#
        );
        assert_eq!(merged(original, patch), result);
    }

    #[test]
    fn nulls_in_arrays_are_values() {
        assert_eq!(merged("{}", r#"{"a":[null,{"b":null}]}"#), r#"{"a":[null,{"b":null}]}"#);
    }
}
