//! The packed file, and the command in it.

use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
};

pub(super) const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The folder from which `make package` packs the file.
pub(super) fn unpacked() -> PathBuf {
    Path::new(REPOSITORY).join("dist/package")
}

/// The file that `make package` packs.
pub(super) fn packed() -> PathBuf {
    let path = Path::new(REPOSITORY).join(format!("dist/edgepass-{VERSION}.tgz"));
    assert!(path.exists(), "{} is missing: `make package` packs it", path.display());
    path
}

/// A command on the machine of a user. It finds neither Rust nor the tools of the checkout.
pub(super) fn command(program: impl AsRef<std::ffi::OsStr>, directory: &Path) -> Command {
    let has = |folder: &Path, names: &[&str]| names.iter().any(|name| folder.join(name).exists());
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path)
        .filter(|folder| !folder.starts_with(REPOSITORY))
        .filter(|folder| !has(folder, &["cargo", "rustc", "rustup"]) || has(folder, &["sh", "node"]));
    let mut command = Command::new(program);
    command.env("PATH", env::join_paths(folders).expect("folders of a PATH")).current_dir(directory).stdin(Stdio::null());
    command.envs([("FORCE_COLOR", "0"), ("WRANGLER_SEND_METRICS", "false"), ("WRANGLER_WRITE_LOGS", "false")]);
    command
}

/// What a command prints. It must succeed.
#[track_caller]
pub(super) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", text(&output));
    text(&output)
}

/// Everything that a command printed.
pub(super) fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// A folder with the installed package, without wrangler. It is installed once for all tests of this process.
fn installed() -> &'static Path {
    static INSTALLED: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("package");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("target is writable");
        fs::write(folder.join("package.json"), "{}").expect("target is writable");
        run(command("npm", &folder).args(["install", "--no-audit", "--no-fund", "--prefer-offline"]).arg(packed()));
        folder
    });
    &INSTALLED
}

/// The installed command.
pub(super) fn edgepass(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = command("node", directory);
    command.arg(installed().join("node_modules/edgepass/bin/edgepass.mjs")).args(arguments);
    command
}

#[test]
fn what_the_package_depends_on_has_permissive_licences_and_pinned_versions() {
    let packages = run(command("npm", installed()).args(["query", "*"]));
    let packages: Vec<Value> = serde_json::from_str(&packages).expect("npm prints JSON");
    for package in packages.iter().filter(|package| package["location"] != "") {
        let licence = package["license"].as_str().unwrap_or_default();
        let permissive = ["0BSD", "Apache-2.0", "BSD-3-Clause", "ISC", "MIT", "MIT OR Apache-2.0"];
        assert!(permissive.contains(&licence), "{}: {licence}", package["name"]);
    }
    let own = packages.iter().find(|package| package["name"] == "edgepass").expect("the package is installed");
    let versions = own["dependencies"].as_object().expect("it has dependencies").values();
    assert!(versions.clone().count() > 0 && versions.filter_map(Value::as_str).all(|version| !version.starts_with(['^', '~'])));
}
