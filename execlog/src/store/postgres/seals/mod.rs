//! The journals of seals in the server: that of the log itself, and those of the logs that were shipped.
//!
//! `sealer` writes the seals of this log, and `journal` reads them. `adoption` seals what lacks a seal, and
//! `dropping` drops the oldest once their runs are gone. `comparison` compares the runs with their seals.

mod adoption;
mod comparison;
mod dropping;
mod journal;
mod sealer;

pub(super) use comparison::{Comparison, SealedRun};
pub(super) use journal::{check_journals, sealed};
pub(super) use sealer::Sealer;
pub(super) use crate::store::seals::check_without_journal;
