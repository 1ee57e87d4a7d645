//! The settings of a log.

use super::core::Locks;
use super::{Durability, ExecutionLog, Threads};
use crate::clock::Clock;
use crate::redaction::Redaction;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

impl<T: Threads> ExecutionLog<T> {
    /// Sets the clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        Arc::make_mut(&mut self.core).set_clock(Arc::new(clock));
        self
    }

    /// Sets when the log flushes. Has an effect only in a key-value store.
    #[must_use]
    pub fn with_durability(mut self, durability: Durability) -> Self {
        Arc::make_mut(&mut self.core).set_durability(durability);
        self
    }

    /// The same log with another busy timeout than five seconds: how long a call waits for a lock that
    /// another process or thread holds. It holds for all clones of the log, and is at most 24 days. On a
    /// connection that the host shares, SQLite waits for other processes as the host has set it up.
    #[must_use]
    pub fn with_busy_timeout(self, time: Duration) -> Self {
        self.core.store().set_busy_timeout(time);
        self
    }

    /// The same log without seals: this log and its clones write none.
    ///
    /// [`verify`](crate::Maintenance::verify) lists the runs that it records as unsealed. What it does to
    /// runs that another log has sealed is sealed all the same: removing, pinning and settling. Without
    /// the feature `seals` no log writes any, and `verify` of another build reports such changes.
    #[must_use]
    pub fn without_seals(self) -> Self {
        self.core.store().write_no_seals();
        self
    }

    /// Sets the rules for secrets that are removed before storing.
    #[must_use]
    pub fn with_redaction(mut self, redaction: Redaction) -> Self {
        Arc::make_mut(&mut self.core).set_redaction(redaction);
        self
    }

    /// Sets the folder for the locks that tell live runs from crashed ones. The first run creates
    /// the folder.
    ///
    /// The default for a log in a SQLite file is a folder beside the file, `code.db.execlog`. A log
    /// in a graph does not know the graph's path: pass a folder beside the graph, always the same
    /// one. If the folder is shared between machines, its file system must share locks too.
    /// Otherwise a run on one machine reads as crashed on the other.
    #[must_use]
    pub fn with_lock_folder(mut self, folder: impl AsRef<Path>) -> Self {
        Arc::make_mut(&mut self.core).set_locks(Locks::in_folder(folder.as_ref()));
        self
    }

    /// Sets the lock folder to the one beside this file: `code.graph.execlog` for `code.graph`.
    /// This is the folder that [`open`](ExecutionLog::open) uses.
    ///
    /// Pass the path that the graph was opened by. In a native 3.9 graph the log then checks after
    /// each flush that the file was written, since the engine hides write errors, and returns an
    /// error if not.
    #[must_use]
    pub fn with_locks_beside(mut self, file: impl AsRef<Path>) -> Self {
        let file = file.as_ref();
        self.core.store().kept_in(file);
        Arc::make_mut(&mut self.core).set_locks(Locks::beside(file));
        self
    }
}
