use super::RunEntry;
use crate::{ExecutionContext, ExecutionRecord};
use serde::{Deserialize, Serialize};

/// What is stored of a run: what goes from log to log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRun {
    /// What is stored of every run.
    pub record: ExecutionRecord,
    /// What is stored beside it, of runs recorded by [`begin`](crate::ExecutionLog::begin).
    pub context: Option<ExecutionContext>,
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
