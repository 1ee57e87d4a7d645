//! The CPU time and the peak memory of a group of runs.

use super::percentile::percentile;
use execlog::ExecutionContext;

/// The costs of the runs that ended. Runs without a cost, or read without their context, have none.
#[derive(Debug, Clone, Default)]
pub(super) struct Costs {
    /// Milliseconds. Sorted by `sort`.
    cpu_times: Vec<i64>,
    /// Bytes. Sorted by `sort`.
    peaks: Vec<i64>,
}

impl Costs {
    pub(super) fn add(&mut self, context: &ExecutionContext) {
        self.cpu_times.extend(context.cpu_ms);
        self.peaks.extend(context.peak_memory_bytes);
    }

    pub(super) fn sort(&mut self) {
        self.cpu_times.sort_unstable();
        self.peaks.sort_unstable();
    }

    /// The median CPU time in milliseconds.
    pub(super) fn cpu_time(&self) -> Option<i64> {
        percentile(&self.cpu_times, 50)
    }

    /// The median peak memory in bytes.
    pub(super) fn memory(&self) -> Option<i64> {
        percentile(&self.peaks, 50)
    }
}
