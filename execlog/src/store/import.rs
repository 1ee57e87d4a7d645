//! Merges a run from another log, the same for every store.

use super::can_end;
use super::numbers::{NUMBERS, is_number};
use crate::model::{ExecutionContext, StoredRun};
use crate::store::report::Imported;

/// The run's number in the other log, if it can keep that number here. `last` is the last number given
/// here. Numbers in the upper half are not kept, since they would leave too few for later runs.
pub(super) fn number_kept(run: &StoredRun, last: i64) -> Option<i64> {
    let number = run.record.id;
    let is_free = number > last && number <= NUMBERS.end() / 2;
    (is_free && is_number(number, run.record.started_at)).then_some(number)
}

/// The outcome of importing a run whose execution id the log already has.
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
            (Some(here), Some(coming)) if !is_same_but_for_pin(here, coming) => Imported::Differs,
            _ => Imported::Present,
        },
    }
}

/// A pin belongs to the log that it was set in.
fn is_same_but_for_pin(here: &ExecutionContext, coming: &ExecutionContext) -> bool {
    let unpinned = |context: &ExecutionContext| ExecutionContext {
        pin: None,
        ..context.clone()
    };
    unpinned(here) == unpinned(coming)
}

/// The context of a run after an update from another log. A run that is pinned here stays pinned.
pub(super) fn merged_context(here: &StoredRun, coming: &StoredRun) -> Option<ExecutionContext> {
    let mut context = coming
        .context
        .as_deref()
        .or(here.context.as_deref())?
        .clone();
    let pinned_here = here
        .context
        .as_ref()
        .and_then(|context| context.pin.clone());
    context.pin = pinned_here.or(context.pin);
    Some(context)
}

/// The progress of a run: running, settled as crashed, or ended.
fn progress(run: &StoredRun) -> u8 {
    let is_settled = run.context.as_ref().is_some_and(|context| context.crashed);
    match (can_end(&run.record, run.context.as_deref()), is_settled) {
        (true, false) => 0,
        (true, true) => 1,
        (false, _) => 2,
    }
}
