//! The options of a push service.

use super::{credentials::Credentials, records::Received};
use std::time::Duration;

/// Called with each push and its outcome. The service waits for it, so it must not call the service.
pub type Observer = Box<dyn Fn(&Received) + Send + Sync>;

/// How requests are authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// With a provider token of the credentials.
    Key,
    /// With a provider token of any team and key. The signature is not verified.
    Form,
    /// Not at all, as on a connection with a certificate. A provider token is a problem.
    Nothing,
}

pub struct Options {
    /// The port on 127.0.0.1; 0 for one that is free.
    pub port: u16,
    pub credentials: Credentials,
    pub check: Check,
    /// In which intervals new provider tokens may come.
    pub updates_every: Duration,
    /// Whether pushes are counted and not kept.
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
