//! Bundles: several passes in one file, which Wallet adds at once (Apple, "Distributing and updating a pass").

use super::open::file_name;
use crate::{
    endpoint::{Answer, Trouble},
    http::{Body, Refusal, Reply, file::StoredFile},
    pass::archive::Writer,
    store::Objects,
};

/// The most bytes of the passes in a bundle. Apple takes 150 MB; a Worker has 128 MB for everything it does at a time, and
/// whoever has the link may open it several times at once.
const MOST_BYTES: i64 = 8 * 1024 * 1024;

/// Bytes of an archive around an entry.
const AROUND: usize = 512;

/// Whether files of these sizes fit into a bundle.
pub(super) fn fits(sizes: impl Iterator<Item = i64>) -> bool {
    sizes.fold(0_i64, i64::saturating_add) <= MOST_BYTES
}

/// Why they do not.
pub(super) const TOO_LARGE: Refusal =
    Refusal::Conflict("These passes are together larger than 8 MiB: too large for one link.");

/// The media type of a bundle.
pub const MEDIA_TYPE: &str = "application/vnd.apple.pkpasses";

/// Packs the files into one archive, without compressing them: they are compressed.
///
/// # Errors
/// [`Trouble`] when the bucket does not answer.
pub async fn pack<O: Objects>(
    files: &[(String, StoredFile)],
    head: bool,
    objects: &O,
) -> Result<Answer<O::Body>, Trouble> {
    let sizes = || files.iter().map(|(_, file)| file.size);
    if !fits(sizes()) {
        return Ok(Reply::from(TOO_LARGE).into());
    }
    let reply = Reply::empty(200)
        .with("content-type", MEDIA_TYPE)
        .with("content-disposition", "attachment; filename=\"passes.pkpasses\"")
        .with("cache-control", "private, no-store")
        .with("x-robots-tag", "noindex");
    if head {
        return Ok(reply.into());
    }
    let room = sizes().filter_map(|size| usize::try_from(size).ok()).fold(0, usize::saturating_add);
    let mut archive = Writer::with_capacity(room.saturating_add(files.len().saturating_mul(AROUND)));
    for (place, (serial, StoredFile { object_key, .. })) in (1_usize..).zip(files) {
        let file = objects.read(object_key).await?;
        let file = file.ok_or_else(|| Trouble::ObjectMissing(object_key.clone()))?;
        // Serial numbers may be alike but for what a file name cannot hold.
        archive.store(&format!("{place:02}-{}.pkpass", file_name(serial)), &file);
    }
    let bundle = archive.finish();
    Ok(reply.with("content-length", bundle.len().to_string()).with_body(Body::Bytes(bundle)).into())
}
