use super::index::IndexEntry;
use crate::kv::{KvEntry, KvStore, Table};
use crate::{ExecutionRecord, KvRecord, Result};
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// Everything that a store has of a log, found with two scans.
pub(super) struct Survey {
    /// In the order of their numbers.
    runs: Vec<Found>,
    /// The stored entries of the index by their keys, `None` where one cannot be read.
    pub(super) entries: Vec<(Vec<u8>, Option<IndexEntry>)>,
    /// What the index of these runs is.
    pub(super) index: Vec<IndexEntry>,
}

/// A run as it is stored, and its place among the others.
struct Found {
    stored: KvEntry,
    execution_id: String,
    id: i64,
    started_at: i64,
    is_indexed: bool,
}

/// What a run is placed by, which can be read in many that are not whole.
#[derive(Deserialize)]
struct Place {
    started_at: i64,
    id: i64,
}

/// Whether the `id` of a run is its number. magellan has no numbers for the runs that it keeps in a
/// graph, and stores the second they began instead.
pub(super) fn is_number(id: i64, started_at: i64) -> bool {
    id != started_at
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
        for stored in store.scan(&ExecutionRecord::key_prefix())? {
            let execution_id = ExecutionRecord::parse_key(&stored.0)?;
            let place: Option<Place> = serde_json::from_slice(&stored.1).ok();
            let entry = by_run.get(execution_id.as_str());
            let own = place
                .as_ref()
                .filter(|place| is_number(place.id, place.started_at))
                .map(|place| place.id);
            let number = own.or(entry.map(|entry| entry.id));
            let started_at = place
                .map(|place| place.started_at)
                .or(entry.map(|entry| entry.started_at));
            let run = Found {
                stored,
                execution_id,
                id: number.unwrap_or_default(),
                // Where nothing tells when it began it comes first, so that it is seen.
                started_at: started_at.unwrap_or(i64::MAX),
                is_indexed: number.is_some() && number == entry.map(|entry| entry.id),
            };
            match number {
                Some(_) => runs.push(run),
                None => without_number.push(run),
            }
        }
        let numbers = readable().map(|entry| entry.id);
        let last = numbers.chain(runs.iter().map(|run| run.id)).max();
        without_number.sort_by_key(|run| run.started_at);
        for (number, run) in (last.unwrap_or(0).saturating_add(1)..).zip(without_number) {
            runs.push(Found { id: number, ..run });
        }
        runs.sort_by_key(|run| run.id);
        let index = index_of(&runs, readable().max_by_key(|entry| entry.id));
        Ok(Self {
            runs,
            entries,
            index,
        })
    }

    pub(super) fn runs(&self) -> usize {
        self.runs.len()
    }

    pub(super) fn runs_without_entry(&self) -> usize {
        self.runs.iter().filter(|run| !run.is_indexed).count()
    }

    /// How many of the stored entries the index is better without.
    pub(super) fn entries_without_run(&self) -> usize {
        let claim = |entry: &IndexEntry| (entry.execution_id.clone(), entry.id);
        let claims: HashSet<_> = self.index.iter().map(claim).collect();
        let is_right = |entry: &IndexEntry| claims.contains(&claim(entry));
        let entries = self.entries.iter();
        entries
            .filter(|(_, entry)| !entry.as_ref().is_some_and(is_right))
            .count()
    }

    /// Every run, newest first.
    pub(super) fn newest_first(mut self) -> impl Iterator<Item = Result<ExecutionRecord>> {
        self.runs
            .sort_by_key(|run| Reverse((run.started_at, run.id)));
        self.runs.into_iter().map(|run| {
            let (key, value) = run.stored;
            Table::<ExecutionRecord, &dyn KvStore>::decode(&key, &value)
        })
    }
}

/// The index of runs that come in the order of their numbers.
fn index_of(runs: &[Found], last: Option<&IndexEntry>) -> Vec<IndexEntry> {
    let mut index = Vec::with_capacity(runs.len() + 1);
    for run in runs {
        IndexEntry::push(&mut index, &run.execution_id, run.id, run.started_at);
    }
    // The entry with the last number stays without its run, so that no other gets the number.
    if let Some(last) = last
        && runs.last().is_none_or(|run| run.id < last.id)
    {
        IndexEntry::push(&mut index, &last.execution_id, last.id, last.started_at);
    }
    index
}
