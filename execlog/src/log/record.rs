//! Recording runs.

use super::{ExecutionLog, Run, Threads};
use crate::capture::Invocation;
use std::fmt::Display;

impl<T: Threads> ExecutionLog<T> {
    /// Begins to record a run.
    ///
    /// Never fails, and waits no longer than the busy timeout. If the log cannot be written, one
    /// warning goes out through [`tracing`], the run goes on, and when it ends all of it is
    /// recorded if that works then.
    ///
    /// Costs two records in place of one, and making a small file in the lock folder.
    pub fn begin(&self, invocation: Invocation) -> Run<T> {
        Run::begin(&self.core, invocation)
    }

    /// Records a run from begin to end around `work`, and returns what that returns, as it is.
    ///
    /// `Ok` is a success, and `Err` an error with its text. Records only the error's message, and its
    /// causes where the alternate form `{:#}` has them, as that of `anyhow` has; [`Run::fail`] adds the
    /// sources of any error. If `work` panics, the run is recorded as an error with the text of the panic
    /// while the panic goes on.
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
    pub fn record<V, E: Display>(
        &self,
        invocation: Invocation,
        work: impl FnOnce(&Run<T>) -> Result<V, E>,
    ) -> Result<V, E> {
        let (run, result) = self.begin(invocation).watch(work);
        run.finish(&result);
        result
    }

    /// Records a run from begin to end around `work`, as [`record`](Self::record) does. Needs no
    /// particular runtime.
    ///
    /// A future that is dropped before it is done, as when a task is aborted or a timeout ends it, leaves
    /// the run as an error with the message "cancelled". Writing the begin and the end blocks the thread
    /// for a moment, and for the busy timeout at most.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// async fn index(log: &ExecutionLog) -> std::io::Result<u64> {
    ///     log.record_async(Invocation::from_env(), async |run| {
    ///         run.counters().add_files(2);
    ///         Ok(2)
    ///     })
    ///     .await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `work`. The log adds none.
    pub async fn record_async<V, E: Display>(
        &self,
        invocation: Invocation,
        work: impl AsyncFnOnce(&Run<T>) -> Result<V, E>,
    ) -> Result<V, E> {
        let run = self.begin(invocation).cancelled_if_dropped();
        let (run, result) = run.watch_async(work).await;
        run.finish(&result);
        result
    }
}
