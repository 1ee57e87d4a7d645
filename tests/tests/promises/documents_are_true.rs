//! What the documents show is what the library does.

use execlog::clock::ManualClock;
use execlog::kv::{KvStore, MemoryKv};
use execlog::{Environment, ExecutionLog, Invocation, LocalLog};
use std::time::Duration;

const README: &str = include_str!("../../../README.md");
const FORMAT: &str = include_str!("../../../docs/format.md");
const PERFORMANCE: &str = include_str!("../../../docs/performance.md");
const CI: &str = include_str!("../../../.ci/run");

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
    let fence = format!("```{kind}\n");
    let blocks = document.split(&fence).skip(1);
    blocks
        .filter_map(|rest| rest.split("\n```").next())
        .collect()
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
    let exported = include_str!("../../../execlog-cli/tests/command/runs.jsonl");
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
        let source = std::fs::read_to_string(format!(
            concat!(env!("CARGO_MANIFEST_DIR"), "/../{}"),
            source
        ));
        assert!(source.expect("reads").contains(command), "{command}");
    }
}

#[test]
fn the_example_is_at_most_fifteen_lines_and_the_quickstart_under_forty() {
    assert!(blocks(README, "rust")[0].lines().count() <= 15);
    let quickstart = include_str!("../../../examples/src/bin/quickstart.rs");
    assert!(quickstart.lines().count() < 40);
}

#[test]
fn the_way_to_open_a_graph_is_that_of_code_that_compiles_with_either_version() {
    let compiled = [
        include_str!("native_v3_keeps_what_is_flushed.rs"),
        include_str!("../../../examples/src/bin/own_record.rs"),
    ];
    let shown = blocks(README, "rs")[0];
    let open = shown.lines().next().expect("a line");
    assert!(open.contains("open_graph"));
    for code in compiled {
        assert!(code.contains(open), "{open}");
    }
}

#[test]
fn links_lead_to_files_that_exist() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let contributing = include_str!("../../../CONTRIBUTING.md");
    for (document, folder) in [
        (README, ""),
        (FORMAT, "docs/"),
        (PERFORMANCE, "docs/"),
        (contributing, ""),
    ] {
        for link in document.split("](").skip(1) {
            let target = link.split([')', '#']).next().expect("a target");
            let path = format!("{root}/{folder}{target}");
            assert!(std::path::Path::new(&path).exists(), "{target}");
        }
    }
}
