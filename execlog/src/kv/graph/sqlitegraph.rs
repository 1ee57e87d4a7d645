//! The two versions of the engine, which differ in their types and hardly in their calls.

use super::GraphKv;
use super::engine::Failure;
use crate::model::FileKind;
use std::path::Path;

macro_rules! adapt {
    (
        $sqlitegraph:ident,
        forgets_overwrites: $forgets_overwrites:literal,
        hides_failed_flush: $hides_failed_flush:expr,
        backends: [$($backend:path),*],
        $(null: $null:ident,)?
    ) => {
        use super::super::GraphKv;
        use super::super::engine::{Engine, Failure, Snapshot, Value};
        use crate::kv::KvEntry;
        use $sqlitegraph::backend::KvValue;
        use $sqlitegraph::{GraphBackend, GraphConfig, SnapshotId, open_graph};
        use std::ops::Deref;
        use std::path::Path;
        use std::rc::Rc;
        use std::sync::Arc;

        /// The graph, behind the pointer by which the host holds it.
        struct Graph<P>(P);

        /// The graph in a native file, which is made if it is missing.
        pub(super) fn open(file: &Path) -> Option<Result<GraphKv, Failure>> {
            let graph = open_graph(file, &GraphConfig::native());
            Some(graph.map(GraphKv::from).map_err(Failure::from))
        }

        // One by one, since a type could implement the traits of both versions.
        from_pointers!(dyn GraphBackend);
        $(from_pointers!($backend);)*

        impl<P: Deref<Target: GraphBackend>> Engine for Graph<P> {
            fn forgets_overwrites(&self) -> bool {
                $forgets_overwrites
            }

            fn hides_failed_flush(&self) -> bool {
                let hides: fn(&P::Target) -> bool = $hides_failed_flush;
                hides(&self.0)
            }

            fn get(&self, key: &[u8]) -> Result<Option<Value>, Failure> {
                let value = self.0.kv_get(SnapshotId::current(), key)?;
                Ok(value.map(from_engine))
            }

            fn set(&self, key: &[u8], value: Value) -> Result<(), Failure> {
                let value = match value {
                    Value::Json(json) => KvValue::Json(json),
                    Value::Bytes(bytes) => KvValue::Bytes(bytes),
                };
                Ok(self.0.kv_set(key.to_vec(), value, None)?)
            }

            fn delete(&self, key: &[u8]) -> Result<(), Failure> {
                Ok(self.0.kv_delete(key)?)
            }

            fn scan(&self, snapshot: Snapshot, prefix: &[u8]) -> Result<Vec<KvEntry>, Failure> {
                let snapshot = match snapshot {
                    Snapshot::Current => SnapshotId::current(),
                    // The last number of all stands for no snapshot.
                    Snapshot::Latest => SnapshotId::from_lsn(u64::MAX - 1),
                };
                let found = self.0.kv_prefix_scan(snapshot, prefix)?.into_iter();
                let found = found.map(|(key, value)| (key, from_engine(value).into_bytes()));
                Ok(found.collect())
            }

            fn flush(&self) -> Result<(), Failure> {
                Ok(self.0.flush()?)
            }
        }

        /// Kinds that the log does not write become the JSON that they equal, so that what is not
        /// a record is found out by whoever decodes it.
        fn from_engine(value: KvValue) -> Value {
            Value::Json(match value {
                KvValue::Bytes(bytes) => return Value::Bytes(bytes),
                KvValue::Json(json) => json,
                KvValue::String(text) => text.into(),
                KvValue::Integer(number) => number.into(),
                KvValue::Float(number) => number.into(),
                KvValue::Boolean(flag) => flag.into(),
                $(KvValue::$null => serde_json::Value::$null,)?
            })
        }
    };
}

/// Takes a graph behind each kind of pointer that hosts were found to hold.
macro_rules! from_pointers {
    ($backend:ty) => {
        from_pointers!($backend: Rc<$backend>, Arc<$backend>, Box<$backend>);
    };
    ($backend:ty: $($pointer:ty),*) => {$(
        impl From<$pointer> for GraphKv {
            fn from(backend: $pointer) -> Self {
                GraphKv::new(Graph(backend))
            }
        }
    )*};
}

/// The graph in a native file of this kind, or `None` if this build has no engine for it.
pub(super) fn open(file: &Path, kind: FileKind) -> Option<Result<GraphKv, Failure>> {
    match kind {
        FileKind::Sqlite => None,
        FileKind::NativeV2 => native_v2::open(file),
        FileKind::NativeV3 => native_v3::open(file),
    }
}

/// Stands in for a version that is not compiled in.
#[cfg(not(all(feature = "native-v2", feature = "native-v3")))]
mod absent {
    use super::{Failure, GraphKv, Path};

    pub(super) fn open(_: &Path) -> Option<Result<GraphKv, Failure>> {
        None
    }
}

#[cfg(not(feature = "native-v2"))]
use absent as native_v2;
#[cfg(not(feature = "native-v3"))]
use absent as native_v3;

#[cfg(feature = "native-v2")]
mod native_v2 {
    adapt! {
        sqlitegraph_native_v2,
        forgets_overwrites: true,
        hides_failed_flush: |_| false,
        backends: [sqlitegraph_native_v2::NativeGraphBackend, sqlitegraph_native_v2::SqliteGraphBackend],
    }
}

#[cfg(feature = "native-v3")]
mod native_v3 {
    adapt! {
        sqlitegraph_native_v3,
        forgets_overwrites: false,
        // One that is kept in SQLite has nothing to flush.
        hides_failed_flush: |graph| graph.get_graph_ref().is_none(),
        backends: [
            sqlitegraph_native_v3::SqliteGraphBackend,
            sqlitegraph_native_v3::backend::CombinedGraphBackend
        ],
        null: Null,
    }

    /// A native graph knows its file.
    macro_rules! from_native {
        ($($pointer:ty),*) => {$(
            impl From<$pointer> for GraphKv {
                fn from(backend: $pointer) -> Self {
                    let file = backend.db_path().to_owned();
                    let graph = GraphKv::new(Graph(backend));
                    crate::kv::KvStore::kept_in(&graph, &file);
                    graph
                }
            }
        )*};
    }

    use sqlitegraph_native_v3::NativeGraphBackend;
    from_native!(
        Rc<NativeGraphBackend>,
        Arc<NativeGraphBackend>,
        Box<NativeGraphBackend>
    );
}
