//! Graphs of sqlitegraph 3.9.

use super::Open;
use execlog::ExecutionLog;
use sqlitegraph_native_v3::backend::CombinedGraphBackend;
use sqlitegraph_native_v3::{NativeGraphBackend, SqliteGraph, SqliteGraphBackend};
use std::path::Path;
use std::rc::Rc;

pub(super) fn graphs() -> &'static [(&'static str, Open)] {
    &[
        ("native_v3", native),
        ("native_v3_with_wal", native_with_wal),
        ("native_v3_in_sqlite", in_sqlite),
        ("native_v3_combined", combined),
    ]
}

fn native(path: &Path) -> ExecutionLog {
    let backend = if path.exists() {
        NativeGraphBackend::open(path)
    } else {
        NativeGraphBackend::create(path)
    };
    ExecutionLog::with_kv_backend(Rc::new(backend.expect("the graph opens")))
}

fn native_with_wal(path: &Path) -> ExecutionLog {
    if path.exists() {
        return native(path);
    }
    let backend = NativeGraphBackend::create_with_wal(path, true);
    ExecutionLog::with_kv_backend(Rc::new(backend.expect("the graph opens")))
}

fn in_sqlite(path: &Path) -> ExecutionLog {
    let graph = SqliteGraph::open(path).expect("the graph opens");
    ExecutionLog::with_kv_backend(Rc::new(SqliteGraphBackend::from_graph(graph)))
}

fn combined(path: &Path) -> ExecutionLog {
    let graph = SqliteGraph::open(path).expect("the graph opens");
    ExecutionLog::with_kv_backend(Rc::new(CombinedGraphBackend::from_graph(graph)))
}
