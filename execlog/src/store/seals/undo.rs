//! What a run was before its last change, as far as that can be told.

use crate::model::record::RUNNING;
use crate::model::{ExecutionContext, ExecutionRecord, StoredRun};
use crate::seal::is_as_begun;
use crate::seal::{Digest, Seal};

/// Whether only the context of a run says how it ended: the process was killed between the two writes of
/// its end in a key-value store.
pub(in crate::store) fn is_half_ended(before: &Seal, run: &StoredRun) -> bool {
    let context = run.context.as_deref();
    let is_ended = context.is_some_and(|context| context.ended_at_ms.is_some() || context.crashed);
    is_ended && run.record.outcome == RUNNING && is_as_begun(before, run)
}

/// The fields whose change explains why a run differs from its seal, if setting them back gives the sealed
/// run. Tries values that the other fields suggest.
pub(super) fn changed_fields(seal: &Seal, run: &StoredRun) -> Option<&'static str> {
    let record = |change: &dyn Fn(&mut ExecutionRecord)| {
        let mut run = run.clone();
        change(&mut run.record);
        seal.is_of(Some(&run))
    };
    let context = |change: &dyn Fn(&mut ExecutionContext)| {
        let mut run = run.clone();
        run.context.as_deref_mut().map(change);
        seal.is_of(Some(&run))
    };
    for outcome in ["success", "partial", "error", RUNNING] {
        if record(&|record| outcome.clone_into(&mut record.outcome)) {
            return Some("outcome");
        }
        let without_message = |record: &mut ExecutionRecord| {
            outcome.clone_into(&mut record.outcome);
            record.error_message = None;
        };
        if record(&without_message) {
            return Some("outcome and error_message");
        }
    }
    if record(&|record| record.error_message = None) {
        return Some("error_message");
    }
    if record(&|record| record.id = seal.run) {
        return Some("id");
    }
    if let Some(known) = run.context.as_deref() {
        if record(&|record| record.started_at = known.started_at()) {
            return Some("started_at");
        }
        let ended = known.ended_at_ms.map(|ended| ended.div_euclid(1000));
        if record(&|record| record.finished_at = ended.map(|ended| ended.max(record.started_at))) {
            return Some("finished_at");
        }
        if context(&|context| context.crashed = !context.crashed) {
            return Some("crashed");
        }
        if context(&|context| context.pin = None) {
            return Some("pin");
        }
        if context(&|context| context.exit_code = None) {
            return Some("exit_code");
        }
    }
    None
}

/// Whether a digest differs in so few bits that it was damaged, and not computed of another run.
pub(super) fn is_nearly(seal: &Seal, run: Option<&StoredRun>) -> bool {
    const FEW: u32 = 16;
    Digest::of(seal.event, seal.run, run).distance(&seal.digest) <= FEW
}
