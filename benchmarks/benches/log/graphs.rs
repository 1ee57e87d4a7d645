//! The key-value stores of graphs: execlog, and `kv_set`, `kv_get` and `flush` called by hand.

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
        use crate::sqlite::{Begin, Execlog, fill_execlog};
        use execlog::{Durability, ExecutionLog, ExecutionRecord};
        use std::cmp::Reverse;
        use std::path::Path;
        use std::rc::Rc;
        use $sqlitegraph::backend::KvValue;
        use $sqlitegraph::{GraphBackend, GraphConfig, SnapshotId, open_graph};

        type Graph = Rc<dyn GraphBackend>;

        /// The configuration of a kind of graph.
        type Config = fn() -> GraphConfig;

        /// Opens a graph. Creates it if it is missing.
        fn open(path: &Path, config: Config) -> Result<Graph> {
            Ok(Rc::from(open_graph(path, &config())?))
        }

        /// The scan mode that finds keys by their prefix.
        #[derive(Clone, Copy, PartialEq)]
        struct Scan {
            snapshot: SnapshotId,
            prefix: &'static [u8],
        }

        const NATIVE: Scan = Scan {
            snapshot: SnapshotId(u64::MAX - 1),
            prefix: b"execlog:",
        };

        const IN_SQLITE: Scan = Scan {
            snapshot: SnapshotId(0),
            prefix: b"101,120,101,99,108,111,103,58",
        };

        fn store(name: &'static str, config: Config, scan: Scan) -> Store {
            let mut contestants = vec![
                execlog("execlog", config, Durability::EveryWrite),
                Contestant {
                    name: "by hand",
                    open: Box::new(move |path| {
                        Ok(Box::new(ByHand {
                            graph: open(path, config)?,
                            scan,
                        }))
                    }),
                    fill: Box::new(move |path, length| {
                        let graph = open(path, config)?;
                        for number in 0..length {
                            set(&*graph, &run::past(number, length))?;
                        }
                        Ok(graph.flush()?)
                    }),
                },
            ];
            contestants.push(begin(config));
            // A flush of a graph in SQLite does nothing.
            if scan == NATIVE {
                let at_finish = execlog("execlog, AtFinish", config, Durability::AtFinish);
                let left = execlog("execlog, LeftToEngine", config, Durability::LeftToEngine);
                contestants.extend([at_finish, left]);
            }
            Store { name, contestants }
        }

        /// A contestant that records a run with its lock and its context.
        fn begin(config: Config) -> Contestant {
            Contestant {
                name: "execlog, begin and succeed",
                open: Box::new(move |path| {
                    let log = ExecutionLog::with_kv_backend(open(path, config)?);
                    Ok(Box::new(Begin(log.with_locks_beside(path))))
                }),
                ..execlog("", config, Durability::EveryWrite)
            }
        }

        fn execlog(name: &'static str, config: Config, durability: Durability) -> Contestant {
            Contestant {
                name,
                open: Box::new(move |path| {
                    let log = ExecutionLog::with_kv_backend(open(path, config)?);
                    Ok(match durability {
                        Durability::EveryWrite => Box::new(Execlog(log)),
                        other => Box::new(Flushing(Execlog(log.with_durability(other)))),
                    })
                }),
                fill: Box::new(move |path, length| {
                    let graph = open(path, config)?;
                    let log = ExecutionLog::with_kv_backend(Rc::clone(&graph));
                    fill_execlog(&log.with_durability(Durability::LeftToEngine), length)?;
                    Ok(graph.flush()?)
                }),
            }
        }

        /// Measures only writes: the time of a flush does not affect reads.
        struct Flushing(Execlog);

        impl Log for Flushing {
            fn start_and_finish(&mut self, id: &str) -> Result {
                self.0.start_and_finish(id)
            }
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

        /// The engine's calls alone.
        struct ByHand {
            graph: Graph,
            scan: Scan,
        }

        impl ByHand {
            fn scan_and_sort(&self) -> Result<usize> {
                let Scan { snapshot, prefix } = self.scan;
                let found = self.graph.kv_prefix_scan(snapshot, prefix)?;
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
    };
}

#[cfg(feature = "native-v2")]
mod native_v2 {
    by_hand!(sqlitegraph_native_v2);

    pub(super) fn stores() -> Vec<Store> {
        vec![
            store("sqlitegraph 1.6 native", GraphConfig::native, NATIVE),
            store("sqlitegraph 1.6 in SQLite", GraphConfig::sqlite, IN_SQLITE),
        ]
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

    pub(super) fn stores() -> Vec<Store> {
        vec![
            store("sqlitegraph 3.9 native", GraphConfig::native, NATIVE),
            store("sqlitegraph 3.9 in SQLite", GraphConfig::sqlite, IN_SQLITE),
            store("sqlitegraph 3.9 combined", GraphConfig::combined, IN_SQLITE),
        ]
    }
}

#[cfg(not(feature = "native-v3"))]
mod native_v3 {
    pub(super) fn stores() -> Vec<super::Store> {
        Vec::new()
    }
}
