//! Detecting lost runs, and accepting their loss.

use super::Maintenance;
use crate::error::Result;
use crate::log::{Loss, Threads};
use crate::store::report::ReindexReport;

impl<T: Threads> Maintenance<'_, T> {
    /// Compares the log with its head file. Returns the loss if runs are missing, or `None`.
    ///
    /// The head file records the last run number, the number of seals and the id of the log. It is the file `head` in the lock folder, or
    /// `head-keys` for a log in a key-value store. A loss means that an engine cannot read the log
    /// and shows it as empty, that the log was rolled back to an older copy, or that it was
    /// removed. All writes fail while there is a loss, until [`accept_loss`](Self::accept_loss).
    /// Only SQLite logs have exceptions: a removed log starts anew, and a log that lost its newest
    /// runs to a power cut stays writable.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call), and
    /// [`Error::Corrupt`](crate::Error::Corrupt) if the index cannot be read.
    pub fn loss(&self) -> Result<Option<Loss>> {
        self.core.loss()
    }

    /// Accepts the loss: sets the head file to the present state of the log, rebuilds the index, and seals
    /// what is there. A journal of seals that is damaged itself is begun anew.
    ///
    /// Lost runs cannot be restored afterwards: copy the files of the log first.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call).
    pub fn accept_loss(&self) -> Result<ReindexReport> {
        self.core.skip_head_check();
        let reindexed = self.reindex()?;
        self.core.writing()?.accept()?;
        self.core.rewrite_head()?;
        Ok(reindexed)
    }
}
