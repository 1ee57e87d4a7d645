//! The slowest runs.

use super::sample::Sample;
use crate::logs::opening::OpenLog;
use crate::runs::listed::Listed;
use execlog::{Error, Result, RunEntry, RunSelector, SlowRun};

/// The slowest runs, slowest first. Those that are as slow are newest first.
pub(super) struct Slowest {
    runs: Vec<Slow>,
    most: usize,
}

struct Slow {
    duration_ms: i64,
    /// The place of its log among the logs.
    log: usize,
    number: i64,
    execution_id: String,
}

impl Slowest {
    /// At most this many runs.
    pub(super) fn new(most: usize) -> Self {
        Self {
            runs: Vec::new(),
            most,
        }
    }

    /// These runs of the only log.
    pub(super) fn of(runs: Vec<SlowRun>) -> Self {
        let most = runs.len();
        let runs = runs.into_iter().map(|run| Slow {
            duration_ms: run.duration_ms,
            log: 0,
            number: run.id,
            execution_id: run.execution_id,
        });
        Self {
            runs: runs.collect(),
            most,
        }
    }

    /// Adds a run that is one of the slowest so far.
    pub(super) fn add(&mut self, sample: &Sample) {
        let run = &sample.run;
        let Some(took) = run.duration_ms else {
            return;
        };
        let place = self.runs.partition_point(|slow| slow.duration_ms > took);
        if place < self.most {
            self.runs.truncate(self.most - 1);
            let slow = Slow {
                duration_ms: took,
                log: sample.log,
                number: run.id,
                execution_id: run.execution_id().to_owned(),
            };
            self.runs.insert(place, slow);
        }
    }

    /// Reads these runs, with or without their contexts. Leaves out those that were removed or damaged
    /// since.
    pub(super) fn read<'log>(
        &self,
        logs: &'log [OpenLog],
        has_contexts: bool,
    ) -> Result<Vec<Listed<'log>>> {
        let mut found = Vec::new();
        for slow in &self.runs {
            let opened = &logs[slow.log];
            match opened.log.find(slow.selector()) {
                Ok(Some(mut run)) if slow.is(&run) => {
                    run.context.take_if(|_| !has_contexts);
                    found.push(opened.listed(run));
                }
                Ok(_) | Err(Error::Corrupt { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

impl Slow {
    fn selector(&self) -> RunSelector {
        // Another program may have stored an id that is not valid.
        RunSelector::id(&self.execution_id).unwrap_or_else(|_| RunSelector::number(self.number))
    }

    fn is(&self, run: &RunEntry) -> bool {
        run.record.execution_id == self.execution_id && run.record.id == self.number
    }
}
