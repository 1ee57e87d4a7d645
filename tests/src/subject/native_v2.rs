//! Graphs of sqlitegraph 1.6.

use super::{Held, Make, START, Subject, folder};
use execlog::ExecutionLog;
use execlog::clock::ManualClock;
use sqlitegraph_native_v2::{NativeGraphBackend, SqliteGraph, SqliteGraphBackend};
use std::path::Path;
use std::rc::Rc;

pub(super) fn all() -> Vec<(&'static str, Make)> {
    vec![
        ("native_v2", || Box::new(fresh())),
        ("native_v2_reopened", || {
            Box::new(Reopened::new(open_native))
        }),
        ("graph_in_sqlite", || Box::new(in_sqlite())),
        ("graph_in_sqlite_reopened", || {
            Box::new(Reopened::new(open_in_sqlite))
        }),
    ]
}

fn fresh() -> Held {
    let folder = folder();
    let log = open_native(&folder.path().join("code.graph"));
    Held::in_folder(folder, log)
}

fn in_sqlite() -> Held {
    let folder = folder();
    let log = open_in_sqlite(&folder.path().join("code.graph"));
    Held::in_folder(folder, log)
}

/// A log in a graph kept in SQLite, made if there is none.
///
/// # Panics
///
/// If it cannot be opened.
#[must_use]
pub fn open_in_sqlite(path: &Path) -> ExecutionLog {
    let graph = SqliteGraph::open(path).expect("the graph opens");
    ExecutionLog::with_kv_backend(Rc::new(SqliteGraphBackend::from_graph(graph)))
}

/// A log in a native graph, made if there is none.
///
/// # Panics
///
/// If it cannot be opened.
#[must_use]
pub fn open_native(path: &Path) -> ExecutionLog {
    let backend = if path.exists() {
        NativeGraphBackend::open(path)
    } else {
        NativeGraphBackend::new(path)
    };
    ExecutionLog::with_kv_backend(Rc::new(backend.expect("the graph opens")))
}

/// The graph is closed and opened again before every call.
struct Reopened {
    folder: tempfile::TempDir,
    clock: ManualClock,
    open: fn(&Path) -> ExecutionLog,
}

impl Reopened {
    fn new(open: fn(&Path) -> ExecutionLog) -> Self {
        Self {
            folder: folder(),
            clock: ManualClock::at(START),
            open,
        }
    }
}

impl Subject for Reopened {
    fn log(&self) -> Rc<ExecutionLog> {
        let log = (self.open)(&self.folder.path().join("code.graph"));
        Rc::new(log.with_clock(self.clock.clone()))
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }
}
