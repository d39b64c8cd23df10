//! Media types in header fields (RFC 9110, sections 8.3 and 12.5.1), without their parameters.

use super::Headers;

/// The media type of the body, in lowercase.
pub(crate) fn content_type(headers: &impl Headers) -> String {
    strip_parameters(&headers.get("content-type").unwrap_or_default()).to_ascii_lowercase()
}

/// Whether `Accept` names this media type.
pub(crate) fn accepts(headers: &impl Headers, media_type: &str) -> bool {
    let accepted = headers.get("accept").unwrap_or_default();
    accepted.split(',').any(|range| strip_parameters(range).eq_ignore_ascii_case(media_type))
}

fn strip_parameters(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim()
}
