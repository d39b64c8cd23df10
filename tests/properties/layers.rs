//! Checks which module uses which. Reads the sources as text: every path that begins with `crate`, `self` or `super`, or with
//! the name of a platform crate.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The folders and files of `src/`, from the top. Each may use its own layer and those below.
const LAYERS: [&[&str]; 7] = [
    &["lib"],
    &["routes"],
    &["platform"],
    &["thrown", "crypto/subtle", "storage/d1", "storage/r2"],
    &["web_service", "issuer", "jobs", "upkeep"],
    &["push"],
    &["wallet", "crypto", "endpoint", "http", "message", "revision", "storage"],
];

/// The layers from this one down may not use the platform.
const CORE: usize = 4;

/// The crates of the platform.
const PLATFORM: [&str; 6] = ["worker", "worker_sys", "web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures"];

/// From each module, such as `push/deliver`, to the paths that it uses, such as `push/verdict/Verdict` or `worker/Env`.
type Uses = BTreeMap<String, BTreeSet<String>>;

fn read_modules(folder: &Path, root: &Path, modules: &mut Uses) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_modules(&path, root, modules);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().with_extension("");
            let name = name.to_str().unwrap().trim_end_matches("/mod").to_owned();
            let used = find_paths(&name, &fs::read_to_string(&path).unwrap());
            modules.insert(name, used);
        }
    }
}

fn modules(folder: &str) -> Uses {
    let (root, mut modules) = (Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), Uses::new());
    read_modules(&root, &root, &mut modules);
    modules
}

/// The paths in a module's source, without comments and tests.
fn find_paths(module: &str, source: &str) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]\nmod tests").next().unwrap();
    let code: Vec<&str> = code.lines().map(|line| line.split("//").next().unwrap()).collect();
    let mut found = Vec::new();
    for statement in code.join("\n").split(';') {
        let start = statement.match_indices("use ").map(|(at, _)| at).find(|at| is_import(&statement[..*at]));
        let (other, import) = statement.split_at(start.unwrap_or(statement.len()));
        found.extend(other.split(|it: char| it != '_' && it != ':' && !it.is_alphanumeric()).map(str::to_owned));
        expand("", &import.trim_start_matches("use ").replace([' ', '\n'], ""), &mut found);
    }
    found.iter().filter(|path| path.contains("::")).map(|path| resolve(module, path)).collect()
}

/// Whether `use` after this text begins an import.
fn is_import(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap().trim();
    line.is_empty() || line.starts_with("pub") && !line.contains(' ')
}

/// Adds `a::b` and `a::c` for `a::{b, c}`.
fn expand(before: &str, tree: &str, found: &mut Vec<String>) {
    let Some((stem, rest)) = tree.split_once('{') else { return found.push(format!("{before}{tree}")) };
    let (before, mut depth, mut branch) = (format!("{before}{stem}"), 0, String::new());
    for character in rest.strip_suffix('}').unwrap().chars().chain([',']) {
        match character {
            ',' if depth == 0 => {
                expand(&before, &std::mem::take(&mut branch), found);
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        branch.push(character);
    }
}

/// The path from the top of the crate.
fn resolve(module: &str, path: &str) -> String {
    let mut at: Vec<&str> = module.split('/').filter(|part| *part != "lib").collect();
    let mut parts = path.split("::");
    match parts.next() {
        Some("crate") => at.clear(),
        Some("self") => {}
        Some("super") => _ = at.pop(),
        _ => return path.replace("::", "/"),
    }
    for part in parts {
        match part {
            "self" => {}
            "super" => _ = at.pop(),
            part => at.push(part),
        }
    }
    at.join("/")
}

/// The longest of the names that are the path or lead to it.
fn owner<'a>(path: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let is_in = |name: &&str| path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    names.filter(is_in).max_by_key(|name| name.len())
}

/// The names in a circle, and those that use them: removes names that use no other one, again and again.
fn circle(mut graph: Uses) -> Vec<String> {
    while let Some(free) = graph.iter().find(|(_, used)| !used.iter().any(|used| graph.contains_key(used))) {
        let free = free.0.clone();
        graph.remove(&free);
    }
    graph.into_keys().collect()
}

#[test]
fn every_folder_uses_its_own_layer_and_those_below() {
    let names = || LAYERS.into_iter().flatten().copied();
    let layer = |name: &str| LAYERS.iter().position(|layer| layer.contains(&name)).unwrap();
    let (mut graph, mut faults) = (Uses::new(), Vec::new());
    for (module, used) in modules("src") {
        let Some(own) = owner(&module, names()) else {
            faults.push(format!("{module} has no layer"));
            continue;
        };
        for path in used {
            if layer(own) >= CORE && PLATFORM.contains(&path.split('/').next().unwrap()) {
                faults.push(format!("{module} is of the core and uses the platform: {path}"));
            }
            let Some(other) = owner(&path, names()).filter(|other| *other != own) else { continue };
            if layer(other) < layer(own) {
                faults.push(format!("{module} uses {path}, which is above it"));
            }
            graph.entry(own.to_owned()).or_default().insert(other.to_owned());
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(circle(graph), Vec::<String>::new(), "these use each other");
}

#[test]
fn no_modules_of_the_pass_file_use_each_other_in_a_circle() {
    let modules = modules("crates/pkpass/src");
    let graph = modules.iter().map(|(module, used)| {
        let used = used.iter().filter_map(|path| owner(path, modules.keys().map(String::as_str)));
        // A module may name its own content.
        let used = used.filter(|other| owner(other, [module.as_str()].into_iter()).is_none());
        (module.clone(), used.map(str::to_owned).collect())
    });
    assert_eq!(circle(graph.collect()), Vec::<String>::new(), "these use each other");
}
