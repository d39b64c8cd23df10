//! `POST /issuer/v1/jobs?dryRun=true` with a change by filter: how many passes it would change, and what the first one would
//! show.

use super::{
    by_filter::ChangeByFilter,
    line::Stored,
    perform::{Stop, perform},
};
use crate::{
    crypto::Crypto,
    endpoint::{Error, run},
    http::{ClientError, Reply},
    issuer::{
        filter::Place,
        make::PassMaker,
        publish::{JobLine, OVERTAKEN},
    },
    storage::{Batch, Database, Objects, Unreadable},
};
use pkpass::json;
use serde::Serialize;
use serde_json::Value;

/// The most passes that are counted. Each reads its registrations.
const MOST_COUNTED: i64 = 1000;

/// The most pages of the walk over the filter. Each is a call of the database that looks at up to 10,000 passes.
const MOST_PAGES: usize = 50;

/// What a job would do.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Preview {
    dry_run: bool,
    /// How many passes the filter finds, as far as they are counted.
    passes: i64,
    /// Whether there may be more: not all passes were looked at.
    more: bool,
    /// A dry run of the first line.
    first: Option<Value>,
}

/// What a change by filter would do.
///
/// # Errors
/// [`Error::InternalError`] when storage does not answer, [`ClientError`] when a secret is missing.
pub async fn preview<D: Database, O: Objects, C: Crypto>(
    maker: &PassMaker<'_, D, O, C>,
    change: &ChangeByFilter,
) -> Result<Reply, Error> {
    let filter = change.filter().ok_or(Unreadable)?;
    let (mut passes, mut first, mut next) = (0_i64, None, Some(Place::default()));
    for _ in 0..MOST_PAGES {
        let Some(after) = next.take_if(|_| passes < MOST_COUNTED) else { break };
        let limit = MOST_COUNTED.saturating_sub(passes);
        let rows = run(maker.database, &Batch::repeatable(vec![filter.page(&after, limit)])).await?;
        let (found, behind) = filter.found(&rows, limit)?;
        passes = passes.saturating_add(i64::try_from(found.len()).unwrap_or(i64::MAX));
        first = first.or_else(|| found.into_iter().next());
        next = behind;
    }
    let first = match first {
        Some(pass) => Some(outcome_of(maker, &change.stored_line(&pass)).await?),
        None => None,
    };
    Ok(Reply::json(200, &Preview { dry_run: true, passes, more: next.is_some(), first }))
}

/// The outcome of a dry run of the first line.
async fn outcome_of<D: Database, O: Objects, C: Crypto>(maker: &PassMaker<'_, D, O, C>, line: &str) -> Result<Value, Error> {
    let Some(Stored::Line(address, line)) = Stored::read(line.as_bytes(), "", 1) else { return Err(Unreadable.into()) };
    let place = JobLine { job: String::new(), line: 1, worker: String::new() };
    match perform(maker, &line, &address, &place, None).await {
        Ok(outcome) => Ok(json::parse(&outcome.to_json()).ok_or(Unreadable)?),
        Err(Stop::Overtaken) => Err(ClientError::Conflict(OVERTAKEN).into()),
        Err(Stop::Failed(error)) => Err(error),
    }
}
