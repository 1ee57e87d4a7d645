//! Every kind of log behind one trait, `Subject`.

mod in_files;
#[cfg(all(unix, feature = "postgres"))]
mod on_server;
#[cfg(not(all(unix, feature = "postgres")))]
#[path = "without_server.rs"]
mod on_server;
mod tamper;

pub use in_files::{Open, in_files, open_with_locks};
pub use tamper::Edit;

use execlog::clock::ManualClock;
use execlog::kv::MemoryKv;
use execlog::{ExecutionLog, LocalLog};
use in_files::InFiles;
use parking_lot::Mutex;
use rusqlite::Connection;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

/// The start time of every subject's clock, in seconds since 1970.
pub const START: i64 = 1_795_368_717;

/// A kind of log under test.
pub trait Subject {
    /// The log. A subject may close and reopen its log between two calls, so keep a handle only if the
    /// behaviour is about one handle.
    fn log(&self) -> Rc<LocalLog>;

    /// The clock that all handles share.
    fn clock(&self) -> &ManualClock;

    /// The folder that holds the locks of running runs.
    fn locks(&self) -> &Path;

    /// Closes the log if it survives closing, and returns whether it does. The next call opens the log
    /// again.
    fn close(&self) -> bool;

    /// Changes the record of a run without the log. Returns `false` if that is impossible, as for an
    /// in-memory database. Hold no handle meanwhile.
    fn edit_record(&self, execution_id: &str, edit: Edit) -> bool;
}

/// Makes a subject with an empty log.
pub type Make = Box<dyn Fn() -> Box<dyn Subject> + Send>;

/// Every kind of log in this build, kept open. Those in files are included a second time, opened anew
/// for every call.
#[must_use]
pub fn all() -> Vec<(String, Make)> {
    let mut all = held();
    for (kind, open) in in_files() {
        let make = move || Box::new(InFiles::opened_for_every_call(kind, open)) as Box<dyn Subject>;
        all.push((format!("{kind}_reopened"), Box::new(make)));
    }
    all.extend(on_server::reopened());
    all
}

/// Every kind of log in this build, kept open.
#[must_use]
pub fn held() -> Vec<(String, Make)> {
    let mut held: Vec<(String, Make)> = Vec::new();
    for (kind, log) in in_memory() {
        let make = move || Box::new(InMemory::new(log())) as Box<dyn Subject>;
        held.push((kind.to_owned(), Box::new(make)));
    }
    for (kind, open) in in_files() {
        let make = move || Box::new(InFiles::kept_open(kind, open)) as Box<dyn Subject>;
        held.push((kind.to_owned(), Box::new(make)));
    }
    held.extend(on_server::held());
    held
}

type New = fn() -> (LocalLog, Beside);

/// Another program's access to a log in memory.
enum Beside {
    Nothing,
    Connection(Arc<Mutex<Connection>>),
    Store(MemoryKv),
}

fn in_memory() -> Vec<(&'static str, New)> {
    vec![
        ("sqlite_in_memory", || {
            (ExecutionLog::in_memory().into(), Beside::Nothing)
        }),
        ("sqlite_shared_connection", shared_connection),
        ("memory_kv", memory_kv),
    ]
}

fn shared_connection() -> (LocalLog, Beside) {
    let connection = Connection::open_in_memory().expect("a database in memory");
    let shared = Arc::new(Mutex::new(connection));
    let log = ExecutionLog::with_connection(Arc::clone(&shared));
    (log.into(), Beside::Connection(shared))
}

fn memory_kv() -> (LocalLog, Beside) {
    let store = MemoryKv::default();
    let log = ExecutionLog::from_kv_store(store.clone());
    (log.into(), Beside::Store(store))
}

struct InMemory {
    log: Rc<LocalLog>,
    beside: Beside,
    clock: ManualClock,
    locks: tempfile::TempDir,
}

impl InMemory {
    fn new((log, beside): (LocalLog, Beside)) -> Self {
        let clock = ManualClock::at(START);
        let locks = tempfile::tempdir().expect("a temporary folder");
        let log = log.with_lock_folder(locks.path());
        Self {
            log: Rc::new(log.with_clock(clock.clone())),
            beside,
            clock,
            locks,
        }
    }
}

impl Subject for InMemory {
    fn log(&self) -> Rc<LocalLog> {
        Rc::clone(&self.log)
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }

    fn locks(&self) -> &Path {
        self.locks.path()
    }

    fn close(&self) -> bool {
        false
    }

    fn edit_record(&self, execution_id: &str, edit: Edit) -> bool {
        match &self.beside {
            Beside::Nothing => return false,
            Beside::Connection(shared) => tamper::in_database(&shared.lock(), execution_id, edit),
            Beside::Store(store) => tamper::in_store(store, execution_id, edit),
        }
        true
    }
}

/// The number of lock files in a folder, 0 if the folder cannot be read.
#[must_use]
pub fn locks_in(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder).into_iter().flatten();
    let paths = files.filter_map(|file| Some(file.ok()?.path()));
    let locks = paths.filter(|path| {
        path.extension()
            .is_some_and(|extension| extension == "lock")
    });
    locks.count()
}
