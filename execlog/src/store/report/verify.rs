//! The report of verifying a log.

/// The result of [`Maintenance::verify`](crate::Maintenance::verify).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// The number of runs read.
    pub runs: usize,
    /// The number of runs with a context.
    pub contexts: usize,
    /// The number of seals written so far, with those that pruning has dropped. 0 without the feature
    /// `seals`.
    pub seals: u64,
    /// The numbers of the runs without a seal, or whose end has none. Not a problem by itself: another
    /// program has written them, or a log without seals.
    pub unsealed: Vec<i64>,
    /// The problems found, in the order of the log.
    pub findings: Vec<Finding>,
    /// The entries that [`reindex`](crate::Maintenance::reindex) has set aside, oldest first. They
    /// stay until somebody removes them.
    pub set_aside: Vec<SetAside>,
    /// Observations that are not faults and need no repair.
    pub notes: Vec<Note>,
}

/// A problem in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The key, or for SQLite the table and row.
    pub key: String,
    /// The problem.
    pub problem: String,
    /// How to repair it.
    pub repair: Repair,
}

/// How to repair a [`Finding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repair {
    /// [`Maintenance::reindex`](crate::Maintenance::reindex) rebuilds the entry from the runs.
    Reindex,
    /// Runs are lost and cannot be restored.
    /// [`Maintenance::accept_loss`](crate::Maintenance::accept_loss) continues without them.
    AcceptLoss,
    /// [`Maintenance::reindex`](crate::Maintenance::reindex) sets the entry aside and keeps it there.
    SetAside,
    /// A run contradicts its seal, or a seal is damaged or missing. Look at it first:
    /// [`Maintenance::accept_loss`](crate::Maintenance::accept_loss) seals what is there.
    Accept,
    /// By hand: the log cannot tell the right value.
    ByHand,
}

/// An entry that contradicted the runs, and that a repair set aside. The entry may be right and the run
/// wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetAside {
    /// Where the entry is now: the key, or for SQLite the table and row.
    pub key: String,
    /// Where the entry was before.
    pub was: String,
    /// Why the entry was set aside.
    pub reason: String,
    /// When the entry was set aside, in milliseconds since 1970 in UTC.
    pub at_ms: i64,
}

/// An observation about a log that is not a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// The subject of the note: the key, or for SQLite the table.
    pub key: String,
    /// The text of the note.
    pub text: String,
}
