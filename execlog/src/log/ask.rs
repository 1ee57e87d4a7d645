//! Asking a log for runs.

use super::{ExecutionLog, Runs, Threads};
use crate::error::{Error, Result};
use crate::model::{RunEntry, execution_id};

/// How many ids an ambiguous beginning lists.
use crate::error::CANDIDATES;

impl<T: Threads> ExecutionLog<T> {
    /// A query for runs, newest first.
    pub fn runs(&self) -> Runs<'_, T> {
        Runs::new(&self.core)
    }

    /// The run whose execution id is this or begins with this, or `None` if there is none. `latest`
    /// is the newest run.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// let run = log.begin(Invocation::new(["index"]));
    /// let id = run.execution_id().to_owned();
    /// run.succeed();
    /// for name in [&id, &id[..20], "latest"] {
    ///     assert_eq!(log.find(name)?.expect("a run").record.execution_id, id);
    /// }
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Ambiguous`] with the ids if several begin with it and none equals it;
    /// [`Error::Corrupt`] if the run cannot be read.
    pub fn find(&self, id: &str) -> Result<Option<RunEntry>> {
        if id == "latest" {
            return self.runs().limit(1).into_iter().next().transpose();
        }
        execution_id::check(id)?;
        if let Some(found) = self.core.store().find(id)? {
            return self.core.entry(found).map(Some);
        }
        let mut candidates = self.core.store().ids_with_prefix(id, CANDIDATES)?;
        if candidates.len() > 1 {
            return Err(Error::Ambiguous {
                prefix: id.to_owned(),
                candidates,
            });
        }
        let Some(id) = candidates.pop() else {
            return Ok(None);
        };
        let found = self.core.store().find(&id)?;
        found.map(|found| self.core.entry(found)).transpose()
    }
}
