//! The runs of a selection, in order, from a key-value store.

use super::KvLogStore;
use super::entry::IndexEntry;
use super::index::NewestFirst;
use super::survey::Survey;
use crate::error::printable;
use crate::error::{Error, Result};
use crate::kv::KvRecord;
use crate::kv::KvStore;
use crate::model::ExecutionRecord;
use crate::model::StoredRun;
use crate::query::{Order, Selection};
use crate::store::numbers::is_number;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// The runs of a selection. Uses the index with a limit, otherwise scans.
///
/// Looks up all runs of the limit before it yields the first. If the index turns out to be wrong
/// meanwhile, a scan replaces it, and the runs are still in order.
pub(super) struct Newest<'a, S> {
    store: &'a KvLogStore<S>,
    selection: Selection,
    /// The runs that the index has yielded, and those ready to be yielded next.
    listed: HashSet<String>,
    ready: VecDeque<Result<ExecutionRecord>>,
    source: Source<'a, S>,
}

enum Source<'a, S> {
    NotBegun,
    Index(NewestFirst<'a, Arc<S>>),
    Scan(Box<dyn Iterator<Item = Result<ExecutionRecord>> + 'a>),
    End,
}

impl<'a, S: KvStore> Newest<'a, S> {
    pub(super) fn new(store: &'a KvLogStore<S>, selection: Selection) -> Self {
        Self {
            store,
            selection,
            listed: HashSet::new(),
            ready: VecDeque::new(),
            source: Source::NotBegun,
        }
    }

    fn advance(&mut self) -> Result<Option<Result<ExecutionRecord>>> {
        if let Source::NotBegun = self.source {
            self.begin()?;
        }
        if let Some(run) = self.ready.pop_front() {
            return Ok(Some(run));
        }
        self.look_up()
    }

    fn begin(&mut self) -> Result<()> {
        let by_index = self
            .selection
            .wanted
            .filter(|_| self.selection.order == Order::NewestFirst);
        let Some(wanted) = by_index else {
            return self.begin_scan();
        };
        match self.look_up_by_index(wanted) {
            Ok(true) => Ok(()),
            Ok(false) | Err(Error::Corrupt { .. }) => {
                self.listed.clear();
                self.ready.clear();
                self.begin_scan()
            }
            Err(error) => Err(error),
        }
    }

    /// Prepares this many runs. Returns `false` if the index is missing.
    fn look_up_by_index(&mut self, wanted: usize) -> Result<bool> {
        let Some(last) = self.store.index.last()? else {
            return Ok(false);
        };
        let mut entries = self.store.index.newest_first(last.sequence)?;
        while self.ready.len() < wanted {
            match self.next_of(&mut entries)? {
                Some(run) => self.ready.push_back(run),
                None => break,
            }
        }
        self.source = Source::Index(entries);
        Ok(true)
    }

    /// The next run that has not been prepared.
    fn look_up(&mut self) -> Result<Option<Result<ExecutionRecord>>> {
        let mut source = std::mem::replace(&mut self.source, Source::End);
        if let Source::Index(entries) = &mut source {
            match self.next_of(entries) {
                Err(Error::Corrupt { .. }) => self.begin_scan()?,
                next => {
                    self.source = source;
                    return next;
                }
            }
            source = std::mem::replace(&mut self.source, Source::End);
        }
        let Source::Scan(runs) = &mut source else {
            return Ok(None);
        };
        let filter = &self.selection.filter;
        let next = runs.find(|run| run.as_ref().map_or(true, |run| filter.matches(run)));
        self.source = source;
        Ok(next)
    }

    /// The next selected run of the index.
    fn next_of(
        &mut self,
        entries: &mut NewestFirst<'_, Arc<S>>,
    ) -> Result<Option<Result<ExecutionRecord>>> {
        for entry in entries {
            let entry = entry?;
            if !self.selection.filter.matches_start(entry.started_at) {
                continue;
            }
            let Some(run) = self.store.run_of(&entry)? else {
                continue;
            };
            let is_selected = run
                .as_ref()
                .map_or(true, |run| self.selection.filter.matches(run));
            if is_selected && self.listed.insert(entry.execution_id) {
                return Ok(Some(run));
            }
        }
        Ok(None)
    }

    fn begin_scan(&mut self) -> Result<()> {
        let listed = std::mem::take(&mut self.listed);
        let key = |id: &String| printable(&ExecutionRecord::key_for(id));
        let keys: HashSet<String> = listed.iter().map(key).collect();
        let runs = Survey::of(&*self.store.store)?.ordered(self.selection.order);
        let is_new = move |run: &Result<ExecutionRecord>| match run {
            Ok(run) => !listed.contains(&run.execution_id),
            Err(Error::Corrupt { key, .. }) => !keys.contains(key),
            Err(_) => true,
        };
        self.source = Source::Scan(Box::new(runs.filter(is_new)));
        Ok(())
    }

    fn with_context(&self, record: ExecutionRecord) -> Result<StoredRun> {
        let context = if self.selection.contexts.has(&record.outcome) {
            self.store.context_of(&record)?.map(Box::new)
        } else {
            None
        };
        Ok(StoredRun { record, context })
    }
}

impl<S: KvStore> Iterator for Newest<'_, S> {
    type Item = Result<StoredRun>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let run = match self.advance() {
                Ok(run) => run?.and_then(|run| self.with_context(run)),
                Err(error) => {
                    self.source = Source::End;
                    return Some(Err(error));
                }
            };
            let filter = &self.selection.context_filter;
            let is_selected = |run: &StoredRun| filter.matches(run.context.as_deref());
            if run.as_ref().map_or(true, is_selected) {
                return Some(run);
            }
        }
    }
}

impl<S: KvStore> KvLogStore<S> {
    /// The run of an entry, or an error for an unreadable run. `None` if the run was removed, and a
    /// later run may have its execution id.
    fn run_of(&self, entry: &IndexEntry) -> Result<Option<Result<ExecutionRecord>>> {
        match self.records.get(&entry.execution_id) {
            Ok(Some(run)) if run.id == entry.id || !is_number(run.id, run.started_at) => {
                Ok(Some(Ok(run)))
            }
            // A later run has the execution id and is found by its own entry.
            Ok(Some(run)) if self.index.has_later(entry, run.id)? => Ok(None),
            Ok(Some(run)) => Err(Error::Corrupt {
                key: printable(&entry.key()),
                reason: format!(
                    "the index entry and its run have different numbers; the run has {}",
                    run.id
                ),
            }),
            Ok(None) => Ok(None),
            Err(unreadable @ Error::Corrupt { .. }) => Ok(Some(Err(unreadable))),
            Err(error) => Err(error),
        }
    }
}
