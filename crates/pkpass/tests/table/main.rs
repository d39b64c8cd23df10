//! What is taken and what is refused, line by line: for each input exactly these defects and warnings.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so and ends"
)]

mod archive;
mod inputs;
mod layout;
#[path = "../pass_files/mutation.rs"]
mod mutation;
#[path = "../pass_files/pass_files.rs"]
mod pass_files;
mod pass_json;
mod placeholders;
mod signature;
mod template;
#[path = "../pass_files/writer.rs"]
mod writer;
mod zip64;

use pkpass::{Expected, Report};
use serde::Serialize;

const EXPECTED: Expected<'static> = Expected { pass_type: "pass.com.example.coupon", serial: "A B/ü+1" };

/// What the input is, the input, and the codes it gets: those of its defects, `|`, those of its warnings.
type Row = (&'static str, Vec<u8>, &'static str);

/// Compares each row with what `check` finds: each code as often as it is found.
fn assert_rows(rows: impl IntoIterator<Item = Row>, check: impl Fn(&[u8]) -> Report) {
    for (what, file, expected) in rows {
        let report = check(&file);
        let (defects, warnings) = expected.split_once('|').unwrap_or((expected, ""));
        let found = [
            sorted(report.defects.iter().map(|defect| text(defect.code))),
            sorted(report.warnings.iter().map(|warning| text(warning.code))),
        ];
        let expected = [defects, warnings].map(|codes| sorted(codes.split_whitespace().map(str::to_owned)));
        assert_eq!(found, expected, "{what}: {report:?}");
    }
}

fn sorted(codes: impl Iterator<Item = String>) -> Vec<String> {
    let mut codes: Vec<_> = codes.collect();
    codes.sort();
    codes
}

/// A code as the issuer API has it.
fn text(code: impl Serialize) -> String {
    serde_json::to_value(code).unwrap().as_str().unwrap().to_owned()
}
