//! Where a log is kept.

use super::core::Core;
use super::threads::Store;
use super::{AnyThread, ExecutionLog, LocalLog, OneThread, Threads};
use crate::error::{Error, Result};
use crate::kv::KvStore;
use crate::model::FileKind;
use crate::store::{
    DisabledStore, KvLogStore, LogStore, SharedStore, SqliteFileStore, SqliteStore,
};
use std::path::Path;
use std::sync::Arc;

impl ExecutionLog {
    /// A log in a SQLite file, opened at first use.
    ///
    /// The first write makes the file if there is none; reading never does, and a missing file
    /// reads as an empty log. A file made here keeps a write-ahead log with `synchronous=NORMAL`;
    /// a file that a host made keeps its journal mode and its other tables. A lock that another
    /// process holds is waited for, up to five seconds.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self::in_store(SqliteStore::file(path.as_ref()))
    }

    /// A log in a SQLite file that is only read: the file is opened so, and never made. The log may be
    /// the table `execution_log`, or in the key-value table of a graph, see [`open`](Self::open).
    ///
    /// A file with a write-ahead log still gets its `-shm` file, and so needs a folder that can be
    /// written to. Calls that write are [`Error::ReadOnly`](crate::Error::ReadOnly).
    #[must_use]
    pub fn read_only(path: impl AsRef<Path>) -> Self {
        Self::in_store(SqliteFileStore::read_only(path.as_ref()))
    }

    /// The log in a file, whatever kind of file it is, with the locks beside it.
    ///
    /// For programs that look at the logs of others. A host knows what it keeps its log in, and a
    /// native graph that it has open must not be opened again. A SQLite file is opened at first use,
    /// a native graph at once.
    ///
    /// A SQLite file may have a log in two parts: in the table `execution_log`, and in the key-value
    /// table of a graph that is kept in the file. If the table has runs, it is the log; otherwise the
    /// log is in the graph, if there is one. [`Maintenance::has_log_in_graph`](crate::Maintenance::has_log_in_graph)
    /// tells whether both have one.
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
    pub fn open(file: impl AsRef<Path>) -> Result<LocalLog> {
        let file = file.as_ref();
        of_kind(file, FileKind::of(file)?)
    }

    /// A log on a SQLite connection that the host shares, set up as the host set it up.
    ///
    /// Every call takes the lock, so do not hold it in the same thread while calling. Within a
    /// transaction of the host's, a write is acknowledged when the host commits.
    #[must_use]
    pub fn with_connection(connection: Arc<parking_lot::Mutex<rusqlite::Connection>>) -> Self {
        Self::in_store(SqliteStore::shared(connection))
    }

    /// A log in a key-value store that threads may share: one of your own, or
    /// [`MemoryKv`](crate::kv::MemoryKv). One process at a time may write to it.
    #[must_use]
    pub fn from_kv_store(store: impl KvStore + Send + Sync + 'static) -> Self {
        Self::in_store(KvLogStore::new(store))
    }

    /// A log in a key-value store that belongs to one thread. One process at a time may write to it.
    #[must_use]
    pub fn from_local_kv_store(store: impl KvStore + 'static) -> LocalLog {
        LocalLog::in_local_store(KvLogStore::new(store))
    }

    /// A log in a SQLite database in memory, which is gone with the last handle on it.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::in_store(SqliteStore::memory())
    }

    /// A log that keeps nothing: writes succeed and are dropped, and reads are empty.
    ///
    /// Ids and outcomes are still checked, so that a mistake shows before the log is switched on.
    #[must_use]
    pub fn disabled() -> Self {
        Self::in_store(DisabledStore)
    }

    fn in_store(store: impl LogStore + Send + Sync + 'static) -> Self {
        let store: Arc<SharedStore> = Arc::new(store);
        Self {
            core: Core::new(AnyThread::in_shared(store)),
        }
    }
}

impl<T: Threads> ExecutionLog<T> {
    /// The log in the key-value table of the graph that is kept in the same SQLite file, also where the
    /// table `execution_log` has one. The first write makes the table if it is missing.
    ///
    /// Works without the graph's engine, and its engine reads what is written. Each run is added in one
    /// transaction. A log that is not in a SQLite file stays as it is.
    #[must_use]
    pub fn in_graph(mut self) -> Self {
        if let Some(store) = self.core.store().in_graph() {
            Arc::make_mut(&mut self.core).set_store(T::in_shared(store));
        }
        self
    }
}

impl LocalLog {
    fn in_local_store(store: impl LogStore + 'static) -> Self {
        Self {
            core: Core::new(OneThread::new(Arc::new(store))),
        }
    }
}

impl FileKind {
    /// A log in a new file of this kind, which is made.
    ///
    /// # Errors
    ///
    /// [`Error::Open`] if the file is there already, [`Error::NoEngine`] if this build cannot make such
    /// files, and what the engine reports.
    pub fn create_log(self, file: impl AsRef<Path>) -> Result<LocalLog> {
        let file = file.as_ref();
        if file.exists() {
            let reason = "it is there already; choose another name".to_owned();
            let path = file.to_owned();
            return Err(Error::Open { path, reason });
        }
        of_kind(file, self)
    }
}

fn of_kind(file: &Path, kind: FileKind) -> Result<LocalLog> {
    match kind {
        FileKind::Sqlite => Ok(ExecutionLog::in_store(SqliteFileStore::file(file)).into()),
        FileKind::NativeV2 | FileKind::NativeV3 => graph::open(file, kind),
    }
}

#[cfg(any(feature = "native-v2", feature = "native-v3"))]
#[path = "graph.rs"]
mod graph;

#[cfg(not(any(feature = "native-v2", feature = "native-v3")))]
#[path = "without_graph.rs"]
mod graph;
