use super::ExecutionLog;
use crate::store::Made;
use crate::{Error, Result, RunEntry, Status};

impl ExecutionLog {
    /// Writes down which runs have crashed, and gives them.
    ///
    /// Their records then say `error`, with a message, and no longer `running`, so that programs that
    /// read only the records see it too, and [`prune`](Self::prune) may remove them. When and after how long
    /// they ended is not known and stays empty. A run that was taken for dead and ends after all
    /// is recorded as it ended.
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
            if run.record.ended()?.is_some() {
                continue;
            }
            let id = &run.record.execution_id;
            if self.writing().settle(id)? {
                settled.push(id.clone());
            }
        }
        self.flush_finished()?;
        settled
            .iter()
            .filter_map(|id| self.settled(id).transpose())
            .collect()
    }

    /// What became of a run that was settled, whose lock nobody needs any more.
    fn settled(&self, execution_id: &str) -> Result<Option<RunEntry>> {
        let Some(found) = self.store.find(execution_id)? else {
            return Ok(None);
        };
        let entry = self.entry(found)?;
        let lock = entry
            .context
            .as_ref()
            .and_then(|context| context.lock.as_ref());
        if let Some(lock) = lock
            && let Some(locks) = self.locks.folder(&*self.store, Made::Never)?
        {
            locks.remove(lock);
        }
        Ok(Some(entry))
    }
}
