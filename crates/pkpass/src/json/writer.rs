//! Writes a document.

use super::{Document, Members};

/// Appends a document as JSON without white space, its keys sorted.
pub(super) fn value(document: &Document, json: &mut String) {
    match document {
        Document::Object(members) => object(members, json),
        Document::Array(items) => array(items, json),
        Document::Text(content) => text(content, json),
        Document::Plain(plain) => json.push_str(plain),
    }
}

/// Appends an object.
pub(super) fn object(members: &Members, json: &mut String) {
    json.push('{');
    for (at, (key, member)) in members.iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        text(key, json);
        json.push(':');
        value(member, json);
    }
    json.push('}');
}

fn array(items: &[Document], json: &mut String) {
    json.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        value(item, json);
    }
    json.push(']');
}

fn text(content: &str, json: &mut String) {
    // Text can always be written.
    json.push_str(&serde_json::to_string(content).unwrap_or_default());
}
