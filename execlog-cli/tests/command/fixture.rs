//! A log with runs of every status, and the program with a clock that stands still.

use crate::bounded::{self, TIMEOUT};
use assert_cmd::Command;
use execlog::clock::ManualClock;
use execlog::{ExecutionLog, StoredRun};
use serde::Deserialize;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The current time of the program.
pub(crate) const NOW: &str = "2026-11-23T12:00:00Z";

/// A shell loop that takes some minutes and that a signal can interrupt.
pub(crate) const WORK: &str = "i=0; while [ $i -lt 9000 ]; do i=$((i + 1)); sleep 0.02; done";

/// The runs of the log, as `execlog export` writes them.
pub(crate) const RUNS: &str = include_str!("runs.jsonl");

/// A folder with a log, and the lock of the run that goes on in it.
pub(crate) struct Fixture {
    folder: TempDir,
    _live: File,
}

impl Fixture {
    /// A log in SQLite in which one run goes on.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = ExecutionLog::new(folder.path().join("code.db"));
        log.maintenance().import(&runs()).expect("imported");
        let locks = folder.path().join("code.db.execlog");
        fs::create_dir_all(&locks).expect("a folder");
        File::create(locks.join("dead.lock")).expect("a lock");
        let live = File::create(locks.join("live.lock")).expect("a lock");
        live.try_lock().expect("locked");
        Self {
            folder,
            _live: live,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn log(&self) -> ExecutionLog {
        let now: jiff::Timestamp = NOW.parse().expect("a time");
        let clock = ManualClock::at(now.as_second());
        ExecutionLog::new(self.path("code.db")).with_clock(clock)
    }

    /// Makes a FIFO without a reader.
    #[cfg(unix)]
    pub(crate) fn make_pipe(&self, name: &str) {
        let mut mkfifo = std::process::Command::new("mkfifo");
        let output = bounded::output(mkfifo.arg(self.path(name)));
        assert!(output.status.success());
    }

    /// The program in the folder, with the log named by the environment.
    pub(crate) fn execlog(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.folder.path());
        command.env("EXECLOG_DB", "code.db").args(arguments);
        command
    }

    /// The standard output, standard error and exit code of the program on a screen of this width.
    pub(crate) fn said_at(&self, columns: u16, arguments: &[&str]) -> String {
        let mut command = self.execlog(arguments);
        command.env("COLUMNS", columns.to_string());
        said(&mut command, arguments)
    }

    pub(crate) fn said(&self, arguments: &[&str]) -> String {
        self.said_at(80, arguments)
    }
}

/// The runs of the log.
pub(crate) fn runs() -> Vec<StoredRun> {
    #[derive(Deserialize)]
    struct Line {
        #[serde(flatten)]
        run: StoredRun,
    }

    let lines = RUNS.lines().map(serde_json::from_str);
    let lines = lines.map(|line: Result<Line, _>| line.expect("a run").run);
    lines.collect()
}

/// The program in a folder, without the environment of the machine.
pub(crate) fn program(folder: &Path) -> Command {
    set_up(Command::new(env!("CARGO_BIN_EXE_execlog")), folder)
}

/// A shell script that runs the program as `"$0"`, with arguments as `"$@"`.
#[cfg(unix)]
pub(crate) fn script(folder: &Path, script: &str) -> Command {
    shell("sh", folder, script)
}

/// The same for another shell.
#[cfg(unix)]
pub(crate) fn shell(shell: &str, folder: &Path, script: &str) -> Command {
    let mut command = set_up(Command::new(shell), folder);
    command.args(["-c", script, env!("CARGO_BIN_EXE_execlog")]);
    command
}

fn set_up(mut command: Command, folder: &Path) -> Command {
    command
        .timeout(TIMEOUT)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("TZ", "UTC")
        .env("EXECLOG_NOW", NOW);
    command
}

/// The same for a command that is set up already.
pub(crate) fn said(command: &mut Command, arguments: &[&str]) -> String {
    let output = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut said = format!(
        "$ execlog {}\n{}",
        arguments.join(" "),
        text(&output.stdout)
    );
    for line in text(&output.stderr).lines() {
        said.push_str("stderr: ");
        said.push_str(line);
        said.push('\n');
    }
    match output.status.code() {
        Some(0) => {}
        Some(code) => said.push_str(&["exit code ", &code.to_string(), "\n"].concat()),
        None => said.push_str("killed\n"),
    }
    said
}
