//! Summaries say what whole runs say, of every kind of run and of every kind of damage.

use execlog::clock::ManualClock;
use execlog::{ExecutionLog, Invocation, Run, RunSummary, Runs, Status};
use rusqlite::Connection;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const START: i64 = 1_795_368_717;

/// More runs than a page has.
const RUNS: i64 = 1200;

/// What damages the record of a run, or is unusual in it.
const RECORDS: [&str; 24] = [
    "tool_version = x'00'",
    "tool_version = CAST(x'ff' AS TEXT)",
    "args = CAST(x'5b22ff225d' AS TEXT)",
    "args = 'not JSON'",
    "args = '{}'",
    "args = '[]'",
    "args = '[null]'",
    "args = '[\"a\\u0062\", 5]'",
    "root = 5.5",
    "root = CAST(x'ff' AS TEXT)",
    "root = x'00'",
    "db_path = CAST(x'ff' AS TEXT)",
    "finished_at = 'late'",
    "started_at = 'early'",
    "started_at = 1.5",
    "duration_ms = 'long'",
    "duration_ms = NULL",
    "outcome = 'other'",
    "outcome = 'SUCCESS'",
    "error_message = CAST(x'ff' AS TEXT)",
    "files_indexed = NULL",
    "symbols_indexed = 1.5",
    "references_indexed = 'many'",
    "execution_id = 'a' || char(0) || id",
];

/// What damages the context of a run, or is unusual in it.
const CONTEXTS: [&str; 6] = [
    "host = CAST(x'ff' AS TEXT)",
    "labels = 'not JSON'",
    "crashed = 'yes'",
    "crashed = 1",
    "started_at_ms = 1000",
    "pin = x'00'",
];

/// A log with runs of every status, ten in each second, and the run that goes on.
fn filled(path: &Path) -> (ExecutionLog, Run) {
    let clock = ManualClock::at(START);
    let log = ExecutionLog::new(path).with_clock(clock.clone());
    log.ensure_schema().expect("made");
    let many = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?1) \
         INSERT INTO execution_log (execution_id, tool_version, args, root, db_path, started_at, \
         finished_at, duration_ms, outcome, files_indexed) \
         SELECT 'run-' || n, n % 3, json_array('index', n), '/src', 'code.db', ?2 + n / 10, \
         ?2 + n / 10, n % 100, iif(n % 20 = 0, 'error', 'success'), n % 7 FROM number";
    let connection = Connection::open(path).expect("opens");
    connection
        .execute(many, [RUNS, START - RUNS])
        .expect("inserted");
    for number in 0..30 {
        let run = log.begin(Invocation::new(["watch", "src"]).tool_version("2"));
        clock.advance(Duration::from_millis(130));
        match number % 5 {
            0 | 1 => run.succeed(),
            2 => run.partial("half of it"),
            3 => run.fail_with("no disk"),
            _ => drop(run),
        }
    }
    for number in 0..3 {
        let id = format!("{START:x}-{number}");
        let args = ["status".to_owned()];
        log.start_execution(&id, "1", &args, None, "code.db")
            .expect("started");
        if number > 0 {
            log.finish_execution(&id, "success", None, 1, 2, 3)
                .expect("ended");
        }
    }
    let going_on = log.begin(Invocation::new(["watch"]));
    (log, going_on)
}

fn damage(path: &Path) {
    let connection = Connection::open(path).expect("opens");
    let change = |table: &str, change: &str, number: i64| {
        let sql = format!(
            "UPDATE {table} SET {change} WHERE execution_id = \
             (SELECT execution_id FROM execution_log WHERE id = {number})"
        );
        assert_eq!(connection.execute(&sql, []), Ok(1), "{sql}");
    };
    for (number, record) in (1..).zip(RECORDS) {
        // A run that succeeded, and one that failed.
        change("execution_log", record, number * 20 + 7);
        change("execution_log", record, number * 20);
    }
    for (number, context) in (0..).zip(CONTEXTS) {
        change("execlog_context", context, RUNS + 4 + number * 5);
    }
}

/// Compares the summaries of a query with the whole runs. Returns how many there are of each status, and
/// how many cannot be read.
fn check(name: &str, runs: &Runs<'_>) -> ([usize; 6], usize) {
    let said = |run: execlog::Result<RunSummary>| run.map_err(|error| error.to_string());
    let whole = runs.clone().without_contexts().into_iter();
    let whole: Vec<_> = whole
        .map(|run| said(run.map(|run| RunSummary::from(&run))))
        .collect();
    let summaries: Vec<_> = runs.clone().summaries().map(said).collect();
    assert_eq!(summaries.len(), whole.len(), "{name}");
    for (summary, whole) in summaries.iter().zip(&whole) {
        assert_eq!(summary, whole, "{name}");
    }
    let readable = || summaries.iter().flatten();
    let of = |status| readable().filter(|run| run.status() == status).count();
    let statuses = [
        Status::Success,
        Status::Partial,
        Status::Error,
        Status::Crashed,
        Status::Running,
        Status::Unknown,
    ];
    (statuses.map(of), summaries.len() - readable().count())
}

/// Adds conditions, with the start and the end of some runs.
type Query = for<'log> fn(Runs<'log>, SystemTime, SystemTime) -> Runs<'log>;

/// Compares the answers to many queries.
fn check_all(log: &ExecutionLog) {
    let since = UNIX_EPOCH + Duration::from_secs(START.unsigned_abs()) - Duration::from_secs(1180);
    let until = since + Duration::from_secs(30);
    let queries: [(&str, Query); 14] = [
        ("everything", |runs, _, _| runs),
        ("times", |runs, since, until| runs.since(since).until(until)),
        ("successes", |runs, _, _| runs.status(Status::Success)),
        ("crashed", |runs, _, _| runs.status(Status::Crashed)),
        ("failed", |runs, _, _| {
            runs.status(Status::Error).status(Status::Partial)
        }),
        ("running", |runs, _, _| runs.status(Status::Running)),
        ("unknown", |runs, _, _| runs.status(Status::Unknown)),
        ("text", |runs, _, _| runs.text("AB")),
        ("command", |runs, _, _| runs.command("ab").command("watch")),
        ("root", |runs, _, _| runs.root("/src")),
        ("version", |runs, _, _| runs.tool_version("2")),
        ("duration", |runs, _, _| {
            runs.min_duration(Duration::from_millis(98))
        }),
        ("host", |runs, _, _| runs.host("nowhere")),
        ("limit", |runs, _, _| runs.limit(700)),
    ];
    for (name, query) in queries {
        let runs = || query(log.runs(), since, until);
        check(name, &runs());
        check(&format!("{name}, oldest first"), &runs().oldest_first());
        check(&format!("{name}, as added"), &runs().as_added());
    }
}

#[test]
fn every_query_gives_the_same_runs_of_a_damaged_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let (log, _going_on) = filled(&path);
    let (statuses, unreadable) = check("undamaged", &log.runs());
    assert_eq!((statuses, unreadable), ([1154, 6, 72, 0, 1, 1], 0));
    check_all(&log);
    damage(&path);
    let (statuses, unreadable) = check("damaged", &log.runs());
    let [_, _, _, crashed, running, unknown] = statuses;
    assert_eq!((crashed, running, unknown), (1, 1, 5));
    assert!(unreadable > RECORDS.len(), "{unreadable}");
    check_all(&log);
    check_all(&ExecutionLog::read_only(&path));
}

#[test]
fn every_query_gives_the_same_runs_without_contexts_and_with_early_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let (log, going_on) = filled(&path);
    drop((log, going_on));
    damage(&path);
    let connection = Connection::open(&path).expect("opens");
    let early = "CREATE TABLE early (execution_id TEXT PRIMARY KEY NOT NULL, started_at_ms INTEGER NOT NULL, \
         ended_at_ms INTEGER, process_id INTEGER, program TEXT, host TEXT, user TEXT, \
         working_directory TEXT, exit_code INTEGER, parent_execution_id TEXT, revision TEXT, \
         branch TEXT, lock TEXT, crashed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID; \
         INSERT INTO early SELECT execution_id, started_at_ms, ended_at_ms, process_id, program, host, \
         user, working_directory, exit_code, parent_execution_id, revision, branch, lock, crashed \
         FROM execlog_context; \
         DROP TABLE execlog_context; ALTER TABLE early RENAME TO execlog_context";
    connection.execute_batch(early).expect("made");
    check_all(&ExecutionLog::read_only(&path));
    connection
        .execute_batch("DROP TABLE execlog_context")
        .expect("removed");
    check_all(&ExecutionLog::read_only(&path));
}
