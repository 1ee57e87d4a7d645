/// What [`ExecutionLog::reindex`](crate::ExecutionLog::reindex) found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reindexed {
    /// How many runs there are.
    pub runs: usize,
    /// How many of them the index did not have.
    pub added: usize,
    /// How many entries of the index had no run, or could not be read. Does not count the entry
    /// that keeps the last number when its run is gone.
    pub removed: usize,
    /// How many contexts had no run, and were removed.
    pub contexts: usize,
    /// Whether the index was right, so that nothing had to be written.
    pub was_right: bool,
}
