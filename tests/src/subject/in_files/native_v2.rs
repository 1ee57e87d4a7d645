//! Graphs of sqlitegraph 1.6.

use super::Open;
use execlog::kv::{GraphKv, KvStore};
use execlog::{ExecutionLog, LocalLog};
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

fn open(path: &Path, config: &GraphConfig) -> LocalLog {
    ExecutionLog::with_kv_backend(graph(path, config))
}

fn graph(path: &Path, config: &GraphConfig) -> Rc<dyn GraphBackend> {
    Rc::from(open_graph(path, config).expect("the graph opens"))
}

pub(super) fn store(kind: &str, path: &Path) -> Option<Rc<dyn KvStore>> {
    let config = match kind {
        "native_v2" => GraphConfig::native(),
        "native_v2_in_sqlite" => GraphConfig::sqlite(),
        _ => return None,
    };
    Some(Rc::new(GraphKv::from(graph(path, &config))))
}
