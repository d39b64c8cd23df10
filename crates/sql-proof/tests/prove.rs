//! Statements that would fail, or cost, in production are refused by name and reason. Each test has a schema with one table and
//! a file with one statement.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so and ends")]

use sql_proof::{Generated, Sources, prove};
use std::{fs, path::Path};

const MIGRATION: &str = "
    CREATE TABLE passes (serial TEXT PRIMARY KEY, token TEXT NOT NULL, device ANY) STRICT, WITHOUT ROWID;";

/// Writes the migration and the file `shop/find.sql` to a folder, and proves the file.
fn prove_file(name: &str, sql: &str) -> Result<Generated, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sql-proof").join(name);
    write(&folder.join("migrations/0001_passes.sql"), MIGRATION);
    write(&folder.join("sql/shop/find.sql"), sql);
    let (migrations, statements) = (&folder.join("migrations"), &folder.join("sql"));
    prove(&Sources { migrations, statements, types: "crate::store" })
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

#[test]
fn a_good_statement_becomes_a_struct() {
    let sql = "-- by_serial(serial: text, device: packed?)
-- -> (device: text?)
-- Finds a pass.
SELECT json_array(unpack(device)) AS json FROM passes WHERE serial = :serial AND device = :device;
";
    let generated = prove_file("good", sql).unwrap();
    for text in [
        "pub mod shop {",
        "pub mod find {",
        "/// Finds a pass.",
        "pub struct BySerial<'a> {",
        "pub serial: &'a str,",
        "pub device: Option<&'a str>,",
        "pub struct BySerialRow {",
        "pub device: Option<String>,",
        "name: \"shop/find.by_serial\"",
        "WHERE serial = ?1 AND device = coalesce(unhex(?2), substr(?2, 2))",
        "use crate::store as types;",
    ] {
        assert!(generated.statements.contains(text), "{text:?} is not in\n{}", generated.statements);
    }
    let schema = generated.schema.replace('\\', "");
    assert!(schema.contains(r#"["0001_passes.sql","passes",["device","serial","token"]]"#), "{schema}");
}

#[test]
fn a_bad_statement_is_refused_by_name_and_reason() {
    for (name, declared, sql, told) in [
        (
            "misspelled",
            "serial: text",
            "SELECT tokn AS json FROM passes WHERE serial = :serial;",
            ["SQL statement shop/find.it: does not compile", "no such column: tokn"],
        ),
        (
            "unused",
            "serial: text, secret: text",
            "SELECT token AS json FROM passes WHERE serial = :serial;",
            ["SQL statement shop/find.it:", "declares the parameter :secret, but does not use it"],
        ),
        (
            "undeclared",
            "",
            "SELECT token AS json FROM passes WHERE serial = :serial;",
            ["SQL statement shop/find.it:", ":serial"],
        ),
        (
            "scanning",
            "token: text",
            "SELECT serial AS json FROM passes WHERE token = :token;",
            ["SQL statement shop/find.it: scans a table (SCAN passes)", "give it an index or a bound"],
        ),
        (
            "emptying",
            "",
            "DELETE FROM passes;",
            ["SQL statement shop/find.it: changes every row of a table", "give it an index or a bound"],
        ),
        (
            "unclosed",
            "serial: text",
            "SELECT unpack(device AS json FROM passes WHERE serial = :serial;",
            ["shop/find.sql: a parenthesis of `pack` or `unpack` is not closed", "WHERE serial ="],
        ),
        (
            "packed",
            "serial: text",
            "SELECT token AS json FROM passes WHERE serial = pack(:serial);",
            ["shop/find.sql: a parameter that is to be packed is declared as `packed`", "WHERE serial = pack(:serial)"],
        ),
        (
            "columns",
            "serial: text",
            "SELECT token AS row FROM passes WHERE serial = :serial;",
            ["SQL statement shop/find.it: answers with the columns [\"row\"]", "it must be one, called json"],
        ),
        (
            "counted",
            "serial: text)\n-- -> (a: text, b: text",
            "SELECT json_array(token) AS json FROM passes WHERE serial = :serial;",
            ["SQL statement shop/find.it:", "declares 2 columns, but its json_array has 1"],
        ),
        (
            "of_unknown_type",
            "serial: real",
            "SELECT token AS json FROM passes WHERE serial = :serial;",
            ["shop/find.sql: unknown type `real` of parameter serial", "text, text?"],
        ),
    ] {
        let answer = if sql.starts_with("SELECT") && !declared.contains("->") { "-- -> text\n" } else { "" };
        let reason = prove_file(name, &format!("-- it({declared})\n{answer}-- Looks.\n{sql}\n")).unwrap_err();
        for text in told {
            assert!(reason.contains(text), "{name}: {text:?} is not in\n{reason}");
        }
    }
}

#[test]
fn a_statement_is_declared_and_explained() {
    for (name, sql, told) in [
        ("without_declaration", "SELECT 1 AS json;\n", "begins with the line"),
        ("without_explanation", "-- it()\nSELECT 1 AS json;\n", "says what it is for"),
        ("with_a_comment_in_it", "-- it()\n-- Looks.\nSELECT 1 -- one\nAS json;\n", "comments stand above"),
        ("without_end", "-- it()\n-- Looks.\nSELECT 1 AS json\n", "ends with a semicolon"),
    ] {
        let reason = prove_file(name, sql).unwrap_err();
        assert!(reason.contains(told), "{name}: {told:?} is not in\n{reason}");
    }
}
