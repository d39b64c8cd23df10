//! `PUT /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/vnd.apple.pkpass`
//!
//! A pass that was made and signed elsewhere. The service checks everything that Wallet would check.

use super::{Outcome, Publish, Version, list_defects};
use crate::{
    crypto::Crypto,
    endpoint::{Error, run},
    http::{ClientError, Reply, conditional::WriteConditions},
    issuer::{Address, preview},
    storage::{
        Batch, Database, Objects, Unreadable,
        sql::issuer::make::{Pass as Stored, PassRow as StoredRow},
    },
};
use pkpass::{Expected, parts::content_of, signature::Trust};

/// The largest file, in bytes.
pub(crate) const BODY_LIMIT: usize = 5 * 1024 * 1024;

/// Checks an upload: archive, manifest, content and signature. `publication` is unique to it. `now_ms` is unix milliseconds.
///
/// # Errors
/// [`ClientError::Problem`] with all defects of the file, [`Error::InternalError`] when the
/// platform fails.
pub(crate) async fn check<C: Crypto>(
    address: Address,
    file: Vec<u8>,
    conditions: WriteConditions,
    trust: &Trust,
    crypto: &C,
    publication: String,
    now_ms: i64,
) -> Result<Publish, Error> {
    let expected = Expected { pass_type: &address.pass_type, serial: &address.serial };
    let inspected = pkpass::inspect(&file, Some(&expected), trust, now_ms.div_euclid(1000), crypto).await;
    let pass = inspected.map_err(|report| list_defects(&report))?;
    let file_sha256 = crypto.sha256_hex(&file).await?;
    let version = Version { address, pass, file, file_sha256, conditions, made: None };
    Ok(Publish::new(version, publication, now_ms))
}

/// What an upload would change on phones.
///
/// # Errors
/// [`Error::ClientError`] when the upload would be refused for something else than its defects, [`Error::InternalError`] when
/// storage does not answer.
pub(crate) async fn preview<D: Database, O: Objects>(
    checked: Result<Publish, Error>,
    database: &D,
    objects: &O,
) -> Result<Reply, Error> {
    let publish = match checked {
        Ok(publish) => publish,
        Err(error) => return preview::show_defects(Err(error)),
    };
    let Version { address: Address { pass_type, serial }, pass, file, conditions, .. } = &publish.version;
    let rows = run(database, &Batch::repeatable(vec![Stored { pass_type, serial }.query()])).await?;
    let stored = rows.first::<Stored>()?;
    if !conditions.hold(stored.as_ref().map(|stored| stored.etag.as_str())) {
        return Err(ClientError::PreconditionFailed.into());
    }
    if stored.as_ref().is_some_and(|stored| stored.token.is_some() && stored.token.as_deref() != publish.token()) {
        return Ok(Outcome::TokenDiffers.reply());
    }
    let before = match &stored {
        Some(stored) => objects.read(&stored.object_key).await?.and_then(|file| content_of(&file)),
        None => None,
    };
    let is_same = |stored: &StoredRow| {
        stored.manifest == pass.manifest_sha256 && stored.token.as_deref() == publish.token() && !stored.withdrawn
    };
    let after = content_of(file).ok_or(Unreadable)?;
    Ok(preview::preview(!stored.as_ref().is_some_and(is_same), &pass.warnings, before.as_ref(), &after))
}
