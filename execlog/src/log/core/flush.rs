//! Making what was written survive the end of the process.

use super::Core;
use crate::error::Result;
use crate::log::Durability;
use crate::log::threads::Store;
use crate::store::LogStore;
use parking_lot::Mutex;

/// Whether something was written and not flushed.
///
/// Held while a flush goes on: whoever needs one that another thread has begun waits for it.
#[derive(Default)]
pub(super) struct Unflushed(Mutex<bool>);

impl<T: Store> Core<T> {
    /// The store, to write to, if the log may be written to.
    pub(in crate::log) fn writing(&self) -> Result<&dyn LogStore> {
        self.check()?;
        Ok(self.written())
    }

    /// The store, to write to. Also a call that fails may have written something.
    pub(super) fn written(&self) -> &dyn LogStore {
        *self.unflushed.0.lock() = true;
        self.store()
    }

    pub(in crate::log) fn is_unflushed(&self) -> bool {
        *self.unflushed.0.lock()
    }

    pub(in crate::log) fn set_unflushed(&self, is_unflushed: bool) {
        *self.unflushed.0.lock() = is_unflushed;
    }

    /// Flushes if something was written since the last time.
    pub(in crate::log) fn flush(&self) -> Result<()> {
        let mut is_unflushed = self.unflushed.0.lock();
        if *is_unflushed {
            self.store().flush()?;
            *is_unflushed = false;
            self.write_head();
        }
        Ok(())
    }

    /// Flushes what a run has to leave behind while it goes on.
    pub(in crate::log) fn flush_started(&self) -> Result<()> {
        match self.durability {
            Durability::EveryWrite => self.flush(),
            Durability::AtFinish | Durability::LeftToEngine => Ok(()),
        }
    }

    /// Flushes what must not wait for the next run.
    pub(in crate::log) fn flush_finished(&self) -> Result<()> {
        match self.durability {
            Durability::EveryWrite | Durability::AtFinish => self.flush(),
            Durability::LeftToEngine => Ok(()),
        }
    }
}
