//! The commands and the code of the documents.

use super::README;
use super::markdown::{blocks, documents, fenced, root};
use std::fs;

const GRAPHS: &str = include_str!("../../../../docs/graphs.md");
const PERFORMANCE: &str = include_str!("../../../../docs/performance.md");
const CI: &str = include_str!("../../../../.ci/run");

#[test]
fn the_commands_of_the_readme_are_run_before_a_change_lands() {
    let commands = blocks(README, "sh");
    for command in [commands[0], commands[1]] {
        assert!(CI.lines().any(|line| line == command), "{command}");
    }
}

#[test]
fn the_figures_say_how_they_were_made() {
    let commands = blocks(README, "sh");
    let bench = commands
        .iter()
        .find(|command| command.starts_with("cargo bench"));
    let said = blocks(PERFORMANCE, "sh");
    assert_eq!(said.first(), bench);
    for command in said {
        let target = command.split("--bench ").nth(1).unwrap_or("log");
        let sources = [
            "benchmarks/benches/log/main.rs",
            "execlog-cli/benches/command.rs",
        ];
        let source = sources
            .iter()
            .find(|source| source.contains(target))
            .expect("a bench");
        let source = fs::read_to_string(format!(
            concat!(env!("CARGO_MANIFEST_DIR"), "/../{}"),
            source
        ));
        assert!(source.expect("reads").contains(command), "{command}");
    }
}

#[test]
fn the_example_is_at_most_fifteen_lines_and_the_quickstart_under_forty() {
    assert!(blocks(README, "rust")[0].lines().count() <= 15);
    let quickstart = include_str!("../../../../examples/src/bin/quickstart.rs");
    assert!(quickstart.lines().count() < 40);
}

#[test]
fn the_readme_is_short() {
    assert!(README.lines().count() <= 200);
}

#[test]
fn the_way_to_open_a_graph_is_that_of_code_that_compiles_with_either_version() {
    let compiled = [
        include_str!("../native_v3_keeps_what_is_flushed.rs"),
        include_str!("../../../../examples/src/bin/own_record.rs"),
    ];
    let shown = blocks(GRAPHS, "rs")[0];
    let open = shown.lines().next().expect("a line");
    assert!(open.contains("open_graph"));
    for code in compiled {
        assert!(code.contains(open), "{open}");
    }
}

/// Either a documentation test, or quoted from a file that is compiled.
#[test]
fn all_rust_code_of_the_documents_is_compiled() {
    const TESTED: &str = include_str!("../../../src/documents.rs");
    for (name, document) in documents() {
        for (info, block) in fenced(&document) {
            let place = format!("{name}: ```{info}\n{block}");
            match info.split_once(' ').unwrap_or((info, "")) {
                ("rust" | "rust,compile_fail,E0277", "") => {
                    assert!(TESTED.contains(&format!("\"../../{name}\"")), "{place}");
                    assert!(!block.lines().any(|line| line.starts_with("# ")), "{place}");
                }
                ("rs", file) => {
                    let code = fs::read_to_string(root().join(file)).expect(file);
                    assert!(unindented(&code).contains(&unindented(block)), "{place}");
                }
                (
                    "console" | "json" | "jsonl" | "row" | "sh" | "sql" | "text" | "txt" | "yaml",
                    "",
                ) => {}
                _ => panic!("{place}"),
            }
        }
    }
}

fn unindented(code: &str) -> String {
    let lines = code.lines().map(str::trim_start);
    lines.flat_map(|line| [line, "\n"]).collect()
}
