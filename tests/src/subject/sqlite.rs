use super::{Held, START, Subject, folder};
use execlog::ExecutionLog;
use execlog::clock::ManualClock;
use std::rc::Rc;
use std::sync::Arc;

pub(super) fn file() -> Held {
    let folder = folder();
    let log = ExecutionLog::new(&folder.path().join("log.db"));
    Held::in_folder(folder, log)
}

pub(super) fn shared() -> Held {
    let connection = rusqlite::Connection::open_in_memory().expect("a database in memory");
    let connection = Arc::new(parking_lot::Mutex::new(connection));
    Held::new(ExecutionLog::with_connection(connection))
}

/// A new handle on the same file for every call, as if each came from another process.
pub(super) struct Reopened {
    folder: tempfile::TempDir,
    clock: ManualClock,
}

impl Reopened {
    pub(super) fn new() -> Self {
        Self {
            folder: folder(),
            clock: ManualClock::at(START),
        }
    }
}

impl Subject for Reopened {
    fn log(&self) -> Rc<ExecutionLog> {
        let log = ExecutionLog::new(&self.folder.path().join("log.db"));
        Rc::new(log.with_clock(self.clock.clone()))
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }
}
