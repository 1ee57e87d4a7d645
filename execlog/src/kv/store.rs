//! The key-value store that a log needs.

use crate::error::Result;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

/// A key and its value.
pub type KvEntry = (Vec<u8>, Vec<u8>);

/// A key-value store of bytes. Implement it to keep a log in your engine.
///
/// The log passes JSON values. A store that also holds values of other kinds returns those as bytes:
/// the reader reports that they are not records.
///
/// A store has no transactions, so write through one log and its clones: they take turns, and two
/// logs made from one store do not, even in one process. Two runs can then get the same number.
///
/// A store sees its own writes at once. A `Send` and `Sync` store can hold an
/// [`ExecutionLog`](crate::ExecutionLog), any other store a [`LocalLog`](crate::LocalLog).
pub trait KvStore {
    /// Gets the value of a key, or `None` if the key does not exist.
    ///
    /// # Errors
    ///
    /// The engine's error.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;

    /// Whether the key exists.
    ///
    /// # Errors
    ///
    /// The engine's error.
    fn contains(&self, key: &[u8]) -> Result<bool> {
        Ok(self.get(key)?.is_some())
    }

    /// Sets a key, whether or not it exists and whoever wrote it.
    ///
    /// # Errors
    ///
    /// The engine's error. The key then holds either the old value or the new one.
    fn set(&self, key: &[u8], value: &[u8]) -> Result<()>;

    /// Removes a key. Succeeds if the key does not exist.
    ///
    /// # Errors
    ///
    /// The engine's error.
    fn delete(&self, key: &[u8]) -> Result<()>;

    /// Gets every entry whose key starts with `prefix`, in the order of the keys' bytes.
    ///
    /// Costs time and memory for each entry found, and in some engines for every key in the store.
    ///
    /// # Errors
    ///
    /// The engine's error.
    fn scan(&self, prefix: &[u8]) -> Result<Vec<KvEntry>>;

    /// Makes every write so far durable against the end of the process, including a crash.
    ///
    /// # Errors
    ///
    /// The engine's error.
    fn flush(&self) -> Result<()>;

    /// Tells the store its file, if only the log knows the path. A native 3.9 graph then checks that
    /// each flush was written. Other stores ignore it.
    fn kept_in(&self, _file: &Path) {}

    /// This store as a JSON store, if it keeps JSON. Saves encoding records as text.
    fn as_json(&self) -> Option<&dyn JsonStore> {
        None
    }
}

/// A [`KvStore`] that keeps values as JSON, and as bytes only if a value is not JSON.
pub trait JsonStore {
    /// Gets the value of a key, or `None` if the key does not exist.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`](crate::Error::Corrupt) if the value is not JSON; the engine's error.
    fn get_json(&self, key: &[u8]) -> Result<Option<serde_json::Value>>;

    /// Sets a key, whether or not it exists and whoever wrote it.
    ///
    /// # Errors
    ///
    /// The engine's error. The key then holds either the old value or the new one.
    fn set_json(&self, key: &[u8], json: serde_json::Value) -> Result<()>;
}

macro_rules! delegate {
    ($($pointer:ty),*) => {$(
        impl<S: KvStore + ?Sized> KvStore for $pointer {
            fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
                (**self).get(key)
            }

            fn contains(&self, key: &[u8]) -> Result<bool> {
                (**self).contains(key)
            }

            fn set(&self, key: &[u8], value: &[u8]) -> Result<()> {
                (**self).set(key, value)
            }

            fn delete(&self, key: &[u8]) -> Result<()> {
                (**self).delete(key)
            }

            fn scan(&self, prefix: &[u8]) -> Result<Vec<KvEntry>> {
                (**self).scan(prefix)
            }

            fn flush(&self) -> Result<()> {
                (**self).flush()
            }

            fn kept_in(&self, file: &Path) {
                (**self).kept_in(file);
            }

            fn as_json(&self) -> Option<&dyn JsonStore> {
                (**self).as_json()
            }
        }
    )*};
}

delegate!(&S, Box<S>, Rc<S>, Arc<S>);
