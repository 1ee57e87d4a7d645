//! What the target is told of the runs that have not ended.

use crate::error::Result;
use crate::log::Threads;
use crate::log::core::Core;
use crate::model::{Status, StoredRun};
use crate::store::{Refused, Target};

/// What came of telling a target.
#[derive(Default)]
pub(super) struct Told {
    /// The runs that it has as running, and that have ended without a seal.
    pub(super) ended: Vec<StoredRun>,
    pub(super) refused: Vec<Refused>,
}

/// Tells the target which of the runs that it has as running are alive and which are dead.
pub(super) fn tell<T: Threads>(core: &Core<T>, target: &dyn Target, log_id: &str) -> Result<Told> {
    let mut told = Told::default();
    let (mut alive, mut dead) = (Vec::new(), Vec::new());
    for execution_id in target.running(log_id)? {
        let Some(run) = core.store().find(&execution_id)? else {
            continue;
        };
        let entry = core.entry(run)?;
        match entry.status() {
            Status::Running => alive.push(execution_id),
            Status::Crashed if matches!(entry.record.outcome(), Ok(None)) => {
                dead.push(execution_id);
            }
            Status::Unknown => {}
            _ => told.ended.push(StoredRun::from(entry)),
        }
    }
    if !(alive.is_empty() && dead.is_empty()) {
        let alive: Vec<_> = alive.iter().map(String::as_str).collect();
        let dead: Vec<_> = dead.iter().map(String::as_str).collect();
        told.refused = target.hear(log_id, &alive, &dead)?;
    }
    Ok(told)
}
