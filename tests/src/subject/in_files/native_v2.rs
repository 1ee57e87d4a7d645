//! Graphs of sqlitegraph 1.6.

use super::Open;
use execlog::ExecutionLog;
use sqlitegraph_native_v2::{NativeGraphBackend, SqliteGraph, SqliteGraphBackend};
use std::path::Path;
use std::rc::Rc;

pub(super) fn graphs() -> &'static [(&'static str, Open)] {
    &[("native_v2", native), ("native_v2_in_sqlite", in_sqlite)]
}

fn native(path: &Path) -> ExecutionLog {
    let backend = if path.exists() {
        NativeGraphBackend::open(path)
    } else {
        NativeGraphBackend::new(path)
    };
    ExecutionLog::with_kv_backend(Rc::new(backend.expect("the graph opens")))
}

fn in_sqlite(path: &Path) -> ExecutionLog {
    let graph = SqliteGraph::open(path).expect("the graph opens");
    ExecutionLog::with_kv_backend(Rc::new(SqliteGraphBackend::from_graph(graph)))
}
