//! Opening and creating logs.

use super::core::Core;
use super::graph;
use super::threads::Store as _;
use super::{AnyThread, ExecutionLog, LocalLog, OneThread};
use crate::error::{Error, Result};
use crate::kv::KvStore;
use crate::model::FileKind;
use crate::store::{
    DisabledStore, KvLogStore, LogStore, PostgresStore, SharedStore, SqliteFileStore, SqliteStore,
    is_url,
};
use std::path::Path;
use std::sync::Arc;

impl ExecutionLog {
    /// A log in a SQLite file, opened at first use.
    ///
    /// The first write creates a missing file. Reads never create it: a missing file reads as an
    /// empty log. A file created here uses a write-ahead log with `synchronous=NORMAL`. A file of
    /// the host keeps its journal mode and its other tables. Waits up to five seconds for locks of
    /// other processes.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self::in_store(SqliteStore::file(path.as_ref()))
    }

    /// A read-only log in a SQLite file. Never creates the file. The log may be in the table
    /// `execution_log` or in the key-value table of a graph, see [`open`](Self::open).
    ///
    /// SQLite still creates the `-shm` file of a write-ahead log, so the folder must be writable.
    /// Calls that write return [`Error::ReadOnly`](crate::Error::ReadOnly).
    #[must_use]
    pub fn read_only(path: impl AsRef<Path>) -> Self {
        Self::in_store(SqliteFileStore::read_only(path.as_ref()))
    }

    /// A log in a file of any [kind](FileKind), with the locks beside the file, or the log of a team on a
    /// server.
    ///
    /// A server is named by a URL, `postgresql://user@host:5432/database`, and needs the feature `postgres`.
    /// It is connected to at first use. A server on another machine is spoken to by TLS, with the feature
    /// `postgres-tls`, unless the URL has `sslmode=disable`. A password that the URL lacks is taken from
    /// `PGPASSWORD` or from the file `.pgpass`. A run in it has no lock: give the log a
    /// [folder](Self::with_lock_folder) to tell crashes.
    ///
    /// For programs that read the logs of other programs. A host knows its kind of file, and must
    /// not open a native graph twice. A SQLite file is opened at first use, a native graph at once.
    ///
    /// A SQLite file may have two logs: one in the table `execution_log`, one in the key-value
    /// table of a graph in the same file. Opens the table if it has runs, otherwise the log in the
    /// graph if there is one.
    /// [`Maintenance::has_log_in_graph`](crate::Maintenance::has_log_in_graph) tells whether there
    /// is a log in the graph.
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
    /// The errors of [`FileKind::of`]; [`Error::NoEngine`] if this build cannot open the file; the
    /// errors of the engine.
    pub fn open(file: impl AsRef<Path>) -> Result<LocalLog> {
        let file = file.as_ref();
        if is_url(file) {
            let store = PostgresStore::open(&file.to_string_lossy())?;
            return Ok(Self::in_store(store).into());
        }
        of_kind(file, FileKind::of(file)?)
    }

    /// A log on the host's SQLite connection, in the host's version of
    /// [`rusqlite`](crate::rusqlite). Leaves the settings of the connection unchanged.
    ///
    /// Every call locks the mutex, so do not hold the lock in the calling thread. In a transaction
    /// of the host, a write is acknowledged when the host commits.
    #[must_use]
    pub fn with_connection(connection: Arc<parking_lot::Mutex<rusqlite::Connection>>) -> Self {
        Self::in_store(SqliteStore::shared(connection))
    }

    /// A log in a key-value store that threads may share: the host's own, or
    /// [`MemoryKv`](crate::kv::MemoryKv). Only one process at a time may write to the store.
    ///
    /// Write through one log and its clones. Two logs made from one store do not wait for each
    /// other, so two runs can get the same number.
    #[must_use]
    pub fn from_kv_store(store: impl KvStore + Send + Sync + 'static) -> Self {
        Self::in_store(KvLogStore::new(store))
    }

    /// A log in a key-value store that stays on one thread. Only one process at a time may write to
    /// the store, through one log and its clones.
    #[must_use]
    pub fn from_local_kv_store(store: impl KvStore + 'static) -> LocalLog {
        LocalLog::in_local_store(KvLogStore::new(store))
    }

    /// A log in a SQLite database in memory. Dropping the last handle drops the database.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::in_store(SqliteStore::memory())
    }

    /// A log that stores nothing: writes succeed and are dropped, reads are empty.
    ///
    /// Still checks ids and outcomes, so that errors show before the log is enabled.
    #[must_use]
    pub fn disabled() -> Self {
        Self::in_store(DisabledStore)
    }

    fn in_store(store: impl LogStore + Send + Sync + 'static) -> Self {
        let store: Arc<SharedStore> = Arc::new(store);
        Self {
            core: Core::new(AnyThread::in_shared(store)),
            retention: None,
        }
    }
}

impl LocalLog {
    fn in_local_store(store: impl LogStore + 'static) -> Self {
        Self {
            core: Core::new(OneThread::new(Arc::new(store))),
            retention: None,
        }
    }
}

impl FileKind {
    /// Creates a log in a new file of this kind.
    ///
    /// # Errors
    ///
    /// [`Error::Open`] if the file exists, [`Error::NoEngine`] if this build cannot create such
    /// files, and the errors of the engine.
    pub fn create_log(self, file: impl AsRef<Path>) -> Result<LocalLog> {
        let file = file.as_ref();
        if file.exists() {
            let reason = "the file exists already; choose another name".to_owned();
            let path = file.to_owned();
            return Err(Error::Open { path, reason });
        }
        of_kind(file, self)
    }
}

/// The server that a URL for [`ExecutionLog::open`] names, without its password and its settings, to show it.
/// `None` if it names a file. Does not connect to the server.
///
/// ```
/// # let _ = || -> execlog::Result<()> {
/// let url = "postgresql://ci:secret@localhost/team";
/// let name = execlog::server_name(url).expect("a server")?;
/// assert_eq!(name, "postgresql://ci@localhost:5432/team");
/// # Ok(())
/// # };
/// assert!(execlog::server_name("code.db").is_none());
/// ```
///
/// # Errors
///
/// [`Error::InvalidServer`] if the URL cannot be read, and [`Error::NoServerSupport`] if this build cannot
/// speak to the server. Neither shows the password.
pub fn server_name(file: impl AsRef<Path>) -> Option<Result<String>> {
    let file = file.as_ref();
    is_url(file).then(|| PostgresStore::server_name(&file.to_string_lossy()))
}

fn of_kind(file: &Path, kind: FileKind) -> Result<LocalLog> {
    match kind {
        FileKind::Sqlite => Ok(ExecutionLog::in_store(SqliteFileStore::file(file)).into()),
        FileKind::NativeV2 | FileKind::NativeV3 => graph::open(file, kind),
    }
}
