//! Recording runs.

use super::{ExecutionLog, Run, Threads};
use crate::capture::Invocation;
use std::fmt::Display;

impl<T: Threads> ExecutionLog<T> {
    /// Begins to record a run.
    ///
    /// Never fails, and waits for the busy timeout at most. If the start cannot be recorded, the
    /// call logs one warning through [`tracing`] and the run continues; the end of the run then
    /// tries to record start and end together.
    ///
    /// Costs two records instead of one, and the creation of a small file in the lock folder.
    pub fn begin(&self, invocation: Invocation) -> Run<T> {
        let run = Run::begin(&self.core, invocation);
        if let Some(retention) = self.retention.as_ref().filter(|_| run.is_recorded()) {
            retention.prune_a_little(&self.core);
        }
        run
    }

    /// Records a run around `work`, and returns the result of `work` unchanged.
    ///
    /// `Ok` is a success, and `Err` an error with its text. Records only the error's message, and
    /// its sources if its alternate form `{:#}` shows them, as for `anyhow`; [`Run::fail`] adds the
    /// sources of any error. If `work` panics, the run is recorded as an error with the panic
    /// message, and the panic continues.
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
    /// The errors of `work` only.
    pub fn record<V, E: Display>(
        &self,
        invocation: Invocation,
        work: impl FnOnce(&Run<T>) -> Result<V, E>,
    ) -> Result<V, E> {
        let (run, result) = self.begin(invocation).watch(work);
        run.finish(&result);
        result
    }

    /// Records a run around the future `work`, like [`record`](Self::record). Works on any async
    /// runtime.
    ///
    /// A future that is dropped before it completes, for example by an aborted task or a timeout,
    /// is recorded as an error with the message "cancelled". Recording the start and the end blocks
    /// the thread briefly, for the busy timeout at most.
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
    /// The errors of `work` only.
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
