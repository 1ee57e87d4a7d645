//! The calls that magellan makes, under its names.

use super::core::json;
use super::{ExecutionLog, Threads};
use crate::error::{Error, Result};
use crate::model::record::RUNNING;
use crate::model::{ExecutionRecord, Outcome, execution_id};
use crate::query::Selection;
use crate::store::{Finish, Started};

/// The calls that magellan makes, for hosts that have ids, times and errors in their own hands.
///
/// Runs that are recorded so have no context and no lock: one whose process dies reads as `unknown`.
impl<T: Threads> ExecutionLog<T> {
    /// Makes the log ready to write to: creates the SQLite file, table and indexes where they are
    /// missing. The first write does the same, so this only serves to find out early.
    ///
    /// # Errors
    ///
    /// See [above](Self#errors-of-every-call).
    pub fn ensure_schema(&self) -> Result<()> {
        self.core.store().prepare()
    }

    /// A new connection of its own to the SQLite file of the log, in the host's version of
    /// [`rusqlite`](crate::rusqlite).
    ///
    /// # Errors
    ///
    /// [`Error::NoConnection`] if the log is not in a SQLite file that it opened itself.
    pub fn connect(&self) -> Result<rusqlite::Connection> {
        self.core.store().connect()
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
        let began = self.core.clock().monotonic();
        let record = ExecutionRecord {
            id: 0,
            execution_id: execution_id.to_owned(),
            tool_version: tool_version.to_owned(),
            args: json(self.core.redaction().arguments(args)),
            root: root.map(|root| self.core.redaction().path(root)),
            db_path: self.core.redaction().path(db_path),
            started_at: self.core.clock().unix_seconds(),
            finished_at: None,
            duration_ms: None,
            outcome: RUNNING.to_owned(),
            error_message: None,
            files_indexed: 0,
            symbols_indexed: 0,
            references_indexed: 0,
        };
        let id = self.core.writing()?.insert(record, None)?;
        self.core.note_number(id);
        self.core.remember_start(execution_id, id, began);
        self.core.flush_started()?;
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
        let began = self.core.start_of(execution_id);
        let message = error_message.map(|message| self.core.redaction().text(message));
        let finish = Finish {
            outcome,
            error_message: message.as_deref(),
            ended_at_ms: self.core.clock().unix_millis(),
            started: began.map(|(id, began)| Started {
                id,
                measured_ms: self.core.millis_since(began),
                has_context: false,
            }),
            exit_code: None,
            files: count(files_indexed),
            symbols: count(symbols_indexed),
            references: count(references_indexed),
        };
        self.core.writing()?.finish(execution_id, &finish)?;
        self.core.forget_start(execution_id);
        self.core.flush_finished()
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
        let redacted = self.core.redaction().arguments(&args);
        if redacted != args {
            record.args = json(redacted);
        }
        record.root = record.root.map(|root| self.core.redaction().path(&root));
        record.error_message = record
            .error_message
            .map(|text| self.core.redaction().text(&text));
        record.db_path = self.core.redaction().path(&record.db_path);
        let id = self.core.writing()?.insert(record, None)?;
        self.core.note_number(id);
        self.core.flush_finished()?;
        Ok(id)
    }

    /// The run with this execution id, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if what is stored under it cannot be read.
    pub fn get_by_id(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        execution_id::check(execution_id)?;
        self.core.store().get(execution_id)
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
        let found = self.core.found(selection).take(limit.unwrap_or(usize::MAX));
        let mut listed = Vec::new();
        for run in found {
            match run {
                Err(error) if !matches!(error, Error::Corrupt { .. }) => return Err(error),
                run => listed.push(run.map(|found| found.record)),
            }
        }
        Ok(listed)
    }
}

fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}
