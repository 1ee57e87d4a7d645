//! What importing a run into a log did.

/// What became of a run that was [imported](crate::ExecutionLog::import).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Imported {
    /// The log did not have it, and does now.
    Added,
    /// The log had it with less: before it ended, or without its context.
    Updated,
    /// The log had it, or more of it.
    Present,
    /// The log has another run with this execution id. That stays as it is.
    Differs,
}
