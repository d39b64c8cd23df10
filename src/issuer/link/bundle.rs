//! Bundles: several passes in one file. Wallet adds them at once (Apple, "Distributing and updating a pass").

use super::open::file_name;
use crate::{
    endpoint::{Answer, Error, InternalError},
    http::{ClientError, Reply, file::StoredFile},
    storage::{Part, Streams, Unreadable},
};
use pkpass::archive::{Crc32, Outline};

/// The most bytes of the passes in a bundle. Apple accepts 150 MB, but each pass is read twice, and anybody with the link can
/// open it any number of times.
const MOST_BYTES: i64 = 8 * 1024 * 1024;

/// Whether files of these sizes fit into a bundle.
pub(super) fn fits(sizes: impl Iterator<Item = i64>) -> bool {
    sizes.fold(0_i64, i64::saturating_add) <= MOST_BYTES
}

/// The error when they do not fit.
pub(super) const TOO_LARGE: ClientError =
    ClientError::Conflict("These passes are together larger than 8 MiB: too large for one link.");

/// The media type of a bundle.
const MEDIA_TYPE: &str = "application/vnd.apple.pkpasses";

/// Packs the files into one archive. They are stored uncompressed, as a pass file is compressed itself.
///
/// No file is held in memory. Each is read twice: once for its CRC-32, which stands before it in the archive, and once to be
/// sent. So an unreadable file is found before the answer begins.
///
/// # Errors
/// [`ClientError::Conflict`] when they have grown too large. [`InternalError`] when the bucket does not answer.
pub(crate) async fn pack<O: Streams>(
    files: &[(String, StoredFile)],
    head: bool,
    objects: &O,
) -> Result<Answer<O::Body>, Error> {
    if !fits(files.iter().map(|(_, file)| file.size)) {
        return Err(TOO_LARGE.into());
    }
    let (mut outline, mut parts) = (Outline::default(), Vec::new());
    for (place, (serial, file)) in (1_usize..).zip(files) {
        let crc32 = if head { 0 } else { compute_crc32(file, objects).await? };
        // The file names of two serial numbers may be the same.
        let name = format!("{place:02}-{}.pkpass", file_name(serial));
        let size = u32::try_from(file.size).map_err(|_| Unreadable)?;
        parts.push(Part::Bytes(outline.store(&name, size, crc32)));
        parts.push(Part::Object(file.object_key.clone()));
    }
    let before = outline.length();
    let end = outline.finish();
    let length = before.saturating_add(end.len());
    parts.push(Part::Bytes(end));
    let reply = Reply::empty(200)
        .with("content-type", MEDIA_TYPE)
        .with("content-length", length.to_string())
        .with("content-disposition", "attachment; filename=\"passes.pkpasses\"")
        .with("cache-control", "private, no-store")
        .with("x-robots-tag", "noindex");
    let object = if head { None } else { Some(objects.concatenate(&parts, length)?) };
    Ok(Answer { reply, object })
}

async fn compute_crc32<O: Streams>(file: &StoredFile, objects: &O) -> Result<u32, InternalError> {
    let (mut crc, mut size) = (Crc32::default(), 0_usize);
    let mut piece = |bytes: &[u8]| {
        crc.update(bytes);
        size = size.saturating_add(bytes.len());
    };
    if !objects.scan(&file.object_key, &mut piece).await? {
        return Err(InternalError::ObjectMissing(file.object_key.clone()));
    }
    // With another size, the answer would not have the length that its header says.
    if i64::try_from(size) == Ok(file.size) { Ok(crc.value()) } else { Err(InternalError::Unreadable) }
}
