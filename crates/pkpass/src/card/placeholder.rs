//! Placeholders in texts: `{{key}}` stands for a value. `{{{{` writes `{{`, and all other braces are text.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The longest key, in characters.
const MAX_KEY: usize = 64;

/// A part of a text.
enum Part<'a> {
    Text(&'a str),
    Key(&'a str),
}

/// The first part of a text, and the rest. `None` for an empty text.
fn split(text: &str) -> Option<(Part<'_>, &str)> {
    let (before, from) = text.find("{{").and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""));
    if !before.is_empty() {
        return Some((Part::Text(before), from));
    }
    if let Some(behind) = from.strip_prefix("{{{{") {
        return Some((Part::Text("{{"), behind));
    }
    if let Some((key, behind)) = from.strip_prefix("{{").and_then(|inner| inner.split_once("}}"))
        && is_key(key)
    {
        return Some((Part::Key(key), behind));
    }
    let (brace, behind) = from.split_at_checked(1)?;
    Some((Part::Text(brace), behind))
}

fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (part, behind) = split(rest)?;
        rest = behind;
        Some(part)
    })
}

fn is_key(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(is_plain)
}

/// Whether a text has a placeholder.
pub(crate) fn has_placeholder(text: &str) -> bool {
    parts(text).any(|part| matches!(part, Part::Key(_)))
}

/// The key, if the text is one placeholder and nothing besides.
pub(super) fn whole(text: &str) -> Option<&str> {
    text.strip_prefix("{{")?.strip_suffix("}}").filter(|key| is_key(key))
}

/// The text in which nothing is a placeholder.
pub(super) fn escape(text: &str) -> String {
    text.replace("{{", "{{{{")
}

/// The text with values for its placeholders. It ends early once it has more than `most` bytes.
pub(super) fn fill<'a>(text: &str, most: usize, value_of: impl Fn(&str) -> Option<&'a Value>) -> String {
    let mut filled = String::new();
    for part in parts(text) {
        if filled.len() > most {
            break;
        }
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Key(key) => match value_of(key) {
                Some(Value::String(text)) => filled.push_str(text),
                Some(Value::Number(number)) => filled.push_str(number.as_str()),
                _ => {}
            },
        }
    }
    filled
}

/// The keys of all placeholders in an object.
pub(super) fn collect(members: &Map<String, Value>, keys: &mut BTreeSet<String>) {
    members.values().for_each(|value| collect_from(value, keys));
}

fn collect_from(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => keys.extend(parts(text).filter_map(|part| match part {
            Part::Key(key) => Some(key.to_owned()),
            Part::Text(_) => None,
        })),
        Value::Object(members) => collect(members, keys),
        Value::Array(items) => items.iter().for_each(|item| collect_from(item, keys)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        let values = Map::from_iter([("a".to_owned(), "A".into()), ("b.c-d_1".to_owned(), 4.5.into())]);
        fill(text, 100, |key| values.get(key))
    }

    #[test]
    fn keys_in_two_braces_are_placeholders() {
        for (text, expected) in [
            ("{{a}}", "A"),
            ("x{{a}}y{{b.c-d_1}}", "xAy4.5"),
            ("{{{a}}}", "{A}"),
            ("{\"id\":\"{{a}}\"}", "{\"id\":\"A\"}"),
            ("{{{{a}}", "{{a}}"),
            ("{{{{{{{{", "{{{{"),
            ("{{a}}}}{{", "A}}{{"),
        ] {
            assert_eq!(filled(text), expected, "{text}");
        }
    }

    #[test]
    fn other_braces_are_text() {
        let long = format!("{{{{{}}}}}", "a".repeat(65));
        for text in ["{a}", "{{}}", "{{ a }}", "{{ä}}", "{{a", "{{a}", "}}", "{", "{{a b}}", "", &long] {
            assert_eq!(filled(text), text);
            assert!(!has_placeholder(text), "{text}");
        }
        assert!(has_placeholder(&long.replace("aa}", "a}")));
    }

    #[test]
    fn an_escaped_text_is_itself() {
        for text in ["{{a}}", "{{{a}}}", "{{{{a}}}}", "{", "{{", "{{{", "a{{b"] {
            assert_eq!(filled(&escape(text)), text);
            assert!(!has_placeholder(&escape(text)), "{text}");
        }
    }
}
