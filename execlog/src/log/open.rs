//! Where a log is kept, and how it is set up.

use super::ExecutionLog;
use super::locks::Locks;
use super::loss::Headed;
use crate::clock::{Clock, SystemClock};
use crate::kv::KvStore;
use crate::store::{DisabledStore, KvLogStore, LogStore, SqliteFileStore, SqliteStore};
use crate::{Durability, Redaction};
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Where a log is kept.
impl ExecutionLog {
    /// A log in a SQLite file, opened at first use.
    ///
    /// The first write makes the file if there is none; reading never does, and a missing file
    /// reads as an empty log. A file made here keeps a write-ahead log with `synchronous=NORMAL`;
    /// a file that a host made keeps its journal mode and its other tables. A lock that another
    /// process holds is waited for, up to five seconds.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self::with_store(SqliteStore::file(path))
    }

    /// A log in a SQLite file that is only read: the file is opened so, and never made. The log may be
    /// the table `execution_log`, or in the key-value table of a graph, see [`open`](Self::open).
    ///
    /// A file with a write-ahead log still gets its `-shm` file, and so needs a folder that can be
    /// written to. Calls that write are [`Error::ReadOnly`](crate::Error::ReadOnly).
    #[must_use]
    pub fn read_only(path: &Path) -> Self {
        Self::with_store(SqliteFileStore::read_only(path))
    }

    /// A log on a SQLite connection that the host shares, set up as the host set it up, in the host's
    /// version of [`rusqlite`](crate::rusqlite).
    ///
    /// Every call takes the lock, so do not hold it in the same thread while calling. Within a
    /// transaction of the host's, a write is acknowledged when the host commits.
    #[must_use]
    pub fn with_connection(connection: Arc<parking_lot::Mutex<rusqlite::Connection>>) -> Self {
        Self::with_store(SqliteStore::shared(connection))
    }

    /// A log in a key-value store: one of your own, or [`MemoryKv`](crate::kv::MemoryKv). One
    /// process at a time may write to it.
    #[must_use]
    pub fn with_kv_store(store: impl KvStore + 'static) -> Self {
        Self::with_store(KvLogStore::new(store))
    }

    /// A log in a SQLite database in memory, which is gone with the handle.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::with_store(SqliteStore::memory())
    }

    /// A log that keeps nothing: writes succeed and are dropped, and reads are empty.
    ///
    /// Ids and outcomes are still checked, so that a mistake shows before the log is switched on.
    #[must_use]
    pub fn disabled() -> Self {
        Self::with_store(DisabledStore)
    }

    /// The same log, on another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// The same log, flushing when this says. Only a log in a key-value store has the choice.
    #[must_use]
    pub fn with_durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// The same log, waiting so long and not five seconds for a lock that another process holds. Only
    /// a log in a SQLite file that it opens itself waits.
    #[must_use]
    pub fn with_busy_timeout(self, time: Duration) -> Self {
        self.store.wait_no_longer_than(time);
        self
    }

    /// The same log, taking other secrets out of what it stores, or none.
    #[must_use]
    pub fn with_redaction(mut self, redaction: Redaction) -> Self {
        self.redaction = redaction;
        self
    }

    /// The same log, with this folder for the locks that tell live runs from crashed ones. It is
    /// made when the first run begins.
    ///
    /// A log in a SQLite file has one beside the file, `code.db.execlog`, without being told. One
    /// in a graph does not know where the graph is: hand in a folder beside it, the same whenever
    /// the log is opened. In a folder that is shared between machines the file system has to share
    /// its locks too, or what runs on one machine reads as crashed on the other.
    #[must_use]
    pub fn with_lock_folder(mut self, folder: &Path) -> Self {
        self.locks = Locks::in_folder(folder);
        self
    }

    /// The same log, with its locks in a folder beside this file, `code.graph.execlog` for
    /// `code.graph`: where a log in a SQLite file has them, and where [`open`](Self::open) looks.
    ///
    /// Give it the file by the name that the graph was opened by. From then on the log in a native 3.9 graph looks after
    /// each flush whether it was written, which the engine hides, and a flush that was not is an error.
    #[must_use]
    pub fn with_locks_beside(mut self, file: &Path) -> Self {
        self.store.kept_in(file);
        self.locks = Locks::beside(file);
        self
    }

    pub(super) fn with_store(store: impl LogStore + 'static) -> Self {
        Self {
            store: Box::new(store),
            clock: Box::new(SystemClock::default()),
            durability: Durability::default(),
            redaction: Redaction::default(),
            locks: Locks::default(),
            headed: Headed::default(),
            is_unflushed: Cell::new(false),
            started: RefCell::default(),
        }
    }
}

#[cfg(any(feature = "native-v2", feature = "native-v3"))]
impl ExecutionLog {
    /// A log in the key-value store of the host's graph: hand in a clone of its
    /// `Rc<dyn GraphBackend>`.
    ///
    /// Each run is a key `execlog:` and its id. What is acknowledged has been flushed, unless
    /// [`with_durability`](Self::with_durability) says otherwise.
    ///
    /// One process at a time may write to the log. Native graphs do not see what another process
    /// writes, and in a graph kept in SQLite two processes can take the same number at the same
    /// moment: the run whose entry is lost is then only found by `list_all(None)`, until
    /// [`reindex`](Self::reindex). Where several processes log at once, keep the log in SQLite.
    #[must_use]
    pub fn with_kv_backend(backend: impl Into<crate::kv::GraphKv>) -> Self {
        Self::with_kv_store(backend.into())
    }
}
