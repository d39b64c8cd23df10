//! Lines that name their pass by `externalId`.

use crate::{
    endpoint::{InternalError, run},
    issuer::bulk::line::{Line, store_found},
    storage::{Batch, Database, Unreadable, sql::issuer::bulk as sql},
};
use serde::Serialize;

/// A line, the external identifier in it, and the template that the pass has to be of.
#[derive(Serialize)]
pub(super) struct Search(i64, String, Option<String>);

impl Search {
    /// The search of a line that names its pass.
    pub(super) fn new(place: i64, line: &Line) -> Option<Self> {
        let (external_id, template) = line.name()?;
        Some(Self(place, external_id.to_owned(), template.map(str::to_owned)))
    }
}

/// Puts the addresses of their passes into the lines of a chunk that name them.
pub(super) async fn find_passes<D: Database>(
    database: &D,
    chunk: Vec<u8>,
    first_line: i64,
    searches: &[Search],
) -> Result<Vec<u8>, InternalError> {
    if searches.is_empty() {
        return Ok(chunk);
    }
    let lines = serde_json::to_string(searches).unwrap_or_default();
    let rows = run(database, &Batch::repeatable(vec![sql::FindNamed { lines: &lines }.query()])).await?;
    let found = rows.all::<sql::FindNamed>()?;
    if found.len() != searches.len() {
        return Err(Unreadable.into());
    }
    // In the order of the lines.
    let mut found = found.into_iter().peekable();
    let mut stored = Vec::with_capacity(chunk.len());
    for (place, line) in (first_line..).zip(chunk.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())) {
        match found.next_if(|row| row.line == place) {
            Some(sql::FindNamedRow { external_id, passes, .. }) => {
                let passes: Vec<_> = serde_json::from_str(&passes).map_err(|_| Unreadable)?;
                stored.extend_from_slice(store_found(line, &external_id, &passes).as_bytes());
            }
            None => stored.extend_from_slice(line),
        }
        stored.push(b'\n');
    }
    Ok(stored)
}
