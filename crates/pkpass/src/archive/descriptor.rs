//! What follows the data of an entry whose sizes were not known in front of it (APPNOTE 4.3.9).

use super::header::{Central, Local};

const SIGNATURE: &[u8] = b"PK\x07\x08";

/// The length of the descriptor at the start of `rest`. `None` when there is none that says the same as the directory.
///
/// Its sizes have eight bytes if the local header has a ZIP64 record: libarchive goes by that when it streams. Some writers
/// leave the signature out. After data that is stored only the signature shows where it ends.
pub(super) fn length(header: &Central<'_>, local: &Local<'_>, rest: &[u8]) -> Option<usize> {
    let (crc32, sizes) = (header.crc32.to_le_bytes(), [header.packed_size, header.size]);
    let fields = if local.extra.has_zip64() {
        [&crc32[..], sizes.map(|size| u64::from(size).to_le_bytes()).as_flattened()].concat()
    } else {
        [&crc32[..], sizes.map(u32::to_le_bytes).as_flattened()].concat()
    };
    let signed = [SIGNATURE, &fields].concat();
    let fits = |form: &[u8]| rest.starts_with(form).then_some(form.len());
    fits(&signed).or_else(|| fits(&fields).filter(|_| header.method != 0))
}
