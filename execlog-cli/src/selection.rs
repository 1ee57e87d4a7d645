use crate::moments;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use execlog::{LocalLog, OneThread, RunEntry, Runs, Status};
use jiff::Timestamp;
use std::path::PathBuf;
use std::time::Duration;

/// Which runs are looked at.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Which runs")]
pub(crate) struct SelectionArguments {
    /// Only runs that are at one of these
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = statuses())]
    #[arg(alias = "status", ignore_case = true)]
    outcome: Vec<Status>,

    /// Only runs that did not succeed: `--outcome error,partial,crashed`
    #[arg(long)]
    failed: bool,

    /// Only runs that began then or later: `2h`, `3d`, `yesterday`, `2026-11-22`, `2026-11-22 13:30`
    #[arg(long, value_name = "TIME", value_parser = moments::moment)]
    since: Option<Timestamp>,

    /// Only runs that began earlier. A day begins at midnight
    #[arg(long, value_name = "TIME", value_parser = moments::moment)]
    until: Option<Timestamp>,

    /// Only runs with this first argument
    #[arg(long)]
    command: Vec<String>,

    /// Only runs with this text in an argument, a path, the version, the id or the error
    #[arg(long)]
    text: Option<String>,

    /// Only runs on this folder
    #[arg(long, value_name = "FOLDER", value_hint = clap::ValueHint::DirPath)]
    root: Vec<PathBuf>,

    /// Only runs of this version of the tool
    #[arg(long, value_name = "VERSION")]
    tool_version: Vec<String>,

    /// Only runs that took so long or longer: `500ms`, `2s`, `1h`
    #[arg(long, value_name = "TIME", value_parser = moments::duration)]
    min_duration: Option<Duration>,

    /// No more than the newest so many
    #[arg(short = 'n', long = "limit", value_name = "RUNS")]
    limit: Option<usize>,

    /// In the other order
    #[arg(long)]
    reverse: bool,
}

/// Runs, and in place of each that cannot be read an error.
pub(crate) type Entries<'log> = Box<dyn Iterator<Item = execlog::Result<RunEntry>> + 'log>;

impl SelectionArguments {
    /// Whether it leaves any run out.
    pub(crate) fn is_everything(&self) -> bool {
        let Self {
            outcome,
            failed,
            since,
            until,
            command,
            text,
            root,
            tool_version,
            min_duration,
            limit,
            reverse: _,
        } = self;
        outcome.is_empty()
            && !failed
            && since.is_none()
            && until.is_none()
            && command.is_empty()
            && text.is_none()
            && root.is_empty()
            && tool_version.is_empty()
            && min_duration.is_none()
            && limit.is_none()
    }

    /// The runs, in the order that is asked for.
    pub(crate) fn of<'log>(&self, log: &'log LocalLog) -> Entries<'log> {
        self.in_order(log, self.reverse)
    }

    /// The runs as a query, no more than the newest if a limit is given.
    pub(crate) fn runs_of<'log>(&self, log: &'log LocalLog) -> Runs<'log, OneThread> {
        let runs = self.query(log);
        match self.limit {
            Some(limit) => runs.limit(limit),
            None => runs,
        }
    }

    /// The runs without their contexts, in the order that they were added in.
    pub(crate) fn without_contexts<'log>(&self, log: &'log LocalLog) -> Entries<'log> {
        let runs = self.query(log).without_contexts();
        match self.limit {
            None => Box::new(runs.as_added().into_iter()),
            Some(limit) => {
                let mut newest: Vec<_> = runs.limit(limit).into_iter().collect();
                newest.sort_by_key(|run| run.as_ref().map_or(0, |run| run.record.id));
                Box::new(newest.into_iter())
            }
        }
    }

    /// The runs, the oldest first unless it is asked for the other order.
    pub(crate) fn oldest_first_of<'log>(&self, log: &'log LocalLog) -> Entries<'log> {
        self.in_order(log, !self.reverse)
    }

    /// The runs in the order that they were added in, unless another is asked for.
    pub(crate) fn as_added<'log>(&self, log: &'log LocalLog) -> Entries<'log> {
        if self.limit.is_some() || self.reverse {
            return self.oldest_first_of(log);
        }
        Box::new(self.query(log).as_added().into_iter())
    }

    /// The same, and no more than so many runs unless a limit is given.
    pub(crate) fn limited_to(mut self, runs: usize) -> Self {
        self.limit.get_or_insert(runs);
        self
    }

    /// The same, and no fewer than so many runs whatever limit is given.
    pub(crate) fn not_limited_below(mut self, runs: usize) -> Self {
        self.limit = Some(self.limit.unwrap_or(0).max(runs));
        self
    }

    fn in_order<'log>(&self, log: &'log LocalLog, oldest_first: bool) -> Entries<'log> {
        let runs = self.query(log);
        match (self.limit, oldest_first) {
            (None, true) => Box::new(runs.oldest_first().into_iter()),
            (None, false) => Box::new(runs.into_iter()),
            (Some(limit), false) => Box::new(runs.limit(limit).into_iter()),
            (Some(limit), true) => {
                let newest: Vec<_> = runs.limit(limit).into_iter().collect();
                Box::new(newest.into_iter().rev())
            }
        }
    }

    /// The query without limit and order.
    pub(crate) fn query<'log>(&self, log: &'log LocalLog) -> Runs<'log, OneThread> {
        let mut runs = log.runs();
        for status in &self.outcome {
            runs = runs.status(*status);
        }
        if self.failed {
            for status in [Status::Error, Status::Partial, Status::Crashed] {
                runs = runs.status(status);
            }
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
        for root in self.root.iter().flat_map(spellings) {
            runs = runs.root(root);
        }
        for version in &self.tool_version {
            runs = runs.tool_version(version);
        }
        if let Some(time) = self.min_duration {
            runs = runs.min_duration(time);
        }
        runs
    }
}

/// A host may have recorded a folder as it was typed or as it is.
fn spellings(folder: &PathBuf) -> Vec<String> {
    let typed = folder.to_string_lossy().into_owned();
    let bare = typed.trim_end_matches('/').to_owned();
    let absolute = std::path::absolute(folder).ok();
    let absolute = absolute.map(|path| path.to_string_lossy().trim_end_matches('/').to_owned());
    let real = folder.canonicalize().ok();
    let real = real.map(|path| path.to_string_lossy().into_owned());
    let mut spellings: Vec<_> = [Some(typed), Some(bare), absolute, real]
        .into_iter()
        .flatten()
        .filter(|spelling| !spelling.is_empty())
        .collect();
    spellings.sort_unstable();
    spellings.dedup();
    spellings
}

fn statuses() -> impl TypedValueParser<Value = Status> {
    const STATUSES: [Status; 6] = [
        Status::Success,
        Status::Error,
        Status::Partial,
        Status::Running,
        Status::Crashed,
        Status::Unknown,
    ];
    PossibleValuesParser::new(STATUSES.map(Status::as_str)).map(|word| {
        let mut statuses = STATUSES.into_iter();
        let status = statuses.find(|status| status.as_str().eq_ignore_ascii_case(&word));
        status.expect("a word that is possible")
    })
}
