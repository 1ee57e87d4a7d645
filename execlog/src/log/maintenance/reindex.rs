//! Repairing the index.

use super::Maintenance;
use crate::error::Result;
use crate::log::Threads;
use crate::store::report::ReindexReport;

impl<T: Threads> Maintenance<'_, T> {
    /// Checks and repairs the index of the newest runs, and reports what was wrong.
    ///
    /// The log does this itself if the index is missing or unreadable. Call it after another
    /// program added or removed runs in a key-value store: until then only
    /// [`list_all(None)`](crate::ExecutionLog::list_all) and
    /// [`get_by_id`](crate::ExecutionLog::get_by_id) find the added runs. In SQLite it runs
    /// `REINDEX` and creates missing indexes.
    /// Never removes a context without a run, or an index entry that contradicts its run, since
    /// their data may be right. It moves them aside, and [`verify`](Self::verify) lists them.
    ///
    /// Reads every run.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call).
    pub fn reindex(&self) -> Result<ReindexReport> {
        self.core.check()?;
        let now = self.core.clock().unix_millis();
        let reindexed = self.core.store().reindex(now);
        if reindexed.as_ref().is_ok_and(|report| report.was_right) {
            self.core.flush_if_required()?;
        } else {
            self.core.mark_unflushed();
            self.core.note_last_number();
            self.core.flush_finished()?;
        }
        reindexed
    }
}
