//! What came of taking the lines.

use crate::{
    http::{ClientError, Problem, Reply},
    issuer::bulk::fault::LineFault,
};
use serde::Serialize;

/// Lines that were checked.
#[derive(Debug)]
pub struct Taken {
    /// How many there are.
    pub lines: i64,
    /// What is wrong with the first of them.
    pub faults: Vec<LineFault>,
    /// First line, last line and key of each stored chunk.
    pub(in crate::issuer::bulk) chunks: Vec<(i64, i64, String)>,
    /// SHA-256 of all lines.
    pub(crate) fingerprint: String,
}

#[derive(Serialize)]
struct Report<'a> {
    valid: bool,
    lines: i64,
    errors: &'a [LineFault],
}

impl Taken {
    /// The answer to a request that only asks whether the lines are good.
    #[must_use]
    pub fn report(&self) -> Reply {
        Reply::json(200, &Report { valid: self.faults.is_empty(), lines: self.lines, errors: &self.faults })
    }

    /// 400 if lines have faults.
    #[must_use]
    pub fn problem(&self) -> Option<ClientError> {
        let detail = "No line was carried out. Each line below must be mended. There may be more: the first 20 are listed.";
        let problem = || Problem::from_errors(400, "Defective Lines", detail, &self.faults);
        (!self.faults.is_empty()).then(|| ClientError::Problem(problem()))
    }
}
