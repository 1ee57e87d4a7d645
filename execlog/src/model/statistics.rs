//! The statistics of many runs, together and in groups.

use super::{ExecutionContext, Status, magellan_id::is_magellan_id, run_summary::RunSummary};
use std::collections::{BTreeMap, BTreeSet};

/// The statistics of the runs of a query, made by [`Runs::statistics`](crate::Runs::statistics).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// The groups, by their names.
    pub groups: BTreeMap<String, GroupStatistics>,
    /// The slowest runs, slowest first. Of runs that took as long, the one with the larger number comes first.
    pub slowest: Vec<SlowRun>,
    /// When the first run began, in seconds since 1970 in UTC. `None` without runs.
    pub first: Option<i64>,
    /// When the last run began, in seconds since 1970 in UTC.
    pub last: Option<i64>,
}

/// What groups runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Grouping {
    /// The first argument. Runs without arguments are in a group with an empty name.
    Command,
    /// The version of the tool.
    Version,
    /// The host on which the run was recorded. Runs without one are in a group with an empty name.
    Host,
}

impl Grouping {
    /// Whether the group of a run is told by its context.
    pub(crate) fn needs_context(self) -> bool {
        self == Self::Host
    }
}

/// The statistics of a group of runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupStatistics {
    statuses: [u64; STATUSES.len()],
    /// The number of runs that took so many milliseconds.
    exact: BTreeMap<i64, u64>,
    approximate: BTreeMap<i64, u64>,
    newest: BTreeSet<Success>,
    indexed: Indexed,
}

/// One of the slowest runs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlowRun {
    /// The number of the run in its log.
    pub id: i64,
    /// The execution id.
    pub execution_id: String,
    /// The duration in milliseconds.
    pub duration_ms: i64,
}

/// A run that succeeded. Sorts by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Success {
    pub(crate) started_at: i64,
    pub(crate) id: i64,
    pub(crate) duration_ms: i64,
}

/// What runs indexed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Indexed {
    pub(crate) files: i64,
    pub(crate) symbols: i64,
    pub(crate) duration_ms: i64,
}

const STATUSES: [Status; 6] = [
    Status::Running,
    Status::Success,
    Status::Partial,
    Status::Error,
    Status::Crashed,
    Status::Unknown,
];

impl Statistics {
    /// The statistics of all groups together.
    #[must_use]
    pub fn all(&self) -> GroupStatistics {
        let mut all = GroupStatistics::default();
        for group in self.groups.values() {
            all.add_group(group);
        }
        all
    }

    /// The group with this name. Adds it if it is missing.
    pub(crate) fn group(&mut self, name: &str) -> &mut GroupStatistics {
        if !self.groups.contains_key(name) {
            self.groups
                .insert(name.to_owned(), GroupStatistics::default());
        }
        self.groups.entry(name.to_owned()).or_default()
    }

    /// Adds a run, with its context if the grouping needs it. Runs are added in the order of their numbers.
    pub(crate) fn add(
        &mut self,
        run: &RunSummary,
        context: Option<&ExecutionContext>,
        by: Grouping,
        most: usize,
    ) {
        self.add_start(run.started_at);
        let name = match by {
            Grouping::Command => run.command().unwrap_or_default(),
            Grouping::Version => run.tool_version(),
            Grouping::Host => context
                .and_then(|context| context.host.as_deref())
                .unwrap_or_default(),
        };
        let has_process = context.is_some_and(|context| context.process_id.is_some());
        let is_approximate = !has_process && is_magellan_id(run.execution_id(), run.started_at);
        self.group(name).add(run, is_approximate);
        let Some(duration_ms) = run.duration_ms else {
            return;
        };
        let place = self
            .slowest
            .partition_point(|slow| slow.duration_ms > duration_ms);
        if place < most {
            self.slowest.truncate(most - 1);
            let slow = SlowRun {
                id: run.id,
                execution_id: run.execution_id().to_owned(),
                duration_ms,
            };
            self.slowest.insert(place, slow);
        }
    }

    fn add_start(&mut self, started_at: i64) {
        self.first = Some(self.first.map_or(started_at, |first| first.min(started_at)));
        self.last = Some(self.last.map_or(started_at, |last| last.max(started_at)));
    }
}

impl GroupStatistics {
    /// How many of the newest successful runs are kept.
    pub(crate) const NEWEST: usize = 20;

    /// The number of runs.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.statuses.iter().sum()
    }

    /// The number of runs with this status at the time of reading.
    #[must_use]
    pub fn with_status(&self, status: Status) -> u64 {
        place(status).map_or(0, |place| self.statuses[place])
    }

    /// The given percentile of the durations in milliseconds, by the nearest-rank method: one of the durations.
    /// `None` if no run has a duration.
    #[must_use]
    pub fn percentile_ms(&self, percent: u8) -> Option<i64> {
        let mut durations = self.exact.clone();
        for (duration_ms, runs) in &self.approximate {
            *durations.entry(*duration_ms).or_default() += runs;
        }
        let total: u64 = durations.values().sum();
        let rank = (u128::from(total) * u128::from(percent))
            .div_ceil(100)
            .max(1);
        let mut so_far = 0;
        let mut durations = durations.into_iter();
        let found = durations.find(|(_, runs)| {
            so_far += u128::from(*runs);
            so_far >= rank
        });
        found.map(|(duration_ms, _)| duration_ms)
    }

    /// The durations in milliseconds, ascending, each with the number of runs that took as long. Without those
    /// of [`approximate_durations`](Self::approximate_durations).
    pub fn durations(&self) -> impl Iterator<Item = (i64, u64)> {
        self.exact.iter().map(|(took, runs)| (*took, *runs))
    }

    /// The durations that may be up to a second too long, by [the ids of the runs](crate::is_magellan_id). By host,
    /// those of runs whose contexts name a process are exact.
    pub fn approximate_durations(&self) -> impl Iterator<Item = (i64, u64)> {
        self.approximate.iter().map(|(took, runs)| (*took, *runs))
    }

    /// The durations of the newest 20 successful runs in milliseconds, oldest first.
    pub fn newest_durations(&self) -> impl Iterator<Item = i64> {
        self.newest.iter().map(|run| run.duration_ms)
    }

    /// The number of files that were indexed by runs that ended.
    #[must_use]
    pub fn files_indexed(&self) -> i64 {
        self.indexed.files
    }

    /// The number of symbols that were indexed by runs that ended.
    #[must_use]
    pub fn symbols_indexed(&self) -> i64 {
        self.indexed.symbols
    }

    /// The total duration of the runs that indexed files or symbols, in milliseconds.
    #[must_use]
    pub fn indexing_ms(&self) -> i64 {
        self.indexed.duration_ms
    }

    fn add(&mut self, run: &RunSummary, is_approximate: bool) {
        let status = run.status();
        self.add_runs(status, 1);
        let Some(duration_ms) = run.duration_ms else {
            return;
        };
        if is_approximate {
            self.add_approximate(duration_ms, 1);
        } else {
            self.add_durations(duration_ms, 1);
        }
        if status == Status::Success {
            self.add_success(Success {
                started_at: run.started_at,
                id: run.id,
                duration_ms,
            });
        }
        if run.files_indexed > 0 || run.symbols_indexed > 0 {
            self.add_indexed(Indexed {
                files: run.files_indexed,
                symbols: run.symbols_indexed,
                duration_ms,
            });
        }
    }

    fn add_group(&mut self, group: &Self) {
        for (all, runs) in self.statuses.iter_mut().zip(group.statuses) {
            *all += runs;
        }
        for (duration_ms, runs) in group.durations() {
            self.add_durations(duration_ms, runs);
        }
        for (duration_ms, runs) in group.approximate_durations() {
            self.add_approximate(duration_ms, runs);
        }
        for run in &group.newest {
            self.add_success(*run);
        }
        self.add_indexed(group.indexed);
    }

    pub(crate) fn add_runs(&mut self, status: Status, runs: u64) {
        if let Some(place) = place(status) {
            self.statuses[place] += runs;
        }
    }

    pub(crate) fn add_durations(&mut self, duration_ms: i64, runs: u64) {
        *self.exact.entry(duration_ms).or_default() += runs;
    }

    pub(crate) fn add_approximate(&mut self, duration_ms: i64, runs: u64) {
        *self.approximate.entry(duration_ms).or_default() += runs;
    }

    pub(crate) fn add_success(&mut self, run: Success) {
        self.newest.insert(run);
        if self.newest.len() > Self::NEWEST {
            self.newest.pop_first();
        }
    }

    pub(crate) fn add_indexed(&mut self, indexed: Indexed) {
        let sum = &mut self.indexed;
        sum.files = sum.files.saturating_add(indexed.files);
        sum.symbols = sum.symbols.saturating_add(indexed.symbols);
        sum.duration_ms = sum.duration_ms.saturating_add(indexed.duration_ms);
    }
}

fn place(status: Status) -> Option<usize> {
    STATUSES.iter().position(|known| *known == status)
}
