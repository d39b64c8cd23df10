//! The command-line tool that most issuers sign with.

use super::{MANIFEST, authority, identity};
use pass_factory::random;
use std::{
    env, fs,
    path::PathBuf,
    process::{Command, Output},
};

/// A folder with an identity (`certificate.pem`, `key.pem`, `wwdr.pem`), `root.pem` and `manifest.json` in
/// it.
pub(super) struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    pub(super) fn new() -> Self {
        let folder = env::temp_dir().join(format!("edgepass-{}", random::hex(8)));
        fs::create_dir(&folder).unwrap();
        let workshop = Self { folder };
        workshop.write("certificate.pem", identity().certificate_pem().as_bytes());
        workshop.write("key.pem", identity().key_pem().as_bytes());
        workshop.write("wwdr.pem", authority().intermediate_pem().as_bytes());
        workshop.write("root.pem", authority().root_pem().as_bytes());
        workshop.write("manifest.json", MANIFEST);
        workshop
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.join(name), bytes).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(name)).unwrap()
    }

    pub(super) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    /// Runs openssl with arguments that hold no spaces.
    pub(super) fn run(&self, arguments: &str) {
        self.run_split(&arguments.split(' ').collect::<Vec<_>>());
    }

    pub(super) fn run_split(&self, arguments: &[&str]) {
        let Output { status, stderr, .. } = Command::new("openssl")
            .args(arguments)
            .current_dir(&self.folder)
            .output()
            .unwrap_or_else(|error| panic!("these tests need openssl on the PATH: {error}"));
        assert!(status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&stderr));
    }

    /// Signs the manifest as issuers do: `command` is completed by files and form, which it may override.
    pub(super) fn sign(&self, command: &str) -> Vec<u8> {
        let form = if command.contains("-outform") { "" } else { " -outform DER" };
        let files = "-signer certificate.pem -inkey key.pem -certfile wwdr.pem -in manifest.json -out signature";
        self.run(&format!("{command} {files}{form}"));
        self.read("signature")
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
