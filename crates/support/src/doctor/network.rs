//! The way to the server: its name and its port.

use super::Finding;
use std::{
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Resolves the host of a URL and connects to it. The error is the problem that ends the examination.
pub(super) fn examine(url: &str) -> Result<Vec<Finding>, Finding> {
    let (host, port) = place(url).ok_or_else(|| Finding::problem("web_service_url", format!("{url} has no host.")))?;
    let resolved = (host, port).to_socket_addrs().map(Iterator::collect::<Vec<SocketAddr>>);
    let addresses = resolved.ok().filter(|addresses| !addresses.is_empty()).ok_or_else(|| {
        Finding::problem("dns", format!("The host {host} is dead: its name has no address."))
            .with_remedy("Correct the name in webServiceURL, or set the name up in DNS. Phones ask nowhere else.")
    })?;
    let list = addresses.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>().join(", ");
    let mut refusal = String::new();
    for address in &addresses {
        match TcpStream::connect_timeout(address, TIMEOUT) {
            Ok(_) => {
                let found = [
                    Finding::ok("dns", format!("{host} is {list}.")),
                    Finding::ok("connection", format!("{address} accepts connections.")),
                ];
                return Ok(found.into());
            }
            Err(error) => refusal = error.to_string(),
        }
    }
    let text = format!("Nobody answers at {host}, port {port} ({list}): {refusal}.");
    Err(Finding::problem("connection", text).with_remedy("Start the server, or open its port to the internet."))
}

/// The host and port of a URL.
fn place(url: &str) -> Option<(&str, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())?;
    let usual = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (authority, usual),
    };
    Some((host.trim_start_matches('[').trim_end_matches(']'), port))
}
