//! Writing down which runs have crashed.

use crate::error::{Error, Result};
use crate::log::core::AT_MAINTENANCE;
use crate::log::{ExecutionLog, Threads};
use crate::model::{ExecutionRecord, RunEntry, Status};
use crate::store::CreateIfMissing;

impl<T: Threads> ExecutionLog<T> {
    /// Writes down which runs have crashed, and gives them.
    ///
    /// Their records then say `error`, with a message, and no longer `running`, so that programs that
    /// read only the records see it too, and [pruning](Self::prune_plan) may remove them. When and after
    /// how long they ended is not known and stays empty. A run that was taken for dead and ends after
    /// all is recorded as it ended.
    ///
    /// Also removes the lock files that no running run needs any more.
    ///
    /// Reading tells crashed runs from live ones without this.
    ///
    /// # Errors
    ///
    /// See [above](Self#errors-of-every-call). A run that cannot be read is passed over.
    pub fn settle(&self) -> Result<Vec<RunEntry>> {
        let mut settled = Vec::new();
        for run in self.runs().status(Status::Crashed) {
            let run = match run {
                Ok(run) => run,
                Err(Error::Corrupt { .. }) => continue,
                Err(error) => return Err(error),
            };
            if run.record.outcome()?.is_some() {
                continue;
            }
            let ExecutionRecord {
                execution_id, id, ..
            } = &run.record;
            if !self.core.writing()?.settle(execution_id, *id)? {
                continue;
            }
            if let Some(found) = self.core.store().find(execution_id)? {
                settled.push(self.core.entry(found)?);
            }
            let lock = run.context.and_then(|context| context.lock);
            if let Some((lock, locks)) = lock.zip(
                self.core
                    .locks()
                    .folder(self.core.store(), CreateIfMissing::No)?,
            ) {
                locks.remove(&lock);
            }
        }
        self.core.flush_finished()?;
        self.core.sweep_locks(AT_MAINTENANCE);
        Ok(settled)
    }
}
