//! `ExecutionLog`, the face that hosts call.

mod audit;
mod begin;
mod file;
mod locks;
mod loss;
mod open;
mod read;
mod runs;
mod settle;
mod sweep;
mod transfer;

pub use audit::FoundSecret;
pub use loss::Loss;
pub use runs::{Runs, RunsIter};

use crate::clock::Clock;
use crate::query::Selection;
use crate::record::RUNNING;
use crate::store::{Finish, LogStore, Started};
use crate::{
    Durability, Error, ExecutionRecord, Outcome, Policy, Pruned, Redaction, Reindexed, Result,
    execution_id,
};
use locks::Locks;
use loss::Headed;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

/// The log of a tool's runs.
///
/// One handle is for one thread, neither `Send` nor `Sync`. Another handle on the same SQLite file,
/// in this process or any other, is cheap to open and safe to use at the same time. A key-value
/// store is for one process at a time.
///
/// ```
/// use execlog::{ExecutionLog, Outcome};
///
/// let log = ExecutionLog::in_memory();
/// let args = ["index".to_owned(), "src".to_owned()];
/// log.start_execution("run-1", "1.0.0", &args, Some("src"), "code.db")?;
/// log.finish_execution("run-1", Outcome::Success, None, 12, 340, 1210)?;
///
/// let newest = log.get_recent(20)?;
/// assert_eq!(newest[0].outcome, "success");
/// assert_eq!(newest[0].symbols_indexed, 340);
/// # Ok::<(), execlog::Error>(())
/// ```
///
/// # Errors of every call
///
/// A call that takes an execution id refuses one that is empty, longer than 512 bytes or has a
/// control character with [`Error::InvalidId`], before anything is written. Every call can also
/// return what its store reports: for SQLite [`Error::Open`], [`Error::NotADatabase`],
/// [`Error::Schema`], [`Error::ReadOnly`], [`Error::Busy`], [`Error::TooSlow`] and [`Error::Sqlite`],
/// and for a key-value store [`Error::Engine`]. A call that writes refuses to with
/// [`Error::RunsLost`] while the log has fewer runs than its head file says, see [`loss`](Self::loss).
pub struct ExecutionLog {
    store: Box<dyn LogStore>,
    clock: Box<dyn Clock>,
    durability: Durability,
    redaction: Redaction,
    locks: Locks,
    headed: Headed,
    /// Something was written and not flushed.
    is_unflushed: Cell<bool>,
    /// The numbers of the runs that `start_execution` recorded here and that have not ended, and
    /// when they began, on the clock's monotonic side.
    started: RefCell<HashMap<String, (i64, Duration)>>,
}

impl std::fmt::Debug for ExecutionLog {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ExecutionLog")
            .finish_non_exhaustive()
    }
}

impl ExecutionLog {
    /// Makes the log ready to write to: creates the SQLite file, table and indexes where they are
    /// missing. The first write does the same, so this only serves to find out early.
    ///
    /// # Errors
    ///
    /// See [above](Self#errors-of-every-call).
    pub fn ensure_schema(&self) -> Result<()> {
        self.store.prepare()
    }

    /// A new connection of its own to the SQLite file of the log, in the host's version of
    /// [`rusqlite`](crate::rusqlite).
    ///
    /// # Errors
    ///
    /// [`Error::NoConnection`] if the log is not in a SQLite file that it opened itself.
    pub fn connect(&self) -> Result<rusqlite::Connection> {
        self.store.connect()
    }

    /// Records that a run has started, and returns its number: 1, 2, 3 …
    ///
    /// # Errors
    ///
    /// [`Error::Duplicate`] if the id is taken, whatever it is taken by.
    pub fn start_execution(
        &self,
        execution_id: &str,
        tool_version: &str,
        args: &[String],
        root: Option<&str>,
        db_path: &str,
    ) -> Result<i64> {
        execution_id::check(execution_id)?;
        let began = self.clock.monotonic();
        let record = ExecutionRecord {
            id: 0,
            execution_id: execution_id.to_owned(),
            tool_version: tool_version.to_owned(),
            args: json(self.redaction.arguments(args)),
            root: root.map(|root| self.redaction.path(root)),
            db_path: self.redaction.path(db_path),
            started_at: self.clock.unix_seconds(),
            finished_at: None,
            duration_ms: None,
            outcome: RUNNING.to_owned(),
            error_message: None,
            files_indexed: 0,
            symbols_indexed: 0,
            references_indexed: 0,
        };
        let id = self.writing()?.insert(record, None)?;
        self.headed.note(id);
        let mut started = self.started.borrow_mut();
        started.insert(execution_id.to_owned(), (id, began));
        self.flush_started()?;
        Ok(id)
    }

    /// Records how a run ended.
    ///
    /// `outcome` is an [`Outcome`] or its word. The duration is measured to the millisecond if this
    /// handle started the run. If another did, it is the difference between the two stored times,
    /// in milliseconds for a run that has a context, and else in whole seconds. It is never
    /// negative, whatever the clock does. A count larger than [`i64::MAX`] is stored as that.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOutcome`] for any other word, [`Error::NotFound`] if no such run was
    /// started, and [`Error::AlreadyFinished`] if it has ended before; the record stays as it is. A
    /// run that was [settled](Self::settle) as crashed may still end.
    pub fn finish_execution<O>(
        &self,
        execution_id: &str,
        outcome: O,
        error_message: Option<&str>,
        files_indexed: usize,
        symbols_indexed: usize,
        references_indexed: usize,
    ) -> Result<()>
    where
        O: TryInto<Outcome>,
        Error: From<O::Error>,
    {
        execution_id::check(execution_id)?;
        let outcome = outcome.try_into()?;
        let began = self.started.borrow().get(execution_id).copied();
        let message = error_message.map(|message| self.redaction.text(message));
        let finish = Finish {
            outcome,
            error_message: message.as_deref(),
            ended_at_ms: self.clock.unix_millis(),
            started: began.map(|(id, began)| Started {
                id,
                measured_ms: self.millis_since(began),
                has_context: false,
            }),
            exit_code: None,
            files: count(files_indexed),
            symbols: count(symbols_indexed),
            references: count(references_indexed),
        };
        self.writing()?.finish(execution_id, &finish)?;
        self.started.borrow_mut().remove(execution_id);
        self.flush_finished()
    }

    /// Records a whole run at once, and returns its number. The record's own `id` is ignored.
    ///
    /// # Errors
    ///
    /// [`Error::Duplicate`] if the execution id is taken. [`Error::InvalidRecord`] if the outcome is
    /// unknown, the arguments are not a JSON array of strings, the duration or a count is negative, or
    /// the run has an end and is still `running`.
    pub fn log_execution(&self, record: &ExecutionRecord) -> Result<i64> {
        record.check()?;
        let args = record.arguments()?;
        let mut record = record.clone();
        let redacted = self.redaction.arguments(&args);
        if redacted != args {
            record.args = json(redacted);
        }
        record.root = record.root.map(|root| self.redaction.path(&root));
        record.error_message = record.error_message.map(|text| self.redaction.text(&text));
        record.db_path = self.redaction.path(&record.db_path);
        let id = self.writing()?.insert(record, None)?;
        self.headed.note(id);
        self.flush_finished()?;
        Ok(id)
    }

    /// The run with this execution id, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if what is stored under it cannot be read.
    pub fn get_by_id(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        execution_id::check(execution_id)?;
        self.store.get(execution_id)
    }

    /// The same as [`get_by_id`](Self::get_by_id), under the name that magellan calls it by.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn get_by_execution_id(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        self.get_by_id(execution_id)
    }

    /// The newest runs, newest first: by `started_at` and then `id`, descending.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if one of them cannot be read; see [`list_results`](Self::list_results).
    pub fn get_recent(&self, limit: usize) -> Result<Vec<ExecutionRecord>> {
        self.list_all(Some(limit))
    }

    /// All runs, or the `limit` newest, newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if one of them cannot be read; see [`list_results`](Self::list_results).
    pub fn list_all(&self, limit: Option<usize>) -> Result<Vec<ExecutionRecord>> {
        self.list_results(limit)?.into_iter().collect()
    }

    /// All runs, or the `limit` newest, newest first, each with a result of its own: one that
    /// cannot be read does not hide the others.
    ///
    /// Where it cannot even be told when such a run began, it stands before all others and counts
    /// towards the limit. A row of a table that is not magellan's, which has no start at all, stands
    /// last.
    ///
    /// Costs the reading of as many runs as it returns. In a key-value store, to list all runs or
    /// the runs of a log without an index is to scan the store, which takes seconds for 100,000.
    ///
    /// # Errors
    ///
    /// For an item, [`Error::Corrupt`] naming its key; for the whole, see
    /// [above](Self#errors-of-every-call).
    pub fn list_results(&self, limit: Option<usize>) -> Result<Vec<Result<ExecutionRecord>>> {
        let selection = Selection {
            wanted: limit,
            ..Selection::default()
        };
        let found = self.found(selection).take(limit.unwrap_or(usize::MAX));
        let mut listed = Vec::new();
        for run in found {
            match run {
                Err(error) if !matches!(error, Error::Corrupt { .. }) => return Err(error),
                run => listed.push(run.map(|found| found.record)),
            }
        }
        Ok(listed)
    }

    /// Removes the runs that no rule of the policy keeps, and says which went and which stayed and
    /// why.
    ///
    /// Reads every run, and in a key-value store writes the index anew if any goes: prune now and
    /// then, and not after every run. A SQLite file keeps its size and uses the room again, a native
    /// graph of sqlitegraph 3.9 gets smaller when it is flushed, and one of 1.6 grows.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyPolicy`] if the policy has no rule.
    pub fn prune(&self, policy: &Policy) -> Result<Pruned> {
        policy.check()?;
        let runs = self.list_results(None)?;
        let pruned = Pruned::of(runs, policy, self.clock.unix_seconds());
        if !policy.is_dry_run() {
            if !pruned.removed.is_empty() {
                let removed = pruned.removed.iter();
                let removed: Vec<_> = removed.map(|run| run.execution_id.as_str()).collect();
                self.writing()?.remove(&removed)?;
                self.note_last_number();
            }
            self.sweep_locks(sweep::AT_MAINTENANCE);
            self.flush_finished()?;
        }
        Ok(pruned)
    }

    /// Checks the index that the newest runs are found by, mends it, and says what was wrong.
    ///
    /// The log does this by itself where it has no index or cannot read it. Call it after another
    /// program has added runs to a key-value store or removed some: until then only
    /// [`list_all(None)`](Self::list_all) and [`get_by_id`](Self::get_by_id) find the added ones.
    /// On SQLite it is `REINDEX`, and makes anew what is missing.
    ///
    /// A context that belongs to no run that is there, or an index entry that contradicts its run, may
    /// say what is true. It is never removed but moved aside, where [`verify`](Self::verify) lists it.
    ///
    /// Reads every run.
    ///
    /// # Errors
    ///
    /// See [above](Self#errors-of-every-call).
    pub fn reindex(&self) -> Result<Reindexed> {
        let was_unflushed = self.is_unflushed.get();
        let reindexed = self.writing()?.reindex(self.clock.unix_millis())?;
        self.note_last_number();
        if reindexed.was_right {
            self.is_unflushed.set(was_unflushed);
        }
        self.flush_finished()?;
        Ok(reindexed)
    }

    /// Makes everything that was written survive the end of the process, whatever the
    /// [`Durability`] is. Does nothing if nothing was written since the last time.
    ///
    /// Call it where a host that has chosen to flush less often is about to do something risky, or
    /// to try again after a flush has failed.
    ///
    /// # Errors
    ///
    /// See [above](Self#errors-of-every-call).
    pub fn flush(&self) -> Result<()> {
        if self.is_unflushed.get() {
            self.store.flush()?;
            self.is_unflushed.set(false);
            self.write_head();
        }
        Ok(())
    }

    /// The store, to write to, if the log may be written to.
    fn writing(&self) -> Result<&dyn LogStore> {
        self.check()?;
        Ok(self.written())
    }

    /// The store, to write to. Also a call that fails may have written something.
    fn written(&self) -> &dyn LogStore {
        self.is_unflushed.set(true);
        &*self.store
    }

    pub(crate) fn millis_since(&self, began: Duration) -> i64 {
        let time = self.clock.monotonic().saturating_sub(began);
        time.as_millis().try_into().unwrap_or(i64::MAX)
    }

    /// Flushes what a run has to leave behind while it goes on.
    fn flush_started(&self) -> Result<()> {
        match self.durability {
            Durability::EveryWrite => self.flush(),
            Durability::AtFinish | Durability::LeftToEngine => Ok(()),
        }
    }

    /// Flushes what must not wait for the next run.
    fn flush_finished(&self) -> Result<()> {
        match self.durability {
            Durability::EveryWrite | Durability::AtFinish => self.flush(),
            Durability::LeftToEngine => Ok(()),
        }
    }
}

fn json(args: Vec<String>) -> String {
    serde_json::Value::from(args).to_string()
}

fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}
