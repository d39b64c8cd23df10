//! Proves the SQL of `src/storage/sql` against `migrations/` and generates a Rust type for each statement, see
//! `crates/sql-proof`; embeds the commit.

use std::{env, fs, path::Path, process::Command};

const SQL: &str = "src/storage/sql";
const MIGRATIONS: &str = "migrations";

fn main() {
    for path in ["build.rs", SQL, MIGRATIONS] {
        println!("cargo::rerun-if-changed={path}");
    }
    if let Err(message) = statements() {
        println!("cargo::error={message}");
        std::process::exit(1);
    }
    commit();
}

fn statements() -> Result<(), String> {
    let generated = sql_proof::prove(&sql_proof::Sources {
        migrations: Path::new(MIGRATIONS),
        statements: Path::new(SQL),
        types: "crate::storage",
    })?;
    let out = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    let write = |name: &str, text| fs::write(Path::new(&out).join(name), text).map_err(|error| error.to_string());
    write("schema.rs", generated.schema)?;
    write("statements.rs", generated.statements)
}

/// The commit for `/healthz`, `unknown` outside a git checkout.
fn commit() {
    let commit = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(|| "unknown".to_owned(), |commit| commit.trim().to_owned());
    println!("cargo::rustc-env=EDGEPASS_COMMIT={commit}");
    for path in [".git/HEAD", ".git/logs/HEAD"] {
        if Path::new(path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
}
