//! The index of a log in a key-value store.

mod newest;

use super::entry::{IndexEntry, NO_RUN, children};
use super::place::{has_gap_after, last_taken};
use super::survey::Survey;
use crate::error::printable;
use crate::error::{Error, Result};
use crate::kv::KvRecord;
use crate::kv::{KvStore, Table};
use crate::store::numbers::NUMBERS;
pub(super) use newest::NewestFirst;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::atomic::{self, AtomicU64};

/// The order of the runs in a key-value store, which single reads can follow.
///
/// The index exists if its first entry exists. A build writes the first entry last, so a crash cannot
/// leave an index that seems complete.
pub(super) struct Index<S> {
    entries: Table<IndexEntry, S>,
    /// A place known to be taken, or 0. Another handle may have taken more places since, or have
    /// rebuilt the index.
    known: AtomicU64,
}

impl<S: KvStore> Index<S> {
    pub(super) fn new(store: S) -> Self {
        Self {
            entries: Table::new(store),
            known: AtomicU64::new(0),
        }
    }

    /// The last entry, or `None` if the index does not exist.
    pub(super) fn last(&self) -> Result<Option<IndexEntry>> {
        loop {
            let last = self.last_place()?;
            if last == 0 {
                return Ok(None);
            }
            if let Some(entry) = self.entries.get(last)? {
                return Ok(Some(entry));
            }
            self.known.store(0, atomic::Ordering::Relaxed);
        }
    }

    /// Takes the place after the `last` entry for a run. Returns the number of the run: the one that
    /// `number` makes of the last number, or else the next.
    ///
    /// The entry is written before the record. A crash between the two leaves an entry without a run,
    /// which readers skip, and never a run without an entry.
    pub(super) fn append(
        &self,
        last: Option<&IndexEntry>,
        execution_id: &str,
        started_at: i64,
        number: impl FnOnce(i64) -> Option<i64>,
    ) -> Result<i64> {
        let (sequence, last_id) = last.map_or((1, 0), |last| (last.sequence + 1, last.id));
        let id = number(last_id).unwrap_or(last_id + 1);
        if !NUMBERS.contains(&id) {
            return Err(Error::NoNumberLeft { last: last_id });
        }
        self.entries.insert(&IndexEntry {
            sequence,
            execution_id: execution_id.to_owned(),
            id,
            started_at,
            newest_in_block: self.newest_in_block(sequence, started_at, last)?,
        })?;
        self.known.store(sequence, atomic::Ordering::Relaxed);
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

    pub(super) fn newest_first(&self, count: u64) -> Result<NewestFirst<'_, S>> {
        NewestFirst::of(self, count)
    }

    /// Rebuilds the index. Returns whether it was different before.
    pub(super) fn rebuild(&self, survey: &Survey, index: &[IndexEntry]) -> Result<bool> {
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
        let stored_places = survey.places().filter(|&place| place > index.len() as u64);
        let beyond: Vec<_> = stored_places.collect();
        if wrong.is_empty() && beyond.is_empty() {
            return Ok(false);
        }
        let keeper = survey.keeper(index);
        self.known.store(0, atomic::Ordering::Relaxed);
        // Keeps the last number in the store at every point where a crash may fall.
        if let Some(keeper) = &keeper {
            self.entries.insert(keeper)?;
        }
        self.entries.remove(1)?;
        for entry in wrong.into_iter().rev().filter(|entry| entry.sequence > 1) {
            self.entries.insert(entry)?;
        }
        for place in beyond {
            self.entries.remove(place)?;
        }
        if let Some(first) = index.first() {
            self.entries.insert(first)?;
        }
        if let Some(keeper) = &keeper {
            self.entries.remove(keeper.sequence)?;
        }
        self.known
            .store(index.len() as u64, atomic::Ordering::Relaxed);
        Ok(true)
    }

    /// The entry with this number. Entries are in the order of their numbers, so a few reads find it.
    pub(super) fn of_number(&self, number: i64) -> Result<Option<IndexEntry>> {
        let (mut first, mut end) = (1, self.last_place()?.saturating_add(1));
        while first < end {
            let middle = first + (end - first) / 2;
            let entry = self.entry(middle)?;
            match entry.id.cmp(&number) {
                Ordering::Less => first = middle + 1,
                Ordering::Greater => end = middle,
                Ordering::Equal => return Ok(Some(entry)),
            }
        }
        Ok(None)
    }

    /// The previous entry.
    pub(super) fn before(&self, entry: &IndexEntry) -> Result<Option<IndexEntry>> {
        match entry.sequence {
            0 | 1 => Ok(None),
            sequence => self.entry(sequence - 1).map(Some),
        }
    }

    /// Whether the run of this entry has a later entry, with this number. Looks only at the place where
    /// that entry is if numbers are consecutive.
    pub(super) fn has_later(&self, entry: &IndexEntry, number: i64) -> Result<bool> {
        let ahead = number.checked_sub(entry.id).map(u64::try_from);
        let Some(Ok(ahead @ 1..)) = ahead else {
            return Ok(false);
        };
        let later = self.entries.get(entry.sequence.saturating_add(ahead))?;
        Ok(later
            .is_some_and(|later| later.id == number && later.execution_id == entry.execution_id))
    }

    /// Clears the run with this execution id from the last entry, which keeps its number.
    pub(super) fn clear_last(&self, execution_id: &str) -> Result<()> {
        match self.last()? {
            Some(last) if last.execution_id == execution_id => self.entries.insert(&IndexEntry {
                execution_id: NO_RUN.to_owned(),
                ..last
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn entry(&self, sequence: u64) -> Result<IndexEntry> {
        let entry = self.entries.get(sequence)?;
        entry.ok_or_else(|| missing(sequence))
    }

    fn last_place(&self) -> Result<u64> {
        let known = self.known.load(atomic::Ordering::Relaxed);
        let is_taken = |place| self.entries.contains(place);
        let taken = last_taken(known, is_taken)?;
        if known == 0 && has_gap_after(taken, is_taken)? {
            return Err(missing(taken + 1));
        }
        self.known.store(taken, atomic::Ordering::Relaxed);
        Ok(taken)
    }
}

fn missing(place: u64) -> Error {
    Error::Corrupt {
        key: printable(&IndexEntry::key_for(place)),
        reason: "the index entry is missing".to_owned(),
    }
}
