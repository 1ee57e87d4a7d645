//! A key-value store whose process dies after some writes.

use execlog::kv::{KvEntry, KvStore, MemoryKv};
use execlog::{Error, Result};
use std::cell::Cell;
use std::rc::Rc;

/// A store that lets only so many writes through, as if the process died then.
pub struct Dying {
    store: MemoryKv,
    writes_left: Cell<usize>,
    is_dead: Rc<Cell<bool>>,
}

impl Dying {
    /// The process may write this often to the store.
    #[must_use]
    pub fn after(writes: usize, store: MemoryKv) -> Self {
        Self {
            store,
            writes_left: Cell::new(writes),
            is_dead: Rc::default(),
        }
    }

    /// Becomes true when the process dies.
    #[must_use]
    pub fn is_dead(&self) -> Rc<Cell<bool>> {
        Rc::clone(&self.is_dead)
    }

    fn write(&self) -> Result<()> {
        let Some(left) = self.writes_left.get().checked_sub(1) else {
            self.is_dead.set(true);
            return Err(Error::Engine {
                action: "write",
                key: String::new(),
                source: "the process is dead".into(),
            });
        };
        self.writes_left.set(left);
        Ok(())
    }
}

impl KvStore for Dying {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.store.get(key)
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Result<()> {
        self.write()?;
        self.store.set(key, value)
    }

    fn delete(&self, key: &[u8]) -> Result<()> {
        self.write()?;
        self.store.delete(key)
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<KvEntry>> {
        self.store.scan(prefix)
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}
