//! A log in a key-value store.
//!
//! `entry` is one index entry, `index` the index, and `newest` lists runs by the index. `survey` reads
//! the whole log to rebuild the index, `verify` looks for problems, and `repair` moves contradicting
//! entries `aside`.

mod aside;
mod entry;
mod index;
mod newest;
mod place;
mod repair;
#[cfg(feature = "seals")]
mod seals;
#[cfg(not(feature = "seals"))]
#[path = "without_seals.rs"]
mod seals;
mod survey;
mod verify;

use super::beside::HEAD_OF_KEYS;
use super::finish::settled;
use super::import::{merged, merged_context, number_kept};
use super::{CreateIfMissing, Finish, LogStore, found_by_reading};
use crate::error::{Error, Result};
use crate::kv::KvRecord;
use crate::kv::{KvStore, Table};
use crate::model::record::RUNNING;
use crate::model::{ExecutionContext, ExecutionRecord, StoredRun};
use crate::query::Selection;
use crate::seal::SealEvent;
use crate::store::deadline::BusyTimeout;
use crate::store::report::{Imported, ReindexReport, VerifyReport};
use crate::store::{Removal, Sealed, Verification};
use entry::{IndexEntry, NO_RUN};
use index::Index;
use newest::Newest;
use parking_lot::{ReentrantMutex, ReentrantMutexGuard};
use seals::Seals;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use survey::{Starts, Survey};

/// A log in a key-value store: the key `execlog:{execution_id}` for each run, another key for its
/// context, and an index of the runs.
pub(crate) struct KvLogStore<S> {
    store: Arc<S>,
    records: Table<ExecutionRecord, Arc<S>>,
    contexts: Table<ExecutionContext, Arc<S>>,
    index: Index<Arc<S>>,
    seals: Seals<Arc<S>>,
    /// Whether this handle has added a run.
    has_claimed: AtomicBool,
    /// Held by the writing thread, since a key-value store lacks transactions.
    turn: ReentrantMutex<()>,
    busy_timeout: BusyTimeout,
}

impl<S: KvStore> KvLogStore<S> {
    pub(crate) fn new(store: S) -> Self {
        let store = Arc::new(store);
        Self {
            records: Table::new(Arc::clone(&store)),
            contexts: Table::new(Arc::clone(&store)),
            index: Index::new(Arc::clone(&store)),
            seals: Seals::new(&store),
            has_claimed: AtomicBool::new(false),
            turn: ReentrantMutex::new(()),
            busy_timeout: BusyTimeout::default(),
            store,
        }
    }

    /// Claims a number for a run: the one that `number` makes of the last number, or else the next.
    ///
    /// Builds the index first if it is missing or unreadable: magellan may have written the runs, or a
    /// process may have died while it built the index.
    fn claim(&self, run: &ExecutionRecord, number: impl Fn(i64) -> Option<i64>) -> Result<i64> {
        let append = |last: Option<&IndexEntry>| {
            let (execution_id, started_at) = (&run.execution_id, run.started_at);
            self.index.append(last, execution_id, started_at, &number)
        };
        if !self.has_claimed.swap(true, Ordering::Relaxed) {
            self.clear_claim_of_killed()?;
        }
        let last = self.index.last();
        match last.and_then(|last| last.map(|last| append(Some(&last))).transpose()) {
            Ok(Some(number)) => Ok(number),
            Ok(None) | Err(Error::Corrupt { .. }) => {
                self.make_index()?;
                append(self.index.last()?.as_ref())
            }
            Err(error) => Err(error),
        }
    }

    /// Removes runs but keeps their index entries, which readers skip until the index is rebuilt.
    pub(crate) fn remove_runs(&self, execution_ids: &[&str], removal: Removal) -> Result<()> {
        let _turn = self.turn()?;
        for execution_id in execution_ids {
            if removal == Removal::OfPruning && self.is_kept_by_now(execution_id)? {
                continue;
            }
            if let Ok(Some(record)) = self.records.get(execution_id) {
                self.seal(&record, SealEvent::Removed, None)?;
            }
            self.records
                .remove(execution_id)
                .and_then(|()| self.contexts.remove(execution_id))
                .inspect_err(|_| self.doubt_newest_seal())?;
        }
        Ok(())
    }

    /// Finishes a removal: rebuilds the index, and drops the seals that nobody needs any more.
    pub(crate) fn finish_removal(&self) -> Result<()> {
        let _turn = self.turn()?;
        self.make_index()?;
        self.drop_old_seals()
    }

    /// Whether the run was begun again or pinned since it was chosen for pruning.
    fn is_kept_by_now(&self, execution_id: &str) -> Result<bool> {
        match self.find(execution_id) {
            Ok(Some(run)) => {
                let is_pinned = run.context.is_some_and(|context| context.pin.is_some());
                Ok(is_pinned || run.record.outcome == RUNNING)
            }
            Ok(None) | Err(Error::Corrupt { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Clears the run from the last entry, because the run could not be written. The entry keeps its
    /// number.
    fn give_up_claim(&self, record: &ExecutionRecord) {
        // Ignored: the caller needs the error of the write.
        let _ = self.index.clear_last(&record.execution_id);
        let _ = self.contexts.remove(&record.execution_id);
    }

    /// Does the same for a process that was killed between writing the entry and the run. Afterwards
    /// any other entry without a run means that its run is lost.
    fn clear_claim_of_killed(&self) -> Result<()> {
        match self.index.last() {
            Ok(Some(last)) if !self.has_run_of(&last)? => self.index.clear_last(&last.execution_id),
            // An unreadable index is rebuilt.
            Ok(_) | Err(Error::Corrupt { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Waits for another thread that writes, until the busy timeout is over.
    fn turn(&self) -> Result<ReentrantMutexGuard<'_, ()>> {
        let turn = self.turn.try_lock_until(self.busy_timeout.deadline());
        turn.ok_or_else(|| Error::store_in_use("write"))
    }

    /// Whether the run of an entry exists, or the entry only keeps a number.
    fn has_run_of(&self, entry: &IndexEntry) -> Result<bool> {
        Ok(entry.execution_id == NO_RUN || self.records.contains(&entry.execution_id)?)
    }

    /// Builds the index without a repair: a problem with a run is still found later.
    pub(crate) fn make_index(&self) -> Result<()> {
        let _turn = self.turn()?;
        let survey = Survey::of(&*self.store)?;
        let index = survey.index(Starts::OfEntries);
        self.index.rebuild(&survey, &index).map(drop)
    }

    fn context_of(&self, record: &ExecutionRecord) -> Result<Option<ExecutionContext>> {
        let context = self.contexts.get(&record.execution_id)?;
        Ok(context.filter(|context| context.belongs_to(record)))
    }

    /// Writes both records of a changed run, context first, and before them the seal of the change. A
    /// crash between the two records leaves a record that is out of date but not wrong.
    fn write(&self, run: &StoredRun, event: SealEvent) -> Result<()> {
        self.seal(&run.record, event, Some(run))?;
        let context = run.context.as_deref();
        context
            .map_or(Ok(()), |context| self.contexts.insert(context))
            .and_then(|()| self.records.insert(&run.record))
            .inspect_err(|_| self.doubt_newest_seal())
    }
}

impl<S: KvStore> LogStore for KvLogStore<S> {
    fn prepare(&self) -> Result<()> {
        Ok(())
    }

    fn busy_timeout(&self) -> Duration {
        self.busy_timeout.get()
    }

    fn set_busy_timeout(&self, time: Duration) {
        self.busy_timeout.set(time);
    }

    fn kept_in(&self, file: &Path) {
        self.store.kept_in(file);
    }

    fn file(&self, _: CreateIfMissing) -> Result<Option<PathBuf>> {
        Ok(None)
    }

    fn insert(
        &self,
        mut record: ExecutionRecord,
        context: Option<&ExecutionContext>,
    ) -> Result<i64> {
        let _turn = self.turn()?;
        if self.records.contains(&record.execution_id)? {
            return Err(Error::duplicate(&record.execution_id));
        }
        record.id = self.claim(&record, |_| None)?;
        let event = SealEvent::of_insert(&record);
        let context = context.cloned().map(Box::new);
        let run = StoredRun { record, context };
        self.write(&run, event)
            .inspect_err(|_| self.give_up_claim(&run.record))?;
        Ok(run.record.id)
    }

    fn head_name(&self) -> &'static str {
        HEAD_OF_KEYS
    }

    /// A store without a log cannot be told from a store that has lost its log, so the log always
    /// exists.
    fn last_number(&self) -> Result<Option<i64>> {
        let _turn = self.turn()?;
        let Some(last) = self.index.last()? else {
            return Ok(Some(0));
        };
        if self.has_run_of(&last)? {
            return Ok(Some(last.id));
        }
        let before = self.index.before(&last)?;
        Ok(Some(before.map_or(0, |before| before.id)))
    }

    fn exists(&self) -> Result<bool> {
        let is_indexed = match self.index.last() {
            Ok(last) => last.is_some(),
            // Runs can be found without a readable index.
            Err(Error::Corrupt { .. }) => true,
            Err(error) => return Err(error),
        };
        Ok(is_indexed || !self.store.scan(&ExecutionRecord::key_prefix())?.is_empty())
    }

    fn import(&self, runs: &[StoredRun]) -> Result<Vec<Imported>> {
        let _turn = self.turn()?;
        let import = |run: &StoredRun| {
            let mut coming = run.clone();
            let Some(here) = self.find(&run.record.execution_id)? else {
                coming.record.id = self.claim(&run.record, |last| number_kept(run, last))?;
                self.write(&coming, SealEvent::Imported)?;
                return Ok(Imported::Added);
            };
            let merged = merged(&here, run);
            if merged == Imported::Updated {
                coming.record.id = here.record.id;
                coming.context = merged_context(&here, run).map(Box::new);
                self.write(&coming, SealEvent::Imported)?;
            }
            Ok(merged)
        };
        runs.iter().map(import).collect()
    }

    fn finish(&self, execution_id: &str, finish: &Finish) -> Result<()> {
        let _turn = self.turn()?;
        let Some(mut record) = self.records.get(execution_id)? else {
            return Err(Error::not_found(execution_id));
        };
        let is_own = |started: &super::Started| started.id == record.id && !started.has_context;
        let mut context = match finish.started.filter(is_own) {
            Some(_) => None,
            None => self.context_of(&record).or_else(|error| match error {
                // A run can end even if its context is unreadable.
                Error::Corrupt { .. } => Ok(None),
                error => Err(error),
            })?,
        };
        finish.check(&record, context.as_ref())?;
        finish.apply(&mut record, context.as_mut());
        let context = context.map(Box::new);
        self.write(&StoredRun { record, context }, SealEvent::Ended)
    }

    fn settle(&self, execution_id: &str, id: i64, message: &str) -> Result<bool> {
        let _turn = self.turn()?;
        let Some(run) = self.find(execution_id)? else {
            return Ok(false);
        };
        if run.record.id != id || run.record.outcome != RUNNING {
            return Ok(false);
        }
        self.write(&settled(run, message), SealEvent::Settled)?;
        Ok(true)
    }

    fn pin(&self, execution_id: &str, id: i64, note: Option<&str>) -> Result<bool> {
        let _turn = self.turn()?;
        let Some(StoredRun { record, context }) = self.find(execution_id)? else {
            return Ok(false);
        };
        if record.id != id {
            return Ok(false);
        }
        let context = match context {
            Some(context) => ExecutionContext {
                pin: note.map(str::to_owned),
                ..*context
            },
            None => ExecutionContext::of_pin(&record, note),
        };
        let context = Some(Box::new(context));
        self.write(&StoredRun { record, context }, SealEvent::Pinned)?;
        Ok(true)
    }

    fn flush(&self) -> Result<()> {
        self.store.flush()
    }

    fn get(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        self.records.get(execution_id)
    }

    fn find(&self, execution_id: &str) -> Result<Option<StoredRun>> {
        let Some(record) = self.records.get(execution_id)? else {
            return Ok(None);
        };
        let context = self.context_of(&record)?.map(Box::new);
        Ok(Some(StoredRun { record, context }))
    }

    fn find_by_number(&self, number: i64) -> Result<Option<StoredRun>> {
        let indexed = match self.index.of_number(number) {
            Ok(Some(entry)) => self.find(&entry.execution_id)?,
            // The index is missing or wrong.
            Ok(None) | Err(Error::Corrupt { .. }) => None,
            Err(error) => return Err(error),
        };
        match indexed.filter(|run| run.record.id == number) {
            Some(run) => Ok(Some(run)),
            None => found_by_reading(self, number),
        }
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        let keys = self
            .store
            .scan(&ExecutionRecord::key_for(prefix))?
            .into_iter();
        let ids = keys.filter_map(|(key, _)| ExecutionRecord::parse_key(&key).ok());
        Ok(ids.take(limit).collect())
    }

    fn runs(&self, selection: Selection) -> Box<dyn Iterator<Item = Result<StoredRun>> + '_> {
        Box::new(Newest::new(self, selection))
    }

    fn remove(&self, execution_ids: &[&str], removal: Removal) -> Result<()> {
        let _turn = self.turn()?;
        self.remove_runs(execution_ids, removal)?;
        self.finish_removal()
    }

    fn reindex(&self, now_ms: i64) -> Result<ReindexReport> {
        let _turn = self.turn()?;
        self.adopt_all()?;
        let survey = Survey::of(&*self.store)?;
        let set_aside = repair::set_aside(&*self.store, &survey, now_ms)?;
        let index = survey.index(Starts::OfRecords);
        let was_wrong = self.index.rebuild(&survey, &index)?;
        Ok(ReindexReport {
            was_right: !was_wrong && set_aside == 0,
            set_aside,
            runs: survey.runs(),
            added: survey.ids_without_entry().count(),
            removed: survey.entries_without_run(&index),
        })
    }

    fn verify(&self, verification: &Verification) -> Result<VerifyReport> {
        let _turn = self.turn()?;
        let mut verified = verify::verify(&*self.store)?;
        seals::check(self, verification, &mut verified)?;
        Ok(verified)
    }

    fn accept(&self) -> Result<()> {
        let _turn = self.turn()?;
        self.accept_all()
    }

    fn write_no_seals(&self) {
        self.seals.turn_off();
    }

    fn newest_seal(&self) -> Option<Sealed> {
        self.seals.newest()
    }

    fn sealed(&self) -> Result<Option<Sealed>> {
        self.seals.sealed()
    }

    fn connect(&self) -> Result<rusqlite::Connection> {
        Err(Error::NoConnection {
            kept: "in a key-value store",
        })
    }
}
