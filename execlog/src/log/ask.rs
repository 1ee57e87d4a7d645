//! Finding single runs, and starting a query.

use super::{ExecutionLog, Runs, Threads};
use crate::error::{CANDIDATES, Error, Result};
use crate::model::{Outcome, RunEntry};
use crate::query::{RunSelector, Selected};
use std::path::Path;

impl<T: Threads> ExecutionLog<T> {
    /// Starts a query for runs, newest first.
    pub fn runs(&self) -> Runs<'_, T> {
        Runs::new(&self.core)
    }

    /// Finds the selected run, or returns `None`.
    ///
    /// Finding a run by number reads every run if the log is in a key-value store.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// let run = log.begin(Invocation::new(["index"]));
    /// let id = run.execution_id().to_owned();
    /// run.succeed();
    /// for run in [&id, &id[..20], "#1", "latest"] {
    ///     let found = log.find(run.parse()?)?.expect("a run");
    ///     assert_eq!(found.record.execution_id, id);
    /// }
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Ambiguous`] with the ids if the text is a prefix of several ids and equal to none
    /// of them; [`Error::Corrupt`] if the run cannot be read.
    pub fn find(&self, run: RunSelector) -> Result<Option<RunEntry>> {
        let store = self.core.store();
        let found = match run.0 {
            Selected::Latest => return self.runs().limit(1).into_iter().next().transpose(),
            Selected::Number(number) => store.find_by_number(number)?,
            Selected::Id(id) => match store.find(&id)? {
                Some(found) => Some(found),
                None => match self.only_id_with_prefix(id)? {
                    Some(id) => store.find(&id)?,
                    None => None,
                },
            },
        };
        found.map(|found| self.core.entry(found)).transpose()
    }

    /// Finds the newest successful run with exactly this root: that of the index as it is now.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// log.begin(Invocation::new(["index"]).root("/src/app")).succeed();
    /// let indexed = log.last_success("/src/app")?.expect("a successful run");
    /// assert_eq!(indexed.record.command().as_deref(), Some("index"));
    /// assert!(log.last_success("/src/other")?.is_none());
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [every call](Self#errors-of-every-call).
    pub fn last_success(&self, root: impl AsRef<Path>) -> Result<Option<RunEntry>> {
        let runs = self.runs().root(root).status(Outcome::Success).limit(1);
        runs.into_iter().next().transpose()
    }

    fn only_id_with_prefix(&self, prefix: String) -> Result<Option<String>> {
        let mut candidates = self.core.store().ids_with_prefix(&prefix, CANDIDATES)?;
        if candidates.len() > 1 {
            return Err(Error::Ambiguous { prefix, candidates });
        }
        Ok(candidates.pop())
    }
}
