//! A run as it is read.

use super::{ExecutionContext, ExecutionRecord, Status, StoredRun};

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
    /// The run with its status, and why that is unknown if it is.
    pub(crate) fn new(run: StoredRun, status: Status, note: Option<&'static str>) -> Self {
        let StoredRun { record, context } = run;
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
