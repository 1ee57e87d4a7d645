//! Recording runs from begin to end.

use super::{ExecutionLog, json};
use crate::context::Revision;
use crate::liveness::{Lock, LockFolder};
use crate::record::RUNNING;
use crate::store::{Finish, Made};
use crate::{
    Environment, ExecutionContext, ExecutionId, ExecutionRecord, Invocation, Outcome, Result, Run,
};
use std::fmt::Display;
use std::io;
use std::path::Path;
use std::time::Duration;

/// Recording runs from begin to end.
impl ExecutionLog {
    /// Begins to record a run.
    ///
    /// Never fails, and waits no longer than the busy timeout. If the log cannot be written, one
    /// warning goes out through [`tracing`], the run goes on, and when it ends all of it is
    /// recorded if that works then.
    ///
    /// Costs two records in place of one, and making a small file in the lock folder.
    pub fn begin(&self, invocation: Invocation) -> Run<'_> {
        Run::begin(self, invocation)
    }

    /// Records a run from begin to end around `work`, and gives back what that gives, as it is.
    ///
    /// What is `Ok` is a success, and `Err` an error with its text. Only its own: an error that shows its
    /// causes apart, as most with a `source` do, says more to [`Run::fail`]. If `work` panics, the run is
    /// recorded as an error while the panic goes on.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// let lines = log.record(Invocation::from_env(), |run| {
    ///     run.counters().add_files(2);
    ///     "2".parse::<u32>()
    /// });
    /// assert_eq!(lines, Ok(2));
    /// assert_eq!(log.get_recent(1)?[0].outcome, "success");
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `work`. The log adds none.
    pub fn record<T, E: Display>(
        &self,
        invocation: Invocation,
        work: impl FnOnce(&Run) -> Result<T, E>,
    ) -> Result<T, E> {
        let run = self.begin(invocation);
        let result = work(&run);
        match &result {
            Ok(_) => run.succeed(),
            // The alternate form is that which has the causes too, where there are two.
            Err(error) => run.end(Outcome::Error, Some(&format!("{error:#}"))),
        }
        result
    }

    /// Does `work`, which waits for locks no longer than a single call would.
    pub(crate) fn waiting_once<T>(&self, work: impl FnOnce() -> T) -> T {
        self.store.wait_once(true);
        let done = work();
        self.store.wait_once(false);
        done
    }

    pub(crate) fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    pub(crate) fn unix_millis(&self) -> i64 {
        self.clock.unix_millis()
    }

    pub(crate) fn redacted(&self, text: &str) -> String {
        self.redaction.text(text)
    }

    /// The file of the log, made if need be, or `None` if it is not known.
    pub(crate) fn file(&self) -> Result<Option<String>> {
        let file = self.store.file(Made::IfMissing)?;
        Ok(file.map(|file| self.redaction.path(&file.to_string_lossy())))
    }

    /// Both records of a run that begins now, without its lock.
    pub(crate) fn records_of(&self, invocation: Invocation) -> (ExecutionRecord, ExecutionContext) {
        let now = self.clock.unix_millis();
        let environment = invocation
            .environment
            .unwrap_or_else(Environment::of_process);
        let revision = invocation
            .root
            .as_deref()
            .map(Revision::of)
            .unwrap_or_default();
        let id = invocation
            .execution_id
            .unwrap_or_else(ExecutionId::generate);
        let text = |path: &Path| self.redaction.path(&path.to_string_lossy());
        let record = ExecutionRecord {
            id: 0,
            execution_id: id.into_string(),
            tool_version: self.redaction.path(&invocation.tool_version),
            args: json(self.redaction.arguments(&invocation.args)),
            root: invocation.root.as_deref().map(text),
            db_path: invocation.db_path.as_deref().map(text).unwrap_or_default(),
            started_at: now.div_euclid(1000),
            finished_at: None,
            duration_ms: None,
            outcome: RUNNING.to_owned(),
            error_message: None,
            files_indexed: 0,
            symbols_indexed: 0,
            references_indexed: 0,
        };
        let clean = |text: String| self.redaction.path(&text);
        let context = ExecutionContext {
            execution_id: record.execution_id.clone(),
            started_at_ms: now,
            ended_at_ms: None,
            process_id: environment.process_id.map(i64::from),
            program: environment.program,
            host: environment.host,
            user: environment.user,
            working_directory: environment.working_directory.map(clean),
            exit_code: None,
            parent_execution_id: invocation.parent_id.or(environment.parent).map(clean),
            revision: revision.commit,
            branch: revision.branch.map(clean),
            lock: None,
            crashed: false,
        };
        (record, context)
    }

    /// Takes a lock for a run, or gives `None` if the log has no folder for locks.
    pub(crate) fn lock(&self) -> Result<Option<io::Result<Lock>>> {
        let folder = self.locks.folder(&*self.store, Made::IfMissing)?;
        Ok(folder.map(LockFolder::take))
    }

    /// Records that a run goes on, and gives its number. The log was [checked](Self::check).
    pub(crate) fn insert_started(
        &self,
        record: &ExecutionRecord,
        context: &ExecutionContext,
    ) -> Result<i64> {
        // The file may have been made since, and only then its folder of locks is known.
        self.check_head(false)?;
        let id = self.written().insert(record.clone(), Some(context))?;
        self.headed.note(id);
        self.flush_started()?;
        self.sweep_now_and_then(id);
        Ok(id)
    }

    /// Records a whole run.
    pub(crate) fn insert_ended(
        &self,
        record: &ExecutionRecord,
        context: &ExecutionContext,
    ) -> Result<()> {
        let id = self.writing()?.insert(record.clone(), Some(context))?;
        self.headed.note(id);
        self.flush_finished()
    }

    /// Records how a run ended that began at this time, on the clock's monotonic side.
    pub(crate) fn finish_run(
        &self,
        execution_id: &str,
        began: Duration,
        finish: &Finish,
    ) -> Result<()> {
        /// A log file that was there so shortly before is not looked at again.
        const SHORT: Duration = Duration::from_millis(50);
        let store = if self.clock.monotonic().saturating_sub(began) > SHORT {
            self.writing()?
        } else {
            self.written()
        };
        store.finish(execution_id, finish)?;
        self.flush_finished()
    }

    /// Whether the log has exactly this context.
    pub(crate) fn has_context(&self, context: &ExecutionContext) -> Result<bool> {
        let found = self.store.find(&context.execution_id)?;
        Ok(found.is_some_and(|found| found.context.as_ref() == Some(context)))
    }
}
