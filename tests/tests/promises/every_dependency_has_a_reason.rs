//! What the published crates depend on: that each dependency has a reason in CONTRIBUTING.md, and
//! that the library's default build stays small.

use std::collections::BTreeSet;
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The third-party crates of the library's default build, without those that only build it.
const MOST: usize = 46;
/// The same without seals.
const MOST_WITHOUT_SEALS: usize = 37;

fn file(path: &str) -> String {
    let path = format!("{ROOT}/{path}");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The direct dependencies that a manifest names, but for tests.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut is_dependency = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_dependency = line.ends_with(".dependencies]") || line == "[dependencies]";
        } else if is_dependency && let Some(end) = line.find([' ', '.', '=']) {
            names.push(line[..end].to_owned());
        }
    }
    names.retain(|name| !name.starts_with('#'));
    names
}

#[test]
fn each_direct_dependency_of_a_published_crate_has_a_reason() {
    let contributing = file("CONTRIBUTING.md");
    for (published, least) in [("execlog", 13), ("execlog-cli", 20), ("execlog-derive", 3)] {
        let named = dependencies(&file(&format!("{published}/Cargo.toml")));
        assert!(named.len() >= least, "{published}: {named:?}");
        let head = format!("| `{published}` depends on | for |");
        let table = contributing.split(&head).nth(1).expect("a table");
        let rows = table
            .lines()
            .skip(2)
            .take_while(|line| line.starts_with('|'));
        let listed = rows.map(|row| row.split('`').nth(1).expect("a name").to_owned());
        let (listed, named) = (listed.collect(), named.into_iter().collect());
        let differing: Vec<_> = BTreeSet::symmetric_difference(&listed, &named).collect();
        assert!(differing.is_empty(), "{published}: {differing:?}");
    }
}

/// The third-party crates of a build of the library.
fn crates(features: &[&str]) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", "execlog"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(features)
        .current_dir(ROOT)
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&tree.stderr);
    assert!(tree.status.success(), "{errors}");
    let tree = String::from_utf8_lossy(&tree.stdout);
    let crates = tree.lines().filter_map(|line| line.split(" (").next());
    let crates = crates.filter(|name| !name.starts_with("execlog"));
    crates.map(str::to_owned).collect()
}

#[test]
fn the_default_build_of_the_library_stays_small() {
    let crates = crates(&[]);
    assert!(crates.iter().any(|name| name.starts_with("rusqlite ")));
    assert!(crates.iter().any(|name| name.starts_with("sha2 ")));
    assert!(crates.len() <= MOST, "{}: {crates:#?}", crates.len());
    let engines = ["sqlitegraph ", "rio "];
    let is_engine = |name: &&String| engines.iter().any(|engine| name.starts_with(engine));
    assert_eq!(crates.iter().find(is_engine), None, "it is under the GPL");
}

#[test]
fn a_build_without_seals_has_none_of_their_crates() {
    let without = crates(&["--no-default-features", "--features", "bundled"]);
    assert!(without.iter().any(|name| name.starts_with("rusqlite ")));
    assert!(without.len() <= MOST_WITHOUT_SEALS, "{without:#?}");
    let of_seals = ["sha2 ", "digest ", "base64 "];
    let is_of_seals = |name: &&String| of_seals.iter().any(|start| name.starts_with(start));
    assert_eq!(without.iter().find(is_of_seals), None);
    let default = crates(&[]);
    let added = default.difference(&without).count();
    assert!(added <= 9, "{added}");
}
