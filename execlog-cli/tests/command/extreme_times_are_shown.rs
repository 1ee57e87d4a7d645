//! Times and durations at the limits of what can be stored.

use crate::fixture::Fixture;
use rusqlite::Connection;

const COMMANDS: &[&[&str]] = &[
    &["list"],
    &["list", "--iso"],
    &["list", "--reverse", "--format", "json"],
    &["show", "first"],
    &["show", "last"],
    &["stats", "--slowest", "20"],
    &[
        "stats",
        "--by",
        "day",
        "--against",
        "7d",
        "--format",
        "json",
    ],
    &["tail", "-n", "100"],
    &["report", "--html", "report.html"],
    &["prune", "--keep-within", "1d", "--dry-run"],
    &["export"],
];

#[test]
fn every_command_works_with_the_smallest_and_the_largest_time() {
    let fixture = Fixture::new();
    let connection = Connection::open(fixture.path("code.db")).expect("opens");
    for (id, time) in [("first", i64::MIN), ("last", i64::MAX)] {
        let inserted = connection.execute(
            "INSERT INTO execution_log (execution_id, tool_version, args, db_path, started_at, \
             finished_at, duration_ms, outcome, files_indexed, symbols_indexed) \
             VALUES (?1, '1', '[]', 'code.db', ?2, ?2, ?3, 'success', ?3, ?3)",
            (id, time, i64::MAX),
        );
        inserted.expect("inserted");
    }
    for arguments in COMMANDS {
        let output = fixture.execlog(arguments).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    }
}
