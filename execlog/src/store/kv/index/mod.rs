mod entry;
mod newest;

pub(super) use entry::IndexEntry;

use super::survey::Survey;
use crate::error::printable;
use crate::kv::{KvStore, Table};
use crate::{Error, KvRecord, Result};
use entry::children;
use newest::NewestFirst;
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

/// The order of the runs in a key-value store, which can be followed with single reads.
///
/// It is there if its first entry is. That one is written last when an index is built, so that one
/// that a crash has left half built is not taken for whole.
pub(super) struct Index<S> {
    store: Rc<S>,
    entries: Table<IndexEntry, Rc<S>>,
    /// A place that was taken when it was last looked at, or 0. Another handle may have taken
    /// more, or have built the index anew.
    known: Cell<u64>,
}

impl<S: KvStore> Index<S> {
    pub(super) fn new(store: Rc<S>) -> Self {
        Self {
            entries: Table::new(Rc::clone(&store)),
            store,
            known: Cell::new(0),
        }
    }

    /// The entry that was appended last, or `None` if there is no index.
    pub(super) fn last(&self) -> Result<Option<IndexEntry>> {
        loop {
            let last = self.last_place()?;
            if last == 0 {
                return Ok(None);
            }
            if let Some(entry) = self.entries.get(last)? {
                return Ok(Some(entry));
            }
            self.known.set(0);
        }
    }

    /// Takes the place after the `last` entry for a run, and returns the number of the run.
    ///
    /// The entry goes to the store before the record does: a crash between the two leaves an entry
    /// without a run, which is passed over, and never a run without an entry.
    pub(super) fn append(
        &self,
        last: Option<&IndexEntry>,
        execution_id: &str,
        started_at: i64,
    ) -> Result<i64> {
        let (sequence, id) = match last {
            None => (1, Some(1)),
            Some(last) => (last.sequence + 1, last.id.checked_add(1)),
        };
        let id = id.ok_or_else(|| Error::Corrupt {
            key: printable(&IndexEntry::key_for(sequence - 1)),
            reason: "it has the last number there is".to_owned(),
        })?;
        self.entries.insert(&IndexEntry {
            sequence,
            execution_id: execution_id.to_owned(),
            id,
            started_at,
            newest_in_block: self.newest_in_block(sequence, started_at, last)?,
        })?;
        self.known.set(sequence);
        Ok(id)
    }

    fn newest_in_block(
        &self,
        sequence: u64,
        started_at: i64,
        last: Option<&IndexEntry>,
    ) -> Result<i64> {
        let mut newest = started_at;
        for child in children(sequence) {
            newest = newest.max(match last {
                Some(last) if last.sequence == child => last.newest_in_block,
                _ => self.entry(child)?.newest_in_block,
            });
        }
        Ok(newest)
    }

    pub(super) fn newest_first(
        &self,
        count: u64,
    ) -> Result<impl Iterator<Item = Result<IndexEntry>>> {
        NewestFirst::of(self, count)
    }

    /// Makes the index what it has to be, and says whether it was something else.
    pub(super) fn rebuild(&self, survey: &Survey) -> Result<bool> {
        let index = &survey.index;
        let stored: HashMap<_, _> = survey
            .entries
            .iter()
            .map(|(key, entry)| (key, entry))
            .collect();
        let is_wrong = |entry: &&IndexEntry| {
            let stored = stored.get(&entry.key());
            stored.is_none_or(|stored| stored.as_ref() != Some(entry))
        };
        let wrong: Vec<_> = index.iter().filter(is_wrong).collect();
        let places = 1..=index.len() as u64;
        let is_beyond = |key: &&Vec<u8>| {
            IndexEntry::parse_key(key).map_or(true, |place| !places.contains(&place))
        };
        let beyond: Vec<_> = survey
            .entries
            .iter()
            .map(|(key, _)| key)
            .filter(is_beyond)
            .collect();
        if wrong.is_empty() && beyond.is_empty() {
            return Ok(false);
        }
        self.entries.remove(1)?;
        for key in beyond {
            self.store.delete(key)?;
        }
        for entry in wrong.into_iter().rev().filter(|entry| entry.sequence > 1) {
            self.entries.insert(entry)?;
        }
        if let Some(first) = index.first() {
            self.entries.insert(first)?;
        }
        self.known.set(index.len() as u64);
        Ok(true)
    }

    fn entry(&self, sequence: u64) -> Result<IndexEntry> {
        let entry = self.entries.get(sequence)?;
        entry.ok_or_else(|| Error::Corrupt {
            key: printable(&IndexEntry::key_for(sequence)),
            reason: "it is missing".to_owned(),
        })
    }

    /// The last place taken: doubled steps from the known one find a free place, halving the span
    /// between finds the border.
    fn last_place(&self) -> Result<u64> {
        let mut taken = self.known.get();
        let mut step = 1;
        let mut free = loop {
            let next = taken.saturating_add(step);
            if next == u64::MAX || !self.entries.contains(next)? {
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
