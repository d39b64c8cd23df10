//! What may use what. The sources are read as text: every path that begins with `crate`, `self` or `super`, or with the name of
//! a crate of the platform.

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
    &["thrown", "crypto/subtle", "store/d1", "store/r2"],
    &["device", "issuer", "jobs", "upkeep"],
    &["push"],
    &["client", "crypto", "endpoint", "http", "message", "revision", "store"],
];

/// The layers from here on are the core, which runs natively.
const CORE: usize = 4;

/// The crates of the platform.
const PLATFORM: [&str; 6] = ["worker", "worker_sys", "web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures"];

/// The modules of a crate, such as `push/deliver`, with the paths that each of them uses, such as `push/verdict/Verdict` or
/// `worker/Env`.
type Modules = BTreeMap<String, BTreeSet<String>>;

/// From each part of a crate to the parts that it uses.
type Graph = BTreeMap<String, BTreeSet<String>>;

fn modules(folder: &str) -> Modules {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut modules = Modules::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().with_extension("");
                let name = name.to_str().unwrap().trim_end_matches("/mod").to_owned();
                let used = paths(&name, &fs::read_to_string(&path).unwrap());
                modules.insert(name, used);
            }
        }
    }
    modules
}

/// The paths in a module's source, apart from comments and tests.
fn paths(module: &str, source: &str) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]\nmod tests").next().unwrap();
    let code: String = code.lines().map(|line| line.split("//").next().unwrap().to_owned() + "\n").collect();
    let mut found = Vec::new();
    for statement in code.split(';') {
        let lines: Vec<&str> = statement.lines().collect();
        let import = lines.iter().position(|line| is_import(line)).unwrap_or(lines.len());
        found.extend(words(&lines[..import].join("\n")));
        if let Some((_, tree)) = lines[import..].concat().split_once("use ") {
            expand("", &tree.replace(' ', ""), &mut found);
        }
    }
    found.iter().filter(|path| path.contains("::")).map(|path| resolve(module, path)).collect()
}

fn is_import(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("use ") || line.starts_with("pub") && line.contains(" use ")
}

fn words(code: &str) -> impl Iterator<Item = String> {
    code.split(|it: char| it != '_' && it != ':' && !it.is_alphanumeric()).map(str::to_owned)
}

/// Adds `a::b` and `a::c` for `a::{b, c}`.
fn expand(before: &str, tree: &str, found: &mut Vec<String>) {
    let Some((stem, rest)) = tree.split_once('{') else { return found.push(format!("{before}{tree}")) };
    let before = format!("{before}{stem}");
    let (mut depth, mut branch) = (0, String::new());
    for character in rest.strip_suffix('}').unwrap().chars().chain([',']) {
        match character {
            ',' if depth == 0 => {
                if !branch.is_empty() {
                    expand(&before, &branch, found);
                }
                branch.clear();
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
    let mut parts = path.split("::").peekable();
    match parts.peek() {
        Some(&"crate") => at.clear(),
        Some(&"self" | &"super") => {}
        _ => return path.replace("::", "/"),
    }
    for part in parts.filter(|part| !matches!(*part, "crate" | "self")) {
        if part == "super" {
            at.pop();
        } else {
            at.push(part);
        }
    }
    at.join("/")
}

/// The longest of the names that are the path or lead to it.
fn part<'a>(path: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let is_in = |name: &&str| path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    names.filter(is_in).max_by_key(|name| name.len())
}

/// What is left when the parts that use none of the others, and those that none uses, are removed again and again.
fn circle(mut graph: Graph) -> Vec<String> {
    loop {
        let used: BTreeSet<&String> = graph.values().flatten().collect();
        let is_end = |name: &String| graph[name].is_empty() || !used.contains(name);
        let free: Vec<String> = graph.keys().filter(|name| is_end(name)).cloned().collect();
        if free.is_empty() {
            return graph.into_keys().collect();
        }
        for name in &free {
            graph.remove(name);
        }
        for used in graph.values_mut() {
            used.retain(|name| !free.contains(name));
        }
    }
}

#[test]
fn every_folder_uses_its_own_layer_and_those_below() {
    let names = || LAYERS.into_iter().flatten().copied();
    let layer = |name: &str| LAYERS.iter().position(|layer| layer.contains(&name)).unwrap();
    let mut graph: Graph = names().map(|name| (name.to_owned(), BTreeSet::new())).collect();
    let mut faults = Vec::new();
    for (module, used) in modules("src") {
        let Some(own) = part(&module, names()) else {
            faults.push(format!("{module} has no layer"));
            continue;
        };
        for path in used {
            if layer(own) >= CORE && PLATFORM.contains(&path.split('/').next().unwrap()) {
                faults.push(format!("{module} is of the core and uses the platform: {path}"));
            }
            let Some(other) = part(&path, names()).filter(|other| *other != own) else { continue };
            if layer(other) < layer(own) {
                faults.push(format!("{module} uses {path}, which is above it"));
            }
            graph.get_mut(own).unwrap().insert(other.to_owned());
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(circle(graph), Vec::<String>::new(), "these use each other");
}

#[test]
fn no_modules_of_the_pass_file_use_each_other_in_a_circle() {
    let modules = modules("crates/pkpass/src");
    let names = || modules.keys().map(String::as_str);
    let graph = modules.iter().map(|(module, used)| {
        let used = used.iter().filter_map(|path| part(path, names()));
        // A module may name what is in it.
        let used = used.filter(|other| part(other, [module.as_str()].into_iter()).is_none());
        (module.clone(), used.map(str::to_owned).collect())
    });
    assert_eq!(circle(graph.collect()), Vec::<String>::new(), "these use each other");
}
