//! Every command says the same of a log on a server as of one in a file.

use crate::fixture::{Fixture, program, said};
use crate::pty::Terminal;
use crate::server_fixture::{ServerFixture, runs_without_locks};
use execlog::{ExecutionLog, Invocation};
use execlog_tests::postgres::Answers;
use std::fs;
use std::path::Path;

/// Every command that uses a log. Those that change it come last, but for the one that settles: why a run is
/// unknown differs.
const COMMANDS: &[&[&str]] = &[
    &["list", "--format", "{id} {status}"],
    &["settle", "--unknown", "--older-than", "30m"],
    &["list"],
    &["list", "--failed", "--since", "8d"],
    &["list", "--reverse", "-n", "3", "--fields", "id,root,note"],
    &["list", "--failing"],
    &["list", "--text", "WÖRTER"],
    &["list", "--root", "/src/code", "--branch", "main"],
    &["list", "--format", "json"],
    &["list", "--format", "{id} {log}"],
    &["show"],
    &["show", "#4"],
    &["show", "01a1"],
    &["show", "nothing"],
    &["show", "latest", "--format", "json"],
    &["show", "latest", "--trace", "-"],
    &["diff", "#1", "#2"],
    &["stats"],
    &["stats", "--by", "day", "--format", "csv"],
    &["stats", "--by", "phase", "--cost"],
    &["stats", "--format", "json"],
    &["stats", "--against", "5d", "--fail-on-regression", "25%"],
    &["fresh", "/src/code"],
    &["fresh", "/src/other"],
    &["tail"],
    &["tail", "-n", "2", "--iso"],
    &["report", "--html", "-"],
    &["export"],
    &["export", "-n", "2"],
    &["export", "--without-seals"],
    &["verify", "--strict", "--secrets"],
    &["checkpoint"],
    &["import", "runs.jsonl"],
    &["pin", "latest", "--note", "release 4.17"],
    &["list", "--pinned"],
    &["prune", "--keep-last", "3", "--dry-run"],
    &["unpin", "latest"],
    &["unpin", "latest"],
    &["settle"],
    &["prune", "--keep-last", "3"],
    &["prune", "--keep-last", "3", "--yes"],
    &["verify"],
    &["verify", "--repair"],
    &["verify", "--accept-loss"],
    &["checkpoint"],
    &["export"],
    &["record", "--", "sh", "-c", "echo said; exit 3"],
    &[
        "list",
        "--command",
        "sh",
        "--format",
        "{args} {status} {exit_code} {error_message} {id}",
    ],
];

/// What the program says of the log that is named, without what differs between two logs with the same runs:
/// the name, the id, and the digest of all seals.
fn said_of(folder: &Path, named: &str, shown: &str, arguments: &[&str]) -> String {
    let execlog = |arguments: &[&str]| {
        let mut command = program(folder);
        // On a wide screen a list of runs on a server has their hosts, too.
        command.env("COLUMNS", "100");
        command.env("EXECLOG_DB", named).args(arguments);
        said(&mut command, arguments)
    };
    let mut said = execlog(arguments).replace(shown, "LOG");
    let checkpoint = execlog(&["checkpoint"]);
    let mut lines = checkpoint.lines().skip(1);
    let (id, _, digest) = (lines.next(), lines.next(), lines.next());
    for (text, name) in [(id, "ID"), (digest, "DIGEST")] {
        said = said.replace(text.expect("a checkpoint"), name);
    }
    said
}

#[test]
fn every_command_says_the_same_of_a_server_as_of_a_file() {
    let Some(fixture) = ServerFixture::with_runs() else {
        return;
    };
    // Nothing was heard of the runs for a long time.
    let heard = "UPDATE execlog.execution_log SET heard_at_ms = 0";
    fixture.database.sql(heard);
    let beside = tempfile::tempdir().expect("a folder");
    fs::write(beside.path().join("runs.jsonl"), runs_without_locks()).expect("written");
    let mut import = program(beside.path());
    import.args(["import", "--db", "code.db", "runs.jsonl"]);
    import.assert().success();
    for arguments in COMMANDS {
        let file = said_of(beside.path(), "code.db", "code.db", arguments);
        let server = said_of(
            fixture.folder.path(),
            &fixture.url(),
            &fixture.name(),
            arguments,
        );
        // The path of the log is also the database of its runs.
        assert_eq!(server.replace("code.db", "LOG"), file, "{arguments:?}");
    }
}

#[test]
fn a_wide_list_of_a_server_has_the_host_of_each_run() {
    let Some(fixture) = ServerFixture::with_runs() else {
        return;
    };
    for command in [&["list"][..], &["tail"], &["list", "--db", "other.db"]] {
        let mut wide = fixture.execlog(command);
        let url = fixture.url();
        wide.args(["--db", &url]).env("COLUMNS", "200");
        fs::write(fixture.folder.path().join("other.db"), "").expect("written");
        let wide = said(&mut wide, command);
        let mut lines = wide.lines().skip(1);
        assert!(
            lines.next().is_some_and(|line| line.contains(" HOST ")),
            "{wide}"
        );
        assert!(lines.any(|line| line.contains("  build-7  ")), "{wide}");
    }
}

#[test]
fn a_database_without_a_log_has_no_runs_and_stays_as_it_is() {
    let Some(fixture) = ServerFixture::new() else {
        return;
    };
    let none = format!("No runs are recorded in `{}` yet", fixture.name());
    for (arguments, expected) in [
        (&["list"][..], &*none),
        (&["stats"], &none),
        (&["tail"], &none),
        (&["export"], &none),
        (&["show"], "the log has no runs yet"),
        (&["report", "--html", "-"], &none),
        (
            &["prune", "--keep-last", "1", "--yes"],
            "No runs would be removed",
        ),
        (&["settle"], "No crashed runs to settle"),
        (&["verify"], "0 runs in"),
        (&["checkpoint"], "has no seals yet"),
        (&["pin", "latest"], "the log has no runs yet"),
    ] {
        let said = said(&mut fixture.execlog(arguments), arguments);
        assert!(said.contains(expected), "{said}");
    }
    let schemas = "SELECT nspname FROM pg_namespace WHERE nspname = 'execlog'";
    assert!(fixture.database.rows(schemas).is_empty());
}

#[test]
fn logs_on_servers_and_in_files_are_read_together_and_imported() {
    let Some(server) = ServerFixture::with_runs() else {
        return;
    };
    let fixture = Fixture::new();
    let url = server.url();
    let output = |arguments: &[&str]| {
        let output = fixture.execlog(arguments).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).expect("text")
    };
    let both = ["--db", "code.db", "--db", &url];
    let listed = output(&[&["list", "--format", "{log}"], &both[..]].concat());
    let of = |name: &str| listed.lines().filter(|log| *log == name).count();
    assert_eq!((of("code.db"), of(&server.name())), (13, 11));
    let by_log = output(&[&["stats", "--by", "log", "--format", "csv"], &both[..]].concat());
    assert!(by_log.contains(&server.name()), "{by_log}");

    output(&["import", "--db", "copy.db", &url]);
    let exported = |log: &str| output(&["export", "--without-seals", "--db", log]);
    assert_eq!(exported("copy.db"), exported(&url));
}

#[test]
fn ids_of_runs_on_a_server_complete_in_the_shell() {
    let Some(fixture) = ServerFixture::with_runs() else {
        return;
    };
    let mut completing = fixture.execlog(&["show", "01a2"]);
    let output = completing.env("EXECLOG_COMPLETE", "runs").output();
    let output = output.expect("it runs");
    assert!(output.stderr.is_empty());
    let ids = String::from_utf8(output.stdout).expect("text");
    let listed = fixture
        .execlog(&["list", "--format", "{short_id}"])
        .output();
    let listed = String::from_utf8(listed.expect("it runs").stdout).expect("text");
    assert_eq!(ids, listed);
}

#[test]
fn tail_goes_on_after_the_connection_was_lost() {
    let Some(server) = ServerFixture::with_runs() else {
        return;
    };
    let (fixture, url) = (Fixture::new(), server.url());
    let log = ExecutionLog::open(server.database.url()).expect("a server");
    let tail = ["tail", "-f", "--color=never", "--db", &url];
    let mut terminal = Terminal::start(&fixture, &tail, &[]);
    terminal.see("RUN");
    log.begin(Invocation::new(["before"])).succeed();
    assert!(terminal.see_line("before").contains("success"));
    server.proxy.answer(Answers::Cut);
    terminal.see("error: cannot connect to");
    log.begin(Invocation::new(["meanwhile"])).succeed();
    server.proxy.answer(Answers::Prompt);
    assert!(terminal.see_line("meanwhile").contains("success"));
    terminal.press("\u{3}");
    terminal.end();
}

#[test]
fn a_list_waits_for_the_server_as_often_however_many_runs_it_has() {
    const RUNS: usize = 200;
    let Some(fixture) = ServerFixture::new() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let log = ExecutionLog::new(folder.path().join("code.db"));
    for _ in 0..RUNS {
        log.begin(Invocation::new(["index"])).succeed();
    }
    let import = fixture
        .execlog(&["import"])
        .arg(folder.path().join("code.db"))
        .output();
    assert!(import.expect("it runs").status.success());
    let waits = |runs: &str| {
        let before = fixture.proxy.waits();
        let list = fixture.execlog(&["list", "-n", runs]).output();
        assert!(list.expect("it runs").status.success());
        fixture.proxy.waits() - before
    };
    let (few, many) = (waits("2"), waits("200"));
    assert!(many <= few + 6, "{few} and {many}");
    let listed = |named: &str| {
        let mut list = program(fixture.folder.path());
        list.env("COLUMNS", "100")
            .env("EXECLOG_DB", named)
            .arg("list");
        said(&mut list, &["list"])
    };
    let file = folder.path().join("code.db");
    assert_eq!(listed(&fixture.url()), listed(&file.display().to_string()));
}
