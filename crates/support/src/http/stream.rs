//! A TCP connection, with TLS for https.

use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::{
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    sync::{Arc, OnceLock},
    time::Duration,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// D1 stalls for shorter times than this, and no phone would wait longer.
const SILENCE_TIMEOUT: Duration = Duration::from_mins(1);

pub(super) trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// Where a service is: `https://host:port/prefix` in its parts.
pub(super) struct Base<'a> {
    secure: bool,
    /// Host and port as written, for the `Host` header.
    pub(super) authority: &'a str,
    /// The beginning of every path: empty or `/…`, without a slash at its end.
    pub(super) prefix: &'a str,
}

impl<'a> Base<'a> {
    pub(super) fn parse(url: &'a str) -> io::Result<Self> {
        let wrong = || io::Error::new(io::ErrorKind::InvalidInput, format!("{url} is no http or https address"));
        let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
        let secure = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(wrong()),
        };
        let (authority, prefix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Ok(Self { secure, authority, prefix: prefix.strip_suffix('/').unwrap_or(prefix) })
    }

    pub(super) fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let (host, port) = match self.authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(io::Error::other)?),
            _ => (self.authority, if self.secure { 443 } else { 80 }),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let tcp = connect(host, port)?;
        if !self.secure {
            return Ok(Box::new(tcp));
        }
        let name = host.to_owned().try_into().map_err(io::Error::other)?;
        let session = ClientConnection::new(tls(), name).map_err(io::Error::other)?;
        Ok(Box::new(StreamOwned::new(session, tcp)))
    }
}

fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, format!("{host} has no address"));
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(SILENCE_TIMEOUT))?;
                stream.set_write_timeout(Some(SILENCE_TIMEOUT))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn tls() -> Arc<ClientConfig> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let config = CONFIG.get_or_init(|| {
        let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        ClientConfig::builder().with_root_certificates(roots).with_no_client_auth().into()
    });
    Arc::clone(config)
}
