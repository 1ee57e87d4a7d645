//! The records of one type in a store.

use super::{FirstParts, KvRecord, KvStore};
use crate::error::printable;
use crate::error::{Error, Result};
use std::marker::PhantomData;

/// The records of one type in a store.
///
/// A table holds nothing but the way to its store: make one wherever it is needed. Writes are the
/// store's, so call [`KvStore::flush`] on it after what must survive a crash.
///
/// ```
/// use execlog::KvRecord;
/// use execlog::kv::{MemoryKv, Table};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize, KvRecord)]
/// #[kv(prefix = "file")]
/// struct File {
///     #[kv(key)]
///     path: String,
///     symbols: u64,
/// }
///
/// let files = Table::new(MemoryKv::default());
/// files.insert(&File { path: "src/lib.rs".into(), symbols: 3 })?;
/// assert_eq!(files.get("src/lib.rs")?.map(|file: File| file.symbols), Some(3));
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Debug)]
pub struct Table<R, S> {
    store: S,
    record: PhantomData<fn() -> R>,
}

impl<R: KvRecord, S: KvStore> Table<R, S> {
    /// The table of the records `R` in `store`.
    pub fn new(store: S) -> Self {
        Self {
            store,
            record: PhantomData,
        }
    }

    /// The record with this key.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if the value is not such a record; what the store reports.
    pub fn get(&self, key: R::Key<'_>) -> Result<Option<R>> {
        let key = R::key_of(key);
        let decoded = match self.store.as_json() {
            Some(store) => store.get_json(&key)?.map(R::from_json),
            None => self.store.get(&key)?.map(|value| R::from_json_text(&value)),
        };
        decoded
            .map(|decoded| Self::check(&key, decoded))
            .transpose()
    }

    /// Whether anything is stored under this key, be it a readable record or not.
    ///
    /// # Errors
    ///
    /// What the store reports.
    pub fn contains(&self, key: R::Key<'_>) -> Result<bool> {
        self.store.contains(&R::key_of(key))
    }

    /// Writes a record, over the one with the same key if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Encode`] if a field does not serialize; what the store reports.
    pub fn insert(&self, record: &R) -> Result<()> {
        let key = record.key();
        let Some(store) = self.store.as_json() else {
            return self.store.set(&key, &record.encode_json()?);
        };
        let json = record.to_json().map_err(|source| Error::Encode {
            key: printable(&key),
            source: Box::new(source),
        })?;
        store.set_json(&key, json)
    }

    /// Removes the record with this key, if there is one.
    ///
    /// # Errors
    ///
    /// What the store reports.
    pub fn remove(&self, key: R::Key<'_>) -> Result<()> {
        self.store.delete(&R::key_of(key))
    }

    /// Every record, in the order of the keys' bytes. A value that cannot be read is an error in
    /// its place, and the others are there all the same.
    ///
    /// Costs time and memory for each record.
    ///
    /// # Errors
    ///
    /// What the store reports; for an item [`Error::Corrupt`].
    pub fn scan(&self) -> Result<impl Iterator<Item = Result<R>> + use<R, S>> {
        let entries = self.store.scan(&R::key_prefix())?;
        Ok(entries
            .into_iter()
            .map(|(key, value)| Self::decode(&key, &value)))
    }

    /// Every record whose first `N` parts of the key are these, in the order of the keys' bytes. A
    /// value that cannot be read is an error in its place.
    ///
    /// One part is handed in bare, several as a tuple. Parts are compared whole: `src` does not find
    /// `src/lib.rs`.
    ///
    /// ```
    /// use execlog::KvRecord;
    /// use execlog::kv::{MemoryKv, Table};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize, KvRecord)]
    /// #[kv(prefix = "generation")]
    /// struct Generation {
    ///     #[kv(key)]
    ///     root: String,
    ///     #[kv(key)]
    ///     branch: String,
    ///     #[kv(key, ordered)]
    ///     number: u64,
    ///     files: u64,
    /// }
    ///
    /// let generations = Table::<Generation, _>::new(MemoryKv::default());
    /// for (root, branch, number) in [("a", "main", 9), ("a", "main", 10), ("a", "fix", 1), ("b", "main", 1)] {
    ///     let (root, branch) = (root.to_owned(), branch.to_owned());
    ///     generations.insert(&Generation { root, branch, number, files: 0 })?;
    /// }
    ///
    /// assert_eq!(generations.scan_prefix::<1>("a")?.count(), 3);
    /// let newest = generations.scan_prefix::<2>(("a", "main"))?.last().expect("two")?;
    /// assert_eq!(newest.number, 10);
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// This is a prefix scan: the store is asked only for the keys that start with these parts, and each of
    /// them costs time and memory. [`KvStore::scan`] says what an engine adds to that. If the last of the
    /// parts has `escape = "double"`, records whose part goes on with a `:` are read too, and left out.
    ///
    /// # Errors
    ///
    /// What the store reports; for an item [`Error::Corrupt`].
    pub fn scan_prefix<const N: usize>(
        &self,
        parts: <R as FirstParts<N>>::Parts<'_>,
    ) -> Result<impl Iterator<Item = Result<R>> + use<R, S, N>>
    where
        R: FirstParts<N>,
    {
        let prefix = R::first_parts(parts);
        let entries = self.store.scan(prefix.as_bytes())?;
        Ok(entries
            .into_iter()
            .filter(move |(key, _)| prefix.matches(key))
            .map(|(key, value)| Self::decode(&key, &value)))
    }

    /// The record behind an entry of the store.
    pub(crate) fn decode(key: &[u8], value: &[u8]) -> Result<R> {
        Self::check(key, R::from_json_text(value))
    }

    /// The record, if one was read and it is the one of this key.
    fn check(key: &[u8], decoded: serde_json::Result<R>) -> Result<R> {
        let corrupt = |reason| Error::Corrupt {
            key: printable(key),
            reason,
        };
        let record = decoded.map_err(|error| corrupt(error.to_string()))?;
        let own_key = record.key();
        if own_key != key {
            let reason = format!("the value is that of `{}`", printable(&own_key));
            return Err(corrupt(reason));
        }
        Ok(record)
    }
}
