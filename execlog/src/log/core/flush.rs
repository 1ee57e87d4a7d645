//! Flushing writes, so that they survive the end of the process.

use super::Core;
use crate::error::Result;
use crate::log::Durability;
use crate::log::threads::Store;
use crate::store::LogStore;
use parking_lot::Mutex;

/// Whether there are unflushed writes.
///
/// Locked during a flush, so that other threads wait for a flush in progress.
#[derive(Default)]
pub(super) struct Unflushed(Mutex<bool>);

impl<T: Store> Core<T> {
    /// Returns the store for writing, after checking that writing is allowed.
    pub(in crate::log) fn writing(&self) -> Result<&dyn LogStore> {
        self.check()?;
        Ok(self.written())
    }

    /// Returns the store for writing. Marks it unflushed before the call, since a failed call may
    /// have written something.
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

    /// Flushes if there are writes since the last flush.
    pub(in crate::log) fn flush(&self) -> Result<()> {
        let mut is_unflushed = self.unflushed.0.lock();
        if *is_unflushed {
            self.store().flush()?;
            *is_unflushed = false;
            self.write_head();
        }
        Ok(())
    }

    /// Flushes after the start of a run, if the durability requires it.
    pub(in crate::log) fn flush_started(&self) -> Result<()> {
        match self.durability {
            Durability::EveryWrite => self.flush(),
            Durability::AtFinish | Durability::LeftToEngine => Ok(()),
        }
    }

    /// Flushes after the end of a run, if the durability requires it.
    pub(in crate::log) fn flush_finished(&self) -> Result<()> {
        match self.durability {
            Durability::EveryWrite | Durability::AtFinish => self.flush(),
            Durability::LeftToEngine => Ok(()),
        }
    }
}
