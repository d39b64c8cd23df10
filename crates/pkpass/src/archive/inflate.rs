//! Inflates one entry (RFC 1951) to exactly its declared size, a window at a time, so that memory does not grow with the entry.

use miniz_oxide::inflate::{
    TINFLStatus,
    core::{DecompressorOxide, decompress},
};

use super::field;
use crate::defect::{Defect, DefectCode};

/// Deflate refers back at most 32 KiB (RFC 1951, section 2).
const WINDOW: usize = 32 * 1024;

/// Inflates `packed` to `size` bytes, which are within the limits, and passes each piece to `piece`.
///
/// # Errors
///
/// The data is no deflate stream, continues after its end, or inflates to another size. Some pieces may have been passed on
/// before that shows.
pub(super) fn each(packed: &[u8], size: u32, name: &str, piece: &mut dyn FnMut(&[u8])) -> Result<(), Defect> {
    let (mut rest, mut at, mut left) = (packed, 0_usize, field::index(size));
    let mut window = vec![0; WINDOW];
    // On the heap: its tables are large for the stack of a Worker.
    let mut inflater = Box::<DecompressorOxide>::default();
    loop {
        let (status, read, written) = decompress(&mut inflater, rest, &mut window, at, 0);
        rest = rest.get(read..).unwrap_or_default();
        left = left.checked_sub(written).ok_or_else(|| size_wrong(name))?;
        let end = at.saturating_add(written);
        piece(window.get(at..end).unwrap_or_default());
        match status {
            TINFLStatus::Done if rest.is_empty() && left == 0 => return Ok(()),
            TINFLStatus::HasMoreOutput if written > 0 => at = if end < WINDOW { end } else { 0 },
            TINFLStatus::Done => return Err(size_wrong(name)),
            _ => return Err(broken(name)),
        }
    }
}

fn size_wrong(name: &str) -> Defect {
    let message = "The sizes that the archive declares for this file are not its real ones. Pack the archive again.";
    Defect::in_file(DefectCode::EntrySize, name, message)
}

fn broken(name: &str) -> Defect {
    let message = "The compressed data of this file is broken. Pack the archive again.";
    Defect::in_file(DefectCode::EntryData, name, message)
}
