use super::{Held, Make, START, Subject, folder};
use execlog::ExecutionLog;
use execlog::clock::ManualClock;
use sqlitegraph_native_v2::{NativeGraphBackend, SqliteGraph, SqliteGraphBackend};
use std::rc::Rc;

pub(super) fn all() -> Vec<(&'static str, Make)> {
    vec![
        ("native_v2", || Box::new(fresh())),
        ("native_v2_reopened", || Box::new(Reopened::new())),
        ("graph_in_sqlite", || Box::new(in_sqlite())),
    ]
}

fn fresh() -> Held {
    let folder = folder();
    let backend = NativeGraphBackend::new(folder.path().join("code.graph")).expect("a new graph");
    Held::in_folder(folder, ExecutionLog::with_kv_backend(Rc::new(backend)))
}

fn in_sqlite() -> Held {
    let folder = folder();
    let graph = SqliteGraph::open(folder.path().join("code.db")).expect("a new graph");
    let backend = SqliteGraphBackend::from_graph(graph);
    Held::in_folder(folder, ExecutionLog::with_kv_backend(Rc::new(backend)))
}

/// The graph is closed and opened again before every call.
struct Reopened {
    folder: tempfile::TempDir,
    clock: ManualClock,
}

impl Reopened {
    fn new() -> Self {
        let folder = folder();
        NativeGraphBackend::new(folder.path().join("code.graph")).expect("a new graph");
        Self {
            folder,
            clock: ManualClock::at(START),
        }
    }
}

impl Subject for Reopened {
    fn log(&self) -> Rc<ExecutionLog> {
        let path = self.folder.path().join("code.graph");
        let backend = NativeGraphBackend::open(path).expect("the graph opens again");
        let log = ExecutionLog::with_kv_backend(Rc::new(backend));
        Rc::new(log.with_clock(self.clock.clone()))
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }
}
