//! Logs in files of any kind, for programs that look at the logs of others.

use super::ExecutionLog;
use crate::store::SqliteFileStore;
use crate::{Error, FileKind, Result};
use std::path::Path;

/// Logs in files of any kind.
impl ExecutionLog {
    /// The log in a file, whatever kind of file it is, with the locks beside it.
    ///
    /// For programs that look at the logs of others. A host knows what it keeps its log in, and a
    /// native graph that it has open must not be opened again. A SQLite file is opened at first use,
    /// a native graph at once.
    ///
    /// A SQLite file may have a log in two parts: in the table `execution_log`, and in the key-value
    /// table of a graph that is kept in the file. If the table has runs, it is the log; otherwise the
    /// log is in the graph, if there is one. [`has_log_in_graph`](Self::has_log_in_graph) tells whether
    /// both have one.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("code.db");
    /// ExecutionLog::new(&file).begin(Invocation::new(["index"])).succeed();
    /// assert_eq!(ExecutionLog::open(&file)?.runs().into_iter().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`FileKind::of`]; [`Error::NoEngine`] if this build cannot open such files; and what
    /// the engine reports.
    pub fn open(file: &Path) -> Result<Self> {
        Self::of_kind(file, FileKind::of(file)?)
    }

    /// The log in a new file of this kind, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// [`Error::NoEngine`] if this build cannot make such files, and what the engine reports.
    pub fn create(file: &Path, kind: FileKind) -> Result<Self> {
        if file.exists() {
            let reason = "it is there already; choose another name".to_owned();
            let path = file.to_owned();
            return Err(Error::Open { path, reason });
        }
        Self::of_kind(file, kind)
    }

    /// Whether this log is in the key-value table of a graph that is kept in a SQLite file, and was
    /// opened by [`open`](Self::open), [`read_only`](Self::read_only) or [`in_graph`](Self::in_graph).
    ///
    /// # Errors
    ///
    /// See [above](Self#errors-of-every-call).
    pub fn is_in_graph(&self) -> Result<bool> {
        self.store.is_in_graph()
    }

    /// Whether the SQLite file of this log has a log in the key-value table of a graph: this one, or
    /// another beside this one, which [`in_graph`](Self::in_graph) gives.
    ///
    /// # Errors
    ///
    /// See [above](Self#errors-of-every-call).
    pub fn has_log_in_graph(&self) -> Result<bool> {
        self.store.has_log_in_graph()
    }

    /// The log in the key-value table of the graph that is kept in the same SQLite file, also where the
    /// table `execution_log` has one. The first write makes the table if it is missing.
    ///
    /// Works without the graph's engine, and its engine reads what is written. Each run is added in one
    /// transaction. A log that is not in a SQLite file stays as it is.
    #[must_use]
    pub fn in_graph(mut self) -> Self {
        if let Some(store) = self.store.in_graph() {
            self.store = store;
        }
        self
    }

    fn of_kind(file: &Path, kind: FileKind) -> Result<Self> {
        match kind {
            FileKind::Sqlite => Ok(Self::with_store(SqliteFileStore::file(file))),
            FileKind::NativeV2 | FileKind::NativeV3 => graph(file, kind),
        }
    }
}

#[cfg(any(feature = "native-v2", feature = "native-v3"))]
fn graph(file: &Path, kind: FileKind) -> Result<ExecutionLog> {
    // The engine names its other files after this one, and would put them beside a link to it.
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let graph = crate::kv::GraphKv::open(&file, kind)?;
    Ok(ExecutionLog::with_kv_store(graph).with_locks_beside(&file))
}

#[cfg(not(any(feature = "native-v2", feature = "native-v3")))]
fn graph(file: &Path, kind: FileKind) -> Result<ExecutionLog> {
    Err(kind.without_engine(file))
}
