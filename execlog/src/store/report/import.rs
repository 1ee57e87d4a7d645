//! The result of importing a run.

/// The result of [importing](crate::Maintenance::import) a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Imported {
    /// The run was missing and has been added.
    Added,
    /// The log's copy was older, before the end of the run or without its context, and has been
    /// updated.
    Updated,
    /// The log already had the run, in this or a later state.
    Present,
    /// The log has a different run with this execution id, and keeps it unchanged.
    Differs,
}
