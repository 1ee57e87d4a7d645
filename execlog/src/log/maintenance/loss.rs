//! Runs that a log has lost, and going on without them.

use super::Maintenance;
use crate::error::Result;
use crate::log::{Loss, Threads};
use crate::store::report::ReindexReport;

impl<T: Threads> Maintenance<'_, T> {
    /// The runs that the log has had and does not have any more, or `None` if it has all, as far as
    /// its head file tells.
    ///
    /// The file is `head` in the folder of locks, for a log in a key-value store `head-keys`, and says how many runs there have been. It tells of
    /// a log that an engine shows as empty since it cannot read it, that was rolled back to an older
    /// copy, or that was removed. While it says so nothing is written, until
    /// [`accept_loss`](Self::accept_loss); but for a SQLite log that was removed, which is begun anew,
    /// and one that has lost its newest runs to a power cut.
    ///
    /// # Errors
    ///
    /// See [there](ExecutionLog#errors-of-every-call), and [`Error::Corrupt`] if the index cannot be read.
    pub fn loss(&self) -> Result<Option<Loss>> {
        self.core.loss()
    }

    /// Goes on with the log as it is now: its head file says what it has, and the index is made anew.
    ///
    /// What is lost cannot be brought back after this: keep a copy of the files of the log before.
    ///
    /// # Errors
    ///
    /// See [there](ExecutionLog#errors-of-every-call).
    pub fn accept_loss(&self) -> Result<ReindexReport> {
        self.core.skip_head_check();
        let reindexed = self.reindex()?;
        self.core.rewrite_head()?;
        Ok(reindexed)
    }
}
