use super::{KvEntry, KvStore};
use crate::error::printable;
use crate::{Error, Result};
use sqlitegraph_native_v2::backend::KvValue;
use sqlitegraph_native_v2::{GraphBackend, SnapshotId, SqliteGraphError};
use std::cell::Cell;
use std::rc::Rc;

/// How large a value may be. The engine writes its buffer to the file by itself when it holds a
/// mebibyte, and to replace a value puts old and new into it.
const LARGEST: usize = 256 * 1024;

/// The key-value store of a graph, seen as a [`KvStore`].
///
/// Made from the `Rc<dyn GraphBackend>` that the host holds already, which stays usable: the graph
/// has one store, and a clone of the `Rc` is a handle on it.
///
/// Values are stored as `KvValue::Json`, so the engine keeps the JSON and not its bytes: object
/// keys come back sorted. Integers beyond 64 bits are not JSON numbers to it; store them as text.
/// A value of more than 256 KiB is refused with [`Error::TooLarge`].
///
/// # What the engine promises
///
/// After [`flush`](KvStore::flush) a write survives the end of the process, but not the power going
/// out: the engine leaves it to the operating system. Two processes on one native file do not see
/// each other's writes. A native graph must not be changed with `update_node`: sqlitegraph 1.6
/// cannot read its own log back after that, and the whole store comes back empty.
#[derive(Clone)]
pub struct GraphKv {
    backend: Rc<dyn GraphBackend>,
    spelling: Cell<Option<Spelling>>,
}

/// How an engine spells the keys that it looks for by prefix, which also tells the engines apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// As they are: the native engine.
    Bytes,
    /// `101,120,101`: a graph kept in SQLite, which spells prefixes otherwise.
    Decimals,
}

impl From<Rc<dyn GraphBackend>> for GraphKv {
    fn from(backend: Rc<dyn GraphBackend>) -> Self {
        Self {
            backend,
            spelling: Cell::new(None),
        }
    }
}

impl<B: GraphBackend + 'static> From<Rc<B>> for GraphKv {
    fn from(backend: Rc<B>) -> Self {
        (backend as Rc<dyn GraphBackend>).into()
    }
}

impl std::fmt::Debug for GraphKv {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("GraphKv").finish_non_exhaustive()
    }
}

impl GraphKv {
    fn value(&self, key: &[u8]) -> Result<Option<KvValue>> {
        self.backend
            .kv_get(SnapshotId::current(), key)
            .map_err(|source| engine("read", key, source))
    }

    /// What the engine finds when it is asked for `spelled`.
    fn entries(&self, prefix: &[u8], spelled: &[u8]) -> Result<Vec<KvEntry>> {
        let found = self
            .backend
            .kv_prefix_scan(SnapshotId::current(), spelled)
            .map_err(|source| engine("scan", prefix, source))?;
        let bytes = found.into_iter().map(|(key, value)| (key, to_bytes(value)));
        Ok(bytes.collect())
    }

    fn add(&self, key: &[u8], value: KvValue) -> Result<()> {
        self.backend
            .kv_set(key.to_vec(), value, None)
            .map_err(|source| engine("write", key, source))
    }

    /// Finds out the spelling by looking for a key that is known to be there, once.
    fn spelling(&self, known: &[u8]) -> Result<Spelling> {
        if let Some(spelling) = self.spelling.get() {
            return Ok(spelling);
        }
        let decimals = decimals(known);
        let found = self.entries(known, decimals.as_bytes())?;
        let spelling = if found.iter().any(|(key, _)| key == decimals.as_bytes()) {
            Spelling::Decimals
        } else {
            Spelling::Bytes
        };
        self.spelling.set(Some(spelling));
        Ok(spelling)
    }

    /// Replaces a value in the one way that lasts.
    ///
    /// sqlitegraph 1.6 gives every version that it reads back from its log the number 1, and of
    /// equal versions the one set first wins: a value set over another is gone at the next open,
    /// and a process that did not write the first one does not even see its own. After a delete
    /// there is no other version to lose against.
    ///
    /// The flush before empties the engine's buffer, and [`LARGEST`] values do not fill it, so that
    /// the delete and the set behind it go to the file in one write and no crash falls between.
    ///
    /// SQLite replaces a row in one step, and there a delete before would be one that lasts.
    fn replace(&self, key: &[u8], old: KvValue, new: KvValue) -> Result<()> {
        if self.spelling(key)? == Spelling::Decimals {
            return self.add(key, new);
        }
        self.flush()?;
        self.backend
            .kv_delete(key)
            .map_err(|source| engine("replace", key, source))?;
        self.add(key, new).inspect_err(|_| {
            // The error of the set is what the caller needs to see, whatever becomes of this.
            let _ = self.add(key, old);
        })
    }
}

impl KvStore for GraphKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.value(key)?.map(to_bytes))
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Result<()> {
        if value.len() > LARGEST {
            return Err(Error::TooLarge {
                key: printable(key),
                bytes: value.len(),
                limit: LARGEST,
            });
        }
        let new = match serde_json::from_slice(value) {
            Ok(json) => KvValue::Json(json),
            Err(_) => KvValue::Bytes(value.to_vec()),
        };
        match self.value(key)? {
            Some(old) => self.replace(key, old, new),
            None => self.add(key, new),
        }
    }

    fn delete(&self, key: &[u8]) -> Result<()> {
        self.backend
            .kv_delete(key)
            .map_err(|source| engine("delete", key, source))
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<KvEntry>> {
        let mut found = self.entries(prefix, prefix)?;
        if found.is_empty() && self.spelling.get() != Some(Spelling::Bytes) {
            let spelled = self.entries(prefix, decimals(prefix).as_bytes())?;
            let plain = |(key, value)| Some((from_decimals(key)?, value));
            found = spelled.into_iter().filter_map(plain).collect();
        }
        found.retain(|(key, _): &KvEntry| key.starts_with(prefix));
        found.sort();
        Ok(found)
    }

    fn flush(&self) -> Result<()> {
        self.backend
            .flush()
            .map_err(|source| engine("flush", b"", source))
    }
}

fn decimals(key: &[u8]) -> String {
    let bytes: Vec<String> = key.iter().map(u8::to_string).collect();
    bytes.join(",")
}

/// The key behind its decimals, or `None` for one that is not spelled so.
fn from_decimals(key: Vec<u8>) -> Option<Vec<u8>> {
    let text = String::from_utf8(key).ok()?;
    text.split(',').map(|byte| byte.parse().ok()).collect()
}

/// A value of any kind as bytes: JSON is written out, and other kinds as the JSON they equal, so
/// that what is not a record is found out by whoever decodes it.
fn to_bytes(value: KvValue) -> Vec<u8> {
    let json = match value {
        KvValue::Bytes(bytes) => return bytes,
        KvValue::Json(json) => json,
        KvValue::String(text) => text.into(),
        KvValue::Integer(number) => number.into(),
        KvValue::Float(number) => number.into(),
        KvValue::Boolean(flag) => flag.into(),
    };
    json.to_string().into_bytes()
}

fn engine(action: &'static str, key: &[u8], source: SqliteGraphError) -> Error {
    Error::Engine {
        action,
        key: printable(key),
        source: Box::new(source),
    }
}
