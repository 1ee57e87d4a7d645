//! Taking over runs from another log.

use super::Maintenance;
use crate::error::Result;
use crate::log::Threads;
use crate::model::StoredRun;
use crate::store::report::Imported;

impl<T: Threads> Maintenance<'_, T> {
    /// Takes over runs from another log as they are, and says what became of each.
    ///
    /// A run that the log has is not added again, so this may be repeated; one that it has as going on
    /// or as crashed gets the end that it has here. A run keeps its number if that is larger than
    /// all that are given, and else gets the next: hand runs in by their number, and an empty log
    /// becomes a copy. Nothing is redacted.
    ///
    /// Commits and flushes once: hand in some hundreds at a time.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Imported, Invocation, StoredRun};
    ///
    /// let (from, to) = (ExecutionLog::in_memory(), ExecutionLog::in_memory());
    /// from.begin(Invocation::new(["index"])).succeed();
    /// let runs = from.runs().oldest_first().into_iter();
    /// let runs: Vec<StoredRun> = runs.map(|run| run.map(StoredRun::from)).collect::<Result<_, _>>()?;
    /// assert_eq!(to.maintenance().import(&runs)?, [Imported::Added]);
    /// assert_eq!(to.maintenance().import(&runs)?, [Imported::Present]);
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What [`StoredRun::check`] refuses, before anything is written; [`Error::Corrupt`] if what the log has in its place cannot be read. In SQLite nothing
    /// is then taken over, and in a key-value store what came before.
    pub fn import(&self, runs: &[StoredRun]) -> Result<Vec<Imported>> {
        runs.iter().try_for_each(StoredRun::check)?;
        if runs.is_empty() {
            return Ok(Vec::new());
        }
        let imported = self.core.writing()?.import(runs)?;
        self.core.note_last_number();
        self.core.flush_finished()?;
        Ok(imported)
    }
}
