//! JSON Merge Patch, [RFC 7396](https://www.rfc-editor.org/rfc/rfc7396).

use super::{Document, Members};

/// Applies a merge patch: members of an object are merged one by one, null takes a member away, and anything
/// that is no object, arrays too, replaces what was there.
pub fn merge(target: &mut Document, patch: &Document) {
    if let Document::Object(patch) = patch {
        merge_object(target, patch);
    } else {
        *target = patch.clone();
    }
}

/// Applies a patch that is an object; it turns a target that is none into one.
pub(super) fn merge_object(target: &mut Document, patch: &Members) {
    if let Document::Object(members) = target {
        merge_members(members, patch);
    } else {
        *target = Document::Object(without_nulls(patch));
    }
}

/// Applies a patch that is an object to an object.
pub(super) fn merge_members(members: &mut Members, patch: &Members) {
    for (key, change) in patch {
        if change.is_null() {
            members.remove(key);
        } else if let Some(member) = members.get_mut(key) {
            merge(member, change);
        } else {
            let mut member = Document::null();
            merge(&mut member, change);
            members.insert(key.clone(), member);
        }
    }
}

/// What a patch that is an object makes of an empty object: its nulls have nothing to take away.
pub(super) fn without_nulls(patch: &Members) -> Members {
    let mut members = Members::new();
    merge_members(&mut members, patch);
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(target: &str, patch: &str) -> String {
        let mut target = Document::read(target.as_bytes()).unwrap();
        merge(&mut target, &Document::read(patch.as_bytes()).unwrap());
        target.to_json()
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
