//! The rules by which runs are kept.

use crate::error::{Error, Result};
use std::time::Duration;

/// Which runs a [`PrunePlan`](crate::PrunePlan) keeps.
///
/// A run stays if any rule keeps it. Whatever the rules are, a run stays that has not ended, that
/// began later than it is now, or that cannot be read.
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
}

impl Policy {
    /// A policy without a rule, which is refused until it gets one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the newest runs, as many as this; those that have not ended count too. 0 is a rule that
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

    pub(super) fn check(&self) -> Result<()> {
        match (self.last, self.within, self.failed_within) {
            (None, None, None) => Err(Error::EmptyPolicy),
            _ => Ok(()),
        }
    }
}
