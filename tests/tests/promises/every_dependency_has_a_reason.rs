//! What the published crates depend on: that each dependency has a reason in CONTRIBUTING.md, and
//! that the library's default build stays small.

use std::collections::BTreeSet;
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The third-party crates of the library's default build, without those that only build it.
const MOST: usize = 37;

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

#[test]
fn the_default_build_of_the_library_stays_small() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", "execlog"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(ROOT)
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&tree.stderr);
    assert!(tree.status.success(), "{errors}");
    let tree = String::from_utf8_lossy(&tree.stdout);
    let crates = tree.lines().filter_map(|line| line.split(" (").next());
    let crates: BTreeSet<_> = crates.filter(|name| !name.starts_with("execlog")).collect();
    assert!(crates.iter().any(|name| name.starts_with("rusqlite ")));
    assert!(crates.len() <= MOST, "{}: {crates:#?}", crates.len());
    let engines = ["sqlitegraph ", "rio "];
    let is_engine = |name: &&&str| engines.iter().any(|engine| name.starts_with(engine));
    assert_eq!(crates.iter().find(is_engine), None, "it is under the GPL");
}
