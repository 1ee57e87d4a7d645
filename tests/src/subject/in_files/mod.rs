//! Logs in files.

#[cfg(feature = "native-v2")]
mod native_v2;
#[cfg(feature = "native-v3")]
mod native_v3;

use super::{Edit, START, Subject, tamper};
use execlog::clock::ManualClock;
use execlog::kv::KvStore;
use execlog::{ExecutionLog, LocalLog};
use rusqlite::Connection;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Opens a log. Creates it if it is missing, and panics if it cannot be opened.
pub type Open = fn(&Path) -> LocalLog;

/// Opens a log, with a lock folder in the place that a log in SQLite uses.
#[must_use]
pub fn open_with_locks(open: Open, path: &Path) -> LocalLog {
    open(path).with_locks_beside(path)
}

fn lock_folder(path: &Path) -> PathBuf {
    let mut folder = path.as_os_str().to_owned();
    folder.push(".execlog");
    PathBuf::from(folder)
}

/// The kind of log in the key-value table of a graph in SQLite.
const IN_GRAPH: &str = "sqlite_in_graph";

/// Every kind of log in files, which therefore outlives its process.
#[must_use]
pub fn in_files() -> Vec<(&'static str, Open)> {
    let sqlite: [(&'static str, Open); 2] = [
        ("sqlite", |path| ExecutionLog::new(path).into()),
        (IN_GRAPH, |path| {
            ExecutionLog::new(path).maintenance().in_graph().into()
        }),
    ];
    let graphs = native_v2_graphs().iter().chain(native_v3_graphs());
    sqlite.iter().chain(graphs).copied().collect()
}

/// The key-value store of a log in a graph.
fn store(kind: &str, path: &Path) -> Option<Rc<dyn KvStore>> {
    native_v2_store(kind, path).or_else(|| native_v3_store(kind, path))
}

#[cfg(feature = "native-v2")]
use native_v2::{graphs as native_v2_graphs, store as native_v2_store};
#[cfg(feature = "native-v3")]
use native_v3::{graphs as native_v3_graphs, store as native_v3_store};

#[cfg(not(feature = "native-v2"))]
fn native_v2_graphs() -> &'static [(&'static str, Open)] {
    &[]
}

#[cfg(not(feature = "native-v2"))]
fn native_v2_store(_: &str, _: &Path) -> Option<Rc<dyn KvStore>> {
    None
}

#[cfg(not(feature = "native-v3"))]
fn native_v3_graphs() -> &'static [(&'static str, Open)] {
    &[]
}

#[cfg(not(feature = "native-v3"))]
fn native_v3_store(_: &str, _: &Path) -> Option<Rc<dyn KvStore>> {
    None
}

const NAME: &str = "code.graph";

pub(super) struct InFiles {
    /// Declared before the folder, so that the log is closed before the folder is removed.
    opened: RefCell<Option<Rc<LocalLog>>>,
    folder: tempfile::TempDir,
    locks: PathBuf,
    clock: ManualClock,
    kind: &'static str,
    open: Open,
    for_every_call: bool,
}

impl InFiles {
    pub(super) fn kept_open(kind: &'static str, open: Open) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            opened: RefCell::default(),
            locks: lock_folder(&folder.path().join(NAME)),
            folder,
            clock: ManualClock::at(START),
            kind,
            open,
            for_every_call: false,
        }
    }

    /// Opens the log anew for each call, as if the calls came from different processes.
    pub(super) fn opened_for_every_call(kind: &'static str, open: Open) -> Self {
        Self {
            for_every_call: true,
            ..Self::kept_open(kind, open)
        }
    }
}

impl Subject for InFiles {
    fn log(&self) -> Rc<LocalLog> {
        if self.for_every_call {
            self.close();
        }
        let mut opened = self.opened.borrow_mut();
        let log = opened.get_or_insert_with(|| {
            let log = open_with_locks(self.open, &self.folder.path().join(NAME));
            Rc::new(log.with_clock(self.clock.clone()))
        });
        Rc::clone(log)
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }

    fn locks(&self) -> &Path {
        &self.locks
    }

    fn close(&self) -> bool {
        self.opened.take().is_some()
    }

    fn edit_record(&self, execution_id: &str, edit: Edit) -> bool {
        self.close();
        let path = self.folder.path().join(NAME);
        if let Some(store) = store(self.kind, &path) {
            tamper::in_store(&*store, execution_id, edit);
        } else {
            let connection = Connection::open(path).expect("opens");
            if self.kind == IN_GRAPH {
                tamper::in_graph_table(&connection, execution_id, edit);
            } else {
                tamper::in_database(&connection, execution_id, edit);
            }
        }
        true
    }
}
