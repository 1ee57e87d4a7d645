//! A run as it is stored: what goes from log to log.

use super::RunEntry;
use crate::error::{Error, Result};
use crate::model::{ExecutionContext, ExecutionRecord};
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
            reason: "the id or start time differs from that of the record".to_owned(),
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
