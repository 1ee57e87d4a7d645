//! Databases of magellan are read without changes, also while magellan writes to them.

use crate::fixture::{program, said};
use insta::assert_snapshot;
use rusqlite::{Connection, params};
use std::fs;
use std::path::Path;

/// The table and indexes of magellan 4.17.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS execution_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT, execution_id TEXT NOT NULL UNIQUE, tool_version TEXT NOT NULL,
    args TEXT NOT NULL, root TEXT, db_path TEXT NOT NULL, started_at INTEGER NOT NULL, finished_at INTEGER,
    duration_ms INTEGER, outcome TEXT NOT NULL, error_message TEXT, files_indexed INTEGER DEFAULT 0,
    symbols_indexed INTEGER DEFAULT 0, references_indexed INTEGER DEFAULT 0);
CREATE INDEX IF NOT EXISTS idx_execution_log_started_at ON execution_log(started_at DESC);
CREATE INDEX IF NOT EXISTS idx_execution_log_execution_id ON execution_log(execution_id);
CREATE INDEX IF NOT EXISTS idx_execution_log_outcome ON execution_log(outcome);
CREATE TABLE graph_entities (id INTEGER PRIMARY KEY, name TEXT);
";

fn insert(connection: &Connection, seconds: i64, args: &str, outcome: &str) {
    let (finished_at, duration) = match outcome {
        "running" => (None, None),
        _ => (Some(seconds), Some(438)),
    };
    let inserted = connection.execute(
        "INSERT INTO execution_log (execution_id, tool_version, args, root, db_path, started_at, \
         finished_at, duration_ms, outcome, error_message) \
         VALUES (?1, '4.17.0', ?2, NULL, 'code.db', ?3, ?4, ?5, ?6, NULL)",
        params![
            format!("{seconds:x}-7759"),
            args,
            seconds,
            finished_at,
            duration,
            outcome
        ],
    );
    inserted.expect("inserted");
}

/// A host with the database open, in the middle of a transaction.
fn host(path: &Path, journal: &str) -> Connection {
    let host = Connection::open(path).expect("opens");
    host.pragma_update(None, "journal_mode", journal)
        .expect("set");
    host.execute_batch(SCHEMA).expect("made");
    insert(&host, 1_763_899_017, r#"["status"]"#, "success");
    insert(
        &host,
        1_763_899_030,
        r#"["index","--token","hunter2"]"#,
        "error",
    );
    insert(&host, 1_763_899_117, r#"["watch"]"#, "running");
    host.execute_batch("BEGIN IMMEDIATE").expect("begun");
    insert(&host, 1_763_899_200, r#"["never","committed"]"#, "running");
    host
}

const READING: &[&[&str]] = &[
    &["list"],
    &["show", "latest"],
    &["stats"],
    &["export"],
    &["tail", "--utc"],
    &["verify", "--secrets"],
];

fn read_while_written(journal: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("code.db");
    let host = host(&path, journal);
    let bytes = || {
        let files = ["code.db", "code.db-wal", "code.db-journal"];
        files.map(|file| fs::read(folder.path().join(file)).ok())
    };
    let before = bytes();
    let said: Vec<_> = READING
        .iter()
        .map(|arguments| {
            let mut command = program(folder.path());
            command.args(*arguments).env("COLUMNS", "80");
            command.env("EXECLOG_NOW", "2025-11-23T12:30:00Z");
            said(&mut command, arguments)
        })
        .collect();
    assert!(bytes() == before, "reading changed the files");
    host.execute_batch("COMMIT").expect("the host goes on");
    said.join("\n")
}

#[test]
fn a_file_with_a_write_ahead_log_is_read_during_a_transaction() {
    assert_snapshot!("magellan", read_while_written("WAL"));
}

#[test]
fn a_file_with_a_rollback_journal_is_read_during_a_transaction() {
    assert_snapshot!("magellan", read_while_written("DELETE"));
}

#[test]
fn the_write_ahead_log_of_a_killed_host_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let (made, path) = (folder.path().join("made.db"), folder.path().join("code.db"));
    drop({
        let host = host(&made, "WAL");
        host.execute_batch("ROLLBACK").expect("rolled back");
        // The files that a killed host leaves.
        for ending in ["", "-wal"] {
            let name = |path: &Path| format!("{}{ending}", path.display());
            fs::copy(name(&made), name(&path)).expect("copied");
        }
        host
    });
    let bytes = || ["code.db", "code.db-wal"].map(|file| fs::read(folder.path().join(file)).ok());
    let before = bytes();
    for arguments in READING {
        let output = program(folder.path())
            .arg("--db=code.db")
            .args(*arguments)
            .output();
        assert!(!output.expect("it runs").stdout.is_empty(), "{arguments:?}");
    }
    assert!(bytes() == before, "reading changed the files");
}
