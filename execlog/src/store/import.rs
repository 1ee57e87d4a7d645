//! What becomes of a run that is taken over from another log, the same on every store.

use super::can_end;
use super::numbers::{NUMBERS, is_number};
use crate::model::{ExecutionContext, StoredRun};
use crate::store::report::Imported;

/// The number that a run had in the log it comes from, if it can have it here, where numbers up to
/// `last` are given. A number from the upper half is not kept: it would leave none for later runs.
pub(super) fn number_kept(run: &StoredRun, last: i64) -> Option<i64> {
    let number = run.record.id;
    let is_free = number > last && number <= NUMBERS.end() / 2;
    (is_free && is_number(number, run.record.started_at)).then_some(number)
}

/// What becomes of a run that is imported, where the log has one with its id.
pub(super) fn merged(here: &StoredRun, coming: &StoredRun) -> Imported {
    let same_record = || {
        let mut record = coming.record.clone();
        record.id = here.record.id;
        record == here.record
    };
    if here.record.started_at != coming.record.started_at {
        return Imported::Differs;
    }
    match progress(coming).cmp(&progress(here)) {
        std::cmp::Ordering::Less => Imported::Present,
        std::cmp::Ordering::Greater => Imported::Updated,
        std::cmp::Ordering::Equal if !same_record() => Imported::Differs,
        std::cmp::Ordering::Equal => match (&here.context, &coming.context) {
            (None, Some(_)) => Imported::Updated,
            (Some(here), Some(coming)) if here != coming => Imported::Differs,
            _ => Imported::Present,
        },
    }
}

/// The context that a run has after it was updated from another log.
pub(super) fn merged_context<'a>(
    here: &'a StoredRun,
    coming: &'a StoredRun,
) -> Option<&'a ExecutionContext> {
    coming.context.as_ref().or(here.context.as_ref())
}

/// How far a run has come: it goes on, it was given up for dead, or it ended.
fn progress(run: &StoredRun) -> u8 {
    let is_settled = run.context.as_ref().is_some_and(|context| context.crashed);
    match (can_end(&run.record, run.context.as_ref()), is_settled) {
        (true, false) => 0,
        (true, true) => 1,
        (false, _) => 2,
    }
}
