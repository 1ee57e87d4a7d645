//! Every kind of log, under one face.

#[cfg(feature = "native-v2")]
pub mod native_v2;
mod sqlite;

use execlog::ExecutionLog;
use execlog::clock::ManualClock;
use execlog::kv::MemoryKv;
use std::rc::Rc;

/// When the clock of every subject starts, in seconds since 1970.
pub const START: i64 = 1_795_368_717;

/// A kind of log that the behaviours are tried on.
pub trait Subject {
    /// The log. Between two calls a subject may close and open everything, so hold on to a handle
    /// only where the behaviour is about one handle.
    fn log(&self) -> Rc<ExecutionLog>;

    /// The clock of every handle.
    fn clock(&self) -> &ManualClock;
}

/// How to make a subject with an empty log.
pub type Make = fn() -> Box<dyn Subject>;

/// Every kind of log that this build has.
#[must_use]
pub fn all() -> Vec<(&'static str, Make)> {
    let mut all: Vec<(&'static str, Make)> = vec![
        ("sqlite_file", || Box::new(sqlite::file())),
        ("sqlite_file_reopened", || Box::new(sqlite::Reopened::new())),
        ("sqlite_shared_connection", || Box::new(sqlite::shared())),
        ("sqlite_in_memory", || {
            Box::new(Held::new(ExecutionLog::in_memory()))
        }),
        ("memory_kv", || {
            Box::new(Held::new(ExecutionLog::with_kv_store(MemoryKv::default())))
        }),
    ];
    all.extend(native::all());
    all
}

#[cfg(feature = "native-v2")]
use native_v2 as native;

#[cfg(not(feature = "native-v2"))]
mod native {
    pub(super) fn all() -> Vec<(&'static str, super::Make)> {
        Vec::new()
    }
}

/// One handle that stays.
struct Held {
    log: Rc<ExecutionLog>,
    clock: ManualClock,
    /// Removed when the subject is.
    _folder: Option<tempfile::TempDir>,
}

impl Held {
    fn new(log: ExecutionLog) -> Self {
        let clock = ManualClock::at(START);
        Self {
            log: Rc::new(log.with_clock(clock.clone())),
            clock,
            _folder: None,
        }
    }

    fn in_folder(folder: tempfile::TempDir, log: ExecutionLog) -> Self {
        Self {
            _folder: Some(folder),
            ..Self::new(log)
        }
    }
}

impl Subject for Held {
    fn log(&self) -> Rc<ExecutionLog> {
        Rc::clone(&self.log)
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}
