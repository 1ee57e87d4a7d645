//! Flushing writes, so that they survive the end of the process.

use super::Core;
use crate::error::{Error, Result};
use crate::log::Durability;
use crate::log::threads::Store;
use crate::store::{LogStore, deadline};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether there are unflushed writes.
#[derive(Default)]
pub(super) struct Unflushed {
    is_unflushed: AtomicBool,
    /// Locked during a flush, so that other threads wait for a flush in progress.
    flushing: Mutex<()>,
}

impl<T: Store> Core<T> {
    /// Returns the store for writing, after checking that writing is allowed.
    pub(in crate::log) fn writing(&self) -> Result<&dyn LogStore> {
        self.check()?;
        Ok(self.written())
    }

    /// Returns the store for writing. Marks it unflushed before the call, since a failed call may
    /// have written something.
    pub(super) fn written(&self) -> &dyn LogStore {
        self.mark_unflushed();
        self.store()
    }

    pub(in crate::log) fn mark_unflushed(&self) {
        self.unflushed.is_unflushed.store(true, Ordering::Release);
    }

    /// Flushes if there are writes since the last flush.
    pub(in crate::log) fn flush(&self) -> Result<()> {
        let deadline = deadline::of_call(self.store().busy_timeout());
        let Some(_flushing) = self.unflushed.flushing.try_lock_until(deadline) else {
            return Err(Error::store_in_use("flush"));
        };
        if self.unflushed.is_unflushed.swap(false, Ordering::Acquire) {
            self.store()
                .flush()
                .inspect_err(|_| self.mark_unflushed())?;
        }
        self.write_head();
        Ok(())
    }

    /// Flushes a started run, if the durability requires it.
    pub(in crate::log) fn flush_started(&self) -> Result<()> {
        self.mark_unflushed();
        match self.durability {
            Durability::EveryWrite => self.flush(),
            Durability::AtFinish | Durability::LeftToEngine => Ok(()),
        }
    }

    /// Flushes an ended run and other changes, if the durability requires it.
    ///
    /// Marks the store again: another thread may have flushed between the first mark and the write.
    pub(in crate::log) fn flush_finished(&self) -> Result<()> {
        self.mark_unflushed();
        self.flush_if_required()
    }

    /// Flushes earlier writes, if the durability requires it.
    pub(in crate::log) fn flush_if_required(&self) -> Result<()> {
        match self.durability {
            Durability::EveryWrite | Durability::AtFinish => self.flush(),
            Durability::LeftToEngine => Ok(()),
        }
    }
}
