//! The key-value stores of graphs: execlog, and `kv_set`, `kv_get` and `flush` by hand.

use crate::contestant::Store;

pub(crate) fn stores() -> Vec<Store> {
    let mut stores = native_v2::stores();
    stores.extend(native_v3::stores());
    stores
}

#[cfg(any(feature = "native-v2", feature = "native-v3"))]
macro_rules! by_hand {
    ($sqlitegraph:ident) => {
        use crate::contestant::{Contestant, Log, Result, Store};
        use crate::run;
        use crate::sqlite::{Execlog, fill_execlog};
        use execlog::{Durability, ExecutionLog, ExecutionRecord};
        use std::cmp::Reverse;
        use std::path::Path;
        use std::rc::Rc;
        use $sqlitegraph::backend::KvValue;
        use $sqlitegraph::{GraphBackend, SnapshotId};

        type Graph = Rc<dyn GraphBackend>;

        fn open_execlog(graph: Graph) -> Box<dyn Log> {
            Box::new(Execlog(ExecutionLog::with_kv_backend(graph)))
        }

        fn fill_with_execlog(graph: Graph, length: usize) -> Result {
            let log = ExecutionLog::with_kv_backend(Rc::clone(&graph));
            fill_execlog(&log.with_durability(Durability::LeftToEngine), length)?;
            Ok(graph.flush()?)
        }

        fn fill_by_hand(graph: Graph, length: usize) -> Result {
            for number in 0..length {
                set(&*graph, &run::past(number, length))?;
            }
            Ok(graph.flush()?)
        }

        fn set(graph: &dyn GraphBackend, run: &ExecutionRecord) -> Result {
            let key = format!("execlog:{}", run.execution_id).into_bytes();
            let value = KvValue::Json(serde_json::to_value(run)?);
            Ok(graph.kv_set(key, value, None)?)
        }

        fn record(value: KvValue) -> Result<ExecutionRecord> {
            match value {
                KvValue::Json(json) => Ok(serde_json::from_value(json)?),
                other => Err(format!("not a run: {other:?}").into()),
            }
        }

        /// The calls of the engine, with nothing around them.
        struct ByHand {
            graph: Graph,
            snapshot: SnapshotId,
            prefix: Vec<u8>,
        }

        impl ByHand {
            fn scan_and_sort(&self) -> Result<usize> {
                let found = self.graph.kv_prefix_scan(self.snapshot, &self.prefix)?;
                let runs = found.into_iter().map(|(_, value)| record(value));
                let mut runs = runs.collect::<Result<Vec<_>>>()?;
                runs.sort_by_key(|run| Reverse((run.started_at, run.id)));
                runs.truncate(run::NEWEST);
                Ok(runs.len())
            }
        }

        impl Log for ByHand {
            fn start_and_finish(&mut self, id: &str) -> Result {
                let started = run::started(id);
                set(&*self.graph, &started)?;
                set(&*self.graph, &run::ended(started))?;
                Ok(self.graph.flush()?)
            }

            fn newest(&mut self) -> Option<Result<usize>> {
                Some(self.scan_and_sort())
            }

            fn get(&mut self, id: &str) -> Option<Result<bool>> {
                let key = format!("execlog:{id}").into_bytes();
                let found = self.graph.kv_get(SnapshotId::current(), &key);
                let found = found.map_err(Into::into);
                Some(found.and_then(|value| Ok(value.map(record).transpose()?.is_some())))
            }
        }

        fn native(graph: Graph) -> Box<dyn Log> {
            Box::new(ByHand {
                graph,
                snapshot: SnapshotId::from_lsn(u64::MAX - 1),
                prefix: b"execlog:".to_vec(),
            })
        }

        /// A graph kept in SQLite spells its keys in decimals.
        #[allow(dead_code, reason = "not every version is compared in SQLite")]
        fn in_sqlite(graph: Graph) -> Box<dyn Log> {
            Box::new(ByHand {
                graph,
                snapshot: SnapshotId::current(),
                prefix: b"101,120,101,99,108,111,103,58".to_vec(),
            })
        }

        macro_rules! store {
            ($name:literal, $open:ident, $by_hand:ident) => {
                Store {
                    name: $name,
                    contestants: vec![
                        Contestant {
                            name: "execlog",
                            open: |path| Ok(open_execlog($open(path)?)),
                            fill: |path, length| fill_with_execlog($open(path)?, length),
                        },
                        Contestant {
                            name: "by hand",
                            open: |path| Ok($by_hand($open(path)?)),
                            fill: |path, length| fill_by_hand($open(path)?, length),
                        },
                    ],
                }
            };
        }
    };
}

#[cfg(feature = "native-v2")]
mod native_v2 {
    by_hand!(sqlitegraph_native_v2);
    use sqlitegraph_native_v2::NativeGraphBackend;

    fn open(path: &Path) -> Result<Graph> {
        Ok(if path.exists() {
            Rc::new(NativeGraphBackend::open(path)?)
        } else {
            Rc::new(NativeGraphBackend::new(path)?)
        })
    }

    pub(super) fn stores() -> Vec<Store> {
        vec![store!("sqlitegraph 1.6 native", open, native)]
    }
}

#[cfg(not(feature = "native-v2"))]
mod native_v2 {
    pub(super) fn stores() -> Vec<super::Store> {
        Vec::new()
    }
}

#[cfg(feature = "native-v3")]
mod native_v3 {
    by_hand!(sqlitegraph_native_v3);
    use sqlitegraph_native_v3::backend::CombinedGraphBackend;
    use sqlitegraph_native_v3::{NativeGraphBackend, SqliteGraph, SqliteGraphBackend};

    fn open(path: &Path) -> Result<Graph> {
        Ok(if path.exists() {
            Rc::new(NativeGraphBackend::open(path)?)
        } else {
            Rc::new(NativeGraphBackend::create(path)?)
        })
    }

    fn open_in_sqlite(path: &Path) -> Result<Graph> {
        let graph = SqliteGraph::open(path)?;
        Ok(Rc::new(SqliteGraphBackend::from_graph(graph)))
    }

    fn open_combined(path: &Path) -> Result<Graph> {
        let graph = SqliteGraph::open(path)?;
        Ok(Rc::new(CombinedGraphBackend::from_graph(graph)))
    }

    pub(super) fn stores() -> Vec<Store> {
        vec![
            store!("sqlitegraph 3.9 native", open, native),
            store!("sqlitegraph 3.9 in SQLite", open_in_sqlite, in_sqlite),
            store!("sqlitegraph 3.9 combined", open_combined, in_sqlite),
        ]
    }
}

#[cfg(not(feature = "native-v3"))]
mod native_v3 {
    pub(super) fn stores() -> Vec<super::Store> {
        Vec::new()
    }
}
