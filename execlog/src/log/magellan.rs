//! The calls of magellan's interface, under their names there.

use super::core::json;
use super::{ExecutionLog, Threads};
use crate::error::{Error, Result};
use crate::model::{ExecutionRecord, Outcome, execution_id};
use crate::query::Selection;
use crate::store::{Finish, Started};

/// The calls of magellan's interface, for hosts that manage ids, times and errors themselves.
///
/// Runs recorded by these calls have neither a context nor a lock. If the process dies, the status
/// of the run is `unknown`.
impl<T: Threads> ExecutionLog<T> {
    /// Prepares the log for writing: creates the SQLite file, the table and the indexes if they are
    /// missing. Optional: the first write does the same. Call it to see errors early.
    ///
    /// # Errors
    ///
    /// The errors of [every call](Self#errors-of-every-call).
    pub fn ensure_schema(&self) -> Result<()> {
        self.core.store().prepare()
    }

    /// Opens a new connection to the SQLite file of the log, in the host's version of
    /// [`rusqlite`](crate::rusqlite).
    ///
    /// # Errors
    ///
    /// [`Error::NoConnection`] if the log is not in a SQLite file that it opened itself.
    pub fn connect(&self) -> Result<rusqlite::Connection> {
        self.core.store().connect()
    }

    /// Records the start of a run and returns the run's number: 1, 2, 3 …
    ///
    /// # Errors
    ///
    /// [`Error::Duplicate`] if the id is taken, even by an entry that is not a valid run.
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
            tool_version: tool_version.to_owned(),
            args: json(self.core.redaction().arguments(args)),
            root: root.map(|root| self.core.redaction().path(root)),
            db_path: self.core.redaction().path(db_path),
            ..ExecutionRecord::running(execution_id.to_owned(), self.core.clock().unix_seconds())
        };
        let id = self.core.writing()?.insert(record, None)?;
        self.core.note_number(id);
        self.core.remember_start(execution_id, id, began);
        self.core.flush_started()?;
        Ok(id)
    }

    /// Records the end of a run.
    ///
    /// `outcome` is an [`Outcome`] or its word. If this handle started the run, the duration is
    /// measured to the millisecond. Otherwise the duration is the difference of the stored times,
    /// in milliseconds if the run has a context, else in whole seconds. The duration is never
    /// negative, even if the clock is set back. Counts above [`i64::MAX`] are stored as `i64::MAX`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOutcome`] for any other word, [`Error::NotFound`] if the run was not
    /// started, and [`Error::AlreadyFinished`] if the run ended before, with its record unchanged.
    /// A run that was [settled](crate::Maintenance::settle) as crashed may still end.
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
            details: None,
        };
        self.core.writing()?.finish(execution_id, &finish)?;
        self.core.forget_start(execution_id);
        self.core.flush_finished()
    }

    /// Records a complete run and returns its number. Ignores the `id` of the record.
    ///
    /// # Errors
    ///
    /// [`Error::Duplicate`] if the execution id is taken. [`Error::InvalidRecord`] if the outcome
    /// is unknown, the arguments are not a JSON array of strings, the duration or a count is
    /// negative, or a `running` run has an end.
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

    /// Finds the run with this execution id, or returns `None`.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if the value stored for the id cannot be read.
    pub fn get_by_id(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        execution_id::check(execution_id)?;
        self.core.store().get(execution_id)
    }

    /// The same as [`get_by_id`](Self::get_by_id), under magellan's name.
    ///
    /// # Errors
    ///
    /// As for [`get_by_id`](Self::get_by_id).
    pub fn get_by_execution_id(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        self.get_by_id(execution_id)
    }

    /// Lists the newest runs, newest first: by `started_at` and then `id`, descending.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if one of the runs cannot be read; see
    /// [`list_results`](Self::list_results).
    pub fn get_recent(&self, limit: usize) -> Result<Vec<ExecutionRecord>> {
        self.list_all(Some(limit))
    }

    /// Lists all runs, or the `limit` newest, newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if one of the runs cannot be read; see
    /// [`list_results`](Self::list_results).
    pub fn list_all(&self, limit: Option<usize>) -> Result<Vec<ExecutionRecord>> {
        self.list_results(limit)?.into_iter().collect()
    }

    /// Lists all runs, or the `limit` newest, newest first, with one result per run: an unreadable
    /// run does not hide the others.
    ///
    /// Unreadable runs are in order if their start is known, else first; they count towards the
    /// limit. Rows with a NULL start, which only foreign tables allow, come last.
    ///
    /// Reads as many runs as it returns. In a key-value store, listing all runs or a log without an
    /// index scans the store: seconds for 100,000 runs.
    ///
    /// # Errors
    ///
    /// For an item, [`Error::Corrupt`] with the key of the run. For the whole call, the errors of
    /// [every call](Self#errors-of-every-call).
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
