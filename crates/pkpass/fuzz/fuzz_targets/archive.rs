//! Any bytes as a pass file and as a template. What is accepted can be read, and a pass can be made of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pkpass::{Parts, archive::Archive, inspect_all_but_signature, template::prepare};

fuzz_target!(|file: &[u8]| {
    if let Ok(archive) = Archive::open(file) {
        for entry in archive.entries() {
            if let Ok(bytes) = archive.read(entry) {
                assert_eq!(bytes.len(), usize::try_from(entry.size()).unwrap());
            }
        }
    }
    if inspect_all_but_signature(file, None).is_ok() {
        assert_makes_passes(file);
    }
    if let Ok(prepared) = prepare(file) {
        assert_makes_passes(&prepared.file);
    }
});

fn assert_makes_passes(file: &[u8]) {
    let parts = Parts::from_file(file).expect("it was just checked");
    let made = parts.with(&parts.content).to_file(b"signature");
    let archive = Archive::open(&made).expect("a made pass is an archive");
    for entry in archive.entries() {
        archive.read(entry).expect("a made pass can be read");
    }
}
