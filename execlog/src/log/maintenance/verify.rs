//! Checking a log.

use super::Maintenance;
use crate::error::{Error, Result};
use crate::log::Threads;
use crate::store::Verification;
use crate::store::report::{Finding, Repair, VerifyReport};

impl<T: Threads> Maintenance<'_, T> {
    /// Reads the whole log and reports everything wrong with it. Changes nothing.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// log.begin(Invocation::new(["index"])).succeed();
    /// let verified = log.maintenance().verify()?;
    /// assert_eq!((verified.runs, verified.contexts, verified.findings.len()), (1, 1, 0));
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// In SQLite this reads a consistent snapshot, even while others write. In a key-value store no
    /// other process may write meanwhile. There, a process killed between two writes may leave a
    /// finding that [`reindex`](Self::reindex) repairs.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call). Problems of the log
    /// are findings, not errors.
    pub fn verify(&self) -> Result<VerifyReport> {
        self.verified(&Verification::default())
    }

    pub(super) fn verified(&self, verification: &Verification) -> Result<VerifyReport> {
        let mut verified = self.core.store().verify(verification)?;
        match self.core.loss() {
            Ok(Some(loss)) => verified.findings.insert(
                0,
                Finding {
                    key: "the log".to_owned(),
                    problem: loss.to_string(),
                    repair: Repair::AcceptLoss,
                },
            ),
            // Unreadable runs are findings already.
            Ok(None) | Err(Error::Corrupt { .. } | Error::Sqlite { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(verified)
    }
}
