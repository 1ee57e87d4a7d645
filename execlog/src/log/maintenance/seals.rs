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

    /// The seals after this place, in order. Those that pruning has dropped are left out.
    ///
    /// Reads page by page, so a seal that is written meanwhile is given, too. An error ends the iteration:
    /// [`Error::Corrupt`](crate::Error::Corrupt) if a seal is damaged, or one of the errors of [every
    /// call](crate::ExecutionLog#errors-of-every-call).
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation, Seal, SealEvent};
    ///
    /// let log = ExecutionLog::in_memory();
    /// log.begin(Invocation::new(["index"])).succeed();
    /// let seals: Vec<Seal> = log.maintenance().seals_after(0).collect::<Result<_, _>>()?;
    /// assert_eq!([seals[0].event, seals[1].event], [SealEvent::Began, SealEvent::Ended]);
    /// # Ok::<(), execlog::Error>(())
    /// ```
    pub fn seals_after(&self, place: u64) -> impl Iterator<Item = Result<Seal>> + use<'_, T> {
        self.core.seals_after(place)
    }
}
