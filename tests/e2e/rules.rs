//! The list of rules in `tests/README.md`: it names every test in here, and none that is not.

use std::{collections::BTreeSet, fs, path::Path};

/// The tests of a directory, named as `cargo test` names them.
fn tests(directory: &Path, module: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).expect("the sources are here").flatten();
    entries
        .flat_map(|entry| {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                return tests(&path, &format!("{module}{name}::"));
            }
            let source = fs::read_to_string(&path).expect("sources are text");
            let module = match name.trim_end_matches(".rs") {
                "main" => module.to_owned(),
                file => format!("{module}{file}::"),
            };
            let attributed = source.split("#[test]\nfn ").skip(1).filter_map(|test| test.split_once('('));
            attributed.map(|(name, _)| format!("{module}{name}")).collect()
        })
        .collect()
}

#[test]
fn every_test_is_in_the_list_and_every_name_in_the_list_is_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut tests_there_are = tests(&root.join("e2e"), "");
    tests_there_are.extend(tests(&root.join("interleaving"), "interleaving::"));
    let list = include_str!("../README.md");
    let names = list.split('`').filter(|word| word.contains("::"));
    let listed: BTreeSet<String> = names.map(str::to_owned).collect();
    let here = "rules::every_test_is_in_the_list_and_every_name_in_the_list_is_a_test";
    let unlisted: Vec<_> = tests_there_are.difference(&listed).filter(|name| *name != here).collect();
    let missing: Vec<_> = listed.difference(&tests_there_are).collect();
    assert!(unlisted.is_empty() && missing.is_empty(), "not listed: {unlisted:?}; no tests: {missing:?}");
}
