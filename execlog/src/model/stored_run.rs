//! A run as it is stored, and as it is moved between logs.

use super::RunEntry;
use crate::error::{Error, Result};
use crate::model::{ExecutionContext, ExecutionRecord};
use serde::{Deserialize, Serialize};

/// The stored data of a run, as it is moved between logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRun {
    /// The record.
    pub record: ExecutionRecord,
    /// The context, for runs recorded by [`begin`](crate::ExecutionLog::begin).
    pub context: Option<Box<ExecutionContext>>,
}

impl StoredRun {
    /// Checks that [`import`](crate::Maintenance::import) accepts the run.
    /// [`log_execution`](crate::ExecutionLog::log_execution) checks the record alike.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidId`]; [`Error::InvalidRecord`] if the outcome is unknown, the arguments are
    /// not a JSON array of strings, the duration or a count is negative, a `running` run has an
    /// end, or the context belongs to another run.
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
