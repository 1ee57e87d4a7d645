mod entry;
mod index;
mod survey;

use super::{Finish, LogStore};
use crate::error::printable;
use crate::kv::{KvStore, Table};
use crate::record::RUNNING;
use crate::{Error, ExecutionRecord, KvRecord, Reindexed, Result};
use entry::IndexEntry;
use index::Index;
use std::collections::HashSet;
use std::rc::Rc;
use survey::{Survey, is_number};

/// A log in a key-value store: `execlog:{execution_id}` for each run, and an index of them.
pub(crate) struct KvLogStore<S> {
    store: Rc<S>,
    records: Table<ExecutionRecord, Rc<S>>,
    index: Index<Rc<S>>,
}

impl<S: KvStore> KvLogStore<S> {
    pub(crate) fn new(store: S) -> Self {
        let store = Rc::new(store);
        Self {
            records: Table::new(Rc::clone(&store)),
            index: Index::new(Rc::clone(&store)),
            store,
        }
    }

    /// Takes the next number for a run.
    ///
    /// Where there is no index, or none that can be read, one is made first: the store may hold
    /// runs that magellan wrote, or be left by a process that died while it made one.
    fn claim(&self, run: &ExecutionRecord) -> Result<i64> {
        let append =
            |last: Option<&IndexEntry>| self.index.append(last, &run.execution_id, run.started_at);
        let last = self.index.last();
        match last.and_then(|last| last.map(|last| append(Some(&last))).transpose()) {
            Ok(Some(number)) => Ok(number),
            Ok(None) | Err(Error::Corrupt { .. }) => {
                self.reindex()?;
                append(self.index.last()?.as_ref())
            }
            Err(error) => Err(error),
        }
    }

    /// The newest runs as the index has them, or `None` if there is no index.
    fn indexed(&self, limit: usize) -> Result<Option<Vec<Result<ExecutionRecord>>>> {
        let Some(last) = self.index.last()? else {
            return Ok(None);
        };
        let mut entries = self.index.newest_first(last.sequence)?;
        let (mut newest, mut listed) = (Vec::new(), HashSet::new());
        while newest.len() < limit {
            let Some(entry) = entries.next().transpose()? else {
                break;
            };
            let run = match self.run_of(&entry)? {
                Some(run) if !listed.contains(&entry.execution_id) => run,
                _ => continue,
            };
            newest.push(run);
            listed.insert(entry.execution_id);
        }
        Ok(Some(newest))
    }

    /// The run of an entry, or an error in its place, or `None` if it is gone and perhaps a later
    /// one has its execution id.
    fn run_of(&self, entry: &IndexEntry) -> Result<Option<Result<ExecutionRecord>>> {
        match self.records.get(&entry.execution_id) {
            Ok(Some(run)) if run.id == entry.id || !is_number(run.id, run.started_at) => {
                Ok(Some(Ok(run)))
            }
            // No run gets a smaller number than an earlier one, so the entry is not right.
            Ok(Some(run)) if run.id < entry.id => Err(Error::Corrupt {
                key: printable(&entry.key()),
                reason: format!("it has another number than the run: {}", run.id),
            }),
            Ok(_) => Ok(None),
            Err(unreadable @ Error::Corrupt { .. }) => Ok(Some(Err(unreadable))),
            Err(error) => Err(error),
        }
    }
}

impl<S: KvStore> LogStore for KvLogStore<S> {
    fn prepare(&self) -> Result<()> {
        Ok(())
    }

    fn insert(&self, mut record: ExecutionRecord) -> Result<i64> {
        if self.records.contains(&record.execution_id)? {
            return Err(Error::duplicate(&record.execution_id));
        }
        record.id = self.claim(&record)?;
        self.records.insert(&record)?;
        Ok(record.id)
    }

    fn finish(&self, execution_id: &str, finish: &Finish) -> Result<()> {
        let Some(mut record) = self.records.get(execution_id)? else {
            return Err(Error::not_found(execution_id));
        };
        if record.outcome != RUNNING {
            return Err(Error::already_finished(execution_id, &record.outcome));
        }
        finish.apply(&mut record);
        self.records.insert(&record)
    }

    fn flush(&self) -> Result<()> {
        self.store.flush()
    }

    fn get(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        self.records.get(execution_id)
    }

    fn newest(&self, limit: Option<usize>) -> Result<Vec<Result<ExecutionRecord>>> {
        let indexed = limit.map_or(Ok(None), |limit| self.indexed(limit));
        match indexed {
            Ok(Some(newest)) => Ok(newest),
            Ok(None) | Err(Error::Corrupt { .. }) => {
                let newest = Survey::of(&*self.store)?.newest_first();
                Ok(newest.take(limit.unwrap_or(usize::MAX)).collect())
            }
            Err(error) => Err(error),
        }
    }

    fn remove(&self, execution_ids: &[&str]) -> Result<()> {
        for execution_id in execution_ids {
            self.records.remove(execution_id)?;
        }
        self.reindex().map(drop)
    }

    fn reindex(&self) -> Result<Reindexed> {
        let survey = Survey::of(&*self.store)?;
        let index = survey.index();
        Ok(Reindexed {
            was_right: !self.index.rebuild(&survey, &index)?,
            runs: survey.runs(),
            added: survey.runs_without_entry(),
            removed: survey.entries_without_run(&index),
        })
    }

    fn connect(&self) -> Result<rusqlite::Connection> {
        Err(Error::NoConnection {
            kept: "in a key-value store",
        })
    }
}
