//! `fresh` compares the newest successful run of a root with a real repository.
//!
//! Without git, these tests say on standard error that they were not run.

use crate::bounded;
use crate::fixture::{NOW, program, said};
use assert_cmd::Command;
use execlog::clock::ManualClock;
use execlog::{Environment, ExecutionLog, Invocation};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A repository with one commit, and a log beside it.
struct Repository {
    folder: TempDir,
}

impl Repository {
    /// `None` if git is not installed.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let repository = Self { folder };
        let is_installed = std::process::Command::new("git").arg("--version").output();
        if is_installed.is_err() {
            // The macros would write to the captured output of the test.
            let said = "git is not installed: `fresh` is not tested in a repository";
            writeln!(std::io::stderr(), "{said}").expect("written");
            return None;
        }
        repository.add("code");
        Some(repository)
    }

    /// Makes another repository in the same folder.
    fn add(&self, name: &str) {
        let root = self.folder.path().join(name);
        fs::create_dir(&root).expect("a folder");
        git(&root, &["init", "--quiet"]);
        fs::write(root.join("main.rs"), "fn main() {}\n").expect("written");
        commit(&root);
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("code")
    }

    fn log(&self) -> ExecutionLog {
        let now: jiff::Timestamp = NOW.parse().expect("a time");
        let clock = ManualClock::at(now.as_second());
        ExecutionLog::new(self.folder.path().join("log.db")).with_clock(clock)
    }

    /// Records a successful run on the root.
    fn index(&self) {
        let invocation = Invocation::new(["index"]).root(self.root());
        self.log().begin(invocation).succeed();
    }

    /// The program in a folder.
    fn fresh(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = program(&self.folder.path().join(folder));
        command
            .arg("--db")
            .arg(self.folder.path().join("log.db"))
            .arg("fresh")
            .args(arguments);
        command
    }

    /// The verdict and the exit code.
    fn verdict(&self, arguments: &[&str]) -> (String, Option<i32>) {
        verdict(&mut self.fresh("code", arguments))
    }
}

fn verdict(command: &mut Command) -> (String, Option<i32>) {
    let output = command.output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let first = text.lines().next().unwrap_or_default();
    (first.to_owned(), output.status.code())
}

fn git(root: &Path, arguments: &[&str]) -> String {
    let mut git = std::process::Command::new("git");
    git.args(["-c", "user.name=a", "-c", "user.email=a@localhost"])
        .args(arguments)
        .current_dir(root)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", root)
        .env("GIT_CONFIG_NOSYSTEM", "1");
    let output = bounded::output(&mut git);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// Commits every file, and returns the beginning of the id of the commit.
fn commit(root: &Path) -> String {
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "--message", "change"]);
    git(root, &["rev-parse", "HEAD"])[..12].to_owned()
}

fn write(root: &Path, name: &str, text: &str) {
    fs::write(root.join(name), text).expect("written");
}

#[test]
fn an_index_is_fresh_until_there_is_another_commit() {
    let Some(repository) = Repository::new() else {
        return;
    };
    let root = repository.root();
    repository.index();
    assert_eq!(repository.verdict(&[]), ("fresh".to_owned(), Some(0)));
    write(&root, "main.rs", "fn main() { run() }\n");
    write(&root, "run.rs", "fn run() {}\n");
    commit(&root);
    write(&root, "run.rs", "fn run() -> u8 { 0 }\n");
    let second = commit(&root);
    let stale = format!("stale: {second} is checked out, 2 commits later; 2 files changed");
    assert_eq!(repository.verdict(&[]), (stale, Some(3)));
    repository.index();
    assert_eq!(repository.verdict(&[]), ("fresh".to_owned(), Some(0)));
    git(&root, &["checkout", "--quiet", "HEAD~1"]);
    let (earlier, code) = repository.verdict(&[]);
    assert!(
        earlier.contains(", 1 commit earlier; 1 file changed"),
        "{earlier}"
    );
    assert_eq!(code, Some(3));
}

#[test]
fn changed_files_make_an_index_stale_and_untracked_ones_do_not() {
    let Some(repository) = Repository::new() else {
        return;
    };
    let root = repository.root();
    repository.index();
    write(&root, "notes.txt", "untracked\n");
    let mut fresh = repository.fresh("code", &[]);
    let text = said(&mut fresh, &[]);
    assert!(text.contains("\nfresh\n"), "{text}");
    assert!(text.ends_with("; 1 file is not committed\n"), "{text}");
    // Rewritten with the same text.
    write(&root, "main.rs", "fn main() {}\n");
    assert_eq!(repository.verdict(&[]), ("fresh".to_owned(), Some(0)));
    write(&root, "main.rs", "fn main() { run() }\n");
    let stale = "stale: 1 file changed".to_owned();
    assert_eq!(repository.verdict(&[]), (stale, Some(3)));
}

#[test]
fn only_files_in_the_root_count() {
    let Some(repository) = Repository::new() else {
        return;
    };
    let root = repository.root();
    let part = root.join("part");
    fs::create_dir(&part).expect("a folder");
    write(&part, "part.rs", "fn part() {}\n");
    commit(&root);
    let invocation = Invocation::new(["index"]).root(&part);
    repository.log().begin(invocation).succeed();
    write(&root, "main.rs", "fn main() { run() }\n");
    assert_eq!(repository.verdict(&["part"]), ("fresh".to_owned(), Some(0)));
    write(&part, "part.rs", "fn part() -> u8 { 0 }\n");
    let stale = "stale: 1 file changed".to_owned();
    assert_eq!(repository.verdict(&["part"]), (stale, Some(3)));
}

#[test]
fn an_index_is_stale_when_it_is_too_old() {
    let Some(repository) = Repository::new() else {
        return;
    };
    repository.index();
    let at = |now: &str| {
        let mut command = repository.fresh("code", &["--max-age", "24h"]);
        verdict(command.env("EXECLOG_NOW", now))
    };
    assert_eq!(at(NOW), ("fresh".to_owned(), Some(0)));
    assert_eq!(at("2026-11-24T12:00:00Z"), ("fresh".to_owned(), Some(0)));
    let stale = "stale: older than `--max-age`".to_owned();
    assert_eq!(at("2026-11-24T12:00:01Z"), (stale, Some(3)));
    let without_limit = verdict(
        repository
            .fresh("code", &[])
            .env("EXECLOG_NOW", "2027-11-24T12:00:01Z"),
    );
    assert_eq!(without_limit, ("fresh".to_owned(), Some(0)));
}

#[test]
fn the_index_of_another_root_does_not_count() {
    let Some(repository) = Repository::new() else {
        return;
    };
    repository.add("other");
    repository.index();
    // A relative root is that of the folder in which the run was started.
    let mut environment = Environment::default();
    environment.working_directory = repository.root().to_str().map(str::to_owned);
    let invocation = Invocation::new(["index"])
        .root(".")
        .environment(environment);
    repository.log().begin(invocation).succeed();
    let mut other = repository.fresh("other", &[]);
    let text = said(&mut other, &[]);
    assert!(text.contains("was never indexed"), "{text}");
    assert!(text.ends_with("exit code 1\n"), "{text}");
    for folder in ["code", "code/"] {
        let mut named = repository.fresh("", &[folder]);
        assert_eq!(
            verdict(&mut named),
            ("fresh".to_owned(), Some(0)),
            "{folder}"
        );
    }
    let (json, code) = verdict(&mut repository.fresh("other", &["--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        (json["state"].as_str(), code),
        (Some("never_indexed"), Some(1))
    );
}

#[test]
fn only_successful_runs_of_the_named_commands_count() {
    let Some(repository) = Repository::new() else {
        return;
    };
    let root = repository.root();
    let log = repository.log();
    let invocation = || Invocation::new(["index"]).root(&root);
    log.begin(invocation()).fail_with("no disk");
    assert_eq!(repository.verdict(&[]).1, Some(1));
    log.begin(Invocation::new(["status"]).root(&root)).succeed();
    assert_eq!(repository.verdict(&[]).1, Some(0));
    assert_eq!(repository.verdict(&["--command", "index"]).1, Some(1));
    log.begin(invocation()).succeed();
    assert_eq!(repository.verdict(&["--command", "index"]).1, Some(0));
}

#[test]
fn without_git_the_commits_are_compared() {
    let Some(repository) = Repository::new() else {
        return;
    };
    let root = repository.root();
    repository.index();
    let without_git = || {
        let mut command = repository.fresh("code", &[]);
        command.env("PATH", repository.folder.path());
        said(&mut command, &[])
    };
    let fresh = without_git();
    assert!(fresh.contains("\nfresh\n"), "{fresh}");
    assert!(fresh.contains("stderr: git is not installed"), "{fresh}");
    write(&root, "run.rs", "fn run() {}\n");
    let second = commit(&root);
    let stale = without_git();
    let expected = format!("\nstale: {second} is checked out\n");
    assert!(stale.contains(&expected), "{stale}");
    assert!(stale.ends_with("exit code 3\n"), "{stale}");
}

#[cfg(unix)]
#[test]
fn a_git_that_fails_is_reported_and_the_index_is_not_taken_for_fresh() {
    use std::os::unix::fs::PermissionsExt;
    let Some(repository) = Repository::new() else {
        return;
    };
    repository.index();
    let failing = repository.folder.path().join("git");
    fs::write(&failing, "#!/bin/sh\nexit 1\n").expect("written");
    fs::set_permissions(&failing, fs::Permissions::from_mode(0o700)).expect("set");
    let mut command = repository.fresh("code", &[]);
    command.env("PATH", repository.folder.path());
    let text = said(&mut command, &[]);
    let stale = "\nstale: git does not say which files have changed\n";
    assert!(text.contains(stale), "{text}");
    assert!(text.ends_with("exit code 3\n"), "{text}");
    let warning = "diff --name-only --no-ext-diff ";
    let warning = text.lines().find(|line| line.contains(warning));
    let warning = warning.unwrap_or_else(|| panic!("{text}"));
    assert!(
        warning.starts_with("stderr: execlog: warning: `git -C "),
        "{text}"
    );
    assert!(warning.ends_with(" -- .` failed"), "{text}");
}

#[test]
fn a_hook_of_another_repository_has_no_influence() {
    let Some(repository) = Repository::new() else {
        return;
    };
    repository.add("other");
    repository.index();
    write(&repository.root(), "main.rs", "fn main() { run() }\n");
    let mut command = repository.fresh("code", &[]);
    let other = repository.folder.path().join("other");
    command
        .env("GIT_DIR", other.join(".git"))
        .env("GIT_WORK_TREE", &other)
        .env("GIT_INDEX_FILE", other.join(".git/index"));
    let stale = "stale: 1 file changed".to_owned();
    assert_eq!(verdict(&mut command), (stale, Some(3)));
}

#[test]
fn json_has_what_is_known() {
    let Some(repository) = Repository::new() else {
        return;
    };
    let root = repository.root();
    repository.index();
    let before = git(&root, &["rev-parse", "HEAD"]);
    write(&root, "run.rs", "fn run() {}\n");
    commit(&root);
    let now = git(&root, &["rev-parse", "HEAD"]);
    let mut command = repository.fresh("code", &["--format", "json", "--max-age", "1h"]);
    command.env("EXECLOG_NOW", "2026-11-23T14:00:00Z");
    let (json, code) = verdict(&mut command);
    assert_eq!(code, Some(3));
    let mut json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let id = json["execution_id"].take();
    assert!(
        repository
            .log()
            .get_by_id(id.as_str().expect("text"))
            .is_ok_and(|run| run.is_some())
    );
    assert_eq!(
        json,
        serde_json::json!({
            "state": "stale",
            "root": root,
            "reasons": ["commit", "files", "age"],
            "execution_id": null,
            "started_at": NOW,
            "age_ms": 7_200_000,
            "revision": before.trim(),
            "checked_out_revision": now.trim(),
            "commits_later": 1,
            "commits_earlier": 0,
            "changed_files": 1,
            "uncommitted_files": 0,
        })
    );
}

#[test]
fn a_run_without_a_commit_is_compared_by_its_age() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = ExecutionLog::new(folder.path().join("log.db"));
    let now: jiff::Timestamp = NOW.parse().expect("a time");
    let log = log.with_clock(ManualClock::at(now.as_second()));
    let root = folder.path().join("src");
    fs::create_dir(&root).expect("a folder");
    log.begin(Invocation::new(["index"]).root(&root)).succeed();
    let fresh = |limit: &str| {
        let mut command = program(folder.path());
        command.args(["--db", "log.db", "fresh", "src", "--max-age", limit]);
        said(command.env("EXECLOG_NOW", "2026-11-23T14:00:00Z"), &[])
    };
    let (recent, old) = (fresh("2h"), fresh("1h"));
    assert!(recent.contains("\nfresh\n"), "{recent}");
    assert!(
        recent.contains("was indexed 2 h ago at a commit that is not recorded"),
        "{recent}"
    );
    assert!(old.contains("\nstale: older than `--max-age`\n"), "{old}");
}

#[test]
fn an_index_from_before_the_first_commit_is_stale() {
    let Some(repository) = Repository::new() else {
        return;
    };
    let root = repository.folder.path().join("empty");
    fs::create_dir(&root).expect("a folder");
    git(&root, &["init", "--quiet"]);
    let invocation = Invocation::new(["index"]).root(&root);
    repository.log().begin(invocation).succeed();
    let fresh = || verdict(&mut repository.fresh("empty", &[]));
    assert_eq!(fresh().1, Some(0));
    write(&root, "main.rs", "fn main() {}\n");
    commit(&root);
    let (said, code) = fresh();
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("is checked out"), "{said}");
}
