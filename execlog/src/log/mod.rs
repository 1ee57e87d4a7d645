//! `ExecutionLog`, the type that hosts call.
//!
//! `open` creates and opens logs, `graph` does so in a graph, `settings` configures a log, and
//! `threads` says which threads may use it. `record` records runs with `run`, `ask` finds runs with
//! `runs`, `summaries` and `statistics`, `maintenance` checks and repairs the whole log, and `magellan` has the calls of
//! magellan's interface. All of them call `core`, which has the store, the clock, the locks and the
//! head file.

mod ask;
mod core;
mod durability;
#[cfg(any(feature = "native-v2", feature = "native-v3"))]
mod graph;
#[cfg(not(any(feature = "native-v2", feature = "native-v3")))]
#[path = "without_graph.rs"]
mod graph;
mod magellan;
mod maintenance;
mod open;
mod record;
mod run;
mod runs;
mod settings;
mod statistics;
mod summaries;
mod threads;

pub use self::core::Loss;
pub use durability::Durability;
#[cfg(feature = "seals")]
pub use maintenance::{Field, ShipReport, Shipping};
pub use maintenance::{FoundSecret, Kept, Maintenance, Policy, PrunePlan, Rule};
pub use open::server_name;
pub use run::{Counters, PhaseTimer, Run};
pub use runs::{Runs, RunsIter};
pub use summaries::Summaries;
pub use threads::{AnyThread, OneThread, Threads};

use self::core::Core;
use maintenance::Retention;
use std::sync::Arc;

/// A log of a tool's runs.
///
/// A clone is a handle on the same log. Several threads may use one log, or a clone each, at the
/// same time, and a [`Run`] may end on another thread than it began on. Several logs on the same
/// SQLite file, in one process or many, may be used at the same time and are cheap to open. A
/// key-value store is for one process at a time.
///
/// A log in a graph stays on the thread of the graph. Its type is [`LocalLog`], with the same
/// methods.
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
/// Every call with an execution id returns [`Error::InvalidId`](crate::Error::InvalidId) if the id
/// is empty, longer than 512 bytes or has a control character. Nothing is written then. Every call
/// can also return the errors of its store: for SQLite [`Error::Open`](crate::Error::Open),
/// [`Error::NotADatabase`](crate::Error::NotADatabase), [`Error::Schema`](crate::Error::Schema),
/// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy),
/// [`Error::TooSlow`](crate::Error::TooSlow) and [`Error::Sqlite`](crate::Error::Sqlite), and for a
/// key-value store [`Error::Engine`](crate::Error::Engine). A call that writes returns
/// [`Error::RunsLost`](crate::Error::RunsLost) while the log has fewer runs than its head file
/// records, see [`Maintenance::loss`].
pub struct ExecutionLog<T: Threads = AnyThread> {
    core: Arc<Core<T>>,
    retention: Option<Arc<Retention>>,
}

/// A log that stays on one thread, such as a log in a graph.
///
/// A [`LocalLog`] has the methods of an [`ExecutionLog`]. Convert an [`ExecutionLog`] with `into()`
/// if the host chooses the store at run time.
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
            retention: self.retention.clone(),
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
            retention: log.retention,
        }
    }
}
