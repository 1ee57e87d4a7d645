//! The shared state of a log: the store, the clock, redaction and durability here. `flush` flushes
//! writes, `writing` records runs, `reading` reads runs with their status, `journal` their seals, `head` detects lost runs
//! by the `head_file`, and `locks` finds the lock folder for `liveness`, which `sweep` cleans up.

mod flush;
mod head;
mod head_file;
#[cfg(feature = "seals")]
mod journal;
mod liveness;
mod locks;
mod reading;
mod started;
mod status;
mod sweep;
mod writing;

pub use head::Loss;
pub(super) use liveness::Lock;
pub(super) use locks::Locks;
pub(super) use sweep::AT_MAINTENANCE;
pub(super) use writing::{Begun, json};

use super::Durability;
use super::threads::{AnyThread, OneThread, Store};
use crate::clock::{Clock, SystemClock};
use crate::redaction::Redaction;
use crate::store::{LogStore, deadline};
use flush::Unflushed;
use head::Headed;
use started::StartedRuns;
use std::sync::Arc;
use std::time::Duration;

/// The shared state of a log and its runs. A clone has the same store and the same head file.
#[derive(Clone)]
pub(crate) struct Core<T> {
    threads: T,
    clock: Arc<dyn Clock>,
    durability: Durability,
    redaction: Arc<Redaction>,
    locks: Locks,
    headed: Arc<Headed>,
    unflushed: Arc<Unflushed>,
    started: Arc<StartedRuns>,
}

impl<T: Store> Core<T> {
    pub(super) fn new(threads: T) -> Arc<Self> {
        Arc::new(Self {
            threads,
            clock: Arc::new(SystemClock::default()),
            durability: Durability::default(),
            redaction: Arc::default(),
            locks: Locks::default(),
            headed: Arc::default(),
            unflushed: Arc::default(),
            started: Arc::default(),
        })
    }

    pub(super) fn store(&self) -> &dyn LogStore {
        self.threads.store()
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(super) fn shared_clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(super) fn redaction(&self) -> &Redaction {
        &self.redaction
    }

    pub(super) fn locks(&self) -> &Locks {
        &self.locks
    }

    /// Replaces the store, and resets all state of the old one.
    pub(super) fn set_store(&mut self, threads: T) {
        self.threads = threads;
        self.headed = Arc::default();
        self.unflushed = Arc::default();
        self.started = Arc::default();
    }

    pub(super) fn set_clock(&mut self, clock: Arc<dyn Clock>) {
        self.clock = clock;
        self.started = Arc::default();
    }

    pub(super) fn set_durability(&mut self, durability: Durability) {
        self.durability = durability;
    }

    pub(super) fn set_redaction(&mut self, redaction: Redaction) {
        self.redaction = Arc::new(redaction);
    }

    /// The head file is in the lock folder, too.
    pub(super) fn set_locks(&mut self, locks: Locks) {
        self.locks = locks;
        self.headed = Arc::default();
    }

    /// Calls `work`, whose total waiting for locks is limited to one busy timeout.
    pub(super) fn waiting_once<V>(&self, work: impl FnOnce() -> V) -> V {
        deadline::within(self.store().busy_timeout(), work)
    }

    /// The monotonic time in milliseconds.
    pub(super) fn millis_since(&self, began: Duration) -> i64 {
        let time = self.clock.monotonic().saturating_sub(began);
        time.as_millis().try_into().unwrap_or(i64::MAX)
    }
}

impl Core<AnyThread> {
    #[expect(
        clippy::arc_with_non_send_sync,
        reason = "the other kind of log has the same type, and is shared between threads"
    )]
    pub(super) fn on_one_thread(&self) -> Arc<Core<OneThread>> {
        let Self {
            threads,
            clock,
            durability,
            redaction,
            locks,
            headed,
            unflushed,
            started,
        } = self.clone();
        Arc::new(Core {
            threads: threads.into(),
            clock,
            durability,
            redaction,
            locks,
            headed,
            unflushed,
            started,
        })
    }
}
