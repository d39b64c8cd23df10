//! Conditional requests (RFC 9110, section 13). A client fetches only what changed, and replaces only a version that it knows.

use super::{Headers, date};

/// The stored values that conditions are compared with.
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
    /// Reads the header fields.
    #[must_use]
    pub fn from_headers(headers: &impl Headers) -> Self {
        Self { if_none_match: headers.get("if-none-match"), if_modified_since: headers.get("if-modified-since") }
    }

    /// Whether the client has this very version, so that the answer is 304.
    ///
    /// If `If-None-Match` is given, only it counts (RFC 9110, section 13.2.2). A phone sends our `Last-Modified` unchanged in
    /// `If-Modified-Since`, so the text is compared first. Another form of the same second counts too. A *later* date does not
    /// count: after a restore of the database a phone may hold a later version that no longer exists.
    #[must_use]
    pub fn not_modified(&self, current: Validators<'_>) -> bool {
        if let Some(tags) = &self.if_none_match {
            return etags(tags, Comparison::Weak).iter().any(|tag| tag == "*" || tag == current.etag);
        }
        let Some(since) = &self.if_modified_since else { return false };
        *since == date::format(current.modified_at) || date::parse(since) == Some(current.modified_at)
    }
}

/// The conditions of a PUT or DELETE. Each is a JSON array of entity tags without quotes, or of `*`, for the statements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteConditions {
    /// `If-Match`
    pub if_match: Option<String>,
    /// `If-None-Match`
    pub if_none_match: Option<String>,
}

impl WriteConditions {
    /// Reads the header fields.
    #[must_use]
    pub fn from_headers(headers: &impl Headers) -> Self {
        let list = |name, comparison| headers.get(name).and_then(|tags| serde_json::to_string(&etags(&tags, comparison)).ok());
        Self { if_match: list("if-match", Comparison::Strong), if_none_match: list("if-none-match", Comparison::Weak) }
    }

    /// Whether they hold for the stored entity tag, or for no stored version. The statements have the same rule and decide.
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

/// The opaque tags of a list, without quotes, and `*`. Of `W/"a", "b"`, weak comparison gives both, strong comparison `b`.
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
    // Ours are hexadecimal. A quoted asterisk is the tag of another server, not the wildcard.
    (opaque != "*").then(|| opaque.to_owned())
}
