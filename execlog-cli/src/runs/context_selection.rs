//! Selects runs by their contexts: where they ran, what started them, their labels and pins.

use super::folders::spellings;
use super::label;
use clap::Args;
use execlog::{Error, LocalLog, OneThread, RunEntry, Runs};
use std::path::PathBuf;

/// The options that select runs by their contexts.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[command(next_help_heading = "Which runs, by where and how they ran")]
pub(super) struct ContextArguments {
    /// Only runs on this host. May be given several times
    ///
    /// A run that was recorded without its host, as those of magellan, is not selected. The same holds for
    /// the options below.
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,

    /// Only runs of this user. May be given several times
    #[arg(long, value_name = "NAME")]
    user: Vec<String>,

    /// Only runs of the program with this file name. May be given several times
    #[arg(long, value_name = "NAME")]
    program: Vec<String>,

    /// Only runs on this branch. May be given several times
    #[arg(long, value_name = "NAME")]
    branch: Vec<String>,

    /// Only runs at the commit whose id begins with COMMIT. May be given several times
    #[arg(long, value_name = "COMMIT")]
    revision: Vec<String>,

    /// Only runs with this exit code. May be given several times
    #[arg(long, value_name = "CODE", allow_negative_numbers = true)]
    exit_code: Vec<i32>,

    /// Only the children of this run: its id, or the beginning of its id. May be given several times
    #[arg(long, value_name = "RUN")]
    parent: Vec<String>,

    /// Only runs that were started in this folder. May be given several times
    #[arg(long, value_name = "FOLDER", value_hint = clap::ValueHint::DirPath)]
    folder: Vec<PathBuf>,

    /// Only runs with this label: `team=search`. If given several times, only runs with all of them
    #[arg(long, value_name = "NAME=VALUE", value_parser = label::parse)]
    label: Vec<(String, String)>,

    /// Only pinned runs
    #[arg(long)]
    pinned: bool,
}

impl ContextArguments {
    /// Adds these conditions to a query. Fails if several runs could be meant by one parent.
    pub(super) fn select<'log>(
        &self,
        mut runs: Runs<'log, OneThread>,
        log: &LocalLog,
    ) -> execlog::Result<Runs<'log, OneThread>> {
        for name in &self.host {
            runs = runs.host(name);
        }
        for name in &self.user {
            runs = runs.user(name);
        }
        for name in &self.program {
            runs = runs.program(name);
        }
        for name in &self.branch {
            runs = runs.branch(name);
        }
        for commit in &self.revision {
            runs = runs.revision(commit);
        }
        for code in &self.exit_code {
            runs = runs.exit_code(*code);
        }
        for parent in &self.parent {
            runs = match stored(log, parent)? {
                Some(parent) => runs.children_of(&parent),
                // It may be recorded in another log, or be a span of another program.
                None => runs.parent(parent),
            };
        }
        for folder in self.folder.iter().flat_map(|folder| spellings(folder)) {
            runs = runs.working_directory(folder);
        }
        for (name, value) in &self.label {
            runs = runs.label(name, value);
        }
        if self.pinned {
            runs = runs.pinned();
        }
        Ok(runs)
    }
}

/// The run in this log. `None` too if the text cannot be an id.
fn stored(log: &LocalLog, run: &str) -> execlog::Result<Option<RunEntry>> {
    match run.parse().and_then(|run| log.find(run)) {
        Err(Error::InvalidId { .. }) => Ok(None),
        found => found,
    }
}
