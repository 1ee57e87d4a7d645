//! Moving runs between logs, removing them, and checking a log.

use super::ExecutionLog;
use crate::{Error, Finding, Imported, Mending, Result, StoredRun, Verified};

/// Moving runs between logs, removing them, and looking whether all is well.
impl ExecutionLog {
    /// Takes over runs from another log as they are, and says what became of each.
    ///
    /// A run that the log has is not added again, so this may be repeated; one that it has as going on
    /// or as crashed gets the end that it has here. A run keeps its number if that is larger than
    /// all that are given, and else gets the next: hand runs in by their number, and an empty log
    /// becomes a copy. Nothing is redacted.
    ///
    /// Commits and flushes once: hand in some hundreds at a time.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Imported, Invocation, StoredRun};
    ///
    /// let (from, to) = (ExecutionLog::in_memory(), ExecutionLog::in_memory());
    /// from.begin(Invocation::new(["index"])).succeed();
    /// let runs = from.runs().oldest_first().into_iter();
    /// let runs: Vec<StoredRun> = runs.map(|run| run.map(StoredRun::from)).collect::<Result<_, _>>()?;
    /// assert_eq!(to.import(&runs)?, [Imported::Added]);
    /// assert_eq!(to.import(&runs)?, [Imported::Present]);
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What [`StoredRun::check`] refuses, before anything is written; [`Error::Corrupt`] if what the log has in its place cannot be read. In SQLite nothing
    /// is then taken over, and in a key-value store what came before.
    pub fn import(&self, runs: &[StoredRun]) -> Result<Vec<Imported>> {
        runs.iter().try_for_each(StoredRun::check)?;
        if runs.is_empty() {
            return Ok(Vec::new());
        }
        let imported = self.writing()?.import(runs)?;
        self.note_last_number();
        self.flush_finished()?;
        Ok(imported)
    }

    /// Removes the runs with these ids, and says how many went. One that has not ended stays.
    ///
    /// In a key-value store the index is written anew: remove many at once.
    ///
    /// # Errors
    ///
    /// See [above](Self#errors-of-every-call). A run that cannot be read stays.
    pub fn remove(&self, execution_ids: &[&str]) -> Result<usize> {
        let mut ended = Vec::new();
        for id in execution_ids {
            // Not by `get_by_id`: also a run goes that no host could have recorded so.
            match self.store.get(id) {
                Ok(Some(run)) if !matches!(run.ended(), Ok(None)) => ended.push(*id),
                Ok(_) | Err(Error::Corrupt { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        if !ended.is_empty() {
            self.writing()?.remove(&ended)?;
            self.note_last_number();
            self.flush_finished()?;
        }
        Ok(ended.len())
    }

    /// Reads everything that the log has, and says what is wrong with it. Changes nothing.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// log.begin(Invocation::new(["index"])).succeed();
    /// let verified = log.verify()?;
    /// assert_eq!((verified.runs, verified.contexts, verified.findings.len()), (1, 1, 0));
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// In SQLite all is read as it is at one moment, also while others write. In a key-value store
    /// nobody else may write meanwhile, and what a process leaves behind that is killed between two
    /// writes may be a finding that [`reindex`](Self::reindex) mends.
    ///
    /// # Errors
    ///
    /// See [above](Self#errors-of-every-call). What is wrong with the log is no error.
    pub fn verify(&self) -> Result<Verified> {
        let mut verified = self.store.verify()?;
        match self.loss() {
            Ok(Some(loss)) => verified.findings.insert(
                0,
                Finding {
                    key: "the log".to_owned(),
                    problem: loss.to_string(),
                    mending: Mending::AcceptLoss,
                },
            ),
            // What cannot be read is among the findings.
            Ok(None) | Err(Error::Corrupt { .. } | Error::Sqlite { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(verified)
    }

    /// Whether there is a log, with runs in it or without. In a key-value store there is one if there
    /// are runs.
    ///
    /// # Errors
    ///
    /// See [above](Self#errors-of-every-call).
    pub fn is_there(&self) -> Result<bool> {
        self.store.is_there()
    }
}
