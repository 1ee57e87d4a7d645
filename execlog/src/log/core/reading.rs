//! Reading runs with their contexts and their statuses.

use super::Core;
use super::status::{self, status_of};
use crate::error::Result;
use crate::log::threads::Store;
use crate::model::{Grouping, RunEntry, Status, StoredRun};
use crate::query::Selection;
use crate::store::{Counted, CreateIfMissing, Summarised};

impl<T: Store> Core<T> {
    /// Reads the runs of a selection. Warns once if the log has lost runs.
    pub(in crate::log) fn found(
        &self,
        selection: Selection,
    ) -> Box<dyn Iterator<Item = Result<StoredRun>> + '_> {
        self.warn_of_loss();
        self.store().runs(selection)
    }

    /// Reads summaries of the runs of a selection. Warns once if the log has lost runs.
    pub(in crate::log) fn summarised(
        &self,
        selection: Selection,
    ) -> Box<dyn Iterator<Item = Result<Summarised>> + '_> {
        self.warn_of_loss();
        self.store().summaries(selection)
    }

    /// The statistics of the runs of a selection, if the store computes them. Warns once if the log has lost
    /// runs.
    pub(in crate::log) fn counted(
        &self,
        selection: &Selection,
        by: Grouping,
        slowest: usize,
    ) -> Result<Option<Counted>> {
        self.warn_of_loss();
        self.store().statistics(selection, by, slowest)
    }

    /// Returns the run with its status.
    ///
    /// If the lock is free, reads the record again: the run may have ended since its record was
    /// read. On a server without a lock folder, the status is by what was last heard of the run.
    pub(in crate::log) fn entry(&self, found: StoredRun) -> Result<RunEntry> {
        if status::has_ended(&found) {
            return Ok(status_of(found, None));
        }
        let locks = self.locks.folder(self.store(), CreateIfMissing::No)?;
        if locks.is_none()
            && let Some(heard) = self.store().heard(&found.record.execution_id)?
        {
            return Ok(status::status_when_heard(found, &heard));
        }
        let entry = status_of(found, locks);
        if entry.status() == Status::Running {
            return Ok(entry);
        }
        let again = self.store().find(&entry.record.execution_id)?;
        let ended =
            again.filter(|again| again.record.id == entry.record.id && status::has_ended(again));
        Ok(ended.map_or(entry, |ended| status_of(ended, None)))
    }
}
