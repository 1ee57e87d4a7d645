//! What the figures need of a run, and reading it from one log or from several.

use super::regression::Measure;
use crate::logs::opening::OpenLog;
use crate::runs::fields::is_of_magellan;
use crate::runs::listed::{Began, Merged};
use crate::runs::selection::{Reading, SelectionArguments};
use execlog::{ExecutionContext, RunEntry, RunSummary};

/// A run that is counted.
pub(super) struct Sample {
    pub(super) run: RunSummary,
    /// The place of its log among the logs.
    pub(super) log: usize,
    /// The context, if it was read.
    pub(super) context: Option<Box<ExecutionContext>>,
    /// Whether the duration may be up to a second too long.
    pub(super) is_approximate: bool,
}

/// Reads the selected runs of all logs. A limit keeps the newest of them together.
pub(super) fn samples<'log>(
    selection: &SelectionArguments,
    logs: &'log [OpenLog],
    has_contexts: bool,
) -> Reading<'log, Sample> {
    let (newest_first, limit, _) = selection.without_reverse();
    if let (Some(limit), true) = (limit, logs.len() > 1) {
        let logs = logs.iter().enumerate().map(|(log, opened)| {
            let runs = newest_first.newest_first(&opened.log);
            runs.map(move |run| run.map(|run| Sample::of_run(run, log, has_contexts)))
        });
        let newest: Vec<_> = Merged::of(logs).take(limit).collect();
        return Box::new(newest.into_iter().rev());
    }
    let selection = selection.clone();
    let logs = logs.iter().enumerate();
    Box::new(
        logs.flat_map(move |(log, opened)| -> Reading<'log, Sample> {
            if has_contexts {
                let runs = selection.as_added(&opened.log);
                return Box::new(
                    runs.map(move |run| run.map(|run| Sample::of_run(run, log, true))),
                );
            }
            let runs = selection.summaries(&opened.log);
            Box::new(runs.map(move |run| run.map(|run| Sample::new(run, log, None))))
        }),
    )
}

impl Began for Sample {
    fn began_ms(&self) -> i64 {
        self.started_at_ms()
    }
}

impl Sample {
    fn of_run(run: RunEntry, log: usize, has_context: bool) -> Self {
        let summary = RunSummary::from(&run);
        Self::new(summary, log, run.context.filter(|_| has_context))
    }

    fn new(run: RunSummary, log: usize, context: Option<Box<ExecutionContext>>) -> Self {
        let is_approximate = is_of_magellan(run.execution_id(), run.started_at, context.as_deref());
        Self {
            run,
            log,
            context,
            is_approximate,
        }
    }

    pub(super) fn forget_cost(&mut self) {
        if let Some(context) = &mut self.context {
            context.cpu_ms = None;
            context.peak_memory_bytes = None;
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
