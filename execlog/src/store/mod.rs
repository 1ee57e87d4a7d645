//! The stores that a log can be kept in.

pub(crate) mod beside;
pub(crate) mod deadline;
mod disabled;
mod file_identity;
mod file_kind;
mod finish;
mod import;
mod kv;
mod numbers;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(not(feature = "postgres"))]
#[path = "without_postgres.rs"]
mod postgres;
pub(crate) mod private;
pub(crate) mod report;
mod rows;
#[cfg(feature = "seals")]
mod seals;
#[cfg(not(feature = "seals"))]
#[path = "without_seals.rs"]
mod seals;
mod sqlite;
#[cfg(feature = "seals")]
mod target;
mod verify;

#[cfg(test)]
mod tests;

pub(crate) use disabled::DisabledStore;
use finish::can_end;
pub(crate) use finish::{Details, Finish, Started};
pub(crate) use kv::KvLogStore;
pub(crate) use postgres::{PostgresStore, is_url};
pub(crate) use seals::{ARE_KEPT as SEALS_ARE_KEPT, JournalStore, Verification};
pub(crate) use sqlite::{SqliteFileStore, SqliteStore, is_database};
#[cfg(feature = "seals")]
pub use target::{Parcel, Receipt, Refused, SentRun, Target};

use crate::error::{Error, Result};
use crate::model::{
    ExecutionContext, ExecutionRecord, Grouping, RunSummary, Statistics, StoredRun,
};
use crate::query::{Contexts, Order, Selection};
use crate::store::report::{Imported, ReindexReport, VerifyReport};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The error message of a crashed run after settling.
pub(crate) const CRASHED: &str =
    "the process ended without saying how: it was killed or it crashed";

/// A store that can be shared between threads.
pub(crate) type SharedStore = dyn LogStore + Send + Sync;

/// The storage interface of [`ExecutionLog`](crate::ExecutionLog).
///
/// Callers check execution ids and outcomes first.
pub(crate) trait LogStore: JournalStore {
    /// Prepares the store for writing. Fails if it cannot be written.
    fn prepare(&self) -> Result<()>;

    /// Tells the store its file, if only the host knows the path.
    fn kept_in(&self, _file: &Path) {}

    /// The file that holds the log, or `None` if it is not known. Creates the file if `create` asks for
    /// it.
    fn file(&self, create: CreateIfMissing) -> Result<Option<PathBuf>>;

    /// Adds a run under the next number and returns that number. Ignores the record's own `id`.
    fn insert(&self, record: ExecutionRecord, context: Option<&ExecutionContext>) -> Result<i64>;

    /// Imports runs with their contexts, and with their numbers from the other log if those are free.
    /// Returns the result for each run.
    fn import(&self, runs: &[StoredRun]) -> Result<Vec<Imported>>;

    /// Reopens the log if another file has taken the path of the opened one. Returns whether another
    /// file has.
    fn look_again(&self) -> u64 {
        0
    }

    /// The last number given, even if its run was removed. `None` if the log does not exist.
    fn last_number(&self) -> Result<Option<i64>>;

    /// Whether a write may vanish although the log is intact: the host has not committed it, or the log
    /// is in memory.
    fn may_be_undone(&self) -> bool {
        false
    }

    /// Whether running runs can be found without reading the others.
    fn finds_running_by_index(&self) -> bool {
        false
    }

    /// Whether a power cut may lose the newest runs, and only those, from an undamaged log.
    fn forgets_newest_at_power_cut(&self) -> bool {
        false
    }

    /// The name of the store's head file. Logs that may share a file have different names.
    fn head_name(&self) -> &'static str {
        beside::HEAD
    }

    /// Whether the log exists.
    fn exists(&self) -> Result<bool>;

    /// Whether the log is in the key-value table of a SQLite file.
    fn is_in_graph(&self) -> Result<bool> {
        Ok(false)
    }

    /// Whether the key-value table of the same SQLite file holds a log.
    fn has_log_in_graph(&self) -> Result<bool> {
        Ok(false)
    }

    /// The log in the key-value table of the same SQLite file, or `None` if the log is not in a SQLite
    /// file.
    fn in_graph(&self) -> Option<Arc<SharedStore>> {
        None
    }

    /// Ends a run that is running or was settled.
    fn finish(&self, execution_id: &str, finish: &Finish) -> Result<()>;

    /// Records that the run with this id and number has crashed, with this message, if its record
    /// still says that it is running. Returns whether it did.
    fn settle(&self, execution_id: &str, id: i64, message: &str) -> Result<bool>;

    /// Pins the run with this id and number, with this note, or unpins it. Returns whether there is such
    /// a run.
    fn pin(&self, execution_id: &str, id: i64, note: Option<&str>) -> Result<bool>;

    /// How long a call waits for a lock of another process or thread.
    fn busy_timeout(&self) -> Duration {
        deadline::BUSY_TIMEOUT
    }

    /// Sets the busy timeout. A store that never waits ignores it.
    fn set_busy_timeout(&self, _time: Duration) {}

    /// Makes every write so far durable against the end of the process.
    fn flush(&self) -> Result<()>;

    fn get(&self, execution_id: &str) -> Result<Option<ExecutionRecord>>;

    /// The run with this execution id, and its context.
    fn find(&self, execution_id: &str) -> Result<Option<StoredRun>>;

    /// The run with this number, and its context. Reads every run unless the store has an index of
    /// numbers.
    fn find_by_number(&self, number: i64) -> Result<Option<StoredRun>> {
        found_by_reading(self, number)
    }

    /// The execution ids with this prefix, in byte order, at most `limit`.
    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<String>>;

    /// The same for each of these prefixes.
    fn ids_with_prefixes(&self, prefixes: &[&str], limit: usize) -> Result<Vec<Vec<String>>> {
        let ids = prefixes.iter();
        ids.map(|prefix| self.ids_with_prefix(prefix, limit))
            .collect()
    }

    /// The selected runs, by `started_at` and then number, descending. Unreadable runs are yielded as
    /// errors, in order if their start is known, else first. NULL starts come last, in tables that
    /// allow them. Any other error ends the iteration.
    fn runs(&self, selection: Selection) -> Box<dyn Iterator<Item = Result<StoredRun>> + '_>;

    /// The same runs in the same order, with only a summary of those whose status is certain. Reads
    /// whole runs unless the store can do with less.
    fn summaries(&self, selection: Selection) -> Box<dyn Iterator<Item = Result<Summarised>> + '_> {
        whole_runs(self.runs(selection))
    }

    /// The statistics of the selected runs with this many of the slowest, if the store can compute them from
    /// less than the runs. `None` if it cannot.
    fn statistics(
        &self,
        _selection: &Selection,
        _by: Grouping,
        _slowest: usize,
    ) -> Result<Option<Counted>> {
        Ok(None)
    }

    /// Removes the runs with these execution ids. Their numbers are not given again.
    fn remove(&self, execution_ids: &[&str], removal: Removal) -> Result<()>;

    /// Rebuilds the indexes from the runs, and sets aside what contradicts the runs. `now_ms` is the
    /// time in milliseconds since 1970.
    fn reindex(&self, now_ms: i64) -> Result<ReindexReport>;

    /// Reads the whole log and reports everything that is wrong with it.
    fn verify(&self, verification: &Verification) -> Result<VerifyReport>;

    /// What was last heard of a run that has not ended and has no lock. `None` in a store that has locks only.
    fn heard(&self, _execution_id: &str) -> Result<Option<Heard>> {
        Ok(None)
    }

    /// Seals what is there, whatever the journal says. Begins a new journal if this one is damaged.
    fn accept(&self) -> Result<()> {
        Ok(())
    }

    /// Stops sealing, for all handles on the store.
    fn write_no_seals(&self) {}

    /// The log as of the newest seal that this handle wrote. Asks nothing of the store.
    fn newest_seal(&self) -> Option<Sealed> {
        None
    }

    /// The id of the log and the number of its seals. `None` if it has none.
    fn sealed(&self) -> Result<Option<Sealed>> {
        Ok(None)
    }

    /// A new connection to the log's SQLite file.
    fn connect(&self) -> Result<rusqlite::Connection>;
}

/// What was last heard of a run, from its process or from the machine that it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) ago: Duration,
    /// Whether its machine has said that it crashed.
    pub(crate) is_dead: bool,
}

/// A run as [`LogStore::summaries`] yields it.
pub(crate) enum Summarised {
    /// A run that ended, and whose status needs neither its context nor its lock.
    Ended(RunSummary),
    Whole(Box<StoredRun>),
}

/// The statistics of [`LogStore::statistics`].
pub(crate) struct Counted {
    pub(crate) statistics: Statistics,
    /// The selected runs that have not ended. Only their starts are in the statistics.
    pub(crate) not_ended: Vec<StoredRun>,
}

/// Whole runs instead of summaries.
fn whole_runs<'store>(
    runs: Box<dyn Iterator<Item = Result<StoredRun>> + 'store>,
) -> Box<dyn Iterator<Item = Result<Summarised>> + 'store> {
    Box::new(runs.map(|run| run.map(|run| Summarised::Whole(Box::new(run)))))
}

/// The run with this number, found by reading every run.
fn found_by_reading<L: LogStore + ?Sized>(log: &L, number: i64) -> Result<Option<StoredRun>> {
    let selection = Selection {
        contexts: Contexts::All,
        order: Order::AsAdded,
        ..Selection::default()
    };
    for run in log.runs(selection) {
        match run {
            Ok(run) if run.record.id == number => return Ok(Some(run)),
            Ok(_) | Err(Error::Corrupt { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Which of the named runs to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    Any,
    /// Not those that were begun again or pinned since they were chosen.
    OfPruning,
}

/// What identifies a log with seals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) log_id: String,
    /// The number of seals written so far.
    pub(crate) seals: u64,
}

/// Whether to create a missing file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CreateIfMissing {
    Yes,
    No,
}
