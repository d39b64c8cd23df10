//! `/issuer/v1/jobs`: work on many passes.

mod by_filter;
mod csv;
mod lines;
mod once;
mod order;

use crate::util::{Made, until};
use edgepass_support::{issuer::Issuer, issuer::NDJSON};
use serde_json::{Value, json};

/// Waits for the end of a job, and returns its progress.
#[track_caller]
pub(crate) fn end(issuer: &Issuer, job: &str) -> Value {
    until("the job is finished", || {
        let progress = issuer.job(job).expect(200).json();
        (!progress["finished"].is_null()).then_some(progress)
    })
}

/// The name of a job that was started.
pub(crate) fn name(started: &Value) -> String {
    started["job"].as_str().unwrap_or_default().to_owned()
}

/// The outcomes of a job, in the order of the answer.
#[track_caller]
pub(crate) fn outcomes(issuer: &Issuer, job: &str) -> Vec<Value> {
    let text = issuer.job_results(job, NDJSON).expect(200).text();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// Does the lines of a job, and returns their outcomes.
#[track_caller]
pub(crate) fn done(issuer: &Issuer, lines: &[Value]) -> Vec<Value> {
    let job = name(&issuer.start_job(lines).expect(202).json());
    end(issuer, &job);
    outcomes(issuer, &job)
}

/// A line for a pass.
pub(crate) fn line(operation: &str, made: &Made, serial: &str, members: &Value) -> Value {
    let mut line = json!({ "op": operation, "passTypeIdentifier": made.pass_type, "serialNumber": serial });
    if operation == "create" {
        line["template"] = json!(made.template.name);
    }
    for (name, value) in members.as_object().into_iter().flatten() {
        line[name] = value.clone();
    }
    line
}

fn statuses(outcomes: &[Value]) -> Vec<i64> {
    outcomes.iter().map(|outcome| outcome["status"].as_i64().unwrap_or_default()).collect()
}
