//! Inflates one entry (RFC 1951) into exactly the space it declared.

use miniz_oxide::inflate::{
    TINFLStatus,
    core::{DecompressorOxide, decompress, inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF},
};

use super::field;
use crate::pass::defect::{Defect, DefectCode};

/// Inflates `packed`, which declares to be `size` bytes; `size` must be within the limits already.
///
/// # Errors
///
/// The data is no deflate stream, goes on after the stream's end, or inflates to another size.
pub(super) fn exactly(packed: &[u8], size: u32, name: &str) -> Result<Vec<u8>, Defect> {
    let mut bytes = vec![0; field::index(size)];
    // On the heap: its tables are large for the stack of a Worker.
    let mut inflater = Box::<DecompressorOxide>::default();
    let (status, read, written) =
        decompress(&mut inflater, packed, &mut bytes, 0, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF);
    match status {
        TINFLStatus::Done if read == packed.len() && written == bytes.len() => Ok(bytes),
        TINFLStatus::Done | TINFLStatus::HasMoreOutput => {
            let message = "The sizes that the archive declares for this file are not its real ones. Pack the \
                           archive again.";
            Err(Defect::of_file(DefectCode::EntrySize, name, message))
        }
        _ => {
            let message = "The compressed data of this file is broken. Pack the archive again.";
            Err(Defect::of_file(DefectCode::EntryData, name, message))
        }
    }
}
