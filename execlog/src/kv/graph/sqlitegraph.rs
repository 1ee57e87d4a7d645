//! Adapters for the two versions of the engine, which differ in types and hardly in calls.

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

        /// The graph, behind the host's pointer type.
        struct Graph<P>(P);

        /// Opens the graph in a native file. Creates the file if it is missing.
        pub(super) fn open(file: &Path) -> Option<Result<GraphKv, Failure>> {
            let graph = open_graph(file, &GraphConfig::native());
            Some(graph.map(GraphKv::from).map_err(Failure::from))
        }

        // Implemented type by type: a generic impl could overlap for a type with the traits of both
        // versions.
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
                    // `u64::MAX` is not a valid snapshot.
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

        /// Maps kinds that the log does not write to the JSON that they equal. Decoding then reports
        /// that they are not records.
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

/// Implements the conversion for each pointer type that hosts were found to use.
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

/// Opens the graph in a native file of this kind. Gives `None` if this build has no engine for it.
pub(super) fn open(file: &Path, kind: FileKind) -> Option<Result<GraphKv, Failure>> {
    match kind {
        FileKind::Sqlite => None,
        FileKind::NativeV2 => native_v2::open(file),
        FileKind::NativeV3 => native_v3::open(file),
    }
}

/// Replaces a version that is not compiled in.
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
        // A graph in SQLite does not need a flush.
        hides_failed_flush: |graph| graph.get_graph_ref().is_none(),
        backends: [
            sqlitegraph_native_v3::SqliteGraphBackend,
            sqlitegraph_native_v3::backend::CombinedGraphBackend
        ],
        null: Null,
    }

    /// A native graph reports its file.
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
