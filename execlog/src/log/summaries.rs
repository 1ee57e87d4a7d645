//! The iterator over summaries of the runs of a query.

use super::core::Core;
use super::{AnyThread, Threads};
use crate::error::{Error, Result};
use crate::model::{RunSummary, Status};
use crate::query::Selection;
use crate::store::Summarised;

/// The iterator over summaries of the runs of a query. An unreadable run is yielded as an error in its
/// place, and the iteration continues. Any other error ends the iteration.
pub struct Summaries<'log, T: Threads = AnyThread> {
    core: &'log Core<T>,
    found: Box<dyn Iterator<Item = Result<Summarised>> + 'log>,
    /// Allows any status if empty.
    statuses: Vec<Status>,
    left: usize,
}

impl<'log, T: Threads> Summaries<'log, T> {
    pub(super) fn new(core: &'log Core<T>, selection: Selection) -> Self {
        Self {
            core,
            statuses: selection.filter.statuses.clone(),
            left: selection.wanted.unwrap_or(usize::MAX),
            found: core.summarised(selection),
        }
    }
}

impl<T: Threads> std::fmt::Debug for Summaries<'_, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Summaries").finish_non_exhaustive()
    }
}

impl<T: Threads> Iterator for Summaries<'_, T> {
    type Item = Result<RunSummary>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.left > 0 {
            let summary = match self.found.next()? {
                Ok(Summarised::Ended(summary)) => Ok(summary),
                Ok(Summarised::Whole(run)) => {
                    let entry = self.core.entry(*run);
                    entry.map(|entry| RunSummary::from(&entry))
                }
                Err(error) => Err(error),
            };
            match &summary {
                Ok(run) if !self.has_status(run.status()) => continue,
                Ok(_) | Err(Error::Corrupt { .. }) => self.left -= 1,
                Err(_) => self.left = 0,
            }
            return Some(summary);
        }
        None
    }
}

impl<T: Threads> Summaries<'_, T> {
    fn has_status(&self, status: Status) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }
}

impl<T: Threads> std::iter::FusedIterator for Summaries<'_, T> {}
