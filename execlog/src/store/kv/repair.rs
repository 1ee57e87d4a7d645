//! Finds what contradicts the runs of a log in a key-value store, and sets it aside.

use super::aside;
use super::entry::IndexEntry;
use super::survey::{Contradiction, Survey};
use crate::error::{Error, Result};
use crate::kv::KvRecord;
use crate::kv::{KvEntry, KvStore, Table};
use crate::model::{ExecutionContext, ExecutionRecord};
use crate::store::verify::why_stray;

/// Why an index entry contradicts its run.
pub(super) fn why_contradiction(Contradiction { entry, record }: &Contradiction) -> String {
    format!(
        "its run began in second {record}, but this index entry says that the run began in \
         second {}",
        entry.started_at
    )
}

/// Moves contexts without a run aside. Copies index entries that contradict their runs aside too; the
/// index is rebuilt afterwards. Returns the number of both.
///
/// Writes all copies before it removes the first original, so a crash leaves both and never neither.
pub(super) fn set_aside(store: &impl KvStore, survey: &Survey, now_ms: i64) -> Result<usize> {
    let contexts = strays(store)?;
    let mut entries = Vec::new();
    for contradiction in survey.contradictions() {
        let key = contradiction.entry.key();
        if let Some(value) = store.get(&key)? {
            entries.push(((key, value), why_contradiction(&contradiction)));
        }
    }
    let copied = aside::copy(store, contexts.into_iter().chain(entries), now_ms)?;
    let is_entry = |key: &Vec<u8>| IndexEntry::parse_key(key).is_ok();
    for key in copied.iter().filter(|key| !is_entry(key)) {
        store.delete(key)?;
    }
    Ok(copied.len())
}

/// The contexts that do not belong to a run in the log, and why.
fn strays(store: &impl KvStore) -> Result<Vec<(KvEntry, String)>> {
    let records = Table::<ExecutionRecord, _>::new(store);
    let mut strays = Vec::new();
    for (key, value) in store.scan(&ExecutionContext::key_prefix())? {
        let Ok(context) = Table::<ExecutionContext, &dyn KvStore>::decode(&key, &value) else {
            continue;
        };
        let run = match records.get(&context.execution_id) {
            Ok(Some(record)) if context.belongs_to(&record) => continue,
            Ok(record) => record.map(|record| record.started_at),
            // Unreadable, but possibly the context's run.
            Err(Error::Corrupt { .. }) => continue,
            Err(error) => return Err(error),
        };
        strays.push(((key, value), why_stray(run, context.started_at())));
    }
    Ok(strays)
}
