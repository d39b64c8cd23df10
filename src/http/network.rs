//! Clients by their network.

use std::net::Ipv6Addr;

/// The network that counts as one client: an IPv4 address, or the first 56 bits of an IPv6 address. Providers give a subscriber
/// a prefix of 56 or 48 bits (RFC 6177, section 2; RIPE-690). With 64 bits, a subscriber would count as 256 clients or more.
/// With 48 bits, 256 subscribers of some providers would count as one.
pub(crate) fn network(address: &str) -> String {
    let Ok(address) = address.parse::<Ipv6Addr>() else { return address.to_owned() };
    let [first, second, third, fourth, ..] = address.segments();
    format!("{first:x}:{second:x}:{third:x}:{:x}::", fourth & 0xff00)
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn a_subscriber_is_one_client() {
        for (address, expected) in [
            ("192.0.2.17", "192.0.2.17"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:0::"),
            ("2001:db8:1:ff::6", "2001:db8:1:0::"),
            ("2001:db8:1:100::6", "2001:db8:1:100::"),
            ("2001:db8:1:12ff::6", "2001:db8:1:1200::"),
            ("2001:db8:2:ff::6", "2001:db8:2:0::"),
            ("2001:DB8::6", "2001:db8:0:0::"),
            ("::1", "0:0:0:0::"),
            ("", ""),
        ] {
            assert_eq!(network(address), expected, "{address}");
        }
    }
}
