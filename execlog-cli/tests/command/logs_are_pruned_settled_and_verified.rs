//! `prune`, `settle` and `verify` keep a log in order.

use crate::bounded;
use crate::fixture::Fixture;
use insta::assert_snapshot;
use rusqlite::Connection;

#[test]
fn prune_shows_what_it_would_remove_and_removes_nothing_unasked() {
    let fixture = Fixture::new();
    let said = [
        &[
            "prune",
            "--keep-last",
            "5",
            "--keep-failed-within",
            "6d",
            "--dry-run",
        ][..],
        &[
            "prune",
            "--until",
            "7d",
            "--outcome",
            "success",
            "--dry-run",
        ],
        &["prune", "--keep-last", "5"],
        &["prune", "--outcome", "running", "--yes"],
        &["prune", "--keep-last", "100", "--yes"],
        &["list", "--format", "{id} {status}"],
        &["prune", "--keep-last", "5", "--command", "index", "--yes"],
        &["list", "--format", "{id} {status} {command}"],
    ]
    .map(|arguments| fixture.said(arguments));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn a_pinned_run_is_kept_until_it_is_unpinned() {
    let fixture = Fixture::new();
    let said = [
        &[
            "pin",
            "01a1d9ed",
            "--note",
            "release 4.16, token=s3cr3tvalue",
        ][..],
        &["pin", "#2"],
        // Recorded without a context.
        &["pin", "#12", "--note", "ask"],
        &["list", "--pinned", "--format", "{id} {status} {command}"],
        &["prune", "--until", "now", "--yes"],
        &["unpin", "01a1d9ed"],
        &["unpin", "01a1d9ed"],
        &["prune", "--until", "now", "--yes"],
        &["list", "--format", "{id} {status} {command}"],
        &["pin", "#1"],
        &["pin"],
    ]
    .map(|arguments| fixture.said(arguments));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn prune_keeps_the_newest_run_of_days_weeks_and_months() {
    let fixture = Fixture::new();
    let said = [
        &["prune", "--keep-daily", "2", "--dry-run"][..],
        &["prune", "--keep-weekly", "2", "--dry-run"],
        &["prune", "--keep-monthly", "1", "--dry-run"],
        &[
            "prune",
            "--keep-daily",
            "1",
            "--keep-weekly",
            "3",
            "--keep-monthly",
            "2",
            "--keep-last",
            "1",
            "--dry-run",
        ],
    ]
    .map(|arguments| fixture.said(arguments));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn settle_ends_unknown_runs_that_are_old_enough() {
    let fixture = Fixture::new();
    let settle = |time: &str| {
        let format = ["--format", "{number} {status} {error}"];
        let unknown = ["settle", "--unknown", "--older-than", time];
        fixture.said(&[&unknown[..], &format].concat())
    };
    assert!(settle("1h").ends_with("stderr: No unknown runs to settle\n"));
    let settled = settle("39min");
    assert!(
        settled.ends_with("\n12 error the run never ended, and was settled without knowing why\n"),
        "{settled}"
    );
    assert!(settle("39min").ends_with("stderr: No unknown runs to settle\n"));
    let crashed = fixture.said(&["settle", "--format", "{number}"]);
    assert!(crashed.ends_with("\n11\n"), "{crashed}");
    for alone in [
        &["settle", "--unknown"][..],
        &["settle", "--older-than", "7d"],
    ] {
        assert!(fixture.said(alone).ends_with("exit code 2\n"));
    }
}

#[test]
fn settle_ends_crashed_runs() {
    let fixture = Fixture::new();
    let said = [
        &["settle"][..],
        &["settle"],
        &[
            "list",
            "--outcome",
            "crashed",
            "--format",
            "{id} {status} {outcome}",
        ],
    ]
    .map(|arguments| fixture.said(arguments));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn damage_is_reported_and_repaired_if_possible() {
    let fixture = Fixture::new();
    let mut said = vec![fixture.said(&["verify"])];
    let connection = Connection::open(fixture.path("code.db")).expect("opens");
    connection
        .execute_batch(
            "UPDATE execution_log SET started_at = 'noon' WHERE id = 3;
             UPDATE execution_log SET args = 'index --all' WHERE id = 4;
             UPDATE execution_log SET outcome = 'fine' WHERE id = 5;
             UPDATE execution_log SET duration_ms = -1 WHERE id = 6;
             DELETE FROM execution_log WHERE id = 7;
             UPDATE execlog_context SET process_id = 'many' WHERE process_id = 30008;
             DROP INDEX idx_execution_log_started_at;",
        )
        .expect("damaged");
    drop(connection);
    for arguments in [
        &["verify"][..],
        &["list", "--format", "{id} {status} {note}"],
        &["verify", "--repair"],
        &["export", "-n", "2"],
    ] {
        said.push(fixture.said(arguments));
    }
    assert_snapshot!(said.join("\n"));
}

#[test]
fn contradicting_records_are_set_aside_and_listed() {
    let fixture = Fixture::new();
    let connection = Connection::open(fixture.path("code.db")).expect("opens");
    connection
        .execute_batch(
            "UPDATE execution_log SET started_at = started_at + 60 WHERE id = 3;
             DELETE FROM execution_log WHERE id = 13;
             DELETE FROM execlog_context WHERE process_id = 30002;
             CREATE TRIGGER copies AFTER INSERT ON execution_log BEGIN SELECT 1; END;",
        )
        .expect("changed");
    drop(connection);
    let mut said = vec![
        fixture.said(&["verify"]),
        fixture.said(&["verify", "--repair"]),
    ];
    Connection::open(fixture.path("code.db"))
        .and_then(|connection| {
            connection.execute_batch(
                "DROP TRIGGER copies;
                 UPDATE execution_log SET finished_at = finished_at + 60 WHERE id = 3",
            )
        })
        .expect("repaired by hand");
    said.push(fixture.said(&["verify"]));
    said.push(fixture.said(&["verify", "--accept-loss"]));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn verify_has_no_false_findings_beside_a_writer() {
    let fixture = Fixture::new();
    let path = fixture.path("code.db");
    let is_done = std::sync::atomic::AtomicBool::new(false);
    let outputs: Vec<_> = std::thread::scope(|scope| {
        scope.spawn(|| {
            let log = execlog::ExecutionLog::new(&path);
            while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                log.begin(execlog::Invocation::new(["index"])).succeed();
            }
        });
        let outputs = (0..20).map(|_| fixture.execlog(&["verify"]).output());
        let outputs = outputs.collect();
        // Before a check can fail, so that the writer ends.
        is_done.store(true, std::sync::atomic::Ordering::Relaxed);
        outputs
    });
    for output in outputs {
        let output = output.expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""));
    }
}

#[test]
fn prune_removes_runs_even_if_its_list_is_not_read() {
    let fixture = Fixture::new();
    let text = "x".repeat(100_000);
    let log = fixture.log();
    for _ in 0..20 {
        log.begin(execlog::Invocation::new([&text])).succeed();
    }
    let script = "\"$0\" --db \"$1\" prune --text xxx --yes | head -n 1";
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", script, env!("CARGO_BIN_EXE_execlog")])
        .arg(fixture.path("code.db"))
        .env("EXECLOG_NOW", crate::fixture::NOW);
    let output = bounded::output(&mut shell);
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.starts_with("removed 20 runs from "), "{said}");
}

#[test]
fn a_file_with_a_damaged_page_is_verified_as_far_as_possible() {
    let fixture = Fixture::new();
    let path = fixture.path("code.db");
    let log = fixture.log();
    for _ in 0..200 {
        log.begin(execlog::Invocation::new(["index"])).succeed();
    }
    drop(log);
    let connection = Connection::open(&path).expect("opens");
    connection
        .pragma_update(None, "journal_mode", "DELETE")
        .expect("set");
    let page = "SELECT pageno FROM dbstat WHERE name = 'execution_log' AND pagetype = 'leaf' \
         ORDER BY pageno LIMIT 1 OFFSET 2";
    let page: Result<u64, _> = connection.query_row(page, [], |row| row.get(0));
    drop(connection);
    let mut bytes = std::fs::read(&path).expect("reads");
    // If SQLite was built without `dbstat`, a page in the middle.
    let page = page.unwrap_or((bytes.len() / 4096 / 2) as u64);
    let start = usize::try_from(page - 1).expect("a page") * 4096;
    bytes[start..start + 4096].fill(0xff);
    std::fs::write(&path, bytes).expect("written");
    let output = fixture.execlog(&["verify"]).output().expect("it runs");
    let said = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("execution_log: "), "{said}");
}

#[test]
fn a_truncated_file_is_a_finding() {
    let fixture = Fixture::new();
    let connection = Connection::open(fixture.path("code.db")).expect("opens");
    connection
        .pragma_update(None, "journal_mode", "DELETE")
        .expect("set");
    drop(connection);
    let file = std::fs::File::options()
        .write(true)
        .open(fixture.path("code.db"));
    file.expect("opens").set_len(9000).expect("cut off");
    let output = fixture.execlog(&["verify"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(3));
    assert!(!output.stdout.is_empty());
}
