//! What verifying a log reports.

/// What [`ExecutionLog::verify`](crate::ExecutionLog::verify) found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// How many runs were read.
    pub runs: usize,
    /// How many of them have a context.
    pub contexts: usize,
    /// What is wrong, in the order of the log.
    pub findings: Vec<Finding>,
}

/// Something in a log that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The key, or for SQLite the table and the row.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
    /// What mends it.
    pub mending: Mending,
}

/// What mends a [`Finding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mending {
    /// [`ExecutionLog::reindex`](crate::ExecutionLog::reindex) makes it anew from the runs.
    Reindex,
    /// Nothing: runs are gone. [`ExecutionLog::accept_loss`](crate::ExecutionLog::accept_loss) goes on
    /// without them.
    AcceptLoss,
    /// Only who knows what should be there.
    ByHand,
}
