//! What is wrong with a line.

use serde::Serialize;

/// What is wrong with a line, for the issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineFault {
    /// Its place, from 1. In CSV the row below the header is line 1.
    pub(super) line: i64,
    /// What to change.
    pub(super) message: String,
}
