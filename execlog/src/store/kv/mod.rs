mod entry;
mod index;
mod newest;
mod survey;

use super::{CRASHED, Finish, LogStore, Made, can_end};
use crate::kv::{KvStore, Table};
use crate::query::{Found, Selection};
use crate::record::RUNNING;
use crate::{Error, ExecutionContext, ExecutionRecord, KvRecord, Outcome, Reindexed, Result};
use entry::IndexEntry;
use index::Index;
use newest::Newest;
use std::path::PathBuf;
use std::rc::Rc;
use survey::Survey;

/// A log in a key-value store: `execlog:{execution_id}` for each run, its context beside it, and an
/// index of the runs.
pub(crate) struct KvLogStore<S> {
    store: Rc<S>,
    records: Table<ExecutionRecord, Rc<S>>,
    contexts: Table<ExecutionContext, Rc<S>>,
    index: Index<Rc<S>>,
}

impl<S: KvStore> KvLogStore<S> {
    pub(crate) fn new(store: S) -> Self {
        let store = Rc::new(store);
        Self {
            records: Table::new(Rc::clone(&store)),
            contexts: Table::new(Rc::clone(&store)),
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

    fn context_of(&self, record: &ExecutionRecord) -> Result<Option<ExecutionContext>> {
        let context = self.contexts.get(&record.execution_id)?;
        Ok(context.filter(|context| context.belongs_to(record)))
    }

    /// Writes both records of a run that changed. The context goes first: a crash between the two
    /// leaves a record that says less, and none that says what is not so.
    fn write(&self, record: &ExecutionRecord, context: Option<&ExecutionContext>) -> Result<()> {
        if let Some(context) = context {
            self.contexts.insert(context)?;
        }
        self.records.insert(record)
    }
}

impl<S: KvStore> LogStore for KvLogStore<S> {
    fn prepare(&self) -> Result<()> {
        Ok(())
    }

    fn file(&self, _: Made) -> Result<Option<PathBuf>> {
        Ok(None)
    }

    fn insert(
        &self,
        mut record: ExecutionRecord,
        context: Option<&ExecutionContext>,
    ) -> Result<i64> {
        if self.records.contains(&record.execution_id)? {
            return Err(Error::duplicate(&record.execution_id));
        }
        record.id = self.claim(&record)?;
        self.write(&record, context)?;
        Ok(record.id)
    }

    fn finish(&self, execution_id: &str, finish: &Finish) -> Result<()> {
        let Some(mut record) = self.records.get(execution_id)? else {
            return Err(Error::not_found(execution_id));
        };
        let is_own = |started: &super::Started| started.id == record.id && !started.has_context;
        let mut context = match finish.started.filter(is_own) {
            Some(_) => None,
            None => self.context_of(&record).or_else(|error| match error {
                // What is beside the record does not keep it from ending.
                Error::Corrupt { .. } => Ok(None),
                error => Err(error),
            })?,
        };
        if finish.is_of_another(&record) {
            return Err(Error::not_found(execution_id));
        }
        if !can_end(&record, context.as_ref()) {
            return Err(Error::already_finished(execution_id, &record.outcome));
        }
        finish.apply(&mut record, context.as_mut());
        self.write(&record, context.as_ref())
    }

    fn settle(&self, execution_id: &str, id: i64) -> Result<bool> {
        let Some(Found {
            mut record,
            context,
        }) = self.find(execution_id)?
        else {
            return Ok(false);
        };
        let Some(mut context) = context.filter(|_| record.id == id && record.outcome == RUNNING)
        else {
            return Ok(false);
        };
        context.crashed = true;
        Outcome::Error.as_str().clone_into(&mut record.outcome);
        record.error_message = Some(CRASHED.to_owned());
        self.write(&record, Some(&context))?;
        Ok(true)
    }

    fn flush(&self) -> Result<()> {
        self.store.flush()
    }

    fn get(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        self.records.get(execution_id)
    }

    fn find(&self, execution_id: &str) -> Result<Option<Found>> {
        let Some(record) = self.records.get(execution_id)? else {
            return Ok(None);
        };
        let context = self.context_of(&record)?;
        Ok(Some(Found { record, context }))
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        let keys = self
            .store
            .scan(&ExecutionRecord::key_for(prefix))?
            .into_iter();
        let ids = keys.filter_map(|(key, _)| ExecutionRecord::parse_key(&key).ok());
        Ok(ids.take(limit).collect())
    }

    fn runs(&self, selection: Selection) -> Box<dyn Iterator<Item = Result<Found>> + '_> {
        Box::new(Newest::new(self, selection))
    }

    fn remove(&self, execution_ids: &[&str]) -> Result<()> {
        for execution_id in execution_ids {
            self.records.remove(execution_id)?;
            self.contexts.remove(execution_id)?;
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
