//! Marking runs that crashed, or never ended.

use super::Maintenance;
use crate::error::{Error, Result};
use crate::log::core::{AT_MAINTENANCE, Core};
use crate::log::{Runs, Threads};
use crate::model::{ExecutionRecord, RunEntry, Status};
use crate::store::{CRASHED, CreateIfMissing};
use std::time::{Duration, UNIX_EPOCH};

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
        let crashed = Runs::new(self.core).status(Status::Crashed);
        let settled = self.core.settled(crashed, CRASHED)?;
        self.core.sweep_locks(AT_MAINTENANCE);
        Ok(settled)
    }

    /// Marks runs in their records that have not ended, began longer ago than this, and have no lock
    /// that tells whether they are alive: their status is [`Unknown`](Status::Unknown). Returns them.
    ///
    /// Their outcome becomes `error`, with a message. For runs that a program recorded without a lock
    /// and left `running`, as magellan does when it is killed. Choose a time that no run takes: a run
    /// that goes on cannot end any more if it has no context.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call). Skips runs that cannot be read.
    pub fn settle_unknown(&self, older_than: Duration) -> Result<Vec<RunEntry>> {
        const MESSAGE: &str = "the run never ended, and was settled without knowing why";
        let older_than = i64::try_from(older_than.as_millis()).unwrap_or(i64::MAX);
        let before = self.core.clock().unix_millis().saturating_sub(older_than);
        let Ok(before) = u64::try_from(before) else {
            return Ok(Vec::new());
        };
        let unknown = Runs::new(self.core)
            .status(Status::Unknown)
            .until(UNIX_EPOCH + Duration::from_millis(before));
        self.core.settled(unknown, MESSAGE)
    }
}

impl<T: Threads> Core<T> {
    /// Marks those of these runs that have not ended, with this message, and returns them.
    fn settled(&self, runs: Runs<'_, T>, message: &str) -> Result<Vec<RunEntry>> {
        let mut settled = Vec::new();
        for run in runs {
            let run = match run {
                Ok(run) => run,
                Err(Error::Corrupt { .. }) => continue,
                Err(error) => return Err(error),
            };
            // A run with an unknown outcome has ended.
            if !matches!(run.record.outcome(), Ok(None)) {
                continue;
            }
            let ExecutionRecord {
                execution_id, id, ..
            } = &run.record;
            if !self.writing()?.settle(execution_id, *id, message)? {
                continue;
            }
            if let Some(found) = self.store().find(execution_id)? {
                settled.push(self.entry(found)?);
            }
            let lock = run.context.and_then(|context| context.lock);
            let locks = self.locks().folder(self.store(), CreateIfMissing::No)?;
            if let Some((lock, locks)) = lock.zip(locks) {
                locks.remove(&lock);
            }
        }
        self.flush_finished()?;
        Ok(settled)
    }
}
