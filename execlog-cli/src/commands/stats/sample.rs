//! What the figures need of a run.

use super::regression::Measure;
use crate::runs::fields::is_of_magellan;
use execlog::{ExecutionContext, RunEntry, RunSummary};

/// A run that is counted.
pub(super) struct Sample {
    pub(super) run: RunSummary,
    /// The context, if it was read.
    pub(super) context: Option<Box<ExecutionContext>>,
    /// Whether the duration may be up to a second too long.
    pub(super) is_approximate: bool,
}

impl From<RunSummary> for Sample {
    fn from(run: RunSummary) -> Self {
        Self::new(run, None)
    }
}

impl From<RunEntry> for Sample {
    fn from(run: RunEntry) -> Self {
        Self::new(RunSummary::from(&run), run.context)
    }
}

impl Sample {
    fn new(run: RunSummary, context: Option<Box<ExecutionContext>>) -> Self {
        let is_approximate = is_of_magellan(run.execution_id(), run.started_at, context.as_deref());
        Self {
            run,
            context,
            is_approximate,
        }
    }

    /// When the run began, in milliseconds since 1970. Without a context, to the second.
    pub(super) fn started_at_ms(&self) -> i64 {
        match &self.context {
            Some(context) => context.started_at_ms,
            None => self.run.started_at.saturating_mul(1000),
        }
    }

    /// What regressions are sought in: milliseconds or bytes.
    pub(super) fn measured(&self, measure: Measure) -> Option<i64> {
        let context = self.context.as_ref();
        match measure {
            Measure::Duration => self.run.duration_ms,
            Measure::Cpu => context?.cpu_ms,
            Measure::Memory => context?.peak_memory_bytes,
        }
    }
}
