//! The Worker as built, and its configuration.
//!
//! A server runs on copies of both. So a build for another one does not reload it in the middle of a test, it does
//! not build by itself, and it finds no `.dev.vars` next to its configuration.

use super::Options;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    env,
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

static BUILT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

pub(super) struct Project {
    directory: PathBuf,
    config: Value,
}

impl Project {
    /// Runs the build command of the project's `wrangler.toml`, once per process.
    pub(super) fn build(directory: &Path) -> Self {
        let path = directory.join("wrangler.toml");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let config = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let project = Self { directory: directory.to_owned(), config };
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        if !built.contains(directory) {
            let _others = project.lock();
            project.run_build();
            built.insert(directory.to_owned());
        }
        project
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn databases(&self) -> Vec<&str> {
        let databases = self.config.get("d1_databases").and_then(Value::as_array).into_iter().flatten();
        databases.filter_map(|database| database.get("binding")?.as_str()).collect()
    }

    /// Copies the Worker and a configuration without a build command into the directory, and puts modules before it.
    pub(super) fn install(&self, directory: &Path, Options { before, limits, .. }: &Options<'_>) {
        let mut config = self.config.clone();
        let limits = limits.iter().enumerate().map(|(number, (name, limit))| {
            json!({ "name": name, "namespace_id": number.to_string(), "simple": { "limit": limit, "period": 60 } })
        });
        if let Some(members) = config.as_object_mut() {
            members.remove("build");
            members.insert("ratelimits".to_owned(), limits.collect());
            members.extend(before.first().map(|(main, _)| ("main".to_owned(), json!(main))));
        }
        for (name, text) in *before {
            write(&directory.join(name), text);
        }
        for database in config.get_mut("d1_databases").and_then(Value::as_array_mut).into_iter().flatten() {
            let migrations = database.get("migrations_dir").and_then(Value::as_str).unwrap_or("migrations");
            let migrations = self.directory.join(migrations);
            if let Some(members) = database.as_object_mut() {
                members.insert("migrations_dir".to_owned(), json!(migrations));
            }
        }
        write(&directory.join("wrangler.json"), &config.to_string());
        write(&directory.join("empty.env"), "");

        let main = self.config.get("main").and_then(Value::as_str).expect("wrangler.toml names the Worker's `main`");
        let built = Path::new(main).parent().expect("`main` is in a directory of its own");
        let _others = self.lock();
        copy(&self.directory.join(built), &directory.join(built));
    }

    fn run_build(&self) {
        let build = self.config.get("build");
        let member = |name| build.and_then(|build| build.get(name)).and_then(Value::as_str);
        let Some(script) = member("command") else { return };
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(self.directory.join(member("cwd").unwrap_or_default()));
        let output = with_tools(&mut command).stdin(Stdio::null()).output().expect("there is a shell");
        assert!(
            output.status.success(),
            "`{script}` failed:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Locks the build, so that no other process builds or copies half of a build.
    fn lock(&self) -> File {
        let directory = self.directory.join(".wrangler");
        fs::create_dir_all(&directory).expect("the project is writable");
        let lock = File::create(directory.join("test-build.lock")).expect("the project is writable");
        lock.lock().expect("the file system knows locks");
        lock
    }
}

pub(super) fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate is two directories deep").to_owned()
}

/// Puts the repository's own tools before those of the machine.
pub(super) fn with_tools(command: &mut Command) -> &mut Command {
    let mut path = OsString::from(repository().join("node_modules/.bin"));
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or_default());
    command.env("PATH", path)
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap_or_else(|error| panic!("{}: {error}", to.display()));
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())).flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target);
        } else {
            fs::copy(&source, &target).unwrap_or_else(|error| panic!("{}: {error}", source.display()));
        }
    }
}
