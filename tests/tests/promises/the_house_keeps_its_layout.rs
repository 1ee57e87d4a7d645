//! The house: which folder may import from which, and what every file begins with.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the workspace").to_owned()
}

/// Every file of Rust below a folder, by its path from there.
fn files_of_rust(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a text");
                let from_here = path.strip_prefix(folder).expect("it is below");
                found.insert(from_here.to_owned(), text);
            }
        }
    }
    assert!(!found.is_empty(), "{}", folder.display());
    found
}

/// The folders of the library, the lowest first. A file may import from those before its own.
const FOLDERS: [&str; 8] = [
    "model",
    "seal",
    "kv",
    "capture",
    "redaction",
    "query",
    "store",
    "log",
];

/// Files that stand below all folders.
const BELOW: [&str; 2] = ["error", "clock"];

/// What the `use` lines of a text import from the crate: the first two names of each path.
fn imports(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().map(str::trim_start);
    let uses = lines.filter_map(|line| line.split_once("use crate::").map(|(_, path)| path));
    uses.map(|path| {
        let end = path.find(|character: char| !(character.is_alphanumeric() || character == '_'));
        path[..end.unwrap_or(path.len())].to_owned()
    })
    .collect()
}

#[test]
fn arrows_between_folders_of_the_library_point_one_way() {
    let place = |folder: &str| FOLDERS.iter().position(|known| *known == folder);
    let mut arrows = BTreeSet::new();
    for (path, text) in files_of_rust(&workspace().join("execlog/src")) {
        let mut parts = path.iter().map(|part| part.to_str().expect("a name"));
        let own = parts.next().expect("a name");
        let is_test = path.ends_with("tests.rs");
        if !own.contains('.') {
            let own_place = place(own).unwrap_or_else(|| panic!("`{own}` has no place in FOLDERS"));
            for import in imports(&text).iter().filter(|_| !is_test) {
                if BELOW.contains(&import.as_str()) || import == own {
                    continue;
                }
                let imported = place(import).unwrap_or_else(|| {
                    panic!(
                        "{} imports `{import}` from the root of the crate",
                        path.display()
                    )
                });
                assert!(
                    imported < own_place,
                    "{} is in `{own}` and imports from `{import}`, which stands above it",
                    path.display()
                );
                arrows.insert((own.to_owned(), import.clone()));
            }
        } else if own != "lib.rs" {
            let above = imports(&text);
            let above: Vec<_> = above
                .iter()
                .filter(|import| place(import).is_some())
                .collect();
            assert!(above.is_empty(), "{own} imports from {above:?}");
        }
    }
    assert!(arrows.len() > 10, "few arrows were seen: {arrows:?}");
}

#[test]
fn every_file_says_what_it_is_for() {
    let root = workspace();
    let mut silent = Vec::new();
    for folder in [
        "execlog/src",
        "execlog/tests",
        "execlog-cli/src",
        "execlog-cli/benches",
        "execlog-cli/tests",
        "execlog-derive/src",
        "examples/src",
        "benchmarks/benches",
        "tests/src",
        "tests/tests",
    ] {
        for (path, text) in files_of_rust(&root.join(folder)) {
            let is_shown_to_users = path.starts_with("ui");
            if !text.starts_with("//!") && !is_shown_to_users {
                silent.push(format!("{folder}/{}", path.display()));
            }
        }
    }
    assert!(silent.is_empty(), "without a `//!`: {silent:#?}");
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    for folder in [
        "execlog/src",
        "execlog-cli/src",
        "execlog-derive/src",
        "tests/src",
        "tests/tests",
    ] {
        for (path, text) in files_of_rust(&workspace().join(folder)) {
            let lines = text.lines().count();
            assert!(
                lines <= 500,
                "{folder}/{} has {lines} lines",
                path.display()
            );
        }
    }
}

/// The public methods of a type in a text, by the blocks of `impl` for it.
fn public_methods(text: &str, of: &str) -> BTreeSet<String> {
    let mut methods = BTreeSet::new();
    let mut is_inside = false;
    for line in text.lines() {
        if line.starts_with("impl") {
            let implemented = line.trim_end_matches(" {");
            let implemented = implemented.rsplit(' ').next().unwrap_or_default();
            let name = implemented.split('<').next().unwrap_or_default();
            is_inside = name == of && !line.contains(" for ");
        } else if line == "}" {
            is_inside = false;
        } else if is_inside {
            let method = line.strip_prefix("    pub fn ");
            let method = method.or_else(|| line.strip_prefix("    pub async fn "));
            if let Some(method) = method {
                let end = method.find(['(', '<']).expect("a signature");
                methods.insert(method[..end].to_owned());
            }
        }
    }
    methods
}

#[test]
fn the_face_of_the_log_is_short() {
    let mut methods = BTreeSet::new();
    let mut of_magellan = BTreeSet::new();
    for (path, text) in files_of_rust(&workspace().join("execlog/src/log")) {
        let mut found = public_methods(&text, "ExecutionLog");
        found.extend(public_methods(&text, "LocalLog"));
        if path == Path::new("magellan.rs") {
            of_magellan = found;
        } else {
            methods.extend(found);
        }
    }
    assert!(of_magellan.contains("start_execution") && methods.contains("begin"));
    assert!(
        methods.len() <= 25,
        "{} methods: {methods:#?}",
        methods.len()
    );
}
