//! The slowest runs.

use execlog::{Error, LocalLog, Result, RunEntry, RunSelector, RunSummary};

/// The slowest runs, slowest first. Those that are as slow are newest first.
pub(super) struct Slowest {
    runs: Vec<Slow>,
    most: usize,
}

struct Slow {
    duration_ms: i64,
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

    /// Adds a run that is one of the slowest so far.
    pub(super) fn add(&mut self, run: &RunSummary) {
        let Some(took) = run.duration_ms else {
            return;
        };
        let place = self.runs.partition_point(|slow| slow.duration_ms > took);
        if place < self.most {
            self.runs.truncate(self.most - 1);
            let slow = Slow {
                duration_ms: took,
                number: run.id,
                execution_id: run.execution_id().to_owned(),
            };
            self.runs.insert(place, slow);
        }
    }

    /// Reads these runs. Leaves out those that were removed or damaged since.
    pub(super) fn read(&self, log: &LocalLog) -> Result<Vec<RunEntry>> {
        let mut found = Vec::new();
        for slow in &self.runs {
            match log.find(slow.selector()) {
                Ok(run) => found.extend(run.filter(|run| slow.is(run))),
                Err(Error::Corrupt { .. }) => {}
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
