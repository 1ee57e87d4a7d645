//! `ship` sends the log to the log of a team, says what it did, and exits with 3 if something stayed behind.

use crate::bounded::poll;
use crate::fixture::said;
use crate::server_fixture::{PASSWORD, ServerFixture};
use assert_cmd::Command;
use std::process::{self, Stdio};

/// The program with the log in the file `code.db`, into which the runs of the fixture are imported.
fn with_log(fixture: &ServerFixture) {
    let import = execlog(fixture, &["import", "runs.jsonl"]).output();
    assert!(import.expect("it runs").status.success());
}

fn execlog(fixture: &ServerFixture, arguments: &[&str]) -> Command {
    let mut command = fixture.execlog(arguments);
    command.env("EXECLOG_DB", "code.db");
    command
}

#[test]
fn a_log_is_shipped_once_and_listed_on_the_server() {
    let Some(fixture) = ServerFixture::new() else {
        return;
    };
    with_log(&fixture);
    let url = fixture.url();
    let ship = ["ship", "--to", &url];
    let first = said(&mut execlog(&fixture, &ship), &["ship"]);
    let runs = fixture
        .database
        .rows("SELECT count(*) FROM execlog.execution_log");
    let runs = runs[0][0].clone().expect("a count");
    let name = fixture.name();
    let sent = format!("stderr: shipped {runs} runs to `{name}`\n");
    assert!(first.ends_with(&sent), "{first}");
    assert!(!first.contains(PASSWORD), "{first}");

    let again = said(&mut execlog(&fixture, &ship), &["ship"]);
    assert!(again.contains("shipped 0 runs"), "{again}");

    let of_log = exported(execlog(&fixture, &["export", "--without-seals"]));
    assert_eq!(
        exported(fixture.execlog(&["export", "--without-seals"])),
        of_log
    );
}

/// The exported runs without their numbers, which each log gives.
fn exported(mut export: Command) -> Vec<serde_json::Value> {
    let output = export.output().expect("it runs");
    let lines = String::from_utf8(output.stdout).expect("text");
    let runs = lines.lines().map(|line| {
        let mut run: serde_json::Value = serde_json::from_str(line).expect("JSON");
        run["record"]["id"].take();
        run
    });
    runs.collect()
}

#[test]
fn what_stays_behind_is_named_and_the_exit_code_is_3() {
    let Some(fixture) = ServerFixture::new() else {
        return;
    };
    with_log(&fixture);
    let url = fixture.url();
    fixture.database.sql("CREATE SCHEMA execlog");
    // The tables, without a run.
    let none = fixture
        .execlog(&["record", "--", "true"])
        .output()
        .expect("it runs");
    assert!(none.status.success());
    let runs = std::fs::read_to_string(fixture.folder.path().join("runs.jsonl")).expect("read");
    let first = runs.lines().next().expect("a run");
    let first: serde_json::Value = serde_json::from_str(first).expect("JSON");
    let id = first["record"]["execution_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    fixture.database.sql(&format!(
        "UPDATE execlog.execution_log SET execution_id = '{id}'; \
         UPDATE execlog.execlog_context SET execution_id = '{id}'"
    ));
    let said = said(&mut execlog(&fixture, &["ship", "--to", &url]), &["ship"]);
    let refused = format!("stderr: error: `{id}` was not sent: the log `");
    assert!(said.contains(&refused), "{said}");
    assert!(said.ends_with("exit code 3\n"), "{said}");
}

#[test]
fn fields_are_left_out_and_unknown_ones_refused() {
    let Some(fixture) = ServerFixture::new() else {
        return;
    };
    with_log(&fixture);
    let url = fixture.url();
    let wrong = ["ship", "--to", &url, "--without", "args,password"];
    let said_of_it = said(&mut execlog(&fixture, &wrong), &["ship"]);
    assert!(
        said_of_it.contains("`password` is not a field that can be left out"),
        "{said_of_it}"
    );
    assert!(said_of_it.ends_with("exit code 2\n"), "{said_of_it}");

    let ship = ["ship", "--to", &url, "--without", "args,error"];
    assert!(
        execlog(&fixture, &ship)
            .output()
            .expect("it runs")
            .status
            .success()
    );
    let left = fixture.database.rows(
        "SELECT count(*) FROM execlog.execution_log WHERE error_message IS NOT NULL OR args LIKE '%,%'",
    );
    assert_eq!(left[0][0].as_deref(), Some("0"));
}

#[test]
fn only_a_server_or_a_collector_is_a_target() {
    let Some(fixture) = ServerFixture::new() else {
        return;
    };
    with_log(&fixture);
    let targets = [
        (&["ship"][..], "no target is named"),
        (&["ship", "--to", "other.db"], "no log is shipped there"),
        (
            &["ship", "--to", "mysql://db/team"],
            "no log is shipped there",
        ),
    ];
    for (arguments, expected) in targets {
        let said = said(&mut execlog(&fixture, arguments), arguments);
        assert!(said.contains(expected), "{said}");
        assert!(
            said.contains("write a server as `--to postgresql://"),
            "{said}"
        );
        assert!(said.ends_with("exit code 2\n"), "{said}");
    }
}

#[test]
fn a_server_is_not_shipped_to_itself() {
    let Some(fixture) = ServerFixture::with_runs() else {
        return;
    };
    let ship = ["ship", "--to", &fixture.url()];
    let said = said(&mut fixture.execlog(&ship), &["ship"]);
    assert!(said.contains("is both the log and the target"), "{said}");
    assert!(said.ends_with("exit code 2\n"), "{said}");
}

#[test]
fn a_followed_log_is_shipped_as_it_changes() {
    let Some(fixture) = ServerFixture::new() else {
        return;
    };
    with_log(&fixture);
    let url = fixture.url();
    let mut follower = process::Command::new(env!("CARGO_BIN_EXE_execlog"))
        .args(["--db", "code.db", "ship", "--follow", "--to", &url])
        .current_dir(fixture.folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let runs_there = || {
        let tables = fixture
            .database
            .rows("SELECT to_regclass('execlog.execlog_schema')");
        tables[0][0].as_ref()?;
        let runs = fixture
            .database
            .rows("SELECT count(*) FROM execlog.execution_log");
        runs[0][0].clone().filter(|runs| runs != "0")
    };
    let first = poll(runs_there);
    let recorded = execlog(&fixture, &["record", "--", "true"])
        .output()
        .expect("it runs");
    assert!(recorded.status.success());
    let second = poll(|| runs_there().filter(|there| Some(there) != first.as_ref()));
    follower.kill().expect("killed");
    follower.wait().expect("ended");
    let number = |runs: Option<String>| runs.expect("runs").parse::<u32>().expect("a number");
    assert_eq!(number(second), number(first) + 1);
}

#[test]
fn what_the_time_does_not_allow_is_sent_the_next_time() {
    let Some(fixture) = ServerFixture::new() else {
        return;
    };
    with_log(&fixture);
    let url = fixture.url();
    let no_time = ["ship", "--to", &url, "--time-limit", "0s"];
    let output = execlog(&fixture, &no_time).output().expect("it runs");
    assert!(!output.status.success());
    let said = said(&mut execlog(&fixture, &["ship", "--to", &url]), &["ship"]);
    assert!(said.contains("shipped 11 runs"), "{said}");
}

#[test]
fn pruning_keeps_what_is_not_shipped() {
    let Some(fixture) = ServerFixture::new() else {
        return;
    };
    with_log(&fixture);
    let prune = [
        "prune",
        "--keep-last",
        "0",
        "--keep-unshipped",
        "36500d",
        "--dry-run",
    ];
    let before = said(&mut execlog(&fixture, &prune), &["prune"]);
    assert!(!before.contains("01a1d9ed"), "{before}");
    let url = fixture.url();
    assert!(
        execlog(&fixture, &["ship", "--to", &url])
            .output()
            .expect("it runs")
            .status
            .success()
    );
    let after = said(&mut execlog(&fixture, &prune), &["prune"]);
    assert!(after.contains("01a1d9ed"), "{after}");
}
