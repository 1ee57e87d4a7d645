use super::{Status, StoredRun};
use crate::liveness::{Liveness, LockFolder};
use crate::{ExecutionContext, ExecutionRecord, Outcome};

/// A run as it is read: its record, its context, and its status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunEntry {
    /// What is stored of every run.
    pub record: ExecutionRecord,
    /// What is stored beside it, of runs recorded by [`begin`](crate::ExecutionLog::begin).
    pub context: Option<ExecutionContext>,
    status: Status,
    note: Option<&'static str>,
}

impl RunEntry {
    pub(crate) fn new(found: StoredRun, locks: Option<&LockFolder>) -> Self {
        let StoredRun { record, context } = found;
        let (status, note) = match record.ended() {
            Err(_) => (
                Status::Unknown,
                Some("its outcome is no word that is known"),
            ),
            Ok(Some(Outcome::Error)) if context.as_ref().is_some_and(|context| context.crashed) => {
                (Status::Crashed, None)
            }
            Ok(Some(outcome)) => (outcome.into(), None),
            Ok(None) => unended(context.as_ref(), locks),
        };
        Self {
            record,
            context,
            status,
            note,
        }
    }

    /// The status of the run at the time it was read.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Why the status is [`Unknown`](Status::Unknown), in words.
    #[must_use]
    pub fn note(&self) -> Option<&'static str> {
        self.note
    }
}

/// What a run is at that has not ended.
fn unended(
    context: Option<&ExecutionContext>,
    locks: Option<&LockFolder>,
) -> (Status, Option<&'static str>) {
    let unknown = |note| (Status::Unknown, Some(note));
    let Some(context) = context else {
        return unknown(
            "it has not ended, and was recorded without a lock that tells whether it still runs",
        );
    };
    if context.crashed {
        return (Status::Crashed, None);
    }
    let Some(name) = &context.lock else {
        return unknown(
            "it has not ended, and no lock could be taken that tells whether it still runs",
        );
    };
    let Some(locks) = locks else {
        return unknown("it has not ended, and the log was opened without its lock folder");
    };
    match locks.ask(name) {
        Liveness::Alive => (Status::Running, None),
        Liveness::Dead => (Status::Crashed, None),
        Liveness::Unknown(note) => unknown(note),
    }
}
