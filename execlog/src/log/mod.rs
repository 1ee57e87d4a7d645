//! `ExecutionLog`, the face that hosts call.
//!
//! `open` makes a log, `threads` says where it may be used, `record` records runs with `run`, `ask` finds
//! them with `runs`, `maintenance` looks after the whole log, and `magellan` has the calls that magellan
//! makes. All of them call `core`, which knows the store, the clock, the locks and the head file.

mod ask;
mod core;
mod durability;
mod magellan;
mod maintenance;
mod open;
mod record;
mod run;
mod runs;
mod settings;
mod threads;

pub use self::core::Loss;
pub use durability::Durability;
pub use maintenance::{FoundSecret, Kept, Maintenance, Policy, PrunePlan, Rule};
pub use run::{Counters, Run};
pub use runs::{Runs, RunsIter};
pub use threads::{AnyThread, OneThread, Threads};

use self::core::Core;
use std::sync::Arc;

/// The log of a tool's runs.
///
/// A clone is a handle on the same log. Threads may use one log, or a clone each, at the same time, and a
/// [`Run`] may end on another thread than it began on. Another log on the same SQLite file, in this
/// process or any other, is cheap to open and safe to use at the same time. A key-value store is for one
/// process at a time.
///
/// A log in a graph stays on the thread of the graph: it is a [`LocalLog`], with the same methods.
///
/// ```
/// use execlog::{ExecutionLog, Invocation};
///
/// let log = ExecutionLog::in_memory();
/// let run = log.begin(Invocation::new(["index", "src"]));
/// let worker = std::thread::spawn(move || {
///     run.counters().add_files(12);
///     run.succeed();
/// });
/// worker.join().expect("it ends");
///
/// let newest = log.runs().into_iter().next().expect("a run")?;
/// assert_eq!(newest.record.files_indexed, 12);
/// # Ok::<(), execlog::Error>(())
/// ```
///
/// # Errors of every call
///
/// A call that takes an execution id refuses one that is empty, longer than 512 bytes or has a
/// control character with [`Error::InvalidId`](crate::Error::InvalidId), before anything is written.
/// Every call can also return what its store reports: for SQLite [`Error::Open`](crate::Error::Open),
/// [`Error::NotADatabase`](crate::Error::NotADatabase), [`Error::Schema`](crate::Error::Schema),
/// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy),
/// [`Error::TooSlow`](crate::Error::TooSlow) and [`Error::Sqlite`](crate::Error::Sqlite), and for a
/// key-value store [`Error::Engine`](crate::Error::Engine). A call that writes refuses to with
/// [`Error::RunsLost`](crate::Error::RunsLost) while the log has fewer runs than its head file says, see
/// [`Maintenance::loss`].
pub struct ExecutionLog<T: Threads = AnyThread> {
    core: Arc<Core<T>>,
}

/// A log that stays on one thread, as one in a graph does.
///
/// It has the methods of an [`ExecutionLog`], which becomes one with `into()` where a host chooses at run
/// time what it keeps its log in.
///
/// ```
/// use execlog::{ExecutionLog, LocalLog};
///
/// fn log(is_wanted: bool) -> LocalLog {
///     if is_wanted {
///         ExecutionLog::in_memory().into()
///     } else {
///         ExecutionLog::disabled().into()
///     }
/// }
/// # assert_eq!(log(false).runs().into_iter().count(), 0);
/// ```
pub type LocalLog = ExecutionLog<OneThread>;

impl<T: Threads> Clone for ExecutionLog<T> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
        }
    }
}

impl<T: Threads> std::fmt::Debug for ExecutionLog<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ExecutionLog")
            .finish_non_exhaustive()
    }
}

impl From<ExecutionLog> for LocalLog {
    fn from(log: ExecutionLog) -> Self {
        Self {
            core: log.core.on_one_thread(),
        }
    }
}
