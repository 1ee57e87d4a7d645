//! The statistics of the runs of a query.

use super::core::Core;
use super::{Runs, Threads};
use crate::error::Result;
use crate::model::{ExecutionContext, Grouping, RunSummary, Statistics};
use crate::store::Counted;

impl<T: Threads> Runs<'_, T> {
    /// Computes the statistics of the runs, in groups, with this many of the slowest.
    ///
    /// A log on a server computes those of most queries in the server, as of one moment. Other logs, and queries
    /// by text or context, with a limit, or for statuses other than success and partial, read every run, and its
    /// context with [`Grouping::Host`].
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`](crate::Error::Corrupt) if a run cannot be read, and the errors of
    /// [every call](crate::ExecutionLog#errors-of-every-call).
    ///
    /// ```
    /// use execlog::{ExecutionLog, Grouping, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// log.begin(Invocation::new(["index", "src"])).succeed();
    /// let statistics = log.runs().statistics(Grouping::Command, 5)?;
    /// for (command, runs) in &statistics.groups {
    ///     println!("{command}: {} runs, median {:?} ms", runs.runs(), runs.percentile_ms(50));
    /// }
    /// assert_eq!(statistics.groups["index"].runs(), 1);
    /// # Ok::<(), execlog::Error>(())
    /// ```
    pub fn statistics(self, by: Grouping, slowest: usize) -> Result<Statistics> {
        let (core, limit) = (self.core, self.limit);
        let query = if by.needs_context() {
            self.with_contexts()
        } else {
            self.without_contexts()
        };
        if let Some(counted) = core.counted(&query.clone().selection(), by, slowest)?
            && let Some(statistics) = with_runs_not_ended(core, counted, by)?
        {
            return Ok(statistics);
        }
        let mut statistics = Statistics::default();
        if limit.is_none() {
            for run in of_grouping(query.as_added(), by) {
                let (run, context) = run?;
                statistics.add(&run, context.as_deref(), by, slowest);
            }
            return Ok(statistics);
        }
        let mut runs = of_grouping(query, by).collect::<Result<Vec<_>>>()?;
        runs.sort_by_key(|(run, _)| run.id);
        for (run, context) in &runs {
            statistics.add(run, context.as_deref(), by, slowest);
        }
        Ok(statistics)
    }
}

/// A run, with its context if the grouping needs it.
type Run = (RunSummary, Option<Box<ExecutionContext>>);

fn of_grouping<'log, T: Threads>(
    runs: Runs<'log, T>,
    by: Grouping,
) -> Box<dyn Iterator<Item = Result<Run>> + 'log> {
    if by.needs_context() {
        let runs = runs.into_iter();
        Box::new(runs.map(|run| run.map(|run| (RunSummary::from(&run), run.context))))
    } else {
        Box::new(runs.summaries().map(|run| run.map(|run| (run, None))))
    }
}

/// The statistics with the runs that had not ended. `None` if one of them has ended since.
fn with_runs_not_ended<T: Threads>(
    core: &Core<T>,
    counted: Counted,
    by: Grouping,
) -> Result<Option<Statistics>> {
    let mut statistics = counted.statistics;
    for run in counted.not_ended {
        let entry = core.entry(run)?;
        if entry.record.duration_ms.is_some() {
            return Ok(None);
        }
        let context = entry.context.as_deref();
        let context = context.filter(|_| by.needs_context());
        statistics.add(&RunSummary::from(&entry), context, by, 0);
    }
    Ok(Some(statistics))
}
