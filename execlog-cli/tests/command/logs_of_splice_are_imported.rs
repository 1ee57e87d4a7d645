//! The log of splice is recognised and can be imported.

use crate::fixture::{program, said};
use insta::assert_snapshot;
use rusqlite::Connection;
use std::fs;
use tempfile::TempDir;

/// A folder with a log of splice, in the form of its version 3.1.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(".splice")).expect("a folder");
    let connection = Connection::open(folder.path().join(".splice/operations.db")).expect("opens");
    connection
        .execute_batch(
            r#"CREATE TABLE execution_log (id INTEGER PRIMARY KEY AUTOINCREMENT,
                 execution_id TEXT NOT NULL UNIQUE, operation_type TEXT NOT NULL,
                 status TEXT NOT NULL, timestamp TEXT NOT NULL, workspace TEXT,
                 command_line TEXT, parameters TEXT, result_summary TEXT, error_details TEXT,
                 duration_ms INTEGER, created_at INTEGER NOT NULL);
               INSERT INTO execution_log VALUES
               (1, 'aaaaaaaa-0001', 'patch', 'ok', '2026-11-20T10:00:01.500+00:00', '/src/code',
                '/usr/bin/splice patch --symbol run --token=s3cr3tvalue', '{"symbol":"run"}',
                '{"message":"Patched 1 file"}', NULL, 1500, 1795168801),
               (2, 'aaaaaaaa-0002', 'delete', 'error', '2026-11-20T11:00:00+00:00', NULL, NULL,
                NULL, NULL, '{"kind":"x","message":"symbol not found"}', NULL, 1795172400),
               (3, 'aaaaaaaa-0003', 'plan', 'partial', '2026-11-20T12:00:00+00:00', '/src/code',
                'splice', NULL, NULL, 'not JSON', 20, 1795176000),
               (4, 'aaaaaaaa-0004', 'plan', 'pending', '2026-11-20T12:00:00+00:00', NULL, NULL,
                NULL, NULL, NULL, 20, 1795176000),
               (5, 'aaaaaaaa-0005', 'plan', 'ok', 'noon', NULL, NULL, NULL, NULL, NULL, 20, 0),
               (6, 'aaaaaaaa-0006', 'plan', 'ok', '2026-11-20T12:00:00+00:00', NULL, NULL, NULL,
                NULL, NULL, -20, 1795176000),
               (7, 'aaaaaaaa-0007', 'plan', 'ok', '2026-11-20T12:00:00+00:00', NULL, NULL, NULL,
                NULL, NULL, 'long', 1795176000)"#,
        )
        .expect("made");
    folder
}

#[test]
fn operations_become_runs() {
    let folder = folder();
    let file = folder.path().join(".splice/operations.db");
    let before = fs::read(&file).expect("read");
    let said = [
        &["import", "--db", "log.db", ".splice/operations.db"][..],
        &["import", "--db", "log.db", ".splice/operations.db"],
        &["list", "--db", "log.db", "--format", "json"],
        &["export", "--without-seals", "--db", "log.db"],
        &[
            "list",
            "--db",
            "log.db",
            "--label",
            "operation=delete",
            "--format",
            "{id} {args}",
        ],
        &["verify", "--db", "log.db", "--secrets"],
    ]
    .map(|arguments| said(program(folder.path()).args(arguments), arguments));
    assert_snapshot!(said.join("\n"));
    assert_eq!(fs::read(&file).expect("read"), before);
}

#[test]
fn reading_it_as_a_log_is_an_error_that_names_splice() {
    let folder = folder();
    for arguments in [
        &["list", "--db", ".splice/operations.db"][..],
        &["pin", "latest", "--db", ".splice/operations.db"],
    ] {
        let said = said(program(folder.path()).args(arguments), arguments);
        assert!(
            said.contains(
                "/.splice/operations.db` is not a log: splice \
                 keeps its own log in it, with other columns: import it into another file with \
                 `execlog import`\nexit code 1\n"
            ),
            "{said}"
        );
    }
}
