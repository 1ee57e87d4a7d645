//! Logs in graphs.

use super::{ExecutionLog, LocalLog};
use crate::error::Result;
use crate::kv::GraphKv;
use crate::model::FileKind;
use std::path::Path;

impl ExecutionLog {
    /// A log in the key-value store of the host's graph. Pass a clone of the graph's `Rc`, `Arc` or
    /// `Box` of a `dyn GraphBackend`.
    ///
    /// The key of each run is `execlog:` and its id. Every acknowledged write is flushed, unless
    /// [`with_durability`](LocalLog::with_durability) changes that.
    ///
    /// Only one process at a time may write to the log. A native graph does not see the writes of
    /// other processes. In a SQLite graph two processes can take the same number at the same
    /// moment. One of the two runs then loses its index entry, and only `list_all(None)` finds it
    /// until [`reindex`](crate::Maintenance::reindex). If several processes log at once, keep the
    /// log in SQLite.
    #[must_use]
    pub fn with_kv_backend(backend: impl Into<GraphKv>) -> LocalLog {
        Self::from_local_kv_store(backend.into())
    }
}

pub(super) fn open(file: &Path, kind: FileKind) -> Result<LocalLog> {
    // The engine derives the names of its other files from this path, so resolve links first.
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let graph = GraphKv::open(&file, kind)?;
    Ok(ExecutionLog::from_local_kv_store(graph).with_locks_beside(&file))
}
