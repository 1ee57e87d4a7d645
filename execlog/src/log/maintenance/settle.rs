//! Marking crashed runs.

use super::Maintenance;
use crate::error::{Error, Result};
use crate::log::core::AT_MAINTENANCE;
use crate::log::{Runs, Threads};
use crate::model::{ExecutionRecord, RunEntry, Status};
use crate::store::CreateIfMissing;

impl<T: Threads> Maintenance<'_, T> {
    /// Marks crashed runs in their records, and returns them.
    ///
    /// Their outcome becomes `error`, with a message, instead of `running`. Programs that read only
    /// the records then see the crash, and [pruning](crate::ExecutionLog::prune_plan) may remove the runs. Their
    /// end and duration are unknown and stay empty. If a run that was taken for dead ends later,
    /// its end is recorded as usual.
    ///
    /// Also removes lock files that no running run needs.
    ///
    /// Optional for reading: reads tell crashed runs from live ones by their locks.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call). Skips runs that cannot be read.
    pub fn settle(&self) -> Result<Vec<RunEntry>> {
        let mut settled = Vec::new();
        for run in Runs::new(self.core).status(Status::Crashed) {
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
