//! Reading a long log in SQLite, page by page.

use execlog::{Error, ExecutionLog, Status};
use rusqlite::{Connection, params};
use std::path::Path;

/// More than two pages of runs, a hundred in each second.
const RUNS: i64 = 700;

fn fill(path: &Path) -> Connection {
    ExecutionLog::new(path).ensure_schema().expect("made");
    let connection = Connection::open(path).expect("opens");
    let transaction = connection.unchecked_transaction().expect("begins");
    for number in 1..=RUNS {
        let outcome = if number % 100 == 0 {
            "error"
        } else {
            "success"
        };
        transaction
            .execute(
                "INSERT INTO execution_log (execution_id, tool_version, args, db_path, started_at, \
                 outcome) VALUES (?1, '1', '[]', 'code.db', ?2, ?3)",
                params![format!("run-{number}"), number / 100, outcome],
            )
            .expect("inserted");
    }
    transaction.commit().expect("committed");
    connection
}

fn numbers(runs: impl IntoIterator<Item = execlog::Result<execlog::RunEntry>>) -> Vec<i64> {
    runs.into_iter()
        .map(|run| run.expect("reads").record.id)
        .collect()
}

#[test]
fn every_run_is_read_once_and_in_order_however_many_began_in_one_second() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    fill(&path);
    let log = ExecutionLog::new(&path);
    let all: Vec<i64> = (1..=RUNS).rev().collect();
    assert_eq!(numbers(log.runs()), all);
    assert_eq!(numbers(log.runs().limit(300)), all[..300]);
    assert_eq!(
        numbers(log.runs().status(Status::Error)),
        [700, 600, 500, 400, 300, 200, 100]
    );
    assert_eq!(
        numbers(log.runs().status(Status::Error).limit(2)),
        [700, 600]
    );
    assert_eq!(log.list_all(None).expect("reads").len(), 700);
}

#[test]
fn the_other_orders_read_every_run_once_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let connection = fill(&path);
    // The clock was set back while these were added.
    connection
        .execute("UPDATE execution_log SET started_at = 0 WHERE id > 650", [])
        .expect("set");
    let log = ExecutionLog::read_only(&path);
    let as_added: Vec<i64> = (1..=RUNS).collect();
    assert_eq!(numbers(log.runs().as_added()), as_added);
    let mut oldest_first = as_added;
    oldest_first.sort_by_key(|number| (if *number > 650 { 0 } else { number / 100 }, *number));
    assert_eq!(numbers(log.runs().oldest_first()), oldest_first);
    oldest_first.reverse();
    assert_eq!(numbers(log.runs().without_contexts()), oldest_first);
}

#[test]
fn a_text_is_found_however_its_json_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let connection = fill(&path);
    for (id, args) in [
        (7, r#"["a\/b"]"#),
        (8, r#"["\u0061/b"]"#),
        (9, r#"not "a/b" JSON"#),
    ] {
        connection
            .execute(
                "UPDATE execution_log SET args = ?2 WHERE id = ?1",
                params![id, args],
            )
            .expect("set");
    }
    let log = ExecutionLog::read_only(&path);
    assert_eq!(numbers(log.runs().text("A/B")), [9, 8, 7]);
    assert_eq!(numbers(log.runs().text("\"a/b")), [9]);
    assert_eq!(numbers(log.runs().text("\\")), [0; 0]);
}

#[test]
fn a_log_waits_no_longer_than_it_is_told_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let other = fill(&path);
    other
        .pragma_update(None, "journal_mode", "DELETE")
        .expect("set");
    other.execute_batch("BEGIN EXCLUSIVE").expect("locked");
    let began = std::time::Instant::now();
    let log = ExecutionLog::new(&path).with_busy_timeout(std::time::Duration::from_millis(10));
    assert!(matches!(
        log.maintenance().exists(),
        Err(Error::Busy { .. })
    ));
    assert!(
        began.elapsed().as_secs() < 4,
        "the usual time is five seconds"
    );
}

#[test]
fn a_log_that_is_only_read_refuses_to_be_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let log = ExecutionLog::read_only(&path);
    assert!(!log.maintenance().exists().expect("asked"));
    assert_eq!(log.list_all(None).expect("reads"), []);
    fill(&path);
    let log = ExecutionLog::read_only(&path);
    let refused = log.start_execution("a", "1", &[], None, "code.db");
    assert!(
        matches!(refused, Err(Error::ReadOnly { .. })),
        "{refused:?}"
    );
    for written in [
        log.ensure_schema(),
        log.connect().map(drop),
        log.maintenance().settle().map(drop),
    ] {
        assert!(
            matches!(written, Err(Error::ReadOnly { .. }) | Ok(())),
            "{written:?}"
        );
    }
    assert!(matches!(
        log.maintenance().remove(&["run-1"]),
        Err(Error::ReadOnly { .. })
    ));
    assert_eq!(log.list_all(None).expect("reads").len(), 700);
}

#[test]
fn what_cannot_be_read_stands_in_its_place_also_between_pages() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let connection = fill(&path);
    connection
        .execute_batch(
            "UPDATE execution_log SET args = x'ff' WHERE id % 64 = 0; \
             UPDATE execution_log SET started_at = 'yesterday' WHERE id IN (1, 2);",
        )
        .expect("spoiled");
    let log = ExecutionLog::new(&path);
    let runs: Vec<_> = log.runs().into_iter().collect();
    assert_eq!(runs.len(), 700);
    let unreadable = |run: &execlog::Result<execlog::RunEntry>| matches!(run, Err(Error::Corrupt { key, .. }) if key.starts_with("execution_log row "));
    assert!(
        runs[..2].iter().all(unreadable),
        "text is later than any number to SQLite"
    );
    assert_eq!(runs.iter().filter(|run| unreadable(run)).count(), 12);
    assert!(unreadable(&runs[2 + 700 - 640]), "that of 640");
}

#[test]
fn a_run_without_a_start_in_a_table_of_another_shape_is_not_passed_over() {
    let connection = Connection::open_in_memory().expect("a database");
    connection
        .execute_batch(
            "CREATE TABLE execution_log (id INTEGER PRIMARY KEY, execution_id TEXT UNIQUE, \
             tool_version, args, root, db_path, started_at INTEGER, finished_at, duration_ms, outcome, \
             error_message, files_indexed, symbols_indexed, references_indexed); \
             INSERT INTO execution_log (execution_id, started_at) VALUES ('a', 5), ('b', NULL);",
        )
        .expect("made");
    let shared = std::sync::Arc::new(parking_lot::Mutex::new(connection));
    let log = ExecutionLog::with_connection(shared);
    assert_eq!(log.runs().into_iter().filter(Result::is_err).count(), 2);
}

#[test]
fn a_context_that_cannot_be_read_is_named_and_its_record_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let log = ExecutionLog::new(&path);
    log.begin(execlog::Invocation::new(["index"])).succeed();
    Connection::open(&path)
        .and_then(|host| host.execute("UPDATE execlog_context SET process_id = 'x'", []))
        .expect("spoiled");
    let error = log
        .find(execlog::RunSelector::latest())
        .expect_err("the context is spoiled");
    let said = error.to_string();
    assert!(
        said.contains("execlog_context of execution_log row 1"),
        "{said}"
    );
    assert_eq!(log.get_recent(1).expect("reads")[0].outcome, "success");
}

#[test]
fn a_table_that_cannot_hold_contexts_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    fill(&path)
        .execute_batch("CREATE TABLE execlog_context (a)")
        .expect("made");
    let log = ExecutionLog::new(&path);
    let error = log
        .find("run-1".parse().expect("a selector"))
        .expect_err("the table is another's");
    assert!(
        error
            .to_string()
            .starts_with("the table `execlog_context` in `"),
        "{error}"
    );
    assert_eq!(
        log.get_recent(1).expect("reads").len(),
        1,
        "runs are there without it"
    );
    log.start_execution("new", "1", &[], None, "code.db")
        .and_then(|_| log.finish_execution("new", "success", None, 0, 0, 0))
        .expect("and go on without it");
}

#[test]
fn a_start_that_is_not_even_text_stands_in_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    fill(&path)
        .execute(
            "UPDATE execution_log SET started_at = CAST(x'ff' || id AS TEXT) WHERE id <= 300",
            [],
        )
        .expect("spoiled");
    let log = ExecutionLog::new(&path);
    let runs: Vec<_> = log.runs().into_iter().collect();
    assert_eq!(runs.len(), 700);
    assert!(runs[..300].iter().all(Result::is_err));
    assert!(runs[300..].iter().all(Result::is_ok));
}

#[test]
fn a_context_that_another_program_left_behind_is_not_that_of_a_later_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let clock = execlog::clock::ManualClock::at(1_795_368_717);
    let log = ExecutionLog::new(&path).with_clock(clock.clone());
    let begin = || {
        let id = "x".parse().expect("an id");
        log.begin(execlog::Invocation::new(["index"]).execution_id(id))
    };
    begin().succeed();
    Connection::open(&path)
        .and_then(|host| {
            host.execute_batch("UPDATE execlog_context SET crashed = 1; DELETE FROM execution_log")
        })
        .expect("removed by a program that does not know contexts");
    clock.advance(std::time::Duration::from_secs(100));
    log.start_execution("x", "1", &[], None, "code.db")
        .expect("started");
    let run = log
        .find("x".parse().expect("a selector"))
        .expect("reads")
        .expect("is there");
    assert_eq!((run.status(), run.context), (Status::Unknown, None));
    clock.advance(std::time::Duration::from_secs(5));
    ExecutionLog::new(&path)
        .with_clock(clock.clone())
        .finish_execution("x", "success", None, 0, 0, 0)
        .expect("finished by another handle");
    let run = log.get_by_id("x").expect("reads").expect("is there");
    assert_eq!(run.duration_ms, Some(5000));
    let again = log.finish_execution("x", "error", None, 0, 0, 0);
    assert!(matches!(again, Err(Error::AlreadyFinished { .. })));
}
