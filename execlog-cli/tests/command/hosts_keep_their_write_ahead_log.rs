//! A host that writes to the same SQLite file keeps its write-ahead log and its runs.

use crate::fixture::program;
use execlog::{ExecutionLog, Status};
use rusqlite::Connection;
use std::fs;
use std::path::Path;

/// The table of magellan 4.17.
const MAGELLAN: &str = "CREATE TABLE execution_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT, execution_id TEXT NOT NULL UNIQUE, tool_version TEXT NOT NULL,
    args TEXT NOT NULL, root TEXT, db_path TEXT NOT NULL, started_at INTEGER NOT NULL, finished_at INTEGER,
    duration_ms INTEGER, outcome TEXT NOT NULL, error_message TEXT, files_indexed INTEGER DEFAULT 0,
    symbols_indexed INTEGER DEFAULT 0, references_indexed INTEGER DEFAULT 0)";

/// Adds a run as a host does.
fn add_run(host: &Connection, number: usize) {
    let sql = format!(
        "INSERT INTO execution_log (execution_id, tool_version, args, db_path, started_at, \
         finished_at, duration_ms, outcome) \
         VALUES ('host-{number}', '4.17.0', '[\"index\"]', 'code.db', {number}, {number}, 1, 'success')"
    );
    host.execute_batch(&sql).expect("the host writes");
}

fn run(folder: &Path, arguments: &[&str]) {
    let output = program(folder).args(arguments).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
}

/// The number of removed files of the database that this process still has open. Other tests have databases
/// in other folders.
fn removed_and_open(database: &Path) -> usize {
    let database = database.to_str().expect("text");
    let Ok(open) = fs::read_dir("/proc/self/fd") else {
        return 0;
    };
    let files = open.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    files
        .filter(|file| {
            file.to_string_lossy().starts_with(database)
                && file.to_string_lossy().ends_with(" (deleted)")
        })
        .count()
}

/// magellan 4.17 reads its open database as a file, which drops its locks on the database. Then the next
/// process that closes the database believes that no other has it open.
#[test]
fn a_host_that_dropped_its_locks_keeps_its_write_ahead_log_and_every_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    let host = Connection::open(&file).expect("opens");
    let real = file.canonicalize().expect("a file");
    host.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE graph (a)",
    )
    .and_then(|()| host.execute_batch(MAGELLAN))
    .expect("a host's file");
    let commands: [&[&str]; 3] = [
        &["record", "--db", "code.db", "--", "true"],
        &["settle", "--db", "code.db"],
        &["verify", "--repair", "--db", "code.db"],
    ];
    let mut runs = 0;
    for round in 0..4 {
        for command in commands {
            add_run(&host, runs);
            runs += 1;
            drop(fs::read(&file).expect("the host reads its database"));
            run(folder.path(), command);
            assert_eq!(removed_and_open(&real), 0, "round {round}, {command:?}");
        }
    }
    let check: String = host
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("the host reads");
    assert_eq!(check, "ok");
    drop(host);
    let log = ExecutionLog::new(&file);
    let runs = log.runs().status(Status::Success).into_iter();
    assert_eq!(runs.flatten().count(), 12 + 4);
}
