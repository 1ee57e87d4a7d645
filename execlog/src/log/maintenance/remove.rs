//! Removing runs.

use super::Maintenance;
use crate::error::{Error, Result};
use crate::log::Threads;
use crate::store::Removal;

impl<T: Threads> Maintenance<'_, T> {
    /// Removes the runs with these ids, and returns how many were removed. Keeps runs that have not
    /// ended.
    ///
    /// In a key-value store each call rewrites the index: remove many runs at once.
    ///
    /// # Errors
    ///
    /// The errors of [every call](crate::ExecutionLog#errors-of-every-call). A run that cannot be read stays.
    pub fn remove(&self, execution_ids: &[&str]) -> Result<usize> {
        let mut ended = Vec::new();
        for id in execution_ids {
            // Not `get_by_id`, which refuses invalid ids: such runs must be removable, too.
            match self.core.store().get(id) {
                Ok(Some(run)) if !matches!(run.outcome(), Ok(None)) => ended.push(*id),
                Ok(_) | Err(Error::Corrupt { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        if !ended.is_empty() {
            self.core.writing()?.remove(&ended, Removal::Any)?;
            self.core.note_last_number();
            self.core.flush_finished()?;
        }
        Ok(ended.len())
    }
}
