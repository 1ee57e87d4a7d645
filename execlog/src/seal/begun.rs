//! A run as it was when it began.

use super::event::SealEvent;
use super::stored::Seal;
use crate::model::record::RUNNING;
use crate::model::{ExecutionContext, ExecutionRecord, StoredRun};
use std::collections::BTreeMap;

impl Seal {
    /// Whether this is the seal of the run while it went on, and only its end is not sealed: a program that
    /// writes no seals has ended it, such as magellan.
    #[must_use]
    pub fn is_of_begun(&self, run: &StoredRun) -> bool {
        let was_running = matches!(
            self.event,
            SealEvent::Began | SealEvent::Adopted | SealEvent::Imported | SealEvent::Pinned
        );
        was_running && run.record.outcome != RUNNING && self.is_of(Some(&as_begun(run)))
    }
}

/// The run as it was when it began.
pub(crate) fn as_begun(run: &StoredRun) -> StoredRun {
    let record = ExecutionRecord {
        finished_at: None,
        duration_ms: None,
        outcome: RUNNING.to_owned(),
        error_message: None,
        files_indexed: 0,
        symbols_indexed: 0,
        references_indexed: 0,
        ..run.record.clone()
    };
    let context = run.context.as_deref().map(|context| {
        Box::new(ExecutionContext {
            ended_at_ms: None,
            exit_code: None,
            crashed: false,
            counters: BTreeMap::new(),
            phases: Vec::new(),
            cpu_ms: None,
            peak_memory_bytes: None,
            ..context.clone()
        })
    });
    StoredRun { record, context }
}
