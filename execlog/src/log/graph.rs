//! Logs in graphs.

use super::{ExecutionLog, LocalLog};
use crate::error::Result;
use crate::kv::GraphKv;
use crate::model::FileKind;
use std::path::Path;

impl ExecutionLog {
    /// A log in the key-value store of the host's graph: hand in a clone of its `Rc`, `Arc` or `Box` of a
    /// `dyn GraphBackend`.
    ///
    /// Each run is a key `execlog:` and its id. What is acknowledged has been flushed, unless
    /// [`with_durability`](LocalLog::with_durability) says otherwise.
    ///
    /// One process at a time may write to the log. Native graphs do not see what another process
    /// writes, and in a graph kept in SQLite two processes can take the same number at the same
    /// moment: the run whose entry is lost is then only found by `list_all(None)`, until
    /// [`reindex`](crate::Maintenance::reindex). Where several processes log at once, keep the log in
    /// SQLite.
    #[must_use]
    pub fn with_kv_backend(backend: impl Into<GraphKv>) -> LocalLog {
        Self::from_local_kv_store(backend.into())
    }
}

pub(super) fn open(file: &Path, kind: FileKind) -> Result<LocalLog> {
    // The engine names its other files after this one, and would put them beside a link to it.
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let graph = GraphKv::open(&file, kind)?;
    Ok(ExecutionLog::from_local_kv_store(graph).with_locks_beside(&file))
}
