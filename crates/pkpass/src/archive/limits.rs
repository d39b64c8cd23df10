//! The limits of an archive. They are checked on the directory, before a byte is inflated.

/// Most entries in an archive. A pass in forty languages, each with its own images, stays below.
pub const MAX_ENTRIES: usize = 512;

/// Largest file in an archive, unpacked, in bytes: 10 MiB.
pub const MAX_FILE_BYTES: u32 = 10 * 1024 * 1024;

/// Largest sum of all files, unpacked, in bytes: 20 MiB.
pub const MAX_TOTAL_BYTES: u64 = 20 * 1024 * 1024;
