//! Every kind of log, under one face.

mod in_files;

pub use in_files::{Open, in_files};

use execlog::ExecutionLog;
use execlog::clock::ManualClock;
use execlog::kv::MemoryKv;
use in_files::Reopened;
use std::rc::Rc;
use std::sync::Arc;

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
pub type Make = Box<dyn Fn() -> Box<dyn Subject> + Send>;

/// Every kind of log that this build has.
#[must_use]
pub fn all() -> Vec<(String, Make)> {
    let mut all: Vec<(String, Make)> = vec![
        ("sqlite_in_memory".to_owned(), held(ExecutionLog::in_memory)),
        (
            "sqlite_shared_connection".to_owned(),
            held(shared_connection),
        ),
        ("memory_kv".to_owned(), held(memory_kv)),
    ];
    for (kind, open) in in_files() {
        all.push((
            kind.to_owned(),
            Box::new(move || Box::new(Held::in_folder(open))),
        ));
        let reopened = Box::new(move || Box::new(Reopened::new(open)) as Box<dyn Subject>);
        all.push((format!("{kind}_reopened"), reopened));
    }
    all
}

fn shared_connection() -> ExecutionLog {
    let connection = rusqlite::Connection::open_in_memory().expect("a database in memory");
    ExecutionLog::with_connection(Arc::new(parking_lot::Mutex::new(connection)))
}

fn memory_kv() -> ExecutionLog {
    ExecutionLog::with_kv_store(MemoryKv::default())
}

fn held(log: fn() -> ExecutionLog) -> Make {
    Box::new(move || Box::new(Held::new(log())))
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

    fn in_folder(open: Open) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let held = Self::new(open(&folder.path().join("code.graph")));
        Self {
            _folder: Some(folder),
            ..held
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
