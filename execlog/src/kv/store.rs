//! What a key-value store has to do to keep a log.

use crate::error::Result;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

/// A key of a store and the value behind it.
pub type KvEntry = (Vec<u8>, Vec<u8>);

/// A key-value store of bytes. To put an engine under a log, implement this for it.
///
/// The values handed in are JSON. A store that keeps values of other kinds beside them gives those
/// back as some bytes too: whoever reads them finds out that they are not what it wrote.
///
/// A store sees its own writes at once. One that is `Send` and `Sync` can keep an
/// [`ExecutionLog`](crate::ExecutionLog), and any other a [`LocalLog`](crate::LocalLog).
pub trait KvStore {
    /// The value of a key, or `None` where there is none.
    ///
    /// # Errors
    ///
    /// What the engine reports.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;

    /// Whether a key has a value.
    ///
    /// # Errors
    ///
    /// What the engine reports.
    fn contains(&self, key: &[u8]) -> Result<bool> {
        Ok(self.get(key)?.is_some())
    }

    /// Sets a key, whatever it held before and whoever wrote that.
    ///
    /// # Errors
    ///
    /// What the engine reports. The key then holds the old value or the new one.
    fn set(&self, key: &[u8], value: &[u8]) -> Result<()>;

    /// Removes a key. To remove one that is not there is no error.
    ///
    /// # Errors
    ///
    /// What the engine reports.
    fn delete(&self, key: &[u8]) -> Result<()>;

    /// Every entry whose key starts with `prefix`, in the order of the keys' bytes.
    ///
    /// Costs time and memory for each entry found, and in some engines for every key there is.
    ///
    /// # Errors
    ///
    /// What the engine reports.
    fn scan(&self, prefix: &[u8]) -> Result<Vec<KvEntry>>;

    /// Makes every write so far survive the end of the process, however it ends.
    ///
    /// # Errors
    ///
    /// What the engine reports.
    fn flush(&self) -> Result<()>;

    /// Tells the store which file it is kept in, where only the log knows. A native 3.9 graph then looks whether a
    /// flush was written; other stores need not know.
    fn kept_in(&self, _file: &Path) {}

    /// The same store for JSON, if JSON is what it keeps: it spares records the way through text.
    fn as_json(&self) -> Option<&dyn JsonStore> {
        None
    }
}

/// A [`KvStore`] that keeps values as JSON, and text only where a value is not JSON.
pub trait JsonStore {
    /// The value of a key, or `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`](crate::Error::Corrupt) if it is not JSON; what the engine reports.
    fn get_json(&self, key: &[u8]) -> Result<Option<serde_json::Value>>;

    /// Sets a key, whatever it held before and whoever wrote that.
    ///
    /// # Errors
    ///
    /// What the engine reports. The key then holds the old value or the new one.
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
