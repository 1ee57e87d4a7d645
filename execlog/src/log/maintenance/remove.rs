//! Removing runs.

use super::Maintenance;
use crate::error::{Error, Result};
use crate::log::Threads;

impl<T: Threads> Maintenance<'_, T> {
    /// Removes the runs with these ids, and says how many went. One that has not ended stays.
    ///
    /// In a key-value store the index is written anew: remove many at once.
    ///
    /// # Errors
    ///
    /// See [there](ExecutionLog#errors-of-every-call). A run that cannot be read stays.
    pub fn remove(&self, execution_ids: &[&str]) -> Result<usize> {
        let mut ended = Vec::new();
        for id in execution_ids {
            // Not by `get_by_id`: also a run goes that no host could have recorded so.
            match self.core.store().get(id) {
                Ok(Some(run)) if !matches!(run.outcome(), Ok(None)) => ended.push(*id),
                Ok(_) | Err(Error::Corrupt { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        if !ended.is_empty() {
            self.core.writing()?.remove(&ended)?;
            self.core.note_last_number();
            self.core.flush_finished()?;
        }
        Ok(ended.len())
    }
}
