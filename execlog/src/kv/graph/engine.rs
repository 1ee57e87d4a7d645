//! The key-value part of a graph, with the same types for both versions of the engine.

use crate::kv::KvEntry;

/// The error of an engine of either version.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A value as an engine stores it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Json(serde_json::Value),
    /// A value that is not JSON.
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

/// The snapshot that a scan reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Snapshot {
    /// The engine's current snapshot.
    Current,
    /// A snapshot later than every write.
    Latest,
}

/// The key-value part of a graph, with the same types for both versions of the engine.
pub(super) trait Engine {
    /// Whether a native store of this version loses a value that overwrites another.
    fn forgets_overwrites(&self) -> bool;

    /// Whether a flush reports success even if its checkpoint could not be written.
    fn hides_failed_flush(&self) -> bool;

    fn get(&self, key: &[u8]) -> Result<Option<Value>, Failure>;

    fn set(&self, key: &[u8], value: Value) -> Result<(), Failure>;

    fn delete(&self, key: &[u8]) -> Result<(), Failure>;

    /// The entries that the engine returns, unchanged: their keys may be spelled differently and may
    /// not match the prefix.
    fn scan(&self, snapshot: Snapshot, prefix: &[u8]) -> Result<Vec<KvEntry>, Failure>;

    fn flush(&self) -> Result<(), Failure>;
}
