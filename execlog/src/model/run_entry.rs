//! A run as reads return it.

use super::{ExecutionContext, ExecutionRecord, Status, StoredRun};
use std::borrow::Cow;

/// A run as reads return it: its record, context and status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunEntry {
    /// The record.
    pub record: ExecutionRecord,
    /// The context, for runs recorded by [`begin`](crate::ExecutionLog::begin).
    pub context: Option<Box<ExecutionContext>>,
    status: Status,
    note: Option<Cow<'static, str>>,
}

impl RunEntry {
    /// Combines a run with its status and the reason for an unknown status.
    pub(crate) fn new(run: StoredRun, status: Status, note: Option<Cow<'static, str>>) -> Self {
        let StoredRun { record, context } = run;
        Self {
            record,
            context,
            status,
            note,
        }
    }

    /// The status at the time of reading.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// The reason why the status is [`Unknown`](Status::Unknown).
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
}
