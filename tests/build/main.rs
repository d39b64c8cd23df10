//! The build refuses SQL that would fail, or cost, in production. Each test breaks one statement in a copy of the project
//! and builds that.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so and ends")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

/// The output of `cargo build` with `change` made to `file`.
fn build_with(name: &str, file: &str, change: impl FnOnce(String) -> String) -> String {
    let copy = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&copy);
    for part in ["build.rs", "buildtime", "migrations", "src", "Cargo.lock", ".cargo"] {
        copy_all(&Path::new(PROJECT).join(part), &copy.join(part));
    }
    let manifest = fs::read_to_string(Path::new(PROJECT).join("Cargo.toml")).unwrap();
    // The copy has no tests.
    let (before, rest) = manifest.split_once("[dev-dependencies]").unwrap();
    let (_, after) = rest.split_once("\n[").unwrap();
    let manifest = format!("{before}[{after}").replace("members = [\"tests/support\"]", "");
    fs::write(copy.join("Cargo.toml"), manifest).unwrap();
    let path = copy.join(file);
    let original = fs::read_to_string(&path).unwrap();
    let changed = change(original.clone());
    assert_ne!(original, changed, "the change found nothing to change");
    fs::write(&path, changed).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--lib", "--quiet"])
        .current_dir(&copy)
        // The project's own, where SQLite is compiled already. A build that fails leaves nothing there.
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap())
        .output()
        .unwrap();
    assert!(!output.status.success(), "the build passed");
    String::from_utf8(output.stderr).unwrap()
}

fn copy_all(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
        return;
    }
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy_all(&entry.path(), &to.join(entry.file_name()));
    }
}

#[test]
fn a_broken_statement_fails_the_build_by_name_and_reason() {
    for (name, file, from, to, told) in [
        (
            "misspelled",
            "src/store/sql/device/latest.sql",
            "p.token_sha256 = :token",
            "p.tokn_sha256 = :token",
            ["SQL statement device/latest.latest: does not compile", "no such column: p.tokn_sha256"],
        ),
        (
            "undeclared",
            "src/store/sql/device/unregister.sql",
            "token: text)\n-- -> ()",
            "secret: text)\n-- -> ()",
            [
                "SQL statement device/unregister.authorized:",
                "declares the parameter :secret, but does not use it",
            ],
        ),
        (
            "scanning",
            "src/store/sql/device/updatable.sql",
            "r.device_id = :device AND r.pass_type = :pass_type",
            "r.push_token = :device AND r.client = :pass_type",
            [
                "SQL statement device/updatable.updatable: scans a table (SCAN r)",
                "give it an index or a bound",
            ],
        ),
        (
            "unclosed",
            "src/store/sql/push/conclude.sql",
            "pack(e.value ->> 1)",
            "pack(e.value ->> 1",
            ["push/conclude.sql: a parenthesis of `pack` or `unpack` is not closed", "ON d.pass_type ="],
        ),
        (
            "packed",
            "src/store/sql/device/updatable.sql",
            "r.device_id = :device",
            "r.device_id = pack(:device)",
            [
                "device/updatable.sql: a parameter that is to be packed is declared as `packed`",
                "WHERE r.device_id =",
            ],
        ),
        (
            "columns",
            "src/store/sql/issuer/inspect.sql",
            "AS json",
            "AS row",
            [
                "SQL statement issuer/inspect.inspect: answers with the columns [\"row\"]",
                "it must be one, called json",
            ],
        ),
        (
            "undeclared column",
            "src/store/sql/device/latest.sql",
            "p.modified_at, p.size)",
            "p.modified_at, p.size, p.revision)",
            ["SQL statement device/latest.latest:", "declares 4 columns, but its json_array has 5"],
        ),
        (
            "undeclared rows",
            "src/store/sql/device/unregister.sql",
            "-- -> ()\n",
            "",
            ["SQL statement device/unregister.authorized:", "answers with rows, but does not declare them"],
        ),
    ] {
        let output = build_with(name, file, |sql| sql.replacen(from, to, 1));
        for text in told {
            assert!(output.contains(text), "{name}: {text:?} is not in\n{output}");
        }
    }
}
