//! The journal of seals, the same for every store: what it has, and whether the runs are as it says.

mod check;
mod finding;
mod journal;
mod undo;

/// Whether this build reads and writes seals.
pub(crate) const ARE_KEPT: bool = true;

pub(in crate::store) use check::{Contradictions, RunsCheck, Under};
pub(in crate::store) use finding::acceptable;
pub(in crate::store) use journal::{
    Journal, JournalCheck, StoredSeal, check_without_journal, checkpoint,
};
pub(crate) use journal::{JournalStore, Verification};
pub(in crate::store) use undo::is_half_ended;
