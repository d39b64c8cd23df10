//! The two keys of `pass.json` that make a pass updatable: where phones ask (`webServiceURL`) and the secret they show there
//! (`authenticationToken`). Apple: both or neither.

use super::{defect::DefectCode, layout::pass_json_defect, report::Notes};
use crate::json::{decimal, present};
use serde_json::{Map, Value};

/// Shortest token, in characters (Apple, `authenticationToken`: "must be 16 characters or longer").
const MIN_TOKEN_CHARS: usize = 16;

/// Longest token, in characters; it travels in a header of each request.
const MAX_TOKEN_CHARS: usize = 512;

/// Notes the defects of the two keys, and returns the token if it is a string.
pub(super) fn check(members: &Map<String, Value>, notes: &mut Notes) -> Option<String> {
    let url = present(members, "webServiceURL");
    let token = present(members, "authenticationToken");
    if url.is_some() != token.is_some() {
        let (there, missing) =
            if url.is_some() { ("webServiceURL", "authenticationToken") } else { ("authenticationToken", "webServiceURL") };
        let message = format!("{there} is there, but {missing} is missing. A pass has both, or neither.");
        notes.push(pass_json_defect(DefectCode::ServiceKeys, message));
    }
    if let Some(rule) = url.and_then(|url| text_fault(url, fault_of_url)) {
        notes.push(pass_json_defect(DefectCode::WebServiceUrl, format!("webServiceURL {rule}.")));
    }
    if let Some(rule) = token.and_then(|token| text_fault(token, fault_of_token)) {
        // The token is a secret: never echo it.
        let message = format!("authenticationToken {rule}.");
        notes.push(pass_json_defect(DefectCode::AuthenticationToken, message));
    }
    token.and_then(Value::as_str).map(str::to_owned)
}

fn text_fault(value: &Value, fault: fn(&str) -> Option<&'static str>) -> Option<&'static str> {
    value.as_str().map_or(Some("must be a string"), fault)
}

/// The rule that a token breaks. It has to survive `Authorization: ApplePass {token}` unchanged (RFC 9110 section 5.5: field
/// values are visible ASCII and spaces, and lose the spaces at their ends).
fn fault_of_token(token: &str) -> Option<&'static str> {
    if token.chars().count() < MIN_TOKEN_CHARS {
        Some("must have at least 16 characters")
    } else if token.len() > MAX_TOKEN_CHARS {
        Some("must have at most 512 characters")
    } else if !token.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        Some("must be printable ASCII, as it travels in an HTTP header")
    } else if token.starts_with(' ') || token.ends_with(' ') {
        Some("must not begin or end with a space, as HTTP removes it")
    } else {
        None
    }
}

/// The rule that a base URL breaks. Phones append `/v1/…` to it.
pub(super) fn fault_of_url(url: &str) -> Option<&'static str> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Some("must be an absolute URL, as in https://example.com/passes");
    };
    let before_path = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if before_path.contains('%') || !before_path.is_ascii() {
        return Some("must have its host in ASCII: write an international name in its form with xn--, as browsers copy it");
    }
    if !url.bytes().all(is_url_byte) || !escapes_are_whole(url) {
        return Some("must hold only the ASCII characters of a URL (RFC 3986); percent-encode others");
    }
    if rest.contains(['?', '#']) {
        return Some("must have no query and no fragment, as phones append /v1/… to it");
    }
    let (authority, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    fault_of_authority(authority).or_else(|| fault_of_scheme(scheme, host_of(authority))).or_else(|| fault_of_path(path))
}

/// Unreserved, reserved and percent of RFC 3986 section 2.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// Whether two hex digits follow each percent sign.
fn escapes_are_whole(url: &str) -> bool {
    url.split('%')
        .skip(1)
        .all(|rest| rest.as_bytes().first_chunk::<2>().is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}

fn fault_of_authority(authority: &str) -> Option<&'static str> {
    if authority.contains('@') {
        return Some("must have no user name or password");
    }
    let host = host_of(authority);
    if !is_host(host) {
        return Some("must have a host, as in https://example.com/passes");
    }
    let port = authority.strip_prefix(host).unwrap_or_default();
    let is_port = |text: &str| decimal(text.as_bytes()).is_some_and(|port| (1..=0xFFFF).contains(&port));
    let fine = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    (!fine).then_some("must have a port from 1 to 65535, or none")
}

/// The host of a URL, with the brackets of an IPv6 address. `None` when there is none.
pub(super) fn host_in_url(url: &str) -> Option<&str> {
    let authority = url.split_once("://")?.1.split(['/', '?', '#']).next()?;
    Some(host_of(authority)).filter(|host| !host.is_empty())
}

/// The authority without its port; with the brackets of an IPv6 address.
fn host_of(authority: &str) -> &str {
    let end = match authority.find(']') {
        Some(bracket) if authority.starts_with('[') => bracket.checked_add(1),
        _ => authority.find(':'),
    };
    end.and_then(|end| authority.get(..end)).unwrap_or(authority)
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = in_brackets(host) {
        // Whether an address of this form exists is for the phone to find out; std's parser is 3 KB of the bundle.
        return inner.contains(':') && inner.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte));
    }
    // Names in other scripts arrive in their ASCII form (xn--…).
    host.bytes().any(|byte| byte.is_ascii_alphanumeric())
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

fn in_brackets(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

/// Apple wants https; plain http works on a phone in developer mode only, and never leaves the machine here.
fn fault_of_scheme(scheme: &str, host: &str) -> Option<&'static str> {
    let is_local = host.eq_ignore_ascii_case("localhost") || is_ipv4_loopback(host) || in_brackets(host) == Some("::1");
    let fine = scheme.eq_ignore_ascii_case("https") || (is_local && scheme.eq_ignore_ascii_case("http"));
    (!fine).then_some("must begin with https://; http:// is for localhost only")
}

/// 127.0.0.0/8
fn is_ipv4_loopback(host: &str) -> bool {
    let octets = || host.split('.');
    host.starts_with("127.")
        && octets().count() == 4
        && octets().all(|octet| decimal(octet.as_bytes()).is_some_and(|octet| octet <= 255))
}

fn fault_of_path(path: &str) -> Option<&'static str> {
    path.trim_end_matches('/').ends_with("/v1").then_some("must not end in /v1, as phones append /v1/… themselves; remove it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_phones_can_use() {
        for url in [
            "https://example.com",
            "https://example.com/",
            "HTTPS://Example.com:8443/a/b%20c/",
            "https://xn--bcher-kva.example/v1/passes",
            "https://example.com/av1",
            "https://192.0.2.1/x",
            "https://[2001:db8::1]:443/x",
            "http://localhost:8787",
            "http://LOCALHOST/x",
            "http://127.0.0.1:8787/",
            "http://127.9.9.9",
            "http://[::1]:8787/",
        ] {
            assert_eq!(fault_of_url(url), None, "{url}");
        }
    }

    #[test]
    fn urls_that_phones_cannot_use() {
        for (url, rule) in [
            ("", "absolute"),
            ("example.com/passes", "absolute"),
            ("https:/example.com", "absolute"),
            ("https://", "host"),
            ("https:///passes", "host"),
            ("https://:443/", "host"),
            ("https://[::1", "host"),
            ("https://[]/", "host"),
            ("https://[::1]x/", "port"),
            ("https://..", "host"),
            ("https://a,b/", "host"),
            ("https://example.com:/", "port"),
            ("https://example.com:0/", "port"),
            ("https://example.com:65536/", "port"),
            ("https://example.com:+80/", "port"),
            ("https://me@example.com/", "user name"),
            ("https://example.com/?a", "query"),
            ("https://example.com/#a", "query"),
            ("https://example.com/a b", "ASCII"),
            ("https://exämple.com/", "xn--"),
            ("https://b%C3%BCcher.example/", "xn--"),
            ("https://example.com/bücher", "percent-encode"),
            ("example.com/bücher", "absolute"),
            ("https://example.com/%4", "ASCII"),
            ("https://example.com/%", "ASCII"),
            ("https://example.com\\x", "ASCII"),
            (" https://example.com", "ASCII"),
            ("http://example.com/", "https"),
            ("http://localhost.example.com/", "https"),
            ("http://128.0.0.1/", "https"),
            ("http://127.0.0.1.example.com/", "https"),
            ("http://127.0.0/", "https"),
            ("http://[::2]/", "https"),
            ("ftp://localhost/", "https"),
            ("https://example.com/v1", "/v1"),
            ("https://example.com/a/v1//", "/v1"),
        ] {
            let fault = fault_of_url(url);
            assert!(fault.is_some_and(|fault| fault.contains(rule)), "{url}: {fault:?}");
        }
    }

    #[test]
    fn tokens_survive_a_header() {
        for token in ["0123456789abcdef", "a b c d e f g h i", &"~".repeat(512)] {
            assert_eq!(fault_of_token(token), None, "{token}");
        }
        let long = "a".repeat(513);
        for token in ["", "0123456789abcde", "0123456789abcdé!", " 0123456789abcdef", "0123456789abcdef ", &long] {
            assert!(fault_of_token(token).is_some(), "{token}");
        }
        assert!(fault_of_token("0123456789abcde\n").is_some());
    }
}
