//! Deletes increments that were applied long ago, and those that could not be applied for much longer. A request that is sent
//! again within that time adds nothing.
//!
//! Each call looks at the next page of increments. One transaction deletes them and stores the place, so a crash repeats a
//! page.

use super::{SECONDS_A_DAY, walk::Walk};
use crate::{
    endpoint::{InternalError, run},
    storage::{
        Batch, Database,
        sql::upkeep::sweep::{EndOfIncrements, ForgetIncrements},
    },
};

/// The increments of one run: with the hourly trigger, 240,000 a day.
const PAGE: i64 = 10_000;

/// How long an applied increment is kept, in seconds.
const KEPT_SECONDS: i64 = SECONDS_A_DAY;

/// How long an increment waits that cannot be applied, in seconds: the pass was withdrawn, or cannot be made.
const PENDING_SECONDS: i64 = 30 * SECONDS_A_DAY;

/// Looks at the next page. `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when the database does not answer. The next run repeats the page.
pub async fn forget_increments<D: Database>(database: &D, now: i64) -> Result<(), InternalError> {
    let Some(walk) = Walk::resume(database, "increments", now).await? else { return Ok(()) };
    let (pass_type, serial, id) = (walk.column(0), walk.column(1), walk.column(2));
    let end = EndOfIncrements { pass_type, serial, id, limit: PAGE };
    let rows = run(database, &Batch::repeatable(vec![end.query()])).await?;
    let end = rows.first::<EndOfIncrements>()?;
    let next = walk.after(end.map(|end| vec![end.pass_type, end.serial, end.id]));
    let progress = next.to_json();
    let applied_before = now.saturating_sub(KEPT_SECONDS);
    let added_before = now.saturating_sub(PENDING_SECONDS);
    let forget = ForgetIncrements { pass_type, serial, id, limit: PAGE, applied_before, added_before };
    run(database, &Batch::repeatable(vec![forget.query(), next.proceed(&progress)])).await?;
    Ok(())
}
