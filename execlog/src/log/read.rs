//! Reading runs with their contexts and their statuses.

use super::ExecutionLog;
use crate::error::CANDIDATES;
use crate::query::{Selection, StoredRun};
use crate::store::Made;
use crate::{Error, Result, RunEntry, Runs, Status, execution_id};

/// Reading runs with their contexts, and with what they are at.
impl ExecutionLog {
    /// A query for runs, newest first.
    pub fn runs(&self) -> Runs<'_> {
        Runs::new(self)
    }

    /// The run whose execution id is this or begins with this, or `None` if there is none. `latest`
    /// is the newest run.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// let run = log.begin(Invocation::new(["index"]));
    /// let id = run.execution_id().to_owned();
    /// run.succeed();
    /// for name in [&id, &id[..20], "latest"] {
    ///     assert_eq!(log.find(name)?.expect("a run").record.execution_id, id);
    /// }
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Ambiguous`] with the ids if several begin with it and none equals it;
    /// [`Error::Corrupt`] if the run cannot be read.
    pub fn find(&self, id: &str) -> Result<Option<RunEntry>> {
        if id == "latest" {
            return self.runs().limit(1).into_iter().next().transpose();
        }
        execution_id::check(id)?;
        if let Some(found) = self.store.find(id)? {
            return self.entry(found).map(Some);
        }
        let mut candidates = self.store.ids_with_prefix(id, CANDIDATES)?;
        if candidates.len() > 1 {
            return Err(Error::Ambiguous {
                prefix: id.to_owned(),
                candidates,
            });
        }
        let Some(id) = candidates.pop() else {
            return Ok(None);
        };
        let found = self.store.find(&id)?;
        found.map(|found| self.entry(found)).transpose()
    }

    pub(crate) fn found(
        &self,
        selection: Selection,
    ) -> Box<dyn Iterator<Item = Result<StoredRun>> + '_> {
        self.warn_of_loss();
        self.store.runs(selection)
    }

    /// The run with what it is at.
    ///
    /// A lock that is free may be that of a run which has ended since its record was read, so then
    /// the record is read again.
    pub(crate) fn entry(&self, found: StoredRun) -> Result<RunEntry> {
        let has_ended = |found: &StoredRun| !matches!(found.record.ended(), Ok(None));
        if has_ended(&found) {
            return Ok(RunEntry::new(found, None));
        }
        let locks = self.locks.folder(&*self.store, Made::Never)?;
        let entry = RunEntry::new(found, locks);
        if entry.status() == Status::Running {
            return Ok(entry);
        }
        let again = self.store.find(&entry.record.execution_id)?;
        let ended = again.filter(|again| again.record.id == entry.record.id && has_ended(again));
        Ok(ended.map_or(entry, |ended| RunEntry::new(ended, None)))
    }
}
