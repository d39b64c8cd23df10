//! Files for the tools that tests run.

use edgepass_support::random;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A directory that is removed after the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = env::temp_dir().join(format!("edgepass-files-{}", random::hex(8)));
        fs::create_dir_all(&path).expect("the temporary directory is writable");
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    #[track_caller]
    pub(crate) fn run(&self, command: &str, arguments: &[&str]) -> String {
        let output = self.output(command, arguments);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command} {}: {printed}{complaint}", arguments.join(" "));
        printed
    }

    /// Runs a command in the folder. The tools of this repository come before those of the machine.
    pub(crate) fn output(&self, command: &str, arguments: &[&str]) -> Output {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/.bin");
        let machine = env::var("PATH").unwrap_or_default();
        Command::new(command)
            .args(arguments)
            .current_dir(&self.0)
            .env("PATH", format!("{}:{machine}", own.display()))
            .output()
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(directory).expect("the state can be read").flatten();
    entries
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() {
                return files(&path);
            }
            // What is gone by now was no row and no object.
            fs::read(&path).map(|bytes| (path.display().to_string(), bytes)).into_iter().collect()
        })
        .collect()
}
