//! Measuring the phases of a run.

use crate::capture::limits::MOST_NAMES;
use crate::clock::Clock;
use crate::model::Phase;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;

/// The phases of a run, shared with its timers.
#[derive(Debug, Clone, Default)]
pub(super) struct Phases(Arc<Mutex<Vec<Measured>>>);

#[derive(Debug)]
struct Measured {
    name: String,
    first_began: Duration,
    times: i64,
    /// The time of the measurements that have ended.
    total: Duration,
    /// The number of running timers, and the sum of their starts.
    running: u32,
    running_since: Duration,
}

impl Measured {
    fn total_at(&self, now: Duration) -> Duration {
        let running = now
            .saturating_mul(self.running)
            .saturating_sub(self.running_since);
        self.total.saturating_add(running)
    }
}

impl Phases {
    /// Begins to measure a phase. Returns a timer that measures nothing if the run has too many names.
    pub(super) fn begin(&self, name: &str, clock: &Arc<dyn Clock>) -> PhaseTimer {
        let now = clock.monotonic();
        let mut phases = self.0.lock();
        let index = phases.iter().position(|phase| phase.name == name);
        let index = index.or_else(|| {
            if phases.len() == MOST_NAMES {
                return None;
            }
            phases.push(Measured {
                name: name.to_owned(),
                first_began: now,
                times: 0,
                total: Duration::ZERO,
                running: 0,
                running_since: Duration::ZERO,
            });
            Some(phases.len() - 1)
        });
        if let Some(phase) = index.and_then(|index| phases.get_mut(index)) {
            phase.times += 1;
            phase.running += 1;
            phase.running_since = phase.running_since.saturating_add(now);
        }
        drop(phases);
        PhaseTimer {
            phases: self.clone(),
            clock: Arc::clone(clock),
            index,
            began: now,
        }
    }

    /// The phases of a run that began at this monotonic time and ends now. Running timers are counted
    /// until now.
    pub(super) fn at_end(&self, began: Duration, now: Duration) -> Vec<Phase> {
        let micros = |time: Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        let phases = self.0.lock();
        let stored = phases.iter().map(|phase| Phase {
            name: phase.name.clone(),
            started_after_us: micros(phase.first_began.saturating_sub(began)),
            duration_us: micros(phase.total_at(now)),
            times: phase.times,
        });
        stored.collect()
    }
}

/// Measures a phase until it is dropped. Made by [`Run::phase`](crate::Run::phase).
///
/// May be moved to another thread. A timer that is still there when the run ends is counted until then.
#[must_use = "a phase is measured until its timer is dropped"]
pub struct PhaseTimer {
    phases: Phases,
    clock: Arc<dyn Clock>,
    /// The place in the list, if the phase is measured.
    index: Option<usize>,
    began: Duration,
}

impl std::fmt::Debug for PhaseTimer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PhaseTimer").finish_non_exhaustive()
    }
}

impl Drop for PhaseTimer {
    fn drop(&mut self) {
        let took = self.clock.monotonic().saturating_sub(self.began);
        let mut phases = self.phases.0.lock();
        if let Some(phase) = self.index.and_then(|index| phases.get_mut(index)) {
            phase.running -= 1;
            phase.running_since = phase.running_since.saturating_sub(self.began);
            phase.total = phase.total.saturating_add(took);
        }
    }
}
