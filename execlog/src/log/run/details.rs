//! The facts that a run gathers until it ends: labels, counters of the host's own, phases, cost.

use super::Run;
use super::phases::PhaseTimer;
use crate::capture::Cost;
use crate::capture::limits::{LONGEST_NAME, MOST_NAMES, shortened};
use crate::log::Threads;
use crate::model::{Phase, traceparent};
use crate::store::Details;
use std::collections::BTreeMap;
use std::time::Duration;

impl<T: Threads> Run<T> {
    /// Adds a label, or replaces the one with this name. Stored when the run ends; a label of
    /// [`Invocation::label`](crate::Invocation::label) is stored when it begins.
    ///
    /// The same limits hold. Secrets are removed.
    pub fn label(&self, name: impl Into<String>, value: impl Into<String>) {
        self.labels.lock().insert(name.into(), value.into());
    }

    /// Measures a phase until the timer is dropped. The same name again adds to the same phase.
    ///
    /// Phases may overlap and nest, and threads may measure the same phase at once: then its time is
    /// longer than that of the run. A run stores the first 64 names, each cut to 64 bytes.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// let run = log.begin(Invocation::new(["index"]));
    /// let parse = run.phase("parse");
    /// // Parse here.
    /// drop(parse);
    /// run.succeed();
    /// let run = log.find("latest".parse()?)?.expect("a run");
    /// let phases = run.context.expect("a context").phases;
    /// assert_eq!((phases[0].name.as_str(), phases[0].times), ("parse", 1));
    /// # Ok::<(), execlog::Error>(())
    /// ```
    pub fn phase(&self, name: &str) -> PhaseTimer {
        self.phases.begin(name, self.core.shared_clock())
    }

    /// Sets the cost of the run to that of a command. The default is the cost of this process.
    pub fn set_cost(&self, cost: Cost) {
        *self.cost.lock() = Some(cost);
    }

    /// The value of the variable `TRACEPARENT` for a program that the run starts, so that its own run
    /// and its OpenTelemetry spans name this run as their parent.
    ///
    /// The trace is that of the `TRACEPARENT` of this process, or else made of the execution id, as
    /// the span always is.
    #[must_use]
    pub fn traceparent(&self) -> String {
        traceparent(self.execution_id(), self.context.trace_id.as_deref())
    }

    /// The details to store at the end. Warns of those that are left out.
    pub(super) fn details_at(&mut self, now: Duration) -> Details {
        let labels = std::mem::take(&mut *self.labels.lock());
        let (labels, are_cut) = self.core.labels_of(labels);
        let mut all = self.context.labels.clone();
        all.extend(labels);
        let are_too_many = all.len() > MOST_NAMES;
        while all.len() > MOST_NAMES {
            all.pop_last();
        }
        if are_cut || are_too_many {
            self.warn(LABELS_LEFT_OUT);
        }
        let cost = self.cost.lock().or_else(|| self.cost_of_process());
        Details {
            labels: all,
            counters: self.clean_counters(),
            phases: self.clean_phases(now),
            cpu_ms: cost.map(|cost| cost.cpu_time.as_millis().try_into().unwrap_or(i64::MAX)),
            peak_memory_bytes: cost
                .map(|cost| cost.peak_memory_bytes.try_into().unwrap_or(i64::MAX)),
        }
    }

    /// The counters of the host's own, without secrets in their names.
    fn clean_counters(&self) -> BTreeMap<String, i64> {
        let own = self.counters.own().into_iter();
        let mut clean = BTreeMap::<String, i64>::new();
        for (name, count) in own {
            let all = clean.entry(self.clean_name(&name)).or_default();
            *all = all.saturating_add(count);
        }
        clean
    }

    fn clean_phases(&self, now: Duration) -> Vec<Phase> {
        let mut clean = Vec::<Phase>::new();
        for mut phase in self.phases.at_end(self.began, now) {
            phase.name = self.clean_name(&phase.name);
            match clean.iter_mut().find(|before| before.name == phase.name) {
                Some(before) => {
                    before.duration_us = before.duration_us.saturating_add(phase.duration_us);
                    before.times = before.times.saturating_add(phase.times);
                }
                None => clean.push(phase),
            }
        }
        clean
    }

    /// Redacts a name, and then cuts it: a secret that was cut might not be recognised. Different names may
    /// become the same.
    fn clean_name(&self, name: &str) -> String {
        shortened(&self.core.redaction().path(name), LONGEST_NAME).to_owned()
    }

    fn cost_of_process(&self) -> Option<Cost> {
        let before = self.cost_before?;
        let now = Cost::of_process()?;
        Some(Cost {
            cpu_time: now.cpu_time.saturating_sub(before.cpu_time),
            ..now
        })
    }
}

/// The warning about labels that are not stored as they were given.
pub(super) const LABELS_LEFT_OUT: &str = "some labels of this run are cut or left out: a name has 1 to \
     64 bytes without `=` and control characters, a value at most 1024 bytes, a run at most 64 labels";
