//! The journals of seals in the server: that of the log itself, and those of the logs that were shipped.
//!
//! `sealer` writes the seals of this log, and `journal` reads them. `adoption` seals what lacks a seal, and
//! `dropping` drops the oldest once their runs are gone. `receiving` stores what is shipped: its runs by `arrivals`,
//! and what is `changed_here` of them. `comparison` compares the runs with their seals.

mod adoption;
mod arrivals;
mod changed_here;
mod comparison;
mod dropping;
mod journal;
mod receiving;
mod sealer;

pub(super) use crate::store::seals::check_without_journal;
pub(super) use comparison::{Comparison, SealedRun};
pub(super) use journal::{check_journals, sealed};
pub(super) use sealer::Sealer;
