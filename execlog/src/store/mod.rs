//! Where a log is kept.

pub(crate) mod deadline;
mod disabled;
mod file_identity;
mod file_kind;
mod finish;
mod import;
mod kv;
mod numbers;
pub(crate) mod private;
pub(crate) mod report;
mod sqlite;
mod verify;

pub(crate) use disabled::DisabledStore;
pub(crate) use finish::{Finish, Started, can_end};
pub(crate) use kv::KvLogStore;
pub(crate) use sqlite::{SqliteFileStore, SqliteStore, is_database};

use crate::error::{Error, Result};
use crate::model::StoredRun;
use crate::model::{ExecutionContext, ExecutionRecord};
use crate::query::{Contexts, Order, Selection};
use crate::store::report::{Imported, ReindexReport, VerifyReport};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The error message of a run that has crashed and is settled.
pub(crate) const CRASHED: &str =
    "the process ended without saying how: it was killed or it crashed";

/// A store that any thread may use.
pub(crate) type SharedStore = dyn LogStore + Send + Sync;

/// What [`ExecutionLog`](crate::ExecutionLog) asks of a store.
///
/// Ids and outcomes have been checked when a store sees them.
pub(crate) trait LogStore {
    /// Makes the store ready to write to, and says so if it cannot be.
    fn prepare(&self) -> Result<()>;

    /// Tells the store which file it is kept in, where only the host knows.
    fn kept_in(&self, _file: &Path) {}

    /// The file that the log is kept in, made if need be, or `None` if it is not known.
    fn file(&self, create: CreateIfMissing) -> Result<Option<PathBuf>>;

    /// Adds a run under the next number, which it returns. The record's own `id` is ignored.
    fn insert(&self, record: ExecutionRecord, context: Option<&ExecutionContext>) -> Result<i64>;

    /// Takes over runs with the contexts and, where those are free, the numbers that they had in
    /// another log. Says what became of each.
    fn import(&self, runs: &[StoredRun]) -> Result<Vec<Imported>>;

    /// Looks whether the log is still in the file that was opened, and opens the one that has its place
    /// now if it is not. Says whether it was another one.
    fn look_again(&self) -> bool {
        false
    }

    /// The last number that was given, be its run still there or not. `None` if there is no log yet.
    fn last_number(&self) -> Result<Option<i64>>;

    /// Whether what is written now may be gone later though the log is whole: the host has not
    /// committed it, or it is in memory.
    fn may_be_undone(&self) -> bool {
        false
    }

    /// Whether the runs that go on are found without reading the others.
    fn finds_running_by_index(&self) -> bool {
        false
    }

    /// Whether a power cut may take the newest runs, and nothing else, from a log that is not damaged.
    fn forgets_newest_at_power_cut(&self) -> bool {
        false
    }

    /// The name of its head file. Logs that may be in one file have different ones.
    fn head_name(&self) -> &'static str {
        "head"
    }

    /// Whether there is a log.
    fn is_there(&self) -> Result<bool>;

    /// Whether the log is the one in the key-value table of a SQLite file.
    fn is_in_graph(&self) -> Result<bool> {
        Ok(false)
    }

    /// Whether there is a log in the key-value table of the same SQLite file.
    fn has_log_in_graph(&self) -> Result<bool> {
        Ok(false)
    }

    /// The log in the key-value table of the same SQLite file, or `None` if the log is in no such file.
    fn in_graph(&self) -> Option<Arc<SharedStore>> {
        None
    }

    /// Ends a run that goes on, or one that was settled.
    fn finish(&self, execution_id: &str, finish: &Finish) -> Result<()>;

    /// Writes down that the run with this id and number has crashed, if its record still says that it
    /// goes on. Says whether it did.
    fn settle(&self, execution_id: &str, id: i64) -> Result<bool>;

    /// How long a call waits for a lock of another process or thread.
    fn busy_timeout(&self) -> Duration {
        deadline::BUSY_TIMEOUT
    }

    /// Sets how long a call waits. A store that never waits ignores it.
    fn set_busy_timeout(&self, _time: Duration) {}

    /// Makes what was written survive the end of the process.
    fn flush(&self) -> Result<()>;

    fn get(&self, execution_id: &str) -> Result<Option<ExecutionRecord>>;

    /// The run and its context.
    fn find(&self, execution_id: &str) -> Result<Option<StoredRun>>;

    /// The run with this number and its context. Reads every run unless the store has an index of numbers.
    fn find_by_number(&self, number: i64) -> Result<Option<StoredRun>> {
        let selection = Selection {
            contexts: Contexts::All,
            order: Order::AsAdded,
            ..Selection::default()
        };
        for run in self.runs(selection) {
            match run {
                Ok(run) if run.record.id == number => return Ok(Some(run)),
                Ok(_) | Err(Error::Corrupt { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// The ids that begin with this, in the order of their bytes, no more than `limit`.
    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<String>>;

    /// By `started_at` and then number, descending. What cannot be read is an error in its place, or
    /// before all others where it has no place (behind all, where a table allows no start at all). After an error of another kind there is no more.
    fn runs(&self, selection: Selection) -> Box<dyn Iterator<Item = Result<StoredRun>> + '_>;

    /// Removes the runs with these ids, so that their numbers are not given to others.
    fn remove(&self, execution_ids: &[&str]) -> Result<()>;

    /// Makes what runs are found by from the runs themselves, and moves aside what contradicts them.
    /// Takes the time, in milliseconds since 1970.
    fn reindex(&self, now_ms: i64) -> Result<ReindexReport>;

    /// Reads everything, and says what is wrong with it.
    fn verify(&self) -> Result<VerifyReport>;

    /// A new connection to the SQLite file that the log is kept in.
    fn connect(&self) -> Result<rusqlite::Connection>;
}

/// Whether a missing file is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CreateIfMissing {
    Yes,
    No,
}
