//! `GET /issuer/v1/jobs/{job}/results`: the outcomes of all lines, in their order, as NDJSON or as CSV.
//!
//! The outcomes of each chunk are an object in the bucket. The answer is these objects, one behind the other.

use super::UNKNOWN;
use crate::{
    endpoint::{Answer, Error, run},
    http::{ClientError, Reply},
    storage::{Batch, Database, Part, Streams, sql::issuer::bulk as sql},
};
use pkpass::json;
use serde_json::{Map, Value};

/// The form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultsForm {
    Ndjson,
    Csv,
}

impl ResultsForm {
    /// Reads the header field `Accept`: CSV if it names it.
    pub(crate) fn from_accept(accept: Option<&str>) -> Self {
        if accept.is_some_and(|accept| accept.contains("text/csv")) { Self::Csv } else { Self::Ndjson }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// The outcomes. `head`: without the body.
///
/// # Errors
/// [`ClientError::NotFound`] when there is no such job, [`ClientError::Conflict`] when lines are still to be done.
pub(crate) async fn results<D: Database, O: Streams>(
    job: &str,
    form: ResultsForm,
    head: bool,
    database: &D,
    objects: &O,
) -> Result<Answer<O::Body>, Error> {
    let queries = vec![sql::Progress { job }.query(), sql::Results { job }.query()];
    let rows = run(database, &Batch::repeatable(queries)).await?;
    let progress = rows.first::<sql::Progress>()?.ok_or(UNKNOWN)?;
    if matches!(progress.state.as_str(), "collecting" | "running") {
        return Err(ClientError::Conflict(NOT_DONE).into());
    }
    let (mut parts, mut length) = (Vec::new(), 0_usize);
    if form == ResultsForm::Csv {
        length = HEADER.len();
        parts.push(Part::Bytes(HEADER.as_bytes().to_vec()));
    }
    for row in rows.all::<sql::Results>()? {
        let (key, size) =
            if form == ResultsForm::Csv { (row.csv_key, row.csv_size) } else { (row.results_key, row.results_size) };
        if let Some(key) = key
            && let Ok(size @ 1..) = usize::try_from(size)
        {
            length = length.saturating_add(size);
            parts.push(Part::Object(key));
        }
    }
    let reply = Reply::empty(200)
        .with("content-type", form.media_type())
        .with("content-length", length.to_string())
        .with("cache-control", "private, no-store");
    let object = if head { None } else { Some(objects.concatenate(&parts, length)?) };
    Ok(Answer { reply, object })
}

const NOT_DONE: &str = "The job still has lines to do. GET of the job says how far it came.";

const HEADER: &str = "line,status,passTypeIdentifier,serialNumber,externalId,link,error\r\n";

/// Outcomes as rows of CSV (RFC 4180), without a header.
pub(super) fn to_csv(outcomes: &[String]) -> String {
    let rows = outcomes.iter().filter_map(|outcome| json::parse(outcome));
    rows.fold(String::new(), |csv, outcome| if let Value::Object(outcome) = outcome { csv + &to_row(&outcome) } else { csv })
}

fn to_row(outcome: &Map<String, Value>) -> String {
    let number = |name: &str| outcome.get(name).map(Value::to_string).unwrap_or_default();
    let text = |name: &str| outcome.get(name).and_then(Value::as_str).unwrap_or_default();
    let cells = [
        number("line"),
        number("status"),
        quote(text("passTypeIdentifier")),
        quote(text("serialNumber")),
        quote(text("externalId")),
        quote(text("link")),
        quote(error_of(outcome.get("answer"))),
    ];
    cells.join(",") + "\r\n"
}

/// What went wrong: the first defect of a problem, or its detail.
fn error_of(answer: Option<&Value>) -> &str {
    let Some(problem) = answer.filter(|answer| answer.get("title").is_some()) else { return "" };
    let defect = problem.pointer("/defects/0/message");
    defect.or(problem.get("detail")).and_then(Value::as_str).unwrap_or_default()
}

fn quote(cell: &str) -> String {
    let is_plain = !cell.contains([',', '"', '\r', '\n']);
    if is_plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_a_row() {
        let good = r#"{"line":1,"status":201,"passTypeIdentifier":"p","serialNumber":"a,\"b","link":"https://x","answer":{}}"#;
        let bad = r#"{"line":2,"status":400,"passTypeIdentifier":"p","serialNumber":"c","externalId":"7","answer":
            {"title":"Defective Pass","detail":"…","defects":[{"message":"first"},{"message":"second"}]}}"#;
        let lost =
            r#"{"line":3,"status":404,"passTypeIdentifier":"p","serialNumber":"d","answer":{"title":"T","detail":"none"}}"#;
        let rows = "1,201,p,\"a,\"\"b\",,https://x,\r\n2,400,p,c,7,,first\r\n3,404,p,d,,,none\r\n";
        assert_eq!(to_csv(&[good, bad, lost].map(str::to_owned)), rows);
    }
}
