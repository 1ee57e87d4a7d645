//! How a log is set up, other than by default.

use super::core::Locks;
use super::{Durability, ExecutionLog, Threads};
use crate::clock::Clock;
use crate::redaction::Redaction;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

impl<T: Threads> ExecutionLog<T> {
    /// The same log, on another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        Arc::make_mut(&mut self.core).set_clock(Arc::new(clock));
        self
    }

    /// The same log, flushing when this says. Only a log in a key-value store has the choice.
    #[must_use]
    pub fn with_durability(mut self, durability: Durability) -> Self {
        Arc::make_mut(&mut self.core).set_durability(durability);
        self
    }

    /// The same log, with this busy timeout in place of five seconds: how long a call waits for a lock that
    /// another process or thread holds. Only a log in a SQLite file that it opens itself waits. Holds for
    /// all clones of the log.
    #[must_use]
    pub fn with_busy_timeout(self, time: Duration) -> Self {
        self.core.store().set_busy_timeout(time);
        self
    }

    /// The same log, taking other secrets out of what it stores, or none.
    #[must_use]
    pub fn with_redaction(mut self, redaction: Redaction) -> Self {
        Arc::make_mut(&mut self.core).set_redaction(redaction);
        self
    }

    /// The same log, with this folder for the locks that tell live runs from crashed ones. It is
    /// made when the first run begins.
    ///
    /// A log in a SQLite file has one beside the file, `code.db.execlog`, without being told. One
    /// in a graph does not know where the graph is: hand in a folder beside it, the same whenever
    /// the log is opened. In a folder that is shared between machines the file system has to share
    /// its locks too, or a run on one machine reads as crashed on the other.
    #[must_use]
    pub fn with_lock_folder(mut self, folder: impl AsRef<Path>) -> Self {
        Arc::make_mut(&mut self.core).set_locks(Locks::in_folder(folder.as_ref()));
        self
    }

    /// The same log, with its locks in a folder beside this file, `code.graph.execlog` for
    /// `code.graph`: where a log in a SQLite file has them, and where [`open`](ExecutionLog::open) looks.
    ///
    /// Give it the file by the name that the graph was opened by. From then on the log in a native 3.9
    /// graph looks after each flush whether it was written, which the engine hides, and a flush that was
    /// not is an error.
    #[must_use]
    pub fn with_locks_beside(mut self, file: impl AsRef<Path>) -> Self {
        let file = file.as_ref();
        self.core.store().kept_in(file);
        Arc::make_mut(&mut self.core).set_locks(Locks::beside(file));
        self
    }
}
