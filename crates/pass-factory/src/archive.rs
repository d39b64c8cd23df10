//! Well-formed archives, written by the `zip` crate, which the service does not use.

use std::io::{Cursor, Seek, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Layouts of archives. Tools choose any of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    #[default]
    Deflated,
    Stored,
    /// Compressed, with sizes and checksums behind the data, as tools do that write into a pipe.
    Streamed,
}

pub fn write_archive(files: &[(String, Vec<u8>)], layout: Layout) -> Vec<u8> {
    if layout == Layout::Streamed {
        return write_all(ZipWriter::new_stream(Vec::new()), files, CompressionMethod::Deflated).into_inner();
    }
    let method = if layout == Layout::Stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    write_all(ZipWriter::new(Cursor::new(Vec::new())), files, method).into_inner()
}

fn write_all<W: Write + Seek>(mut archive: ZipWriter<W>, files: &[(String, Vec<u8>)], method: CompressionMethod) -> W {
    let options = SimpleFileOptions::default().compression_method(method);
    for (path, bytes) in files {
        archive.start_file(path.as_str(), options).unwrap_or_else(|error| panic!("{path}: {error}"));
        archive.write_all(bytes).expect("memory takes everything");
    }
    archive.finish().expect("memory takes everything")
}
