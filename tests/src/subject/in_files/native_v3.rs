//! Graphs of sqlitegraph 3.9.

use super::Open;
use execlog::kv::{GraphKv, KvStore};
use execlog::{ExecutionLog, LocalLog};
use sqlitegraph_native_v3::{GraphBackend, GraphConfig, NativeGraphBackend, open_graph};
use std::path::Path;
use std::rc::Rc;

pub(super) fn graphs() -> &'static [(&'static str, Open)] {
    &[
        ("native_v3", |path| open(path, &GraphConfig::native())),
        ("native_v3_with_wal", with_wal),
        ("native_v3_in_sqlite", |path| {
            open(path, &GraphConfig::sqlite())
        }),
        ("native_v3_combined", |path| {
            open(path, &GraphConfig::combined())
        }),
    ]
}

fn open(path: &Path, config: &GraphConfig) -> LocalLog {
    ExecutionLog::with_kv_backend(graph(path, config))
}

fn graph(path: &Path, config: &GraphConfig) -> Rc<dyn GraphBackend> {
    Rc::from(open_graph(path, config).expect("the graph opens"))
}

pub(super) fn store(kind: &str, path: &Path) -> Option<Rc<dyn KvStore>> {
    let config = match kind {
        "native_v3" | "native_v3_with_wal" => GraphConfig::native(),
        "native_v3_in_sqlite" => GraphConfig::sqlite(),
        "native_v3_combined" => GraphConfig::combined(),
        _ => return None,
    };
    Some(Rc::new(GraphKv::from(graph(path, &config))))
}

/// Only the process that creates the graph has a write-ahead log.
fn with_wal(path: &Path) -> LocalLog {
    if path.exists() {
        return open(path, &GraphConfig::native());
    }
    let graph = NativeGraphBackend::create_with_wal(path, true).expect("the graph is made");
    ExecutionLog::with_kv_backend(Rc::new(graph))
}
