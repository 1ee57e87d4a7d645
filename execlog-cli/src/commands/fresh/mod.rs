//! Tells whether the index of a folder is up to date: `git` compares its commit with the files, and
//! `answer` is what is said.

mod answer;
mod git;

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::output::messages;
use crate::output::screen::TerminalArguments;
use crate::runs::fields::started_at_ms;
use crate::runs::folders::spellings;
use crate::runs::times::parse;
use answer::{Answer, Indexed, Reason};
use clap::{Args, ValueEnum};
use execlog::{ExecutionLog, Invocation, LocalLog, Outcome, RunEntry};
use git::Unanswered;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Tell whether the index of a folder is up to date
///
/// Compares the newest successful run with this root with the folder as it is now. The index is stale if
/// another commit is checked out than at the run, if files that git tracks differ from the commit of the run,
/// or if the run began longer ago than `--max-age`. Files that git does not track are only counted.
///
/// Without git, only the commits are compared. If the run has no commit, as those of magellan, only its age
/// counts.
///
/// Exits with code 0 if the index is fresh, 3 if it is stale, and 1 if the log has no successful run with
/// this root.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog fresh --max-age 24h || magellan index --root .")]
pub(crate) struct FreshArguments {
    /// The root folder that was indexed
    #[arg(value_name = "ROOT", default_value = ".", value_hint = clap::ValueHint::DirPath)]
    root: PathBuf,

    /// The index is stale if its run began longer ago than this: `24h`
    #[arg(long, value_name = "TIME", value_parser = parse::duration)]
    max_age: Option<Duration>,

    /// Only runs whose first argument is COMMAND. May be given several times
    #[arg(long)]
    command: Vec<String>,

    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(crate) fn run(
    arguments: &FreshArguments,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    let opened = log.to_read()?;
    let root = std::path::absolute(&arguments.root)?;
    let mut answer = Answer::of(root.display().to_string());
    let run = newest_success(&opened.log, arguments)?;
    if let Some(run) = &run {
        answer.indexed = Some(indexed(run, &root, arguments, terminal));
    }
    let mut screen = terminal.unpaged();
    match arguments.format {
        Format::Text => answer.write_text(&mut screen)?,
        Format::Json => answer.write_json(&mut screen)?,
    }
    screen.end()?;
    match answer.indexed {
        Some(indexed) if indexed.reasons.is_empty() => Ok(()),
        Some(_) => Err(Failure::Found),
        None => Err(Failure::failed(format!(
            "`{}` was never indexed: `{}` has no successful run with this root",
            root.display(),
            opened.name
        ))),
    }
}

/// The newest successful run with this root.
fn newest_success(log: &LocalLog, arguments: &FreshArguments) -> execlog::Result<Option<RunEntry>> {
    let mut runs = log.runs().status(Outcome::Success);
    for root in spellings(&arguments.root) {
        runs = runs.root(root);
    }
    for command in &arguments.command {
        runs = runs.command(command);
    }
    let mut runs = runs.into_iter();
    let is_of_root = |run: &execlog::Result<RunEntry>| {
        run.as_ref().map_or(true, |run| is_of(run, &arguments.root))
    };
    runs.find(is_of_root).transpose()
}

/// Whether the run has this root. A relative root is one in the folder in which the run was started.
fn is_of(run: &RunEntry, root: &Path) -> bool {
    let recorded = run.record.root.as_deref().unwrap_or_default();
    let context = run.context.as_ref();
    let folder = context.and_then(|context| context.working_directory.as_deref());
    match folder {
        Some(folder) if Path::new(recorded).is_relative() => {
            let there = Path::new(folder).join(recorded).canonicalize();
            there.is_ok_and(|there| root.canonicalize().is_ok_and(|root| root == there))
        }
        _ => true,
    }
}

/// Compares the run with the folder as it is now.
fn indexed(
    run: &RunEntry,
    root: &Path,
    arguments: &FreshArguments,
    terminal: &TerminalArguments,
) -> Indexed {
    let times = terminal.times();
    let age_ms = times
        .now
        .as_millisecond()
        .saturating_sub(started_at_ms(run))
        .max(0);
    let context = run.context.as_ref();
    let mut indexed = Indexed::by(run, age_ms, times);
    indexed.revision = context.and_then(|context| context.revision.clone());
    indexed.checked_out = checked_out(root);
    if let Some(before) = indexed.revision.clone() {
        compare(&before, root, &mut indexed);
    } else if indexed.checked_out.is_some() {
        if context.is_some() {
            // Nothing was checked out when the run began.
            indexed.reasons.push(Reason::Commit);
        }
        indexed.uncommitted_files = answered(git::uncommitted_files(root));
    }
    let max_age = arguments.max_age.map(|time| time.as_millis());
    if max_age.is_some_and(|max| u128::from(age_ms.unsigned_abs()) > max) {
        indexed.reasons.push(Reason::Age);
    }
    indexed
}

/// Compares the commit of the run with what is checked out.
fn compare(before: &str, root: &Path, indexed: &mut Indexed) {
    let Some(now) = indexed.checked_out.clone() else {
        indexed.reasons.push(Reason::Commit);
        return;
    };
    if now != before {
        indexed.reasons.push(Reason::Commit);
    }
    let commits = git::commits_between(root, before, &now);
    if commits == Err(Unanswered::Missing) {
        messages::note("git is not installed: changed files are not found");
        return;
    }
    indexed.commits = answered(commits);
    let changed_files = git::changed_files(root, before);
    if matches!(changed_files, Err(Unanswered::Failed(_))) {
        indexed.reasons.push(Reason::Unanswered);
    }
    indexed.changed_files = answered(changed_files);
    indexed.uncommitted_files = answered(git::uncommitted_files(root));
    if indexed.changed_files.is_some_and(|files| files > 0) {
        indexed.reasons.push(Reason::Files);
    }
}

/// The answer of git. Says why if there is none.
fn answered<T>(answer: Result<T, Unanswered>) -> Option<T> {
    match answer {
        Ok(answer) => Some(answer),
        Err(Unanswered::Missing) => None,
        Err(Unanswered::Failed(reason)) => {
            messages::warning(&reason);
            None
        }
    }
}

/// The commit that is checked out, read as for a run that begins now.
fn checked_out(root: &Path) -> Option<String> {
    let log = ExecutionLog::in_memory();
    let run = log.begin(Invocation::new(["fresh"]).root(root));
    let id = run.execution_id().parse().ok()?;
    run.succeed();
    log.find(id).ok()??.context?.revision
}
