//! The status of a run, from its record, its context and its lock.

use super::liveness::{Liveness, LockFolder};
use crate::model::{ExecutionContext, Outcome, RunEntry, Status, StoredRun};
use crate::store::Heard;
use std::borrow::Cow;
use std::time::Duration;

pub(super) fn has_ended(run: &StoredRun) -> bool {
    !matches!(run.record.outcome(), Ok(None))
}

/// Returns the run with its status. Checks the lock only if the run has not ended.
pub(super) fn status_of(run: StoredRun, locks: Option<&LockFolder>) -> RunEntry {
    let context = run.context.as_deref();
    let (status, note) = match run.record.outcome() {
        Err(_) => (Status::Unknown, Some("its outcome is not recognised")),
        Ok(Some(Outcome::Error)) if context.is_some_and(|context| context.crashed) => {
            (Status::Crashed, None)
        }
        Ok(Some(outcome)) => (outcome.into(), None),
        Ok(None) => status_of_unended(context, locks),
    };
    RunEntry::new(run, status, note.map(Cow::Borrowed))
}

/// Returns the run, which has not ended and has no lock, with its status by what was last heard of it.
pub(super) fn status_when_heard(run: StoredRun, heard: &Heard) -> RunEntry {
    /// How long a run counts as running after it was heard of.
    const LEASE: Duration = Duration::from_secs(10 * 60);
    if heard.is_dead {
        return RunEntry::new(run, Status::Crashed, None);
    }
    if heard.ago < LEASE {
        return RunEntry::new(run, Status::Running, None);
    }
    let minutes = heard.ago.as_secs() / 60;
    let note = format!("the run has not ended, and was last heard of {minutes} min ago");
    RunEntry::new(run, Status::Unknown, Some(Cow::Owned(note)))
}

fn status_of_unended(
    context: Option<&ExecutionContext>,
    locks: Option<&LockFolder>,
) -> (Status, Option<&'static str>) {
    let unknown = |note| (Status::Unknown, Some(note));
    let Some(context) = context else {
        return unknown(
            "the run has not ended, and was recorded without a lock: a crash cannot be detected",
        );
    };
    if context.crashed {
        return (Status::Crashed, None);
    }
    let Some(name) = &context.lock else {
        return unknown(
            "the run has not ended, and its lock could not be taken: a crash cannot be detected",
        );
    };
    let Some(locks) = locks else {
        return unknown("the run has not ended, and the log was opened without its lock folder");
    };
    match locks.ask(name) {
        Liveness::Alive => (Status::Running, None),
        Liveness::Dead => (Status::Crashed, None),
        Liveness::Unknown(note) => unknown(note),
    }
}

/// The run as its record alone says: a run that has not ended is unknown.
impl From<StoredRun> for RunEntry {
    fn from(run: StoredRun) -> Self {
        status_of(run, None)
    }
}
