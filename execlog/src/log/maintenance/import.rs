//! Importing runs from another log.

use super::Maintenance;
use crate::error::Result;
use crate::log::Threads;
use crate::model::StoredRun;
use crate::store::report::Imported;

impl<T: Threads> Maintenance<'_, T> {
    /// Imports runs of another log unchanged, and returns the result for each.
    ///
    /// Skips runs that the log already has, so an import may be repeated. A run that is running or
    /// crashed in the log gets its imported end. A run keeps its number if the number is larger
    /// than all in the log; otherwise it gets the next number. Pass the runs sorted by number, so
    /// that an empty log becomes an exact copy. Redacts nothing.
    ///
    /// Commits and flushes once: pass some hundreds of runs at a time.
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
    /// The errors of [`StoredRun::check`], before anything is written;
    /// [`Error::Corrupt`](crate::Error::Corrupt) if the stored run with the same id cannot be read.
    /// In SQLite nothing is imported then. In a key-value store the runs before the error are
    /// imported.
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
