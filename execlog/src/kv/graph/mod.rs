//! The key-value store of a graph that a host holds: `scan_modes` finds keys by their prefix,
//! `checkpoint` checks that a flush was written, `engine` is the interface of both engine versions, and
//! `sqlitegraph` adapts them.

mod checkpoint;
mod engine;
mod scan_modes;
mod sqlitegraph;
#[cfg(test)]
mod tests;

use super::{JsonStore, KvEntry, KvStore, size};
use crate::error::printable;
use crate::error::{Error, Result};
use crate::model::FileKind;
use checkpoint::Checkpoint;
use engine::{Engine, Failure, Value};
use scan_modes::ScanMode;
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;

/// The key-value store of a graph, as a [`KvStore`].
///
/// Made from the `Rc<dyn GraphBackend>` that the host already holds, of sqlitegraph 1.6 or 3.9. The
/// host can go on using its own `Rc`: a clone is a handle on the same graph and store.
///
/// Values are stored as `KvValue::Json`. The engine keeps the JSON and not its bytes, so object keys
/// come back sorted. It does not take integers beyond 64 bits as JSON numbers; store them as text. A
/// value of more than 256 KiB or a key of more than 65,535 bytes is refused with [`Error::TooLarge`].
///
/// # Guarantees of the engine
///
/// After [`flush`](KvStore::flush) a write survives the end of the process. A native 3.9 graph hides a
/// failed flush, as on a full disk, unless its file is [known](KvStore::kept_in). Native 1.6 does not
/// sync: after a power cut the operating system decides which writes survive. Two processes on one
/// native file do not see each other's writes. Never call `update_node` on a native 1.6 graph: the
/// engine cannot read its own log afterwards, and the whole store comes back empty.
#[derive(Clone)]
pub struct GraphKv {
    engine: Rc<dyn Engine>,
    scan_mode: Cell<Option<ScanMode>>,
    /// A known key, used to probe scan modes.
    known: RefCell<Option<Vec<u8>>>,
    /// The checkpoint to check after a flush. Set if the engine hides failed flushes and the graph's
    /// file is known.
    checkpoint: RefCell<Option<Checkpoint>>,
    /// Whether this handle has written since the last flush.
    has_written: Cell<bool>,
}

impl std::fmt::Debug for GraphKv {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("GraphKv").finish_non_exhaustive()
    }
}

impl GraphKv {
    fn new(engine: impl Engine + 'static) -> Self {
        Self {
            engine: Rc::new(engine),
            scan_mode: Cell::new(None),
            known: RefCell::new(None),
            checkpoint: RefCell::new(None),
            has_written: Cell::new(false),
        }
    }

    /// Opens the store of the graph in a native file. Creates the file if it is missing.
    pub(crate) fn open(file: &Path, kind: FileKind) -> Result<Self> {
        match sqlitegraph::open(file, kind) {
            Some(Ok(graph)) => {
                graph.kept_in(file);
                Ok(graph)
            }
            Some(Err(error)) => Err(Error::Open {
                path: file.to_owned(),
                reason: error.to_string(),
            }),
            None => Err(kind.without_engine(file)),
        }
    }

    fn remember(&self, key: &[u8]) {
        if self.scan_mode.get().is_none() && self.known.borrow().is_none() {
            *self.known.borrow_mut() = Some(key.to_vec());
        }
    }

    /// Finds the scan mode that works, by probing with a known key.
    fn scan_mode_for(&self, known: &[u8]) -> Result<Option<ScanMode>> {
        if self.scan_mode.get().is_none() {
            let found = ScanMode::that_finds(&*self.engine, known, |key| Ok(key == known))
                .map_err(failed_to("look for", known))?;
            self.scan_mode.set(found.map(|(mode, _)| mode));
        }
        Ok(self.scan_mode.get())
    }

    /// Replaces a value by deleting it and setting the new one.
    ///
    /// Native 1.6 gives every version that it reads back from its log the number 1, and of equal
    /// versions the one set first wins. So a value that overwrites another is gone at the next open,
    /// and a process that did not write the first value does not even see its own. After a delete there
    /// is no other version.
    ///
    /// The flush before empties the engine's buffer. Two of the largest values do not fill it, so the
    /// delete and the set go to the file in one write, and a crash cannot fall between them.
    ///
    /// SQLite replaces a row in one step, and a delete before could persist alone.
    fn replace(&self, key: &[u8], old: Value, new: Value) -> Result<()> {
        if self
            .scan_mode_for(key)?
            .is_some_and(ScanMode::is_for_sqlite)
        {
            return self.add(key, new);
        }
        self.flush()?;
        self.engine.delete(key).map_err(failed_to("replace", key))?;
        self.add(key, new).inspect_err(|_| {
            // Ignored: the caller needs the error of the set.
            let _ = self.add(key, old);
        })
    }

    fn add(&self, key: &[u8], value: Value) -> Result<()> {
        self.engine
            .set(key, value)
            .map_err(failed_to("write", key))?;
        self.has_written.set(true);
        Ok(())
    }

    fn value(&self, key: &[u8]) -> Result<Option<Value>> {
        let value = self.engine.get(key).map_err(failed_to("read", key))?;
        if value.is_some() {
            self.remember(key);
        }
        Ok(value)
    }

    fn put(&self, key: &[u8], value: Value, size: usize) -> Result<()> {
        size::check(key, size)?;
        let old = if self.engine.forgets_overwrites() {
            self.value(key)?
        } else {
            None
        };
        match old {
            Some(old) => self.replace(key, old, value)?,
            None => self.add(key, value)?,
        }
        self.remember(key);
        Ok(())
    }
}

impl KvStore for GraphKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.value(key)?.map(Value::into_bytes))
    }

    fn contains(&self, key: &[u8]) -> Result<bool> {
        Ok(self.value(key)?.is_some())
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Result<()> {
        self.put(key, Value::from_bytes(value), value.len())
    }

    fn delete(&self, key: &[u8]) -> Result<()> {
        self.known.borrow_mut().take_if(|known| known == key);
        self.engine.delete(key).map_err(failed_to("delete", key))?;
        self.has_written.set(true);
        Ok(())
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<KvEntry>> {
        let failed = failed_to("scan", prefix);
        if let Some(mode) = self.scan_mode.get() {
            return mode.ask(&*self.engine, prefix).map_err(failed);
        }
        let exists = |key: &[u8]| Ok(self.engine.get(key)?.is_some());
        let found = ScanMode::that_finds(&*self.engine, prefix, exists).map_err(failed)?;
        if let Some((mode, found)) = found {
            self.scan_mode.set(Some(mode));
            return Ok(found);
        }
        let known = self.known.borrow().clone();
        if let Some(known) = known
            && self.contains(&known)?
            && self.scan_mode_for(&known)?.is_none()
        {
            let reason = format!(
                "the scan did not return the existing key `{}`",
                printable(&known)
            );
            return Err(failed_to("scan", prefix)(reason.into()));
        }
        Ok(Vec::new())
    }

    fn flush(&self) -> Result<()> {
        let checkpoint = self.checkpoint.borrow();
        let checkpoint = checkpoint.as_ref().filter(|_| self.has_written.get());
        let flush = checkpoint.map(Checkpoint::begin);
        self.engine
            .flush()
            .and_then(|()| flush.map_or(Ok(()), checkpoint::Flush::check))
            .map_err(failed_to("flush", b""))
    }

    fn kept_in(&self, file: &Path) {
        // The first path wins: it comes from opening the file, a later one from the host.
        if self.checkpoint.borrow().is_none() && self.engine.hides_failed_flush() {
            self.checkpoint.replace(Checkpoint::of(file));
        }
    }

    fn as_json(&self) -> Option<&dyn JsonStore> {
        Some(self)
    }
}

impl JsonStore for GraphKv {
    fn get_json(&self, key: &[u8]) -> Result<Option<serde_json::Value>> {
        match self.value(key)? {
            None => Ok(None),
            Some(Value::Json(json)) => Ok(Some(json)),
            Some(Value::Bytes(bytes)) => match serde_json::from_slice(&bytes) {
                Ok(json) => Ok(Some(json)),
                Err(error) => Err(Error::Corrupt {
                    key: printable(key),
                    reason: format!("the value is not JSON: {error}"),
                }),
            },
        }
    }

    fn set_json(&self, key: &[u8], json: serde_json::Value) -> Result<()> {
        let size = size::of_json(&json);
        self.put(key, Value::Json(json), size)
    }
}

/// Makes an error from an engine's failure, naming the action and the key.
fn failed_to(action: &'static str, key: &[u8]) -> impl FnOnce(Failure) -> Error {
    move |source| Error::Engine {
        action,
        key: printable(key),
        source,
    }
}
