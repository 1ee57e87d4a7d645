//! A key-value store in memory.

use super::{KvEntry, KvStore};
use crate::error::Result;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// A key-value store in memory, for tests and for logs that need not outlive the process.
///
/// A clone is another handle on the same entries.
///
/// ```
/// use execlog::kv::{KvStore, MemoryKv};
///
/// let store = MemoryKv::default();
/// store.set(b"a", b"1")?;
/// assert_eq!(store.clone().get(b"a")?.as_deref(), Some(&b"1"[..]));
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryKv {
    entries: Arc<RwLock<BTreeMap<Vec<u8>, Vec<u8>>>>,
}

impl KvStore for MemoryKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.entries.read().get(key).cloned())
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Result<()> {
        self.entries.write().insert(key.to_vec(), value.to_vec());
        Ok(())
    }

    fn delete(&self, key: &[u8]) -> Result<()> {
        self.entries.write().remove(key);
        Ok(())
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<KvEntry>> {
        let entries = self.entries.read();
        Ok(entries
            .range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}
