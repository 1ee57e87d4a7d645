//! Looking after a whole log: `prune` removes old runs, `settle` writes down which have crashed, `verify`
//! checks a log and `reindex` mends it, `loss` goes on without lost runs, `import` takes over runs, `remove`
//! removes them, and `audit` looks for secrets.

mod audit;
mod import;
mod loss;
mod prune;
mod reindex;
mod remove;
mod settle;
mod verify;

pub use audit::FoundSecret;
pub use prune::{Kept, Policy, PrunePlan, Rule};

use super::core::Core;
use super::{AnyThread, ExecutionLog, Threads};
use crate::error::Result;

/// What looks after a whole log. Made by [`ExecutionLog::maintenance`].
///
/// A host has no need for it: pruning and settling are calls of the log itself. It is for programs that
/// mend, move and check logs, as the command `execlog` does.
///
/// ```
/// use execlog::{ExecutionLog, Invocation};
///
/// let log = ExecutionLog::in_memory();
/// log.begin(Invocation::new(["index"])).succeed();
/// let verified = log.maintenance().verify()?;
/// assert_eq!((verified.runs, verified.contexts, verified.findings.len()), (1, 1, 0));
/// # Ok::<(), execlog::Error>(())
/// ```
pub struct Maintenance<'log, T: Threads = AnyThread> {
    core: &'log Core<T>,
}

impl<T: Threads> std::fmt::Debug for Maintenance<'_, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Maintenance")
            .finish_non_exhaustive()
    }
}

/// Looking after a log.
impl<T: Threads> ExecutionLog<T> {
    /// What looks after the whole log: verifying, repair, importing, removing.
    #[must_use]
    pub fn maintenance(&self) -> Maintenance<'_, T> {
        Maintenance { core: &self.core }
    }

    /// Makes everything that was written survive the end of the process, whatever the
    /// [`Durability`](crate::Durability) is. Does nothing if nothing was written since the last time.
    ///
    /// Call it where a host that has chosen to flush less often is about to do something risky, or
    /// to try again after a flush has failed.
    ///
    /// # Errors
    ///
    /// See [above](Self#errors-of-every-call).
    pub fn flush(&self) -> Result<()> {
        self.core.flush()
    }
}

impl<T: Threads> Maintenance<'_, T> {
    /// Whether there is a log, with runs in it or without. In a key-value store there is one if there
    /// are runs.
    ///
    /// # Errors
    ///
    /// See [there](ExecutionLog#errors-of-every-call).
    pub fn exists(&self) -> Result<bool> {
        self.core.store().exists()
    }

    /// Whether this log is in the key-value table of a graph that is kept in a SQLite file, and was
    /// opened by [`open`](ExecutionLog::open), [`read_only`](ExecutionLog::read_only) or [`in_graph`](ExecutionLog::in_graph).
    ///
    /// # Errors
    ///
    /// See [there](ExecutionLog#errors-of-every-call).
    pub fn is_in_graph(&self) -> Result<bool> {
        self.core.store().is_in_graph()
    }

    /// Whether the SQLite file of this log has a log in the key-value table of a graph: this one, or
    /// another beside this one, which [`in_graph`](ExecutionLog::in_graph) gives.
    ///
    /// # Errors
    ///
    /// See [there](ExecutionLog#errors-of-every-call).
    pub fn has_log_in_graph(&self) -> Result<bool> {
        self.core.store().has_log_in_graph()
    }
}
