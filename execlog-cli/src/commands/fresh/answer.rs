//! What `fresh` says: one or two lines, or JSON.

use super::git::Commits;
use crate::failure::Failure;
use crate::output::json::json_line;
use crate::output::messages::counted;
use crate::output::printable::printable;
use crate::output::screen::Screen;
use crate::runs::fields::Field;
use crate::runs::times::Times;
use crate::runs::value::Value;
use execlog::RunEntry;
use serde_json::json;
use std::io::Write;

/// Why an index is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Another commit is checked out, or none.
    Commit,
    /// Files that git tracks differ from the commit of the run.
    Files,
    /// Git did not say which files differ: they may.
    Unanswered,
    /// The run began too long ago.
    Age,
}

/// Whether the index of a folder is up to date.
pub(super) struct Answer {
    root: String,
    /// `None` if it was never indexed.
    pub(super) indexed: Option<Indexed>,
}

/// The run that made the index, compared with the folder as it is now.
pub(super) struct Indexed {
    execution_id: Value,
    short_id: Value,
    started_at: Value,
    age_ms: i64,
    times: Times,
    pub(super) revision: Option<String>,
    pub(super) checked_out: Option<String>,
    /// The commits between the two.
    pub(super) commits: Option<Commits>,
    pub(super) changed_files: Option<u64>,
    pub(super) uncommitted_files: Option<u64>,
    /// Empty if the index is fresh.
    pub(super) reasons: Vec<Reason>,
}

impl Indexed {
    pub(super) fn by(run: &RunEntry, age_ms: i64, times: Times) -> Self {
        Self {
            execution_id: Field::execution_id.of(run),
            short_id: Field::short_id.of(run),
            started_at: Field::started_at.of(run),
            age_ms,
            times,
            revision: None,
            checked_out: None,
            commits: None,
            changed_files: None,
            uncommitted_files: None,
            reasons: Vec::new(),
        }
    }

    fn state(&self) -> &'static str {
        if self.reasons.is_empty() {
            "fresh"
        } else {
            "stale"
        }
    }

    /// The reason in words.
    fn explained(&self, reason: Reason) -> String {
        match reason {
            Reason::Commit => match &self.checked_out {
                None => "no commit is checked out now".to_owned(),
                Some(now) => format!("{} is checked out{}", short(now), self.distance()),
            },
            Reason::Files => {
                let files = counted(self.changed_files.unwrap_or_default(), "file");
                format!("{files} changed")
            }
            Reason::Unanswered => "git does not say which files have changed".to_owned(),
            Reason::Age => "older than `--max-age`".to_owned(),
        }
    }

    fn distance(&self) -> String {
        match self.commits {
            Some(Commits { later, earlier: 0 }) => format!(", {} later", counted(later, "commit")),
            Some(Commits { later: 0, earlier }) => {
                format!(", {} earlier", counted(earlier, "commit"))
            }
            Some(Commits { later, earlier }) => {
                let later = counted(later, "commit");
                format!(", {later} later and {earlier} back")
            }
            None => String::new(),
        }
    }
}

impl Answer {
    /// An answer for a root that was never indexed.
    pub(super) fn of(root: String) -> Self {
        Self {
            root,
            indexed: None,
        }
    }

    /// Writes the verdict, and below it the run. Nothing if there is no run.
    pub(super) fn write_text(&self, screen: &mut Screen) -> Result<(), Failure> {
        let Some(indexed) = &self.indexed else {
            return Ok(());
        };
        let reasons = indexed.reasons.iter();
        let reasons = reasons.map(|reason| indexed.explained(*reason));
        let reasons = reasons.collect::<Vec<_>>().join("; ");
        let before = if reasons.is_empty() { "" } else { ": " };
        writeln!(screen, "{}{before}{reasons}", indexed.state())?;
        let commit = match &indexed.revision {
            Some(commit) => format!("at {}", short(commit)),
            None => "at a commit that is not recorded".to_owned(),
        };
        let uncommitted = match indexed.uncommitted_files {
            None | Some(0) => String::new(),
            Some(1) => "; 1 file is not committed".to_owned(),
            Some(files) => format!("; {files} files are not committed"),
        };
        writeln!(
            screen,
            "`{}` was indexed {} {commit} by the run {}{uncommitted}",
            printable(&self.root),
            indexed.started_at.for_people(&indexed.times),
            indexed.short_id.for_people(&indexed.times),
        )?;
        Ok(())
    }

    /// Writes an object on one line. What is not known is `null`.
    pub(super) fn write_json(&self, screen: &mut Screen) -> Result<(), Failure> {
        let object = match &self.indexed {
            None => json!({"state": "never_indexed", "root": self.root}),
            Some(indexed) => json!({
                "state": indexed.state(),
                "root": self.root,
                "reasons": indexed.reasons.iter().map(|reason| name(*reason)).collect::<Vec<_>>(),
                "execution_id": indexed.execution_id.clone().into_json(),
                "started_at": indexed.started_at.clone().into_json(),
                "age_ms": indexed.age_ms,
                "revision": indexed.revision,
                "checked_out_revision": indexed.checked_out,
                "commits_later": indexed.commits.map(|commits| commits.later),
                "commits_earlier": indexed.commits.map(|commits| commits.earlier),
                "changed_files": indexed.changed_files,
                "uncommitted_files": indexed.uncommitted_files,
            }),
        };
        writeln!(screen, "{}", json_line(&object)?)?;
        Ok(())
    }
}

fn name(reason: Reason) -> &'static str {
    match reason {
        Reason::Commit => "commit",
        Reason::Files => "files",
        Reason::Unanswered => "unanswered",
        Reason::Age => "age",
    }
}

/// The beginning of the id of a commit.
fn short(commit: &str) -> String {
    const LENGTH: usize = 12;
    printable(&commit.chars().take(LENGTH).collect::<String>())
}
