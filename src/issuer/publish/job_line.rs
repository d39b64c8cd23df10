//! A line of a job.

/// The line of a job that a publication is for. The transaction that publishes also notes that the line is done, and it does so
/// only if the worker still has the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLine {
    /// The job.
    pub job: String,
    /// Its place in the job, from 1.
    pub line: i64,
    /// Who works on it.
    pub worker: String,
}
