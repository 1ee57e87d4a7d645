//! The plan of a pruning: the runs that a policy removes, shown before they are removed.

use super::keeping::Keeping;
use super::unshipped::Unshipped;
use super::{Kept, Policy};
use crate::error::{Error, Result};
use crate::log::core::{AT_MAINTENANCE, Core};
use crate::log::{AnyThread, ExecutionLog, Runs, Threads};
use crate::model::RunEntry;
use crate::store::Removal;

/// The runs that a [`Policy`] removes and keeps. Made by [`ExecutionLog::prune_plan`].
///
/// ```
/// use execlog::{ExecutionLog, Invocation, Policy};
///
/// let log = ExecutionLog::in_memory();
/// for command in ["index", "status", "export"] {
///     log.begin(Invocation::new([command])).succeed();
/// }
/// let plan = log.prune_plan(&Policy::new().keep_last(1))?;
/// assert_eq!((plan.removed.len(), plan.kept.len()), (2, 1));
/// assert_eq!(plan.apply()?.len(), 2);
/// # assert_eq!(log.runs().into_iter().count(), 1);
/// # Ok::<(), execlog::Error>(())
/// ```
#[must_use = "a plan removes nothing until it is applied"]
#[non_exhaustive]
pub struct PrunePlan<'log, T: Threads = AnyThread> {
    /// The runs to remove, newest first.
    pub removed: Vec<RunEntry>,
    /// The runs to keep, newest first.
    pub kept: Vec<Kept>,
    core: &'log Core<T>,
}

impl<T: Threads> std::fmt::Debug for PrunePlan<'_, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("PrunePlan")
            .field("removed", &self.removed)
            .field("kept", &self.kept)
            .finish_non_exhaustive()
    }
}

impl<T: Threads> ExecutionLog<T> {
    /// Plans which runs the policy removes and which it keeps, and why. Removes nothing until
    /// [`PrunePlan::apply`]. [`Runs::prune_plan`] plans for selected runs only.
    ///
    /// Reads every run.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyPolicy`](crate::Error::EmptyPolicy) if the policy has no rule.
    pub fn prune_plan(&self, policy: &Policy) -> Result<PrunePlan<'_, T>> {
        self.runs().prune_plan(policy)
    }
}

impl<'log, T: Threads> Runs<'log, T> {
    /// Like [`ExecutionLog::prune_plan`], but only for the runs of this query. All other runs stay,
    /// and the rules do not count them.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Policy};
    ///
    /// let log = ExecutionLog::in_memory();
    /// let plan = log.runs().command("status").prune_plan(&Policy::new().keep_last(10))?;
    /// assert_eq!(plan.apply()?.len(), 0);
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::EmptyPolicy`](crate::Error::EmptyPolicy) if the policy has no rule.
    pub fn prune_plan(self, policy: &Policy) -> Result<PrunePlan<'log, T>> {
        policy.check()?;
        let core = self.core;
        let now = core.clock().unix_seconds();
        let mut plan = PrunePlan {
            removed: Vec::new(),
            kept: Vec::new(),
            core,
        };
        let unshipped = Unshipped::of(core, policy)?;
        let mut keeping = Keeping::new(policy, now, &unshipped);
        for run in self.newest_first() {
            let readable = match &run {
                Ok(run) => Some(run),
                Err(Error::Corrupt { .. }) => None,
                Err(_) => return run.map(|_| plan),
            };
            let rules = keeping.rules_for(readable);
            match run {
                Ok(run) if rules.is_empty() => plan.removed.push(run),
                run => plan.kept.push(Kept { run, rules }),
            }
        }
        Ok(plan)
    }
}

impl<T: Threads> PrunePlan<'_, T> {
    /// Removes the runs of the plan, and returns those that were removed.
    ///
    /// Skips runs that were removed, started again or pinned since the plan was made.
    ///
    /// In a key-value store this rewrites the index: prune now and then, not after every run. A
    /// SQLite file keeps its size and reuses the space, a native graph of sqlitegraph 3.9 shrinks
    /// when it is flushed, and a native graph of 1.6 grows.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call).
    pub fn apply(self) -> Result<Vec<RunEntry>> {
        let Self { removed, core, .. } = self;
        let gone = remove_unchanged(core, removed)?;
        core.sweep_locks(AT_MAINTENANCE);
        core.flush_finished()?;
        Ok(gone)
    }
}

/// Removes those of the runs that are still the same, and returns them.
pub(super) fn remove_unchanged<T: Threads>(
    core: &Core<T>,
    runs: Vec<RunEntry>,
) -> Result<Vec<RunEntry>> {
    let mut gone = Vec::with_capacity(runs.len());
    for run in runs {
        let now = match core.store().find(&run.record.execution_id) {
            Err(Error::Corrupt { .. }) => None,
            now => now?,
        };
        let is_same = now.is_some_and(|now| {
            let is_pinned = now.context.is_some_and(|context| context.pin.is_some());
            now.record.id == run.record.id
                && !matches!(now.record.outcome(), Ok(None))
                && !is_pinned
        });
        if is_same {
            gone.push(run);
        }
    }
    if !gone.is_empty() {
        let ids: Vec<_> = gone
            .iter()
            .map(|run| run.record.execution_id.as_str())
            .collect();
        core.writing()?.remove(&ids, Removal::OfPruning)?;
        core.note_last_number();
    }
    Ok(gone)
}
