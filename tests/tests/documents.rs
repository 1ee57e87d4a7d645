//! What the documents show is what the library does.

use execlog::clock::ManualClock;
use execlog::kv::{KvStore, MemoryKv};
use execlog::{Environment, ExecutionLog, Invocation, LocalLog};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const README: &str = include_str!("../../README.md");
const FORMAT: &str = include_str!("../../docs/format.md");
const GRAPHS: &str = include_str!("../../docs/graphs.md");
const PERFORMANCE: &str = include_str!("../../docs/performance.md");
const CI: &str = include_str!("../../.ci/run");

/// The run of the README's example, at the time that its stored value shows.
fn example(log: LocalLog) -> execlog::Result<()> {
    let clock = ManualClock::at(1_795_368_717);
    let log = log.with_clock(clock.clone());
    let mut environment = Environment::default();
    environment.process_id = Some(30553);
    environment.program = Some("magellan".to_owned());
    environment.host = Some("build-7".to_owned());
    environment.user = Some("ci".to_owned());
    environment.working_directory = Some("/src/code".to_owned());
    let invocation = Invocation::new(["index", "--root", "/src/code", "--token", "t0ps3cret"])
        .execution_id("0199abcd-1234-7000-8000-0123456789ab".parse()?)
        .tool_version("4.17.0")
        .root("/src/code")
        .db_path("code.db")
        .environment(environment);
    let run = log.begin(invocation);
    clock.advance(Duration::from_millis(1500));
    run.counters().add_files(12);
    run.counters().add_symbols(340);
    run.counters().add_references(1210);
    run.set_exit_code(0);
    run.succeed();
    Ok(())
}

/// The text of the fenced blocks of a kind, in their order.
fn blocks<'a>(document: &'a str, kind: &str) -> Vec<&'a str> {
    fenced(document)
        .into_iter()
        .filter(|(info, _)| info.split([' ', ',']).next() == Some(kind))
        .map(|(_, block)| block)
        .collect()
}

/// What stands behind the opening fence of each block, and the text of the block.
fn fenced(document: &str) -> Vec<(&str, &str)> {
    let mut blocks = Vec::new();
    let mut rest = document;
    while let Some((_, opened)) = rest.split_once("```") {
        let (info, opened) = opened.split_once('\n').expect("a line after a fence");
        let (block, closed) = opened.split_once("\n```").expect("a fence that closes");
        blocks.push((info, block));
        rest = closed;
    }
    blocks
}

/// The text outside of fenced blocks.
fn prose(document: &str) -> String {
    let parts = document.split("```").step_by(2);
    parts.collect::<Vec<_>>().join("\n")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every document, with its name from the root of the repository.
fn documents() -> Vec<(String, String)> {
    let pages = fs::read_dir(root().join("docs")).expect("the documents");
    let pages = pages.map(|page| {
        let name = page.expect("a document").file_name();
        format!("docs/{}", name.to_string_lossy())
    });
    let documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned);
    documents
        .into_iter()
        .chain(pages)
        .map(|name| {
            let text = fs::read_to_string(root().join(&name)).expect("it reads");
            (name, text)
        })
        .collect()
}

/// What the links of a document lead to: the path from the root of the repository, empty for the document
/// itself, and the part of it.
fn links(name: &str, document: &str) -> Vec<(PathBuf, Option<String>)> {
    let folder = Path::new(name).parent().expect("a folder");
    let prose = prose(document);
    let targets = prose.split("](").skip(1).map(|link| {
        let target = link.split(')').next().expect("a target");
        let (path, part) = match target.split_once('#') {
            Some((path, part)) => (path, Some(part.to_owned())),
            None => (target, None),
        };
        let path = if path.is_empty() {
            PathBuf::from(name)
        } else {
            folder.join(path)
        };
        (path, part)
    });
    targets.collect()
}

/// What GitHub calls the headings of a document in links.
fn anchors(document: &str) -> Vec<String> {
    let prose = prose(document);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    let anchors = headings.map(|line| {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter_map(|character| match character {
            ' ' => Some('-'),
            '-' | '_' => Some(character),
            _ => character.is_alphanumeric().then_some(character),
        });
        kept.collect()
    });
    anchors.collect()
}

#[test]
fn the_stored_key_and_value_are_those_that_are_stored() {
    let store = MemoryKv::default();
    example(ExecutionLog::from_local_kv_store(store.clone())).expect("recorded");
    let entries = store.scan(b"").expect("scanned");
    let shown = entries.iter().map(|(key, value)| {
        let value: serde_json::Value = serde_json::from_slice(value).expect("JSON");
        (String::from_utf8_lossy(key).into_owned(), value.to_string())
    });
    // The run stands last, and what is beside it follows in the documents.
    let (mut keys, mut values): (Vec<_>, Vec<_>) = shown.unzip();
    keys.rotate_right(1);
    values.rotate_right(1);
    assert_eq!(blocks(README, "text"), keys[..1]);
    assert_eq!(blocks(README, "json"), values[..1]);
    assert_eq!(blocks(FORMAT, "text"), keys);
    assert_eq!(blocks(FORMAT, "json"), values);
}

#[test]
fn the_exported_line_is_one_that_is_exported() {
    let exported = include_str!("../../execlog-cli/tests/command/runs.jsonl");
    assert_eq!(
        exported.lines().next(),
        blocks(FORMAT, "jsonl").first().copied()
    );
}

#[cfg(feature = "native-v2")]
#[test]
fn the_stored_value_is_what_the_engine_holds() {
    use sqlitegraph_native_v2::backend::KvValue;
    use sqlitegraph_native_v2::{GraphBackend, NativeGraphBackend, SnapshotId};
    use std::rc::Rc;

    let folder = tempfile::tempdir().expect("a temporary folder");
    let graph = NativeGraphBackend::new(folder.path().join("code.graph")).expect("a new graph");
    let graph: Rc<dyn GraphBackend> = Rc::new(graph);
    example(ExecutionLog::with_kv_backend(Rc::clone(&graph))).expect("recorded");
    let key = blocks(README, "text")[0].as_bytes();
    let stored = graph.kv_get(SnapshotId::current(), key).expect("read");
    let Some(KvValue::Json(json)) = stored else {
        panic!("not JSON: {stored:?}");
    };
    assert_eq!(json.to_string(), blocks(README, "json")[0]);
}

#[test]
fn the_schema_is_the_one_that_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = ExecutionLog::new(folder.path().join("log.db"));
    log.begin(Invocation::new(["index"])).succeed();
    let connection = log.connect().expect("connects");
    let made = |name: &str| {
        let mut statement = connection
            .prepare("SELECT sql FROM sqlite_master WHERE name LIKE ?1 AND sql NOT NULL")
            .expect("prepared");
        let made = statement
            .query_map([name], |row| row.get(0))
            .expect("queried");
        let made: Vec<String> = made.collect::<Result<_, _>>().expect("read");
        made.join("\n")
    };
    let first = made("%exec%log%");
    connection
        .execute("DELETE FROM execution_log", [])
        .expect("removed past the log");
    log.maintenance().reindex().expect("repaired");
    let made = [first, made("execlog_aside")];
    assert_eq!(blocks(FORMAT, "sql")[..2], made);
}

#[test]
fn the_table_of_a_graph_is_the_one_that_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("code.db");
    example(ExecutionLog::new(&path).in_graph().into()).expect("recorded");
    let connection = rusqlite::Connection::open(&path).expect("opens");
    let text = |sql: &str| -> String {
        let found = connection.query_row(sql, [], |row| row.get(0));
        found.expect("queried")
    };
    let words = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let made = text("SELECT sql FROM sqlite_master WHERE name = 'kv_store'");
    assert_eq!(words(blocks(FORMAT, "sql")[2]), words(&made));
    let row = text(
        "SELECT key || char(10) || value_json FROM kv_store \
         WHERE key LIKE '101,120,101,99,108,111,103,45,115,%'",
    );
    assert_eq!(blocks(FORMAT, "row"), [row]);
}

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
    let quickstart = include_str!("../../examples/src/bin/quickstart.rs");
    assert!(quickstart.lines().count() < 40);
}

#[test]
fn the_readme_is_short() {
    assert!(README.lines().count() <= 200);
}

#[test]
fn the_way_to_open_a_graph_is_that_of_code_that_compiles_with_either_version() {
    let compiled = [
        include_str!("native_v3.rs"),
        include_str!("../../examples/src/bin/own_record.rs"),
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
    const TESTED: &str = include_str!("../src/documents.rs");
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
                ("console" | "json" | "jsonl" | "row" | "sh" | "sql" | "text" | "txt", "") => {}
                _ => panic!("{place}"),
            }
        }
    }
}

fn unindented(code: &str) -> String {
    let lines = code.lines().map(str::trim_start);
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn links_lead_to_files_and_headings_that_exist() {
    for (name, document) in documents() {
        for (path, part) in links(&name, &document) {
            let target = root().join(&path);
            assert!(target.exists(), "{name}: {}", path.display());
            let is_page = path.extension().is_some_and(|extension| extension == "md");
            if let Some(part) = part.filter(|_| is_page) {
                let text = fs::read_to_string(target).expect("it reads");
                assert!(anchors(&text).contains(&part), "{name}: {part}");
            }
        }
    }
}

#[test]
fn each_promise_is_linked_to_the_test_that_holds_it() {
    let promises = README
        .split("\n## ")
        .find(|part| part.starts_with("Promises\n"));
    let promises: Vec<_> = promises.expect("promises").split("\n- ").skip(1).collect();
    assert!(promises.len() >= 10);
    for promise in promises {
        let mut tests = 0;
        for (path, part) in links("README.md", promise) {
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let mut folders = path.iter();
            assert!(folders.any(|folder| folder == "tests"), "{promise}");
            let code = fs::read_to_string(root().join(&path)).expect(promise);
            if let Some(test) = part {
                assert!(code.contains(&format!("fn {test}(")), "{test} in {promise}");
            }
            tests += 1;
        }
        assert!(tests > 0, "{promise}");
    }
}
