//! Selects runs by the options of the command line.

use super::context_selection::ContextArguments;
use super::failing::{FAILED, newest_failed};
use super::folders::spellings;
use super::statuses;
use super::times::parse;
use clap::Args;
use execlog::{LocalLog, OneThread, RunEntry, RunSummary, Runs, Status};
use jiff::Timestamp;
use std::path::PathBuf;
use std::time::Duration;

/// The options that select runs.
#[derive(Debug, Clone, Default, PartialEq, Args)]
#[command(next_help_heading = "Which runs")]
pub(crate) struct SelectionArguments {
    /// Only runs with this status. Several are separated by commas
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = statuses::parser())]
    #[arg(alias = "status", ignore_case = true)]
    outcome: Vec<Status>,

    /// Only runs that did not succeed: the same as `--outcome error,partial,crashed`
    #[arg(long)]
    failed: bool,

    /// Only runs that began at this time or later: `2h`, `yesterday`, `2026-11-22 13:30`
    ///
    /// `2h` and `3d` are times before now. A day, as `yesterday` or `2026-11-22`, begins at midnight.
    #[arg(long, value_name = "TIME", value_parser = parse::time)]
    since: Option<Timestamp>,

    /// Only runs that began before this time, written as for `--since`
    #[arg(long, value_name = "TIME", value_parser = parse::time)]
    until: Option<Timestamp>,

    /// Only runs whose first argument is COMMAND. May be given several times
    #[arg(long)]
    command: Vec<String>,

    /// Only runs with TEXT in an argument, a path, the version, the id or the error message
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,

    /// Only runs on this root folder. May be given several times
    #[arg(long, value_name = "FOLDER", value_hint = clap::ValueHint::DirPath)]
    root: Vec<PathBuf>,

    /// Only runs of this version of the tool. May be given several times
    #[arg(long, value_name = "VERSION")]
    tool_version: Vec<String>,

    /// Only runs that took at least this long: `500ms`, `2s`, `1h`
    #[arg(long, value_name = "TIME", value_parser = parse::duration)]
    min_duration: Option<Duration>,

    /// Only the newest N runs
    #[arg(short = 'n', long = "limit", value_name = "N")]
    limit: Option<usize>,

    /// Reverse the order: oldest first, or newest first in `tail` and `export`
    #[arg(long)]
    reverse: bool,

    #[command(flatten)]
    context: ContextArguments,
}

/// The selected runs. Each run that cannot be read is an error.
pub(crate) type Entries<'log> = Reading<'log, RunEntry>;

/// The selected runs, or what was read of them.
pub(crate) type Reading<'log, T> = Box<dyn Iterator<Item = execlog::Result<T>> + 'log>;

impl SelectionArguments {
    /// The query for these options, but for the order.
    pub(crate) fn runs<'log>(&self, log: &'log LocalLog) -> execlog::Result<Runs<'log, OneThread>> {
        let mut runs = log.runs();
        let failed = FAILED.iter().filter(|_| self.failed);
        for status in self.outcome.iter().chain(failed) {
            runs = runs.status(*status);
        }
        if let Some(since) = self.since {
            runs = runs.since(since.into());
        }
        if let Some(until) = self.until {
            runs = runs.until(until.into());
        }
        for command in &self.command {
            runs = runs.command(command);
        }
        if let Some(text) = &self.text {
            runs = runs.text(text);
        }
        for root in self.root.iter().flat_map(|root| spellings(root)) {
            runs = runs.root(root);
        }
        for version in &self.tool_version {
            runs = runs.tool_version(version);
        }
        if let Some(time) = self.min_duration {
            runs = runs.min_duration(time);
        }
        if let Some(limit) = self.limit {
            runs = runs.limit(limit);
        }
        self.context.select(runs, log)
    }

    /// Whether every run is selected.
    pub(crate) fn is_everything(&self) -> bool {
        let conditions = Self {
            reverse: false,
            ..self.clone()
        };
        conditions == Self::default()
    }

    /// Newest first, or oldest first with `--reverse`.
    pub(crate) fn newest_first<'log>(&self, log: &'log LocalLog) -> Entries<'log> {
        entries(if self.reverse {
            self.sorted_by_start(log)
        } else {
            self.sorted_by_age(log)
        })
    }

    /// Oldest first, or newest first with `--reverse`.
    pub(crate) fn oldest_first<'log>(&self, log: &'log LocalLog) -> Entries<'log> {
        entries(if self.reverse {
            self.sorted_by_age(log)
        } else {
            self.sorted_by_start(log)
        })
    }

    /// The newest run of each command and root, if it has failed. A limit counts these. Newest first, or
    /// oldest first with `--reverse`.
    pub(crate) fn failing<'log>(&self, log: &'log LocalLog) -> Entries<'log> {
        let all = Self {
            limit: None,
            ..self.clone()
        };
        let runs = all.sorted_by_age(log).map(|runs| -> Entries<'log> {
            let failing = newest_failed(runs).take(self.limit.unwrap_or(usize::MAX));
            if self.reverse {
                let newest: Vec<_> = failing.collect();
                return Box::new(newest.into_iter().rev());
            }
            Box::new(failing)
        });
        entries(runs)
    }

    /// The same options without `--reverse`, the limit, and whether `--reverse` was given.
    pub(crate) fn without_reverse(&self) -> (Self, Option<usize>, bool) {
        let newest_first = Self {
            reverse: false,
            ..self.clone()
        };
        (newest_first, self.limit, self.reverse)
    }

    /// In the order in which the runs were added. With a limit or `--reverse`, oldest first or newest first.
    pub(crate) fn as_added<'log>(&self, log: &'log LocalLog) -> Entries<'log> {
        if self.limit.is_some() || self.reverse {
            return self.oldest_first(log);
        }
        let runs = self.runs(log);
        entries(runs.map(|runs| -> Entries<'log> { Box::new(runs.as_added().into_iter()) }))
    }

    /// Summaries in the order in which the runs were added.
    pub(crate) fn summaries<'log>(&self, log: &'log LocalLog) -> Reading<'log, RunSummary> {
        entries(self.runs(log).map(|runs| -> Reading<'log, RunSummary> {
            if self.limit.is_none() {
                return Box::new(runs.as_added().summaries());
            }
            let mut newest: Vec<_> = runs.summaries().collect();
            newest.sort_by_key(|run| run.as_ref().map_or(0, |run| run.id));
            Box::new(newest.into_iter())
        }))
    }

    /// Newest first.
    fn sorted_by_age<'log>(&self, log: &'log LocalLog) -> execlog::Result<Entries<'log>> {
        Ok(Box::new(self.runs(log)?.into_iter()))
    }

    /// Oldest first. A limit keeps the newest.
    fn sorted_by_start<'log>(&self, log: &'log LocalLog) -> execlog::Result<Entries<'log>> {
        let runs = self.runs(log)?;
        if self.limit.is_none() {
            return Ok(Box::new(runs.oldest_first().into_iter()));
        }
        let newest: Vec<_> = runs.into_iter().collect();
        Ok(Box::new(newest.into_iter().rev()))
    }

    /// Limits the number of runs, if there is no limit yet.
    pub(crate) fn limited_to(mut self, runs: usize) -> Self {
        self.limit.get_or_insert(runs);
        self
    }

    /// Raises the limit to this many runs.
    pub(crate) fn limited_to_at_least(mut self, runs: usize) -> Self {
        self.limit = Some(self.limit.unwrap_or(0).max(runs));
        self
    }
}

/// The runs, or the error that there is instead of a query.
fn entries<T: 'static>(runs: execlog::Result<Reading<'_, T>>) -> Reading<'_, T> {
    runs.unwrap_or_else(|error| Box::new(std::iter::once(Err(error))))
}
