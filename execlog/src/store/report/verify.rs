//! What verifying a log reports.

/// What [`ExecutionLog::verify`](crate::ExecutionLog::verify) found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// How many runs were read.
    pub runs: usize,
    /// How many of them have a context.
    pub contexts: usize,
    /// What is wrong, in the order of the log.
    pub findings: Vec<Finding>,
    /// What [`reindex`](crate::ExecutionLog::reindex) has moved aside, the oldest first. It stays until
    /// somebody removes it.
    pub set_aside: Vec<SetAside>,
    /// What else there is to know. Nothing mends it, and the log is as good as it can be.
    pub notes: Vec<Note>,
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
    pub repair: Repair,
}

/// What mends a [`Finding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repair {
    /// [`ExecutionLog::reindex`](crate::ExecutionLog::reindex) makes it anew from the runs.
    Reindex,
    /// Nothing: runs are gone. [`ExecutionLog::accept_loss`](crate::ExecutionLog::accept_loss) goes on
    /// without them.
    AcceptLoss,
    /// [`ExecutionLog::reindex`](crate::ExecutionLog::reindex) moves it aside, where it is kept.
    SetAside,
    /// Only who knows what should be there.
    ByHand,
}

/// Something that contradicts the runs, and may be what is true. A repair moved it aside.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetAside {
    /// Where it is: the key, or for SQLite the table and the row.
    pub key: String,
    /// Where it was.
    pub was: String,
    /// Why it was moved.
    pub reason: String,
    /// When it was moved, in milliseconds since 1970 in UTC.
    pub at_ms: i64,
}

/// Something to know of a log that is no fault of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// What it is about: the key, or for SQLite the table.
    pub key: String,
    /// What there is to know.
    pub text: String,
}
