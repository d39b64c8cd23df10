//! Conditional requests (RFC 9110, section 13): sending a pass only when it changed, and publishing over a known version only.

use super::{Headers, date};

/// What a stored file is compared with.
#[derive(Debug, Clone, Copy)]
pub struct Validators<'a> {
    /// The entity tag without its quotes.
    pub etag: &'a str,
    /// Unix seconds.
    pub modified_at: i64,
}

/// The conditions of a GET or HEAD.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadConditions {
    if_none_match: Option<String>,
    if_modified_since: Option<String>,
}

impl ReadConditions {
    /// Takes them from the request.
    #[must_use]
    pub fn from_headers(headers: &impl Headers) -> Self {
        Self { if_none_match: headers.get("if-none-match"), if_modified_since: headers.get("if-modified-since") }
    }

    /// Whether the client has this very version: answer 304.
    ///
    /// `If-None-Match` decides where it is given (RFC 9110, section 13.2.2). Of `If-Modified-Since`, phones play our
    /// `Last-Modified` back letter for letter, so the text is compared first; another form of the same second counts
    /// too, and anything else does not. A *later* date does not count either: after the database was restored to an
    /// earlier moment a phone may hold a version that no longer exists, with a date beyond the one it should have.
    #[must_use]
    pub fn not_modified(&self, current: Validators<'_>) -> bool {
        if let Some(tags) = &self.if_none_match {
            return etags(tags, Comparison::Weak).iter().any(|tag| tag == "*" || tag == current.etag);
        }
        let Some(since) = &self.if_modified_since else { return false };
        *since == date::format(current.modified_at) || date::parse(since) == Some(current.modified_at)
    }
}

/// The conditions of a PUT or DELETE, each as a JSON array of entity tags without quotes or `*`, for the statements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteConditions {
    /// `If-Match`
    pub if_match: Option<String>,
    /// `If-None-Match`
    pub if_none_match: Option<String>,
}

impl WriteConditions {
    /// Takes them from the request.
    #[must_use]
    pub fn from_headers(headers: &impl Headers) -> Self {
        let list = |name, comparison| headers.get(name).and_then(|tags| serde_json::to_string(&etags(&tags, comparison)).ok());
        Self { if_match: list("if-match", Comparison::Strong), if_none_match: list("if-none-match", Comparison::Weak) }
    }

    /// Whether they hold for what is stored: an entity tag, or nothing. The same rule as in the statements, which decide.
    #[must_use]
    pub fn hold(&self, etag: Option<&str>) -> bool {
        let names = |list: &str| {
            let tags = serde_json::from_str::<Vec<String>>(list).unwrap_or_default();
            etag.is_some_and(|etag| tags.iter().any(|tag| tag == "*" || tag == etag))
        };
        self.if_match.as_deref().is_none_or(names) && !self.if_none_match.as_deref().is_some_and(names)
    }
}

/// How entity tags are compared (RFC 9110, section 8.8.3.2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    /// Weak tags match as well: for reading.
    Weak,
    /// Only strong tags match: for writing over a version.
    Strong,
}

/// The opaque tags of a list, without quotes, and `*`: of `W/"a", "b"` both under weak comparison, `b` under strong. What
/// has no quotes is no entity tag and matches nothing.
fn etags(list: &str, comparison: Comparison) -> Vec<String> {
    list.split(',').map(str::trim).filter_map(|tag| opaque_tag(tag, comparison)).collect()
}

fn opaque_tag(tag: &str, comparison: Comparison) -> Option<String> {
    let strong = match tag.strip_prefix("W/") {
        Some(_) if comparison == Comparison::Strong => return None,
        Some(weak) => weak,
        None if tag == "*" => return Some(tag.to_owned()),
        None => tag,
    };
    let opaque = strong.strip_prefix('"')?.strip_suffix('"')?;
    // Ours are hexadecimal; a quoted asterisk is somebody else's, not the wildcard.
    (opaque != "*").then(|| opaque.to_owned())
}
