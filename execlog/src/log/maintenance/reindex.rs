//! Mending what runs are found by.

use super::Maintenance;
use crate::error::Result;
use crate::log::Threads;
use crate::store::report::ReindexReport;

impl<T: Threads> Maintenance<'_, T> {
    /// Checks the index that the newest runs are found by, mends it, and says what was wrong.
    ///
    /// The log does this by itself where it has no index or cannot read it. Call it after another
    /// program has added runs to a key-value store or removed some: until then only
    /// [`list_all(None)`](ExecutionLog::list_all) and [`get_by_id`](ExecutionLog::get_by_id) find the added ones.
    /// On SQLite it is `REINDEX`, and makes anew what is missing.
    ///
    /// A context that belongs to no run that is there, or an index entry that contradicts its run, may
    /// say what is true. It is never removed but moved aside, where [`verify`](Self::verify) lists it.
    ///
    /// Reads every run.
    ///
    /// # Errors
    ///
    /// See [there](ExecutionLog#errors-of-every-call).
    pub fn reindex(&self) -> Result<ReindexReport> {
        let was_unflushed = self.core.is_unflushed();
        let reindexed = self
            .core
            .writing()?
            .reindex(self.core.clock().unix_millis())?;
        self.core.note_last_number();
        if reindexed.was_right {
            self.core.set_unflushed(was_unflushed);
        }
        self.core.flush_finished()?;
        Ok(reindexed)
    }
}
