//! Checks of records, contexts and numbers, the same for every store.

use super::CRASHED;
use super::numbers::NUMBERS;
use crate::error::Error;
use crate::model::{ExecutionContext, ExecutionRecord, execution_id};
use crate::store::report::{Finding, Note, Repair};

/// The problems of a readable record.
pub(super) fn problems_of(record: &ExecutionRecord) -> Vec<String> {
    let refused = match record.check() {
        // The key of the finding already names the run.
        Err(Error::InvalidRecord { field, reason, .. }) => {
            Some(format!("invalid `{field}`: {reason}"))
        }
        Err(error) => Some(error.to_string()),
        Ok(()) => None,
    };
    let began = record.started_at;
    let ended = record.finished_at.filter(|ended| *ended < began);
    let backwards = ended.map(|ended| {
        format!("the run ended in second {ended}, before its start in second {began}")
    });
    [refused, backwards].into_iter().flatten().collect()
}

/// The problem of a run's number, if any.
pub(super) fn problem_of_number(id: i64) -> Option<String> {
    (!NUMBERS.contains(&id)).then(|| {
        format!(
            "the run's number {id} is outside 1 to {}: change it to a free number",
            NUMBERS.end()
        )
    })
}

/// The problem of a readable context, if any.
pub(super) fn problem_of_context(context: &ExecutionContext) -> Option<String> {
    let began = context.started_at_ms;
    let ended = context.ended_at_ms.filter(|ended| *ended < began);
    ended.map(|ended| {
        format!("the run ended at millisecond {ended}, before its start at millisecond {began}")
    })
}

/// Why a context from this second does not belong to a run. `run` is the start of the run with its
/// execution id.
pub(super) fn why_stray(run: Option<i64>, context: i64) -> String {
    match run {
        None => "no run has its id".to_owned(),
        Some(run) => format!(
            "its run began in second {run}, but this context says that the run began in second \
             {context}"
        ),
    }
}

/// Whether [`begin`](crate::ExecutionLog::begin) seems to have recorded the run, and so a context too:
/// `begin` made the execution id, or the run was settled, which takes a context.
pub(super) fn seems_begun(record: &ExecutionRecord) -> bool {
    execution_id::is_generated(&record.execution_id)
        || record.error_message.as_deref() == Some(CRASHED)
}

/// The note on runs that `begin` seems to have recorded but that lack a context.
pub(super) fn note_of_contexts(key: &str, runs: usize) -> Option<Note> {
    (runs > 0).then(|| Note {
        key: key.to_owned(),
        text: format!(
            "runs recorded by `begin` but without a context: {runs}; another program removed the \
             contexts, as magellan's `migrate-backend` does, or they were never written"
        ),
    })
}

pub(super) fn finding(key: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding {
        key: key.into(),
        problem: problem.into(),
        repair: Repair::ByHand,
    }
}

/// A finding that [`reindex`](crate::Maintenance::reindex) repairs by rebuilding.
pub(super) fn rebuildable(key: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding {
        repair: Repair::Reindex,
        ..finding(key, problem)
    }
}

/// A finding that [`reindex`](crate::Maintenance::reindex) repairs by setting the entry aside.
pub(super) fn movable(key: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding {
        repair: Repair::SetAside,
        ..finding(key, problem)
    }
}
