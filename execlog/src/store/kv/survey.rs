//! A survey: all keys of a log in a key-value store.

use super::entry::{IndexEntry, NO_RUN};
use crate::error::Result;
use crate::kv::KvRecord;
use crate::kv::{KvEntry, KvStore, Table};
use crate::model::ExecutionRecord;
use crate::query::Order;
use crate::store::numbers::{NUMBERS, is_number};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// All keys of a log, read with two scans.
pub(super) struct Survey {
    /// Sorted by number.
    runs: Vec<Found>,
    /// The stored index entries by their keys, `None` for an unreadable entry.
    pub(super) entries: Vec<(Vec<u8>, Option<IndexEntry>)>,
    /// The last number given, even if its run was removed, or 0.
    given: i64,
    /// Entries under the run prefix whose key is invalid.
    foreign: Vec<KvEntry>,
}

/// A run as stored, and its place among the others.
struct Found {
    stored: KvEntry,
    execution_id: String,
    id: i64,
    started_at: i64,
    /// Whether the record itself holds the number, and not only the index entry.
    has_own_number: bool,
    /// The start according to the run's index entry, if it has one.
    indexed_start: Option<i64>,
}

/// Which start goes into the index if a run and its entry disagree.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Starts {
    /// The record's start: for a repair, which sets the entries aside.
    OfRecords,
    /// The entry's start: for an index built in passing, so that the evidence is kept.
    OfEntries,
}

/// An index entry whose start differs from the record's.
pub(super) struct Contradiction<'a> {
    pub(super) entry: &'a IndexEntry,
    pub(super) record: i64,
}

/// The fields that place a run. Readable even in many damaged records.
#[derive(Deserialize)]
struct Place {
    started_at: i64,
    id: i64,
}

impl Survey {
    pub(super) fn of(store: &impl KvStore) -> Result<Self> {
        let entries = store.scan(&IndexEntry::key_prefix())?.into_iter();
        let entries = entries.map(|(key, value)| {
            let entry = Table::<IndexEntry, &dyn KvStore>::decode(&key, &value).ok();
            (key, entry)
        });
        let entries: Vec<_> = entries.collect();
        let readable = || entries.iter().filter_map(|(_, entry)| entry.as_ref());
        let by_run = readable().map(|entry| (entry.execution_id.as_str(), entry));
        let by_run: HashMap<&str, &IndexEntry> = by_run.collect();

        let (mut runs, mut without_number) = (Vec::new(), Vec::new());
        let mut foreign = Vec::new();
        for stored in store.scan(&ExecutionRecord::key_prefix())? {
            let Ok(execution_id) = ExecutionRecord::parse_key(&stored.0) else {
                foreign.push(stored);
                continue;
            };
            let place: Option<Place> = serde_json::from_slice(&stored.1).ok();
            let entry = by_run.get(execution_id.as_str());
            let own = place
                .as_ref()
                .filter(|place| is_number(place.id, place.started_at))
                .map(|place| place.id);
            let number = own.or(entry.map(|entry| entry.id));
            let indexed_start = entry
                .filter(|entry| number == Some(entry.id))
                .map(|entry| entry.started_at);
            let started_at = place
                .map(|place| place.started_at)
                .or(entry.map(|entry| entry.started_at));
            let run = Found {
                stored,
                execution_id,
                id: number.unwrap_or_default(),
                // A run without a known start comes first, so that it is seen.
                started_at: started_at.unwrap_or(i64::MAX),
                has_own_number: own.is_some(),
                indexed_start,
            };
            match number {
                Some(_) => runs.push(run),
                None => without_number.push(run),
            }
        }
        let places = entries.iter().filter_map(|(key, _)| place(key));
        // A number is never less than the place that was taken with it.
        let numbers = places.filter_map(|place| i64::try_from(place).ok());
        let numbers = numbers.chain(readable().map(|entry| entry.id));
        let numbers = numbers.chain(runs.iter().map(|run| run.id));
        let given = numbers.filter(|number| NUMBERS.contains(number)).max();
        let given = given.unwrap_or(0);

        without_number.sort_by_key(|run| run.started_at);
        for (number, run) in (given + 1..i64::MAX).zip(without_number) {
            runs.push(Found { id: number, ..run });
        }
        runs.sort_by_key(|run| run.id);
        Ok(Self {
            runs,
            entries,
            given,
            foreign,
        })
    }

    /// Builds the index of these runs.
    pub(super) fn index(&self, starts: Starts) -> Vec<IndexEntry> {
        let mut index = Vec::with_capacity(self.runs.len() + 1);
        for run in &self.runs {
            let indexed = run.indexed_start.filter(|_| starts == Starts::OfEntries);
            let started_at = indexed.unwrap_or(run.started_at);
            IndexEntry::push(&mut index, &run.execution_id, run.id, started_at);
        }
        if self.given > 0 && self.runs.last().is_none_or(|run| run.id < self.given) {
            // The last number stays in the index without a run, so that it is not given again.
            let mut entries = self.entries.iter().filter_map(|(_, entry)| entry.as_ref());
            let entry = entries.find(|entry| entry.id == self.given);
            let started_at = entry.map_or(i64::MIN, |entry| entry.started_at);
            IndexEntry::push(&mut index, NO_RUN, self.given, started_at);
        }
        index
    }

    /// An entry beyond all others that keeps the last number during the rebuild, unless a record has
    /// it.
    pub(super) fn keeper(&self, index: &[IndexEntry]) -> Option<IndexEntry> {
        let last = index.last()?;
        let own = self.runs.iter().filter(|run| run.has_own_number);
        if own.map(|run| run.id).max() >= Some(last.id) {
            return None;
        }
        let beyond = self.places().max().unwrap_or(0).max(last.sequence);
        Some(IndexEntry {
            sequence: beyond.saturating_add(1),
            newest_in_block: i64::MAX,
            ..last.clone()
        })
    }

    /// The places of the stored entries.
    pub(super) fn places(&self) -> impl Iterator<Item = u64> {
        self.entries.iter().filter_map(|(key, _)| place(key))
    }

    pub(super) fn runs(&self) -> usize {
        self.runs.len()
    }

    pub(super) fn ids_without_entry(&self) -> impl Iterator<Item = &String> {
        let without = self.runs.iter().filter(|run| run.indexed_start.is_none());
        without.map(|run| &run.execution_id)
    }

    /// The entries whose runs are lost: missing but not removed. Excludes the last entry, whose process
    /// may have been killed before it wrote the run.
    pub(super) fn entries_of_lost_runs(&self) -> impl Iterator<Item = &IndexEntry> {
        let there: HashSet<&str> = self.runs.iter().map(|run| &*run.execution_id).collect();
        let last = self.places().max();
        let entries = self.entries.iter().filter_map(|(_, entry)| entry.as_ref());
        entries.filter(move |entry| {
            let exists = entry.execution_id == NO_RUN || there.contains(&*entry.execution_id);
            !exists && Some(entry.sequence) != last
        })
    }

    /// The entries that contradict the records of their runs, in index order.
    pub(super) fn contradictions(&self) -> impl Iterator<Item = Contradiction<'_>> {
        let contradicted = self.runs.iter().filter(|run| {
            run.indexed_start
                .is_some_and(|start| start != run.started_at)
        });
        let records: HashMap<_, _> = contradicted
            .map(|run| ((run.execution_id.as_str(), run.id), run.started_at))
            .collect();
        let entries = self.entries.iter().filter_map(|(_, entry)| entry.as_ref());
        entries.filter_map(move |entry| {
            let record = *records.get(&(entry.execution_id.as_str(), entry.id))?;
            (entry.started_at != record).then_some(Contradiction { entry, record })
        })
    }

    /// The number of stored entries that a rebuilt index drops.
    pub(super) fn entries_without_run(&self, index: &[IndexEntry]) -> usize {
        fn claim(entry: &IndexEntry) -> (&str, i64) {
            (&entry.execution_id, entry.id)
        }

        let claims: HashSet<_> = index.iter().map(claim).collect();
        let is_right = |entry: &IndexEntry| claims.contains(&claim(entry));
        let entries = self.entries.iter();
        entries
            .filter(|(_, entry)| !entry.as_ref().is_some_and(is_right))
            .count()
    }

    /// Every run in order, after the entries with invalid keys.
    pub(super) fn ordered(mut self, order: Order) -> impl Iterator<Item = Result<ExecutionRecord>> {
        if order != Order::AsAdded {
            self.runs.sort_by_key(|run| (run.started_at, run.id));
        }
        if order == Order::NewestFirst {
            self.runs.reverse();
        }
        let runs = self.runs.into_iter().map(|run| run.stored);
        let stored = self.foreign.into_iter().chain(runs);
        stored.map(|(key, value)| Table::<ExecutionRecord, &dyn KvStore>::decode(&key, &value))
    }
}

/// The place in an entry's key, or `None` if the key does not belong to an index entry.
fn place(key: &[u8]) -> Option<u64> {
    IndexEntry::parse_key(key).ok()
}
