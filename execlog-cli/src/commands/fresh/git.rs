//! Asks git how a folder differs from a commit. Each question has a timeout, and its answer is counted and
//! not kept.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// The timeout of a question.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why git has not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// Git is not installed.
    Missing,
    /// The message for the user.
    Failed(String),
}

/// The commits between two commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Commits {
    /// The commits that only the second has.
    pub(super) later: u64,
    /// The commits that only the first has.
    pub(super) earlier: u64,
}

/// Counts the commits between two commits.
pub(super) fn commits_between(root: &Path, from: &str, to: &str) -> Result<Commits, Unanswered> {
    let range = format!("{}...{}", id(from)?, id(to)?);
    let answer = ask(root, &["rev-list", "--left-right", "--count", &range, "--"])?;
    let counts = answer.start.split_once('\t').and_then(|(earlier, later)| {
        Some(Commits {
            later: later.trim().parse().ok()?,
            earlier: earlier.parse().ok()?,
        })
    });
    counts.ok_or_else(|| Unanswered::Failed(format!("git counted no commits: `{}`", answer.start)))
}

/// Counts the files in the folder that git tracks and that differ from this commit.
pub(super) fn changed_files(root: &Path, commit: &str) -> Result<u64, Unanswered> {
    let arguments = [
        "diff",
        "--name-only",
        "--no-ext-diff",
        id(commit)?,
        "--",
        ".",
    ];
    ask(root, &arguments).map(|answer| answer.lines)
}

/// Counts the files in the folder that are not committed. A folder of which git tracks no file is one.
pub(super) fn uncommitted_files(root: &Path) -> Result<u64, Unanswered> {
    ask(root, &["status", "--porcelain", "--", "."]).map(|answer| answer.lines)
}

/// Checks that this is the id of a commit. A log could hold an option of git instead.
fn id(commit: &str) -> Result<&str, Unanswered> {
    let is_id =
        matches!(commit.len(), 40 | 64) && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id {
        return Ok(commit);
    }
    Err(Unanswered::Failed(format!(
        "`{commit}` is not the id of a commit"
    )))
}

/// What git has answered.
#[derive(Debug, Default)]
struct Answer {
    /// The first bytes.
    start: String,
    lines: u64,
}

fn ask(root: &Path, arguments: &[&str]) -> Result<Answer, Unanswered> {
    let failed = |reason: &str| {
        let (root, arguments) = (root.display(), arguments.join(" "));
        Unanswered::Failed(format!("`git -C {root} {arguments}` {reason}"))
    };
    let mut child = match git(root).args(arguments).spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Unanswered::Missing),
        child => child.map_err(|error| failed(&format!("cannot be run: {error}")))?,
    };
    let deadline = Instant::now() + TIMEOUT;
    let (sender, received) = channel();
    let output = child.stdout.take();
    thread::spawn(move || sender.send(output.map(read).unwrap_or_default()));
    let answer = received.recv_timeout(TIMEOUT);
    match (answer, success(&mut child, deadline)) {
        (Ok(answer), Some(true)) => Ok(answer),
        (_, Some(_)) => Err(failed("failed")),
        (_, None) => Err(failed("took too long")),
    }
}

/// Git without the variables that a hook of git sets, without a file system monitor, and without fetching
/// what a partial clone lacks. As for `git status`, the repository may configure filters that git runs.
fn git(root: &Path) -> Command {
    const OF_HOOKS: [&str; 7] = [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_PREFIX",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    ];
    let mut git = Command::new("git");
    git.arg("-C")
        .arg(root)
        .args(["--no-pager", "-c", "core.fsmonitor=false"])
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    for variable in OF_HOOKS {
        git.env_remove(variable);
    }
    git
}

fn read(mut output: ChildStdout) -> Answer {
    const START: usize = 100;
    let mut answer = Answer::default();
    let mut start = Vec::new();
    let mut part = [0; 8192];
    loop {
        match output.read(&mut part) {
            Ok(0) => break,
            Ok(read) => {
                let part = &part[..read];
                let ends = part.split(|byte| *byte == b'\n').skip(1).count();
                answer.lines += ends as u64;
                let missing = START.saturating_sub(start.len()).min(read);
                start.extend_from_slice(&part[..missing]);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    answer.start = String::from_utf8_lossy(&start).into_owned();
    answer
}

/// Whether git has succeeded. `None`, and kills it, if it has not ended by the deadline.
fn success(child: &mut Child, deadline: Instant) -> Option<bool> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(1)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
            Err(_) => return Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Unanswered, changed_files, commits_between};
    use std::path::Path;

    #[test]
    fn an_option_in_place_of_a_commit_is_not_passed_on() {
        let here = Path::new(".");
        let option = "--output=/dev/null/nothing-is-written-to";
        let refused = Unanswered::Failed(format!("`{option}` is not the id of a commit"));
        assert_eq!(changed_files(here, option), Err(refused.clone()));
        assert_eq!(commits_between(here, option, option), Err(refused));
    }
}
