//! Maintenance of a whole log: `prune` removes old runs, `settle` marks crashed runs, `verify`
//! checks a log and `reindex` repairs it, `loss` detects lost runs, `import` imports runs, `remove`
//! removes runs by id, `pin` keeps runs from being pruned, `seals` reads the journal of seals,
//! `ship` ships a log to a target, and `audit` finds secrets.

mod audit;
mod import;
mod loss;
mod pin;
mod prune;
mod reindex;
mod remove;
#[cfg(feature = "seals")]
mod seals;
mod settle;
#[cfg(feature = "seals")]
mod ship;
mod verify;

pub use audit::FoundSecret;
pub(super) use prune::Retention;
pub use prune::{Kept, Policy, PrunePlan, Rule};

#[cfg(feature = "seals")]
pub use ship::{Field, ShipReport, Shipping};

use super::core::Core;
use super::{AnyThread, ExecutionLog, Threads};
use crate::error::{CANDIDATES, Result};
use std::sync::Arc;

/// Maintenance of a whole log. Made by [`ExecutionLog::maintenance`].
///
/// For programs that repair, move and check logs, such as the command `execlog`, and for hosts that flush
/// or settle.
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

impl<T: Threads> ExecutionLog<T> {
    /// Maintenance of the whole log: checks, repair, import, removal.
    #[must_use]
    pub fn maintenance(&self) -> Maintenance<'_, T> {
        Maintenance { core: &self.core }
    }
}

impl<T: Threads> Maintenance<'_, T> {
    /// Flushes all writes, whatever the [`Durability`](crate::Durability) is, so that they survive
    /// the end of the process. Does nothing if there are no writes since the last flush.
    ///
    /// Call it before something risky if the host flushes rarely, or to retry after a flush has
    /// failed.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call).
    pub fn flush(&self) -> Result<()> {
        self.core.flush()
    }

    /// For each of these texts the execution ids that begin with it, in byte order, the first hundred at most. Tells
    /// how much of each id selects only its run. One read by index for each text; a server is asked for all at once.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call).
    pub fn ids_with_prefixes(&self, prefixes: &[&str]) -> Result<Vec<Vec<String>>> {
        self.core.store().ids_with_prefixes(prefixes, CANDIDATES)
    }

    /// Whether a log exists, even without runs. In a key-value store a log exists if it has runs.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call).
    pub fn exists(&self) -> Result<bool> {
        self.core.store().exists()
    }

    /// Whether this log is in the key-value table of a graph in a SQLite file. True only for logs
    /// from [`open`](ExecutionLog::open), [`read_only`](ExecutionLog::read_only) or
    /// [`in_graph`](Self::in_graph).
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call).
    pub fn is_in_graph(&self) -> Result<bool> {
        self.core.store().is_in_graph()
    }

    /// Whether the SQLite file of this log has a log in the key-value table of a graph: this log,
    /// or a second one that [`in_graph`](Self::in_graph) opens.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call).
    pub fn has_log_in_graph(&self) -> Result<bool> {
        self.core.store().has_log_in_graph()
    }

    /// The log in the key-value table of the graph in the same SQLite file, even if the table
    /// `execution_log` has runs. The first write creates the table if it is missing.
    ///
    /// Works without the graph's engine, which can read the runs. Adds each run in one transaction.
    /// For a log that is not in a SQLite file, the same log. Retention is not carried over.
    #[must_use]
    pub fn in_graph(&self) -> ExecutionLog<T> {
        let mut core = self.core.clone();
        if let Some(store) = core.store().in_graph() {
            core.set_store(T::in_shared(store));
        }
        ExecutionLog {
            core: Arc::new(core),
            retention: None,
        }
    }
}
