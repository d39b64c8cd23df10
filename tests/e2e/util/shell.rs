//! The commands of a document, run as they are printed.

use edgepass_support::{random, server::Server};
use std::{env, fs, path::PathBuf, process::Command};

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// A directory like a project, with the example of the package, and a shell in it. Dropping it deletes the directory.
pub(crate) struct Shell<'a> {
    document: &'static str,
    server: &'a Server,
    directory: PathBuf,
}

impl<'a> Shell<'a> {
    /// `dev_vars` is the content of `.dev.vars`.
    pub(crate) fn new(document: &'static str, server: &'a Server, dev_vars: &str) -> Self {
        let directory = env::temp_dir().join(format!("edgepass-shell-{}", random::hex(8)));
        let folder = directory.join("node_modules/edgepass/examples/coffee.pass");
        fs::create_dir_all(&folder).expect("the temporary directory is writable");
        for file in ["icon.png", "icon@2x.png", "icon@3x.png", "pass.json"] {
            fs::copy(format!("{REPOSITORY}/examples/coffee.pass/{file}"), folder.join(file)).expect("the example is there");
        }
        fs::write(directory.join(".dev.vars"), dev_vars).expect("the temporary directory is writable");
        Self { document, server, directory }
    }

    /// Writes a file into the directory.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.directory.join(name), content).expect("the temporary directory is writable");
    }

    /// The commands of a section. An empty name stands for what is above the first section.
    pub(crate) fn commands(&self, section: &str) -> String {
        let heading = if section.is_empty() { "# ".to_owned() } else { format!("\n## {section}\n") };
        let (_, rest) = self.document.split_once(&heading).expect("the document has the section");
        let text = rest.split("\n## ").next().unwrap_or_default();
        text.split("```").filter_map(|block| block.strip_prefix("sh\n")).collect()
    }

    /// The blocks of the document in a language.
    pub(crate) fn blocks(&self, language: &str) -> Vec<String> {
        let blocks = self.document.split("```").filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'));
        blocks.map(str::to_owned).collect()
    }

    /// Runs commands, and returns what they print.
    #[track_caller]
    pub(crate) fn run(&self, commands: &str) -> String {
        let base = self.server.base();
        let commands = commands
            .replace("http://127.0.0.1:8787", base)
            .replace("curl -", "curl --silent --show-error --fail-with-body -")
            .replace("curl \"", "curl --silent --show-error --fail-with-body \"")
            .replace("cargo run ", &format!("cargo run --quiet --manifest-path {REPOSITORY}/Cargo.toml "))
            // The service does not know its own address when it starts.
            .replace("phone -- coffee.pkpass", &format!("phone -- coffee.pkpass --url {base}"));
        let run = Command::new("sh").args(["-euc", &commands]).current_dir(&self.directory).output();
        let output = run.expect("there is a shell");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
        printed
    }
}

impl Drop for Shell<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}
