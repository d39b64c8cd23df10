//! Whose a client's address is.

/// The network that is taken for one client: an IPv4 address, or the first 64 bits of an IPv6 address, of which a subscriber
/// has at least as many addresses as 64 bits can tell apart (RFC 6177). The text of an address has one form (RFC 5952), and
/// the same network the same beginning in all but a few.
#[must_use]
pub fn network(address: &str) -> String {
    if !address.contains(':') {
        return address.to_owned();
    }
    let groups: Vec<&str> = address.split(':').take(4).take_while(|group| !group.is_empty()).collect();
    let zeros = groups.iter().rev().take_while(|group| **group == "0").count();
    format!("{}::", groups.get(..groups.len().saturating_sub(zeros)).unwrap_or_default().join(":"))
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn a_subscriber_is_one_client() {
        for (address, expected) in [
            ("192.0.2.17", "192.0.2.17"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::6", "2001:db8:1:2::"),
            ("2001:db8:1:3::6", "2001:db8:1:3::"),
            ("2001:db8::6", "2001:db8::"),
            ("2001:db8:0:0:1::", "2001:db8::"),
            ("2001:db8:0:1::6", "2001:db8:0:1::"),
            ("::1", "::"),
            ("", ""),
        ] {
            assert_eq!(network(address), expected, "{address}");
        }
    }
}
