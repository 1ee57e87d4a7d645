//! Removing lock files that runs left behind.

use super::Core;
use crate::error::Result;
use crate::log::threads::Store;
use crate::model::Status;
use crate::query::{Contexts, Filter, Selection};
use crate::store::CreateIfMissing;
use std::collections::BTreeSet;

/// The number of lock files to check in a call that reads the whole log.
pub(in crate::log) const AT_MAINTENANCE: usize = 4096;

/// The number of lock files to check when a run begins, once in [`EVERY`] runs.
const AT_BEGIN: usize = 32;

const EVERY: i64 = 256;

impl<T: Store> Core<T> {
    /// Sweeps on some begins, if an indexed query finds the running runs.
    pub(in crate::log) fn sweep_now_and_then(&self, number: i64) {
        if number % EVERY == 0 && self.store().finds_running_by_index() {
            self.sweep_locks(AT_BEGIN);
        }
    }

    /// Removes lock files that no running run needs. Removes none if the running runs are not all
    /// known, for example if the file may have two logs.
    pub(in crate::log) fn sweep_locks(&self, limit: usize) {
        if let Ok(false) = self.store().has_log_in_graph()
            && let Ok(Some(locks)) = self.locks.folder(self.store(), CreateIfMissing::No)
        {
            let _ = locks.sweep(limit, || self.locks_of_running_runs());
        }
    }

    fn locks_of_running_runs(&self) -> Result<BTreeSet<String>> {
        let mut filter = Filter::default();
        filter.statuses.push(Status::Running);
        let selection = Selection {
            filter,
            contexts: Contexts::All,
            ..Selection::default()
        };
        let mut named = BTreeSet::new();
        for run in self.found(selection) {
            named.extend(run?.context.and_then(|context| context.lock));
        }
        Ok(named)
    }
}
