//! Importing runs of another log.

use super::errors::Problem;
use super::record;
use super::seals::Sealer;
use super::session::Session;
use super::value::Value;
use crate::error::Result;
use crate::model::StoredRun;
use crate::seal::SealEvent;
use crate::store::import::{merged, merged_context, number_kept};
use crate::store::report::Imported;

/// Imports these runs in one transaction.
pub(super) fn import(
    session: &mut Session,
    sealer: &Sealer,
    runs: &[StoredRun],
) -> Result<Vec<Imported>, Problem> {
    let ids = runs.iter().map(|run| run.record.execution_id.as_str());
    let mut here = record::read_all(session, Value::texts(ids))?;
    let had = record::last_number(session)?;
    let mut last = had;
    let (mut imported, mut added, mut updated) = (Vec::new(), Vec::new(), Vec::new());
    for run in runs {
        let mut coming = run.clone();
        let id = &run.record.execution_id;
        let outcome = match here.get(id) {
            None => {
                last = number_kept(run, last).unwrap_or(last + 1);
                coming.record.id = last;
                added.push(id.clone());
                here.insert(id.clone(), coming);
                Imported::Added
            }
            Some(known) => {
                let outcome = merged(known, run);
                if outcome == Imported::Updated {
                    coming.record.id = known.record.id;
                    coming.context = merged_context(known, run).map(Box::new);
                    if !added.contains(id) {
                        updated.push(id.clone());
                    }
                    here.insert(id.clone(), coming);
                }
                outcome
            }
        };
        imported.push(outcome);
    }
    let mut taken = |ids: Vec<String>| -> Vec<StoredRun> {
        ids.iter().filter_map(|id| here.remove(id)).collect()
    };
    let (added, updated) = (taken(added), taken(updated));
    record::insert(session, &added)?;
    record::update(session, &updated)?;
    if last > had {
        record::raise_last_number(session, last)?;
    }
    sealer.seal(session, SealEvent::Imported, added.iter().chain(&updated))?;
    Ok(imported)
}

/// What both tries of an import have done, if the first may have been committed: it has then added and updated
/// what the second finds present.
pub(super) fn with_earlier(earlier: &[Imported], imported: Vec<Imported>) -> Vec<Imported> {
    let mut earlier = earlier.iter();
    let both = imported.into_iter().map(|now| match earlier.next() {
        Some(before) if now == Imported::Present => *before,
        _ => now,
    });
    both.collect()
}
