//! Hosts that phones on the internet cannot reach.

use crate::{json::decimal, web_service::host_in_url};

/// Names below these end on a private network, or nowhere (RFC 6761, RFC 6762, RFC 8375, and names that routers use).
const PRIVATE_NAMES: [&str; 9] = ["localhost", "local", "internal", "lan", "home", "home.arpa", "test", "invalid", "example"];

/// Why phones on the internet cannot reach the host of a URL, if its form says so. `None` for a URL without a host, too.
#[must_use]
pub fn fault_of_host(url: &str) -> Option<&'static str> {
    let host = host_in_url(url)?.to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    if let Some(inner) = host.strip_prefix('[') {
        return fault_of_ipv6(inner.trim_end_matches(']'));
    }
    match ipv4(host) {
        Some(octets) => fault_of_ipv4(octets),
        None => fault_of_name(host),
    }
}

fn fault_of_name(host: &str) -> Option<&'static str> {
    let is_below = |name: &&str| host.strip_suffix(*name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if PRIVATE_NAMES.iter().any(is_below) {
        Some("is a name of this computer or of a private network, which the internet does not know")
    } else if !host.contains('.') {
        Some("is a name without a domain, which the internet does not know")
    } else {
        None
    }
}

fn ipv4(host: &str) -> Option<[u32; 4]> {
    let mut octets = host.split('.').map(|octet| decimal(octet.as_bytes()).filter(|octet| *octet <= 255));
    let parsed = [octets.next()??, octets.next()??, octets.next()??, octets.next()??];
    octets.next().is_none().then_some(parsed)
}

fn fault_of_ipv4(octets: [u32; 4]) -> Option<&'static str> {
    match octets {
        [127 | 0, ..] => Some(OWN),
        // RFC 1918, RFC 3927 and RFC 6598.
        [10, ..] | [192, 168, ..] | [169, 254, ..] | [172, 16..=31, ..] | [100, 64..=127, ..] => Some(PRIVATE),
        _ => None,
    }
}

/// std's parser is 3 KB of the bundle.
fn fault_of_ipv6(address: &str) -> Option<&'static str> {
    let first = address.split(':').next().unwrap_or_default();
    let is_in = |prefix: &[&str]| first.len() == 4 && prefix.iter().any(|prefix| first.starts_with(prefix));
    if matches!(address, "::1" | "::") {
        Some(OWN)
    } else if is_in(&["fc", "fd", "fe8", "fe9", "fea", "feb"]) {
        Some(PRIVATE)
    } else {
        None
    }
}

const OWN: &str = "is the address of each computer itself";
const PRIVATE: &str = "is an address of a private network";

#[cfg(test)]
mod tests {
    use super::fault_of_host;

    #[test]
    fn hosts_that_only_a_private_network_knows() {
        for url in [
            "http://localhost:8787",
            "https://LOCALHOST/x",
            "https://printer.local",
            "https://a.internal./x",
            "https://intranet",
            "https://passes.lan/",
            "https://nas.home.arpa",
            "https://a.test",
            "https://a.invalid/v1",
            "https://127.0.0.1:80",
            "https://0.0.0.0",
            "https://10.1.2.3",
            "https://192.168.178.20:8787/",
            "https://172.16.0.1",
            "https://172.31.255.1",
            "https://169.254.1.1",
            "https://100.64.0.1",
            "https://[::1]:8787/",
            "https://[fd00::1]/",
            "https://[fe80::1]",
        ] {
            assert!(fault_of_host(url).is_some(), "{url}");
        }
    }

    #[test]
    fn hosts_that_the_internet_may_know() {
        for url in [
            "https://example.com/passes",
            "https://local.example.com",
            "https://mylocal.com",
            "https://172.32.0.1",
            "https://11.1.2.3",
            "https://192.169.0.1",
            "https://100.128.0.1",
            "https://[2001:db8::1]:443/x",
            "https://[fd::1]",
            "https://1.2.3",
            "https://127.0.0.1.example.com",
            "https://300.1.2.3.de",
            "",
            "x",
            "https://",
        ] {
            assert_eq!(fault_of_host(url), None, "{url}");
        }
    }
}
