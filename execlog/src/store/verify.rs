//! What verifying says of records, contexts and numbers, the same on every store.

use super::CRASHED;
use super::numbers::NUMBERS;
use crate::error::Error;
use crate::model::{ExecutionContext, ExecutionRecord, execution_id};
use crate::store::report::{Finding, Note, Repair};

/// What is wrong with a record that can be read.
pub(super) fn problems_of(record: &ExecutionRecord) -> Vec<String> {
    let refused = match record.check() {
        // The key of the finding says which run it is.
        Err(Error::InvalidRecord { field, reason, .. }) => {
            Some(format!("invalid `{field}`: {reason}"))
        }
        Err(error) => Some(error.to_string()),
        Ok(()) => None,
    };
    let began = record.started_at;
    let ended = record.finished_at.filter(|ended| *ended < began);
    let backwards =
        ended.map(|ended| format!("it ended in second {ended}, before it began in second {began}"));
    [refused, backwards].into_iter().flatten().collect()
}

/// What is wrong with the number of a run.
pub(super) fn problem_of_number(id: i64) -> Option<String> {
    (!NUMBERS.contains(&id)).then(|| {
        format!(
            "its number {id} is not from 1 to {}: give it a free one",
            NUMBERS.end()
        )
    })
}

/// What is wrong with a context that can be read.
pub(super) fn problem_of_context(context: &ExecutionContext) -> Option<String> {
    let began = context.started_at_ms;
    let ended = context.ended_at_ms.filter(|ended| *ended < began);
    ended.map(|ended| {
        format!("it ended at millisecond {ended}, before it began at millisecond {began}")
    })
}

/// Why a context from this second is that of no run, if the run with its id began in `run`.
pub(super) fn why_stray(run: Option<i64>, context: i64) -> String {
    match run {
        None => "no run has its id".to_owned(),
        Some(run) => format!("its run began in second {run}, and it says {context}"),
    }
}

/// Whether [`begin`](crate::ExecutionLog::begin) seems to have recorded the run, and so a context with
/// it: it made the id, or the run was settled, which takes a context.
pub(super) fn seems_begun(record: &ExecutionRecord) -> bool {
    execution_id::is_generated(&record.execution_id)
        || record.error_message.as_deref() == Some(CRASHED)
}

/// What it means that runs which seem begun have no context.
pub(super) fn note_of_contexts(key: &str, runs: usize) -> Option<Note> {
    (runs > 0).then(|| Note {
        key: key.to_owned(),
        text: format!(
            "contexts were removed by another program, as magellan's `migrate-backend` does, or never \
             written; runs with an id that `begin` makes and no context: {runs}"
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

/// What [`reindex`](crate::ExecutionLog::reindex) makes anew.
pub(super) fn mendable(key: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding {
        repair: Repair::Reindex,
        ..finding(key, problem)
    }
}

/// What [`reindex`](crate::ExecutionLog::reindex) moves aside.
pub(super) fn movable(key: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding {
        repair: Repair::SetAside,
        ..finding(key, problem)
    }
}
