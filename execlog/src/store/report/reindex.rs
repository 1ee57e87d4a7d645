//! What reindexing a log did.

/// What [`ExecutionLog::reindex`](crate::ExecutionLog::reindex) found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReindexReport {
    /// How many runs there are.
    pub runs: usize,
    /// How many of them the index did not have.
    pub added: usize,
    /// How many entries of the index had no run, or could not be read. Does not count the entry
    /// that keeps the last number when its run is gone.
    pub removed: usize,
    /// How many contexts and entries of the index contradicted the runs, and were moved aside.
    pub set_aside: usize,
    /// Whether the index was right, so that nothing had to be written.
    pub was_right: bool,
}

impl ReindexReport {
    /// What reindexing does where there is no log.
    pub(crate) fn nothing() -> Self {
        Self {
            runs: 0,
            added: 0,
            removed: 0,
            set_aside: 0,
            was_right: true,
        }
    }
}
