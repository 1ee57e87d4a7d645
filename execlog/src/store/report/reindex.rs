//! The report of reindexing a log.

/// The result of [`Maintenance::reindex`](crate::Maintenance::reindex).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReindexReport {
    /// The number of runs in the log.
    pub runs: usize,
    /// The number of runs that were missing from the index.
    pub added: usize,
    /// The number of index entries that had lost their run or were unreadable. Does not count the entry
    /// that keeps the last number after its run was removed.
    pub removed: usize,
    /// The number of contexts and index entries that contradicted the runs and were set aside.
    pub set_aside: usize,
    /// Whether the index was already correct, so that nothing was written.
    pub was_right: bool,
}

impl ReindexReport {
    /// The result of reindexing a log that does not exist.
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
