//! The unfinished runs of `start_execution`.

use super::Core;
use crate::log::threads::Store;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::time::Duration;

/// Their numbers and monotonic start times, by execution id.
#[derive(Default)]
pub(super) struct StartedRuns(Mutex<HashMap<String, (i64, Duration)>>);

impl<T: Store> Core<T> {
    pub(in crate::log) fn remember_start(&self, execution_id: &str, id: i64, began: Duration) {
        let mut started = self.started.0.lock();
        started.insert(execution_id.to_owned(), (id, began));
    }

    pub(in crate::log) fn start_of(&self, execution_id: &str) -> Option<(i64, Duration)> {
        self.started.0.lock().get(execution_id).copied()
    }

    pub(in crate::log) fn forget_start(&self, execution_id: &str) {
        self.started.0.lock().remove(execution_id);
    }
}
