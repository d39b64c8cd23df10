//! Digests in lowercase hex, as manifests, addresses and rows hold them.

use sha1::{Digest as _, Sha1};
use sha2::Sha256;

/// SHA-256 of the bytes as 64 lowercase hex digits (FIPS 180-4).
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-1 of the bytes as 40 lowercase hex digits. SHA-1 is broken for signatures, but Apple defines the manifest with it.
pub(super) fn sha1_hex(bytes: &[u8]) -> String {
    hex(&Sha1::digest(bytes))
}

/// SHA-1 of bytes that come piece by piece.
#[derive(Default)]
pub(super) struct Sha1Pieces(Sha1);

impl Sha1Pieces {
    /// Adds the next bytes.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest, as [`sha1_hex`] returns it.
    pub(super) fn hex(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Bytes in lowercase hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_abc_are_those_of_fips_180() {
        assert_eq!(sha1_hex(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
