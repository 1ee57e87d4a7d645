//! The end of a run, the same for every store.

use crate::error::{Error, Result};
use crate::model::record::RUNNING;
use crate::model::{ExecutionContext, ExecutionRecord, Outcome, Phase, StoredRun};
use std::collections::BTreeMap;

/// The end of a run.
pub(crate) struct Finish<'a> {
    pub(crate) outcome: Outcome,
    pub(crate) error_message: Option<&'a str>,
    pub(crate) ended_at_ms: i64,
    pub(crate) started: Option<Started>,
    pub(crate) exit_code: Option<i64>,
    pub(crate) files: i64,
    pub(crate) symbols: i64,
    pub(crate) references: i64,
    pub(crate) details: Option<&'a Details>,
}

/// The facts that a run gathers for its context until it ends.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Details {
    /// All labels, with those from the start.
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) counters: BTreeMap<String, i64>,
    pub(crate) phases: Vec<Phase>,
    pub(crate) cpu_ms: Option<i64>,
    pub(crate) peak_memory_bytes: Option<i64>,
}

impl Details {
    /// Whether there is nothing but a cost.
    pub(crate) fn are_cost(&self) -> bool {
        self.labels.is_empty() && self.counters.is_empty() && self.phases.is_empty()
    }
}

/// The facts that a handle keeps of the run it started.
#[derive(Clone, Copy)]
pub(crate) struct Started {
    /// The run's number. Another run may have taken its execution id since.
    pub(crate) id: i64,
    /// The duration, measured on a monotonic clock.
    pub(crate) measured_ms: i64,
    pub(crate) has_context: bool,
}

impl Finish<'_> {
    pub(crate) fn finished_at(&self) -> i64 {
        self.ended_at_ms.div_euclid(1000)
    }

    /// Whether the record belongs to another run with the same execution id.
    fn is_of_another(&self, record: &ExecutionRecord) -> bool {
        self.started
            .is_some_and(|started| started.has_context && started.id != record.id)
    }

    /// Checks that this run may end so.
    pub(crate) fn check(
        &self,
        record: &ExecutionRecord,
        context: Option<&ExecutionContext>,
    ) -> Result<()> {
        let execution_id = &record.execution_id;
        if self.is_of_another(record) {
            return Err(Error::not_found(execution_id));
        }
        if !can_end(record, context) {
            return Err(Error::already_finished(execution_id, &record.outcome));
        }
        Ok(())
    }

    /// The measured duration, or else the difference of the stored times: in milliseconds if the
    /// context is known, and in whole seconds if not.
    ///
    /// The times of a record are cut to the second. So their difference is off by less than a second,
    /// in either direction.
    pub(crate) fn duration_ms(
        &self,
        record: &ExecutionRecord,
        context: Option<&ExecutionContext>,
    ) -> i64 {
        if let Some(started) = self.started
            && started.id == record.id
        {
            return started.measured_ms;
        }
        let difference = if let Some(context) = context {
            self.ended_at_ms.saturating_sub(context.started_at_ms)
        } else {
            let seconds = self.finished_at().saturating_sub(record.started_at);
            seconds.saturating_mul(1000)
        };
        difference.max(0)
    }

    pub(crate) fn apply(
        &self,
        record: &mut ExecutionRecord,
        context: Option<&mut ExecutionContext>,
    ) {
        record.duration_ms = Some(self.duration_ms(record, context.as_deref()));
        // If the clock was set back, the run ends when it started.
        record.finished_at = Some(self.finished_at().max(record.started_at));
        self.outcome.as_str().clone_into(&mut record.outcome);
        record.error_message = self.error_message.map(str::to_owned);
        record.files_indexed = self.files;
        record.symbols_indexed = self.symbols;
        record.references_indexed = self.references;
        if let Some(context) = context {
            context.ended_at_ms = Some(self.ended_at_ms.max(context.started_at_ms));
            context.exit_code = self.exit_code;
            context.crashed = false;
            if let Some(details) = self.details {
                context.labels.clone_from(&details.labels);
                context.counters.clone_from(&details.counters);
                context.phases.clone_from(&details.phases);
                context.cpu_ms = details.cpu_ms;
                context.peak_memory_bytes = details.peak_memory_bytes;
            }
        }
    }
}

/// Whether a run may be finished: it is running, or was settled as crashed.
pub(crate) fn can_end(record: &ExecutionRecord, context: Option<&ExecutionContext>) -> bool {
    let is_settled = context.is_some_and(|context| context.crashed);
    record.outcome == RUNNING || is_settled && record.outcome == Outcome::Error.as_str()
}

/// The run as it is when it is settled with this message.
pub(crate) fn settled(mut run: StoredRun, message: &str) -> StoredRun {
    Outcome::Error.as_str().clone_into(&mut run.record.outcome);
    run.record.error_message = Some(message.to_owned());
    if let Some(context) = &mut run.context {
        context.crashed = true;
    }
    run
}
