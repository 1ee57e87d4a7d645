//! Graphs of sqlitegraph 1.6.

use super::Open;
use execlog::ExecutionLog;
use sqlitegraph_native_v2::{GraphBackend, GraphConfig, open_graph};
use std::path::Path;
use std::rc::Rc;

pub(super) fn graphs() -> &'static [(&'static str, Open)] {
    &[
        ("native_v2", |path| open(path, &GraphConfig::native())),
        ("native_v2_in_sqlite", |path| {
            open(path, &GraphConfig::sqlite())
        }),
    ]
}

fn open(path: &Path, config: &GraphConfig) -> ExecutionLog {
    let graph: Rc<dyn GraphBackend> = Rc::from(open_graph(path, config).expect("the graph opens"));
    ExecutionLog::with_kv_backend(graph)
}
