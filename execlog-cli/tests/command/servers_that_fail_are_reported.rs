//! A server that is down is an error within the time limit, and a recorded command runs all the same.

use crate::fixture::{program, said};
use crate::server_fixture::ServerFixture;
use execlog_tests::postgres::Answers;
use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

/// What each of the calls of a command takes at most, and what a busy machine adds.
const LIMIT: Duration = Duration::from_secs(5);
const SLACK: Duration = Duration::from_secs(8);

/// The URL of a port that nobody listens on.
fn down() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("an address");
    format!("postgresql://ci@{address}/team")
}

/// What the program says of a server, and how long it takes.
fn timed(url: &str, arguments: &[&str]) -> (String, Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut execlog = program(folder.path());
    execlog.env("EXECLOG_DB", url).args(arguments);
    let began = Instant::now();
    (said(&mut execlog, arguments), began.elapsed())
}

const RECORD: [&str; 5] = ["record", "--", "sh", "-c", "echo said; exit 7"];

#[test]
fn a_recorded_command_runs_if_the_server_is_down() {
    let url = down();
    let (said, took) = timed(&url, &RECORD);
    let lines: Vec<_> = said.lines().skip(1).collect();
    assert_eq!((lines[0], lines[2]), ("said", "exit code 7"), "{said}");
    let warning =
        format!("stderr: execlog: warning: this run is not in the log: cannot connect to `{url}`");
    assert!(lines[1].starts_with(&warning), "{said}");
    assert_eq!(lines.len(), 3, "{said}");
    // One limit before the command and one after it.
    assert!(took < 2 * LIMIT + SLACK, "{took:?}");
}

#[test]
fn a_recorded_command_runs_if_the_server_never_answers() {
    let Some(fixture) = ServerFixture::new() else {
        return;
    };
    fixture.proxy.answer(Answers::Never);
    let (said, took) = timed(&fixture.url(), &RECORD);
    assert!(said.contains("\nsaid\n"), "{said}");
    assert!(said.contains("this run is not in the log"), "{said}");
    assert!(said.ends_with("exit code 7\n"), "{said}");
    assert!(took < 2 * LIMIT + SLACK, "{took:?}");
}

#[test]
fn a_recorded_command_runs_whatever_the_url_is() {
    let (said, _) = timed("postgresql:///team", &RECORD);
    let warning = "stderr: execlog: warning: this run is not recorded: invalid URL of a server: it names no host";
    assert!(said.contains(warning), "{said}");
    assert!(said.ends_with("exit code 7\n"), "{said}");
}

#[test]
fn a_server_that_is_down_is_named() {
    let url = down();
    let (said, took) = timed(&url, &["list"]);
    assert!(
        said.contains(&format!("error: cannot connect to `{url}`")),
        "{said}"
    );
    assert!(said.ends_with("exit code 1\n"), "{said}");
    assert!(took < LIMIT + SLACK, "{took:?}");
}

#[test]
fn a_shell_does_not_wait_for_a_server_that_never_answers() {
    let Some(fixture) = ServerFixture::with_runs() else {
        return;
    };
    fixture.proxy.answer(Answers::Never);
    let mut completing = fixture.execlog(&["show", ""]);
    let began = Instant::now();
    let output = completing.env("EXECLOG_COMPLETE", "runs").output();
    let output = output.expect("it runs");
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
    assert!(began.elapsed() < LIMIT, "{:?}", began.elapsed());
}

#[test]
fn a_password_file_that_others_can_read_is_reported_once() {
    let Some(fixture) = ServerFixture::with_runs() else {
        return;
    };
    let passwords = fixture.folder.path().join(".pgpass");
    fs::write(&passwords, "").expect("written");
    fs::set_permissions(&passwords, Permissions::from_mode(0o644)).expect("set");
    for arguments in [&["list"][..], &["record", "--", "true"]] {
        let mut execlog = fixture.execlog(arguments);
        execlog.env("EXECLOG_DB", fixture.name());
        let said = said(&mut execlog, arguments);
        let warned = said.matches("warning: the password file `").count();
        assert_eq!(warned, 1, "{said}");
        assert!(!said.contains("exit code"), "{said}");
    }
}
