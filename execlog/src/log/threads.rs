//! The threads that a log may be used from.

use crate::store::{LogStore, SharedStore};
use std::sync::Arc;

/// The threads that a log may be used from: [`AnyThread`] or [`OneThread`].
#[expect(
    private_bounds,
    reason = "sealed: hosts cannot add other kinds of threads"
)]
pub trait Threads: Store {}

/// Any thread, and several at once: the log is an [`ExecutionLog`](crate::ExecutionLog).
#[derive(Clone)]
pub struct AnyThread(Arc<SharedStore>);

/// Only the thread that made the log, as for a log in a graph: the log is a
/// [`LocalLog`](crate::LocalLog).
#[derive(Clone)]
pub struct OneThread(Arc<dyn LogStore>);

/// Returns the store of a log.
pub(crate) trait Store: Clone + 'static {
    fn store(&self) -> &dyn LogStore;

    /// A store for any thread can also serve a log that stays on one thread.
    fn in_shared(store: Arc<SharedStore>) -> Self;
}

impl OneThread {
    pub(crate) fn new(store: Arc<dyn LogStore>) -> Self {
        Self(store)
    }
}

impl Threads for AnyThread {}

impl Threads for OneThread {}

impl Store for AnyThread {
    fn store(&self) -> &dyn LogStore {
        &*self.0
    }

    fn in_shared(store: Arc<SharedStore>) -> Self {
        Self(store)
    }
}

impl Store for OneThread {
    fn store(&self) -> &dyn LogStore {
        &*self.0
    }

    fn in_shared(store: Arc<SharedStore>) -> Self {
        Self(store)
    }
}

impl From<AnyThread> for OneThread {
    fn from(AnyThread(store): AnyThread) -> Self {
        Self(store)
    }
}

impl std::fmt::Debug for AnyThread {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AnyThread").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for OneThread {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("OneThread").finish_non_exhaustive()
    }
}
