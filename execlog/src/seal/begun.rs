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
        was_running && run.record.outcome != RUNNING && is_as_begun(self, run)
    }
}

/// Whether this is the seal of the run as it was when it began.
///
/// The labels that a run gets until it ends are not told from those from its begin, so every choice of a
/// few is tried.
pub(crate) fn is_as_begun(seal: &Seal, run: &StoredRun) -> bool {
    const MOST: usize = 10;
    let begun = as_begun(run);
    if seal.is_of(Some(&begun)) {
        return true;
    }
    let Some(context) = begun.context.as_deref() else {
        return false;
    };
    let labels: Vec<_> = context.labels.iter().collect();
    if labels.is_empty() || labels.len() > MOST {
        return false;
    }
    (0..(1_u32 << labels.len()) - 1).any(|choice| {
        let chosen = labels.iter().enumerate();
        let chosen = chosen.filter(|(place, _)| choice >> place & 1 == 1);
        let chosen = chosen.map(|(_, (name, value))| ((*name).clone(), (*value).clone()));
        let mut begun = begun.clone();
        if let Some(context) = begun.context.as_deref_mut() {
            context.labels = chosen.collect();
        }
        seal.is_of(Some(&begun))
    })
}

/// The run as it was when it began.
pub(crate) fn as_begun(run: &StoredRun) -> StoredRun {
    let ExecutionRecord {
        id,
        execution_id,
        tool_version,
        args,
        root,
        db_path,
        started_at,
        ..
    } = run.record.clone();
    let record = ExecutionRecord {
        id,
        tool_version,
        args,
        root,
        db_path,
        ..ExecutionRecord::running(execution_id, started_at)
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
