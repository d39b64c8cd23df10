//! Proves the SQL of `src/store/sql` against `migrations/` and turns each statement into a typed Rust struct; embeds
//! the commit, and what each migration brings. A statement that does not compile, that binds other parameters than it declares, or that would scan a
//! table fails the build here, not a request in production.

#[path = "buildtime/answer.rs"]
mod answer;
#[path = "buildtime/generate.rs"]
mod generate;
#[path = "buildtime/pack.rs"]
mod pack;
#[path = "buildtime/parameters.rs"]
mod parameters;
#[path = "buildtime/parse.rs"]
mod parse;
#[path = "buildtime/prove.rs"]
mod prove;
#[path = "buildtime/schema.rs"]
mod schema;

use std::{env, fs, path::Path, process::Command};

const SQL: &str = "src/store/sql";
const MIGRATIONS: &str = "migrations";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for path in ["buildtime", SQL, MIGRATIONS] {
        println!("cargo::rerun-if-changed={path}");
    }
    if let Err(message) = statements() {
        println!("cargo::error={message}");
        std::process::exit(1);
    }
    commit();
}

fn statements() -> Result<(), String> {
    let (database, schema) = prove::migrated_database(Path::new(MIGRATIONS))?;
    let rooms = parse::rooms(Path::new(SQL))?;
    for statement in rooms.iter().flat_map(|room| &room.files).flat_map(|file| &file.statements) {
        prove::statement(&database, statement)
            .map_err(|reason| format!("SQL statement {}: {reason}", statement.name))?;
    }
    let out = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    let write =
        |name: &str, text| fs::write(Path::new(&out).join(name), text).map_err(|error| error.to_string());
    write("schema.rs", schema.rust())?;
    write("statements.rs", generate::rust(&rooms))
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
