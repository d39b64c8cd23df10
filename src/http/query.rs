//! Query strings.

use percent_encoding::percent_decode_str;

/// The first value of the parameter `name`, percent-decoded; `None` when it is missing or not UTF-8. A `+` stays a `+`.
#[must_use]
pub fn value(query: &str, name: &str) -> Option<String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(given, _)| percent_decode_str(given).eq(name.bytes()))
        .and_then(|(_, value)| percent_decode_str(value).decode_utf8().ok())
        .map(std::borrow::Cow::into_owned)
}
