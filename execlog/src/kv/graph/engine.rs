//! The key-value part of a graph, with the same types for every version of the engine.

use crate::kv::KvEntry;

/// What an engine reports, whatever its version.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A value as an engine keeps it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Json(serde_json::Value),
    /// What is not JSON.
    Bytes(Vec<u8>),
}

impl Value {
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        match serde_json::from_slice(bytes) {
            Ok(json) => Self::Json(json),
            Err(_) => Self::Bytes(bytes.to_vec()),
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Json(json) => json.to_string().into_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// Which of the writes that an engine has seen a scan is to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Snapshot {
    /// What the engine calls the current snapshot.
    Current,
    /// A snapshot later than every write.
    Latest,
}

/// The key-value part of a graph, with the same types for every version of the engine.
pub(super) trait Engine {
    /// Whether a native store of this version forgets a value that is set over another.
    fn forgets_overwrites(&self) -> bool;

    /// Whether a flush that could not write its checkpoint says that it could.
    fn hides_failed_flush(&self) -> bool;

    fn get(&self, key: &[u8]) -> Result<Option<Value>, Failure>;

    fn set(&self, key: &[u8], value: Value) -> Result<(), Failure>;

    fn delete(&self, key: &[u8]) -> Result<(), Failure>;

    /// What the engine returns, however it spells keys and whatever it returns beside them.
    fn scan(&self, snapshot: Snapshot, prefix: &[u8]) -> Result<Vec<KvEntry>, Failure>;

    fn flush(&self) -> Result<(), Failure>;
}
