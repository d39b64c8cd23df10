//! How a push service is set up.

use super::{credentials::Credentials, records::Received};
use std::time::Duration;

/// Is shown each push, when what becomes of it is decided. The service waits for it, so that it must not ask the service.
pub type Observer = Box<dyn Fn(&Received) + Send + Sync>;

/// How requests prove where they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// With a provider token of the credentials.
    Key,
    /// With a provider token of any team and key: the signature is not verified, all else is.
    Form,
    /// Not at all, as behind a connection with a certificate. A provider token is a problem then.
    Nothing,
}

pub struct Options {
    /// The port on 127.0.0.1; 0 for one that is free.
    pub port: u16,
    pub credentials: Credentials,
    pub check: Check,
    /// In which intervals new provider tokens may come.
    pub updates_every: Duration,
    /// Whether pushes are only counted, and none is kept: for a hundred thousand of them.
    pub counting: bool,
    pub observer: Option<Observer>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            credentials: Credentials::random(),
            check: Check::Key,
            updates_every: Duration::from_mins(20),
            counting: false,
            observer: None,
        }
    }
}
