//! A table: the records of one type in a store.

use super::{FirstParts, KvRecord, KvStore};
use crate::error::printable;
use crate::error::{Error, Result};
use std::marker::PhantomData;

/// The records of one type in a store.
///
/// A table holds only its store, so it is cheap to make. It does not flush: call [`KvStore::flush`] on
/// the store after writes that must survive a crash.
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
    /// Makes the table of the records `R` in `store`.
    pub fn new(store: S) -> Self {
        Self {
            store,
            record: PhantomData,
        }
    }

    /// Gets the record with this key.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if the value is not a record of this type; the store's error.
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

    /// Whether the key exists, even if its record is unreadable.
    ///
    /// # Errors
    ///
    /// The store's error.
    pub fn contains(&self, key: R::Key<'_>) -> Result<bool> {
        self.store.contains(&R::key_of(key))
    }

    /// Writes a record. Replaces the record with the same key, if any.
    ///
    /// # Errors
    ///
    /// [`Error::Encode`] if a field does not serialize; the store's error.
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

    /// Removes the record with this key, if any.
    ///
    /// # Errors
    ///
    /// The store's error.
    pub fn remove(&self, key: R::Key<'_>) -> Result<()> {
        self.store.delete(&R::key_of(key))
    }

    /// Gets every record, in the order of the keys' bytes. Yields an error for each unreadable value,
    /// in order, and goes on with the next.
    ///
    /// Costs time and memory for each record.
    ///
    /// # Errors
    ///
    /// The store's error; for an item [`Error::Corrupt`].
    pub fn scan(&self) -> Result<impl Iterator<Item = Result<R>> + use<R, S>> {
        let entries = self.store.scan(&R::key_prefix())?;
        Ok(entries
            .into_iter()
            .map(|(key, value)| Self::decode(&key, &value)))
    }

    /// Gets every record whose key starts with these `N` parts, in the order of the keys' bytes. Yields
    /// an error for each unreadable value, in order.
    ///
    /// Pass one part bare, several as a tuple. Parts are compared whole: `src` does not match
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
    /// This is a prefix scan: the store reads only the keys that start with these parts, and each costs
    /// time and memory. See [`KvStore::scan`] for what an engine adds to that. If the last of these
    /// parts has `escape = "double"`, the scan also reads records whose part continues with a `:`, and
    /// skips them.
    ///
    /// # Errors
    ///
    /// The store's error; for an item [`Error::Corrupt`].
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

    /// Decodes the record of an entry.
    pub(crate) fn decode(key: &[u8], value: &[u8]) -> Result<R> {
        Self::check(key, R::from_json_text(value))
    }

    /// Checks that decoding succeeded and that the record has this key.
    fn check(key: &[u8], decoded: serde_json::Result<R>) -> Result<R> {
        let corrupt = |reason| Error::Corrupt {
            key: printable(key),
            reason,
        };
        let record = decoded.map_err(|error| corrupt(error.to_string()))?;
        let own_key = record.key();
        if own_key != key {
            let reason = format!("the value belongs to the key `{}`", printable(&own_key));
            return Err(corrupt(reason));
        }
        Ok(record)
    }
}
