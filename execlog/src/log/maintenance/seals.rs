//! Reading the journal of seals.

use super::Maintenance;
use crate::error::Result;
use crate::log::Threads;
use crate::seal::{Checkpoint, Seal};
use crate::store::Verification;
use crate::store::report::VerifyReport;

impl<T: Threads> Maintenance<'_, T> {
    /// What the log is now: the number of its seals and the root over all of them. `None` if it has no
    /// seals.
    ///
    /// Keep it where whoever can change the log cannot change it, and hold the log to it later with
    /// [`verify_against`](Self::verify_against). Reads every seal: half a second for a million.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`](crate::Error::Corrupt) if a seal is missing or damaged; the errors of [every
    /// call](crate::ExecutionLog#errors-of-every-call).
    pub fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        self.core.store().checkpoint()
    }

    /// [Verifies](Self::verify) the log, and holds it to an earlier checkpoint: everything that was sealed
    /// then is there unchanged, or was properly changed or removed since.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// log.begin(Invocation::new(["index"])).succeed();
    /// let checkpoint = log.maintenance().checkpoint()?.expect("seals");
    /// log.begin(Invocation::new(["index"])).succeed();
    /// let verified = log.maintenance().verify_against(&checkpoint)?;
    /// assert_eq!(verified.findings, []);
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`verify`](Self::verify).
    pub fn verify_against(&self, checkpoint: &Checkpoint) -> Result<VerifyReport> {
        self.verified(&Verification {
            checkpoint: Some(checkpoint.clone()),
        })
    }

    /// The seals after this place, in order, at most `limit`. Those that pruning has dropped are left out.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`](crate::Error::Corrupt) if a seal is damaged; the errors of [every
    /// call](crate::ExecutionLog#errors-of-every-call).
    pub fn seals_after(&self, place: u64, limit: usize) -> Result<Vec<Seal>> {
        self.core.store().seals_after(place, limit)
    }
}
