//! Checking a log.

use super::Maintenance;
use crate::error::{Error, Result};
use crate::log::Threads;
use crate::store::report::{Finding, Repair, VerifyReport};

impl<T: Threads> Maintenance<'_, T> {
    /// Reads everything that the log has, and says what is wrong with it. Changes nothing.
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
    /// In SQLite all is read as it is at one moment, also while others write. In a key-value store
    /// nobody else may write meanwhile, and what a process leaves behind that is killed between two
    /// writes may be a finding that [`reindex`](Self::reindex) mends.
    ///
    /// # Errors
    ///
    /// See [there](ExecutionLog#errors-of-every-call). What is wrong with the log is no error.
    pub fn verify(&self) -> Result<VerifyReport> {
        let mut verified = self.core.store().verify()?;
        match self.core.loss() {
            Ok(Some(loss)) => verified.findings.insert(
                0,
                Finding {
                    key: "the log".to_owned(),
                    problem: loss.to_string(),
                    repair: Repair::AcceptLoss,
                },
            ),
            // What cannot be read is among the findings.
            Ok(None) | Err(Error::Corrupt { .. } | Error::Sqlite { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(verified)
    }
}
