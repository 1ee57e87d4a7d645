//! What magellan leaves, and where numbers end.

use super::{filled, findings};
use execlog::{Error, ExecutionLog, Invocation};
use rusqlite::Connection;

#[test]
fn what_the_migration_of_magellan_leaves_is_said_to_be_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let log = ExecutionLog::new(&path).without_seals();
    for _ in 0..3 {
        log.begin(Invocation::new(["index"])).succeed();
    }
    log.start_execution("6b03270d-7759", "4.17.0", &[], None, "code.db")
        .and_then(|_| log.finish_execution("6b03270d-7759", "success", None, 0, 0, 0))
        .expect("recorded");
    assert_eq!(log.maintenance().verify().expect("verified").notes, []);
    drop(log);
    Connection::open(&path)
        .and_then(|connection| {
            connection.execute_batch(
                "DROP TABLE execlog_context; DROP INDEX idx_execution_log_execution_id; \
                 DROP INDEX idx_execution_log_outcome",
            )
        })
        .expect("migrated");
    let log = ExecutionLog::new(&path);
    let migrated = log.maintenance().verify().expect("verified");
    let keys: Vec<_> = migrated
        .findings
        .iter()
        .map(|found| found.key.as_str())
        .collect();
    assert_eq!(keys, ["idx_execution_log_outcome"]);
    let [note] = migrated.notes.as_slice() else {
        panic!("{:?}", migrated.notes)
    };
    assert_eq!(note.key, "execlog_context");
    assert_eq!(
        note.text,
        "runs recorded by `begin` but without a context: 3; another program removed the contexts, as \
         magellan's `migrate-backend` does, or they were never written"
    );
    log.maintenance().reindex().expect("reindexed");
    let mended = log.maintenance().verify().expect("verified");
    assert_eq!((mended.findings, mended.notes.len()), (vec![], 1));
}

#[test]
fn a_database_that_magellan_made_is_well_however_its_statements_are_spelled() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("code.db");
    Connection::open(&path)
        .and_then(|connection| {
            connection.execute_batch(
                "create table \"execution_log\" (id INTEGER PRIMARY KEY AUTOINCREMENT, \
                 execution_id TEXT NOT NULL UNIQUE, tool_version TEXT NOT NULL, args TEXT NOT NULL, \
                 root TEXT, db_path TEXT NOT NULL, started_at INTEGER NOT NULL, finished_at INTEGER, \
                 duration_ms INTEGER, outcome TEXT NOT NULL, error_message TEXT, \
                 files_indexed INTEGER DEFAULT 0, symbols_indexed INTEGER DEFAULT 0, \
                 references_indexed INTEGER DEFAULT 0); \
                 create  index [idx_execution_log_started_at] on 'execution_log' (\"started_at\" desc); \
                 create index idx_execution_log_execution_id on execution_log (execution_id asc); \
                 create index idx_execution_log_outcome on execution_log (outcome); \
                 INSERT INTO execution_log VALUES (1, '6b03270d-7759', '4.17.0', '[\"status\"]', NULL, \
                 'code.db', 1795368717, 1795368717, 438, 'success', NULL, 0, 0, 0);",
            )
        })
        .expect("made");
    let verified = ExecutionLog::read_only(&path)
        .maintenance()
        .verify()
        .expect("verified");
    assert_eq!(
        (verified.runs, verified.findings, verified.notes),
        (1, vec![], vec![])
    );
}

#[test]
fn where_no_number_is_left_the_error_says_so() {
    let (_folder, connection, log) = filled();
    connection
        .execute(
            "UPDATE execution_log SET id = 9223372036854775807 WHERE id = 4",
            [],
        )
        .expect("damaged");
    for refused in [
        log.start_execution("f", "1", &[], None, "code.db")
            .map(drop),
        log.maintenance()
            .import(&[execlog::StoredRun {
                record: execlog_tests::record("g"),
                context: None,
            }])
            .map(drop),
    ] {
        assert!(
            matches!(refused, Err(Error::NoNumberLeft { last: i64::MAX })),
            "{refused:?}"
        );
    }
    connection
        .execute("UPDATE execution_log SET id = 4 WHERE id > 5", [])
        .expect("mended by hand");
    log.maintenance().reindex().expect("reindexed");
    assert_eq!(findings(&log), []);
    let number = log.start_execution("f", "1", &[], None, "code.db");
    assert_eq!(number.expect("started"), 6);
}
