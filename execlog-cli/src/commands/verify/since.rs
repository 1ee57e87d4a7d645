//! What was sealed since a checkpoint. Whoever can write the log can change a run and seal it again, and the
//! checkpoint still holds: it says what was sealed, and not what was sealed later.

use crate::failure::Failure;
use execlog::{Checkpoint, Error, LocalLog, RunSelector, Seal, SealEvent, StoredRun};
use std::collections::BTreeMap;

/// What is to be said of the runs that were sealed again.
#[derive(Default)]
pub(super) struct Since {
    pub(super) findings: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// The newest seals of a run.
struct Sealed {
    /// At the checkpoint.
    then: Option<Seal>,
    now: Seal,
}

/// Compares the runs that were sealed again with what they were at the checkpoint.
pub(super) fn since(log: &LocalLog, checkpoint: &Checkpoint) -> Result<Since, Failure> {
    let mut since = Since::default();
    let mut runs = BTreeMap::<i64, Sealed>::new();
    let mut removed = 0_usize;
    let maintenance = log.maintenance();
    for now in maintenance.seals_after(checkpoint.size) {
        let now = now?;
        removed += usize::from(now.event == SealEvent::Removed);
        runs.insert(now.run, Sealed { then: None, now });
    }
    if runs.is_empty() {
        return Ok(since);
    }
    for seal in maintenance.seals_after(0) {
        let seal = seal?;
        if seal.sequence > checkpoint.size {
            break;
        }
        if let Some(sealed) = runs.get_mut(&seal.run) {
            sealed.then = Some(seal);
        }
    }
    for (number, Sealed { then, now }) in runs {
        let Some(then) = then.filter(|_| now.event != SealEvent::Removed) else {
            continue;
        };
        let run = match log.find(RunSelector::number(number)) {
            Ok(Some(run)) => StoredRun::from(run),
            // It is a finding already, or was removed meanwhile.
            Ok(None) | Err(Error::Corrupt { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        // A run that changes meanwhile has a newer seal.
        if now.is_of(Some(&run)) && !is_explained(&then, &now, &run) {
            let (was, seal, event) = (then.sequence, now.sequence, now.event.as_str());
            if now.event == SealEvent::Adopted {
                since.findings.push(format!(
                    "run {number}: was changed past the log since the checkpoint, and accepted: it is not as \
                     seal {was} says, but as seal {seal}, `{event}`"
                ));
            } else {
                since.notes.push(format!(
                    "run {number}: was sealed again since the checkpoint, as `{event}` by seal {seal}; nothing \
                     shows what it was at seal {was}"
                ));
            }
        }
    }
    if removed > 0 {
        since
            .notes
            .push(format!("runs removed since the checkpoint: {removed}"));
    }
    Ok(since)
}

/// Whether the log itself makes such a change: a run ends, is settled, pinned or unpinned.
fn is_explained(then: &Seal, now: &Seal, run: &StoredRun) -> bool {
    let mut unpinned = run.clone();
    if let Some(context) = unpinned.context.as_deref_mut() {
        context.pin = None;
    }
    let was_running = then.event == SealEvent::Began && now.event != SealEvent::Adopted;
    let has_ended_late = then.event == SealEvent::Settled && now.event == SealEvent::Ended;
    was_running
        || has_ended_late
        || [run, &unpinned]
            .iter()
            .any(|run| then.is_of(Some(run)) || then.is_of_begun(run))
}
