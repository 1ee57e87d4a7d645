//! A run as it is stored, and what became of one that was taken over.

use super::RunEntry;
use crate::{Error, ExecutionContext, ExecutionRecord, Result};
use serde::{Deserialize, Serialize};

/// What is stored of a run: what goes from log to log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRun {
    /// What is stored of every run.
    pub record: ExecutionRecord,
    /// What is stored beside it, of runs recorded by [`begin`](crate::ExecutionLog::begin).
    pub context: Option<ExecutionContext>,
}

impl StoredRun {
    /// Whether a log takes the run over: what [`import`](crate::ExecutionLog::import) refuses, and in the
    /// record also [`log_execution`](crate::ExecutionLog::log_execution).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidId`], or [`Error::InvalidRecord`] if the outcome is unknown, the arguments are
    /// not a JSON array of strings, the duration or a count is negative, the run has an end and is still
    /// `running`, or the context is that of another run.
    pub fn check(&self) -> Result<()> {
        self.record.check()?;
        let is_own = self.context.as_ref().is_none_or(|context| {
            context.execution_id == self.record.execution_id && context.belongs_to(&self.record)
        });
        if is_own {
            return Ok(());
        }
        Err(Error::InvalidRecord {
            execution_id: self.record.execution_id.clone(),
            field: "context",
            reason: "it is that of another run, with another id or start".to_owned(),
        })
    }
}

impl From<RunEntry> for StoredRun {
    fn from(run: RunEntry) -> Self {
        let RunEntry {
            record, context, ..
        } = run;
        Self { record, context }
    }
}

/// What became of a run that was [imported](crate::ExecutionLog::import).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Imported {
    /// The log did not have it, and does now.
    Added,
    /// The log had it with less: before it ended, or without its context.
    Updated,
    /// The log had it, or more of it.
    Present,
    /// The log has another run with this execution id. That stays as it is.
    Differs,
}
