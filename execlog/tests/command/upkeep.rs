//! What keeps a log in order.

use crate::fixture::Fixture;
use insta::assert_snapshot;
use rusqlite::Connection;

#[test]
fn pruning_shows_what_would_go_and_does_nothing_unasked() {
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
fn settling_ends_what_has_crashed() {
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
fn what_is_wrong_is_found_named_and_mended_where_it_can_be() {
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
fn no_writer_makes_verify_find_what_is_not_there() {
    let fixture = Fixture::new();
    let path = fixture.path("code.db");
    let is_done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let log = execlog::ExecutionLog::new(&path);
            while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                log.begin(execlog::Invocation::new(["index"])).succeed();
            }
        });
        for _ in 0..20 {
            let output = fixture.execlog(&["verify"]).output().expect("it runs");
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!((output.status.code(), said.as_str()), (Some(0), ""));
        }
        is_done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn completions_and_manual_pages_have_every_command() {
    let fixture = Fixture::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = fixture
            .execlog(&["completions", shell])
            .output()
            .expect("it runs");
        let completions = String::from_utf8(output.stdout).expect("text");
        for word in ["verify", "prune", "fail-on-regression"] {
            assert!(completions.contains(word), "{shell}: {word}");
        }
    }
    fixture
        .execlog(&["man", "--folder", "man1"])
        .assert()
        .success();
    for page in ["execlog.1", "execlog-list.1", "execlog-stats.1"] {
        let text = std::fs::read_to_string(fixture.path("man1").join(page)).expect("a page");
        assert!(text.contains("Example: execlog"), "{page}");
    }
    let output = fixture.execlog(&["man"]).output().expect("it runs");
    assert!(
        String::from_utf8(output.stdout)
            .expect("text")
            .contains(".SH SYNOPSIS")
    );
}
