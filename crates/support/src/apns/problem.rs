//! Problems of a request.

use super::behaviour::{Behaviour, status_of};
use std::fmt;

/// A mistake in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The reason with which APNs refuses the request. `None` if APNs accepts it.
    pub reason: Option<&'static str>,
    pub wrong: String,
}

impl Problem {
    pub(super) fn refused(reason: &'static str, wrong: impl Into<String>) -> Self {
        Self { reason: Some(reason), wrong: wrong.into() }
    }

    pub(super) fn tolerated(wrong: impl Into<String>) -> Self {
        Self { reason: None, wrong: wrong.into() }
    }

    pub(super) fn behaviour(&self) -> Option<Behaviour> {
        self.reason.map(Behaviour::refuse)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason.and_then(|reason| Some((status_of(reason)?, reason))) {
            Some((status, reason)) => write!(f, "{status} {reason}: {}", self.wrong),
            None => write!(f, "{}", self.wrong),
        }
    }
}
