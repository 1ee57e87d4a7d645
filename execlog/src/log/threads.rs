//! Which threads a log may be used from.

use crate::store::{LogStore, SharedStore};
use std::sync::Arc;

/// Which threads a log may be used from: [`AnyThread`] or [`OneThread`].
#[expect(
    private_bounds,
    reason = "which stores there are is not for hosts to say: it is these two"
)]
pub trait Threads: Store {}

/// A log that any thread may use, and several at once: [`ExecutionLog`](crate::ExecutionLog).
#[derive(Clone)]
pub struct AnyThread(Arc<SharedStore>);

/// A log that stays on the thread it was made on, as the graph does that keeps it:
/// [`LocalLog`](crate::LocalLog).
#[derive(Clone)]
pub struct OneThread(Arc<dyn LogStore>);

/// Gives the store of a log.
pub(crate) trait Store: Clone + 'static {
    fn store(&self) -> &dyn LogStore;

    /// A log in a store that any thread may use may stay on one, too.
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
