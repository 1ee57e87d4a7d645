//! Where a log is kept.

mod disabled;
mod finish;
mod kv;
mod sqlite;

pub(crate) use disabled::DisabledStore;
pub(crate) use finish::Finish;
pub(crate) use kv::KvLogStore;
pub(crate) use sqlite::SqliteStore;

use crate::{ExecutionRecord, Reindexed, Result};

/// What [`ExecutionLog`](crate::ExecutionLog) asks of a store.
///
/// Ids and outcomes have been checked when a store sees them.
pub(crate) trait LogStore {
    /// Makes the store ready to write to, and says so if it cannot be.
    fn prepare(&self) -> Result<()>;

    /// Adds a record under the next number, which it returns. The record's own `id` is ignored.
    fn insert(&self, record: ExecutionRecord) -> Result<i64>;

    /// Ends a run that is going.
    fn finish(&self, execution_id: &str, finish: &Finish) -> Result<()>;

    /// Makes what was written survive the end of the process.
    fn flush(&self) -> Result<()>;

    fn get(&self, execution_id: &str) -> Result<Option<ExecutionRecord>>;

    /// By `started_at` and then number, descending. What cannot be read is an error in its place, or
    /// before all others where it has no place.
    fn newest(&self, limit: Option<usize>) -> Result<Vec<Result<ExecutionRecord>>>;

    /// Removes the runs with these ids, so that their numbers are not given to others.
    fn remove(&self, execution_ids: &[&str]) -> Result<()>;

    /// Makes what runs are found by from the runs themselves.
    fn reindex(&self) -> Result<Reindexed>;

    /// A new connection to the SQLite file that the log is kept in.
    fn connect(&self) -> Result<rusqlite::Connection>;
}
