//! The journal of seals, in two tables beside `execution_log`.
//!
//! `execlog_seal` has a row for each change of a run. `execlog_journal` has one row: the id of the log, and
//! what is left of the seals that pruning has dropped. `tables` makes and reads them, `sealer` writes seals,
//! `adoption` finds runs without seals, `dropping` drops old seals, and `comparison` compares the runs with
//! their seals.
//!
//! `execlog_seal` has no index on the run: each would cost a page at every write.

mod adoption;
mod comparison;
mod dropping;
mod sealer;
mod tables;

pub(super) use comparison::Comparison;
pub(super) use sealer::Sealer;
pub(super) use tables::{JOURNAL, SEALS, by_run, check_journal, exist, sealed};
