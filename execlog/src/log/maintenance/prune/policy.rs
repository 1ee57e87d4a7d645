//! The rules that keep runs from being pruned.

use crate::error::{Error, Result};
use std::time::Duration;

/// The rules that a [`PrunePlan`](crate::PrunePlan) keeps runs by.
///
/// A run stays if any rule keeps it. Runs that are pinned, that have not ended, that began in the
/// future, or that cannot be read always stay.
///
/// ```
/// use execlog::{ExecutionLog, Policy};
/// use std::time::Duration;
///
/// const DAY: Duration = Duration::from_secs(24 * 60 * 60);
///
/// let log = ExecutionLog::in_memory();
/// let policy = Policy::new()
///     .keep_last(100)
///     .keep_within(7 * DAY)
///     .keep_failed_within(90 * DAY);
/// let plan = log.prune_plan(&policy)?;
/// println!("{} runs would be removed", plan.removed.len());
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Policy {
    pub(super) last: Option<usize>,
    pub(super) within: Option<Duration>,
    pub(super) failed_within: Option<Duration>,
    pub(super) daily: Option<usize>,
    pub(super) weekly: Option<usize>,
    pub(super) monthly: Option<usize>,
    pub(super) unshipped_within: Option<Duration>,
}

impl Policy {
    /// A policy without a rule. Planning with it fails until it has one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps this many of the newest runs; runs that have not ended count too. 0 is a rule that
    /// keeps none.
    pub fn keep_last(mut self, runs: usize) -> Self {
        self.last = Some(runs);
        self
    }

    /// Keeps the runs that began within this time before now, to the second.
    pub fn keep_within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// Keeps the runs that ended as `error` or `partial` and began within this time before now.
    pub fn keep_failed_within(mut self, time: Duration) -> Self {
        self.failed_within = Some(time);
        self
    }

    /// Keeps the newest run of each of the last days that have runs that have ended, this many. Days
    /// begin at midnight in UTC, as weeks and months do.
    pub fn keep_daily(mut self, days: usize) -> Self {
        self.daily = Some(days);
        self
    }

    /// Keeps the newest run of each of the last weeks that have runs, this many. Weeks begin on Monday.
    pub fn keep_weekly(mut self, weeks: usize) -> Self {
        self.weekly = Some(weeks);
        self
    }

    /// Keeps the newest run of each of the last months that have runs, this many.
    pub fn keep_monthly(mut self, months: usize) -> Self {
        self.monthly = Some(months);
        self
    }

    /// Keeps the runs that began within this time and whose newest change some target does not have yet: one
    /// that the log was [shipped](crate::Maintenance::ship) to before. All of them, if it never was. The time
    /// bounds how much a log grows while its target is gone.
    ///
    /// It is no rule without the feature `seals`.
    pub fn keep_unshipped(mut self, within: Duration) -> Self {
        self.unshipped_within = Some(within);
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        if *self == Self::default() {
            return Err(Error::EmptyPolicy);
        }
        Ok(())
    }
}
