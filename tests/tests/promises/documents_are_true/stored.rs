//! What the documents show as stored is what is stored.

use super::markdown::blocks;
use super::{FORMAT, README};
use execlog::clock::ManualClock;
use execlog::kv::{KvStore, MemoryKv};
use execlog::{Environment, ExecutionLog, Invocation, LocalLog};
use std::time::Duration;

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

#[test]
fn the_stored_key_and_value_are_those_that_are_stored() {
    let store = MemoryKv::default();
    example(ExecutionLog::from_local_kv_store(store.clone())).expect("recorded");
    let entries = store.scan(b"").expect("scanned");
    let shown = entries.iter().map(|(key, value)| {
        let mut value: serde_json::Value = serde_json::from_slice(value).expect("JSON");
        if let Some(log_id) = value.get_mut("log_id") {
            *log_id = "0192d4e0-7b1a-7c3e-8f00-5a1b2c3d4e5f".into();
        }
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
    let exported = include_str!("../../../../execlog-cli/tests/command/runs.jsonl");
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
    example(ExecutionLog::new(&path).maintenance().in_graph().into()).expect("recorded");
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
         WHERE key LIKE '101,120,101,99,108,111,103,45,115,101,113,%'",
    );
    assert_eq!(blocks(FORMAT, "row"), [row]);
}

#[test]
fn the_tables_of_a_team_are_those_that_are_made() {
    let schema = include_str!("../../../../execlog/src/store/postgres/schema.rs");
    let made = schema
        .split("r#\"\n")
        .nth(1)
        .and_then(|rest| rest.split("\"#").next());
    let blocks = blocks(FORMAT, "sql");
    let [.., of_team, shipped] = blocks.as_slice() else {
        panic!("few blocks");
    };
    assert_eq!(Some(*of_team), made);

    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("log.db");
    let log = ExecutionLog::new(&file);
    log.begin(Invocation::new(["index"])).succeed();
    log.maintenance()
        .ship(&Nobody, &execlog::Shipping::new())
        .expect("shipped");
    let connection = rusqlite::Connection::open(file).expect("opens");
    let sql = "SELECT sql FROM sqlite_master WHERE name = 'execlog_shipped'";
    let made: String = connection
        .query_row(sql, [], |row| row.get(0))
        .expect("made");
    assert_eq!(*shipped, made);
}

/// A target that takes everything and keeps nothing.
struct Nobody;

impl execlog::Target for Nobody {
    fn name(&self) -> String {
        "nobody".to_owned()
    }

    fn receive(&self, parcel: &execlog::Parcel<'_>) -> execlog::Result<execlog::Receipt> {
        Ok(execlog::Receipt::of_all(parcel))
    }
}
