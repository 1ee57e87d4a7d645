use crate::error::printable;
use crate::kv::{KvStore, Table};
use crate::{Error, KvRecord, Result};
use serde::{Deserialize, Serialize};
use std::cell::Cell;

/// One number of a log, and the run that has it.
///
/// Entries are only ever added, from 1 on and without gaps: no engine has to overwrite a counter,
/// and the last number is found with a few reads and no scan.
#[derive(Debug, Serialize, Deserialize, KvRecord)]
#[kv(prefix = "execlog-seq")]
struct SequenceEntry {
    #[kv(key, ordered)]
    sequence: u64,
    execution_id: String,
}

pub(super) struct Sequence<S> {
    entries: Table<SequenceEntry, S>,
    /// A number that is taken for certain, or 0. Another handle may have taken more.
    known: Cell<u64>,
}

impl<S: KvStore> Sequence<S> {
    pub(super) fn new(store: S) -> Self {
        Self {
            entries: Table::new(store),
            known: Cell::new(0),
        }
    }

    /// Takes the next number for a run.
    ///
    /// The entry goes to the store before the record does: a crash between the two leaves a number
    /// without a run, never a run without a number.
    pub(super) fn claim(&self, execution_id: &str) -> Result<i64> {
        let sequence = self.last()? + 1;
        let id = i64::try_from(sequence).map_err(|_| Error::Corrupt {
            key: printable(&SequenceEntry::key_for(sequence - 1)),
            reason: "it is the last number a log can have".to_owned(),
        })?;
        self.entries.insert(&SequenceEntry {
            sequence,
            execution_id: execution_id.to_owned(),
        })?;
        self.known.set(sequence);
        Ok(id)
    }

    /// The last number taken: doubled steps from the known one find a free number, halving the
    /// span between finds the border.
    fn last(&self) -> Result<u64> {
        let mut taken = self.known.get();
        let mut step = 1;
        let mut free = loop {
            let next = taken.saturating_add(step);
            if next > i64::MAX.cast_unsigned() || !self.entries.contains(next)? {
                break next;
            }
            taken = next;
            step *= 2;
        };
        while free - taken > 1 {
            let middle = taken + (free - taken) / 2;
            if self.entries.contains(middle)? {
                taken = middle;
            } else {
                free = middle;
            }
        }
        self.known.set(taken);
        Ok(taken)
    }
}
