//! Storing a template: 201 when it is new, 200 when it was replaced or is the same.
//!
//! The prepared file goes into the bucket before the row that names it, under a key of its own. A crash before the batch leaves
//! an object that no row names, and the sweep deletes it. A crash after it leaves the template stored. It can be repeated.

use super::TemplateSummary;
use crate::{
    endpoint::{Endpoint, Error, Upload, run},
    http::{ClientError, Problem, Reply},
    issuer::{preview, publish::key_of_template},
    storage::{Batch, Database, Objects, Rows, Unreadable, sql::issuer::template as sql},
};
use pkpass::{
    Parts,
    template::{Prepared, prepare},
};

/// The largest archive, in bytes.
pub(crate) const BODY_LIMIT: usize = 5 * 1024 * 1024;

/// A checked template.
#[derive(Debug, Clone)]
pub struct StoreTemplate {
    name: String,
    prepared: Prepared,
    object_key: String,
    now: i64,
}

/// Checks a template and prepares it. `unique` is unique to this upload. `now` is unix seconds.
///
/// # Errors
/// [`ClientError::Problem`] with all defects.
pub fn check(name: String, file: &[u8], unique: &str, now: i64) -> Result<StoreTemplate, ClientError> {
    let prepared = prepare(file).map_err(|report| {
        let detail = "The template was not stored. Each defect below must be mended.";
        ClientError::Problem(Problem::from_report(400, "Defective Template", detail, &report))
    })?;
    let object_key = key_of_template(&name, &prepared.version, unique);
    Ok(StoreTemplate { name, prepared, object_key, now })
}

/// What storing the template would change in its passes.
///
/// # Errors
/// [`Error::InternalError`] when storage does not answer.
pub(crate) async fn preview<D: Database, O: Objects>(
    checked: Result<StoreTemplate, ClientError>,
    database: &D,
    objects: &O,
) -> Result<Reply, Error> {
    let StoreTemplate { name, prepared, .. } = match checked {
        Ok(template) => template,
        Err(error) => return preview::show_defects(Err(error.into())),
    };
    let rows = run(database, &Batch::repeatable(vec![sql::After { name: &name }.query()])).await?;
    let stored = rows.first::<sql::After>()?;
    let file = match &stored {
        Some(stored) => objects.read(&stored.object_key).await?,
        None => None,
    };
    let before = file.and_then(|file| Parts::from_file(&file)).map(|parts| parts.content);
    let after = Parts::from_file(&prepared.file).ok_or(Unreadable)?.content;
    let changed = stored.is_none_or(|stored| stored.version != prepared.version);
    Ok(preview::preview(changed, &prepared.warnings, before.as_ref(), &after))
}

impl Endpoint for StoreTemplate {
    fn upload(&self) -> Option<Upload<'_>> {
        Some(Upload { key: &self.object_key, bytes: &self.prepared.file })
    }

    /// Not repeatable: between two runs another one may have been stored.
    fn ask(&self) -> Batch<'_> {
        let (name, version, object_key, now) = (&*self.name, &*self.prepared.version, &*self.object_key, self.now);
        let size = i64::try_from(self.prepared.file.len()).unwrap_or(i64::MAX);
        Batch::once(vec![
            sql::Before { name }.query(),
            sql::Retire { name, version, now }.query(),
            sql::Store { name, version, object_key, size, now }.query(),
            sql::After { name }.query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        let sql::AfterRow { object_key, version, modified_at, size } = rows.first::<sql::After>()?.ok_or(Unreadable)?;
        let status = if rows.any::<sql::Before>()? { 200 } else { 201 };
        // No `ETag`: the prepared file is not the file that was sent (RFC 9110, section 9.3.4).
        let summary = TemplateSummary::new(&self.name, &version, modified_at, size);
        let reply = Reply::json(status, &TemplateSummary { warnings: Some(&self.prepared.warnings), ..summary });
        Ok(reply.with_discard((object_key != self.object_key).then(|| self.object_key.clone())))
    }
}
