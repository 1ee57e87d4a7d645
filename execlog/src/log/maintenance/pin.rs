//! Pinning runs, so that pruning keeps them.

use super::Maintenance;
use crate::capture::limits::shortened;
use crate::error::{Error, Result};
use crate::log::Threads;
use crate::model::execution_id;

impl<T: Threads> Maintenance<'_, T> {
    /// Pins the run with this id, with a note that may be empty. Replaces an earlier note. Pruning keeps
    /// pinned runs.
    ///
    /// The note is cut to 1024 bytes, and secrets are removed from it. A run that has no context gets
    /// one.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation, Policy};
    ///
    /// let log = ExecutionLog::in_memory();
    /// let run = log.begin(Invocation::new(["index"]));
    /// let id = run.execution_id().to_owned();
    /// run.succeed();
    /// log.maintenance().pin(&id, "the index of release 4.17")?;
    /// assert_eq!(log.prune_plan(&Policy::new().keep_last(0))?.removed.len(), 0);
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::NotEnded`] if the run goes on and has no context; the errors of
    /// [every call](crate::ExecutionLog#errors-of-every-call).
    pub fn pin(&self, execution_id: &str, note: &str) -> Result<()> {
        const LONGEST_NOTE: usize = 1024;
        let note = self.core.redaction().text(note);
        self.set_pin(execution_id, Some(shortened(&note, LONGEST_NOTE)))
    }

    /// Unpins the run with this id. Removes the note. Does nothing if the run is not pinned.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], and the errors of [every call](crate::ExecutionLog#errors-of-every-call).
    pub fn unpin(&self, execution_id: &str) -> Result<()> {
        self.set_pin(execution_id, None)
    }

    fn set_pin(&self, execution_id: &str, note: Option<&str>) -> Result<()> {
        execution_id::check(execution_id)?;
        let store = self.core.writing()?;
        let run = store.find(execution_id)?;
        let run = run.ok_or_else(|| Error::not_found(execution_id))?;
        let is_pinned = run
            .context
            .as_ref()
            .is_some_and(|context| context.pin.is_some());
        if note.is_none() && !is_pinned {
            return Ok(());
        }
        if run.context.is_none() && matches!(run.record.outcome(), Ok(None)) {
            // Its end would not be written into a context that is made meanwhile.
            let execution_id = execution_id.to_owned();
            return Err(Error::NotEnded { execution_id });
        }
        if !store.pin(execution_id, run.record.id, note)? {
            return Err(Error::not_found(execution_id));
        }
        self.core.flush_finished()
    }
}
